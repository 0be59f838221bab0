// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/odoo/errors.hpp"

#include <array>

namespace parley::odoo {
namespace {

/// Classes that belong to the product rather than to Python.
struct OwnClass {
  std::string_view name, module, exception_type;
  std::string_view legacy_word;  // "" = not a warning in the older protocol
};
constexpr std::array<OwnClass, 9> own_classes{{
    {"AccessDenied", "exceptions", "access_denied", ""},
    {"AccessError", "exceptions", "access_error", "AccessError"},
    {"MissingError", "exceptions", "missing_error", "MissingError"},
    {"UserError", "exceptions", "user_error", "UserError"},
    {"ValidationError", "exceptions", "validation_error", "UserError"},
    {"LockError", "exceptions", "user_error", "UserError"},
    {"RedirectWarning", "exceptions", "warning", "Warning"},
    {"CacheMiss", "exceptions", "internal_error", ""},
    {"SessionExpiredException", "http", "internal_error", ""},
}};

const OwnClass* find(std::string_view name) {
  for (const auto& known : own_classes)
    if (known.name == name) return &known;
  return nullptr;
}

/// The last line of a Python traceback. KeyError prints its argument as a literal.
std::string traceback_text(const Error& error) {
  std::string_view name = odoo_class(error);
  std::string text = "Traceback (hidden): \n" + std::string(name) + ": ";
  if (name == "KeyError") return text + "'" + error.message + "'";
  return text + error.message;
}

}  // namespace

std::string qualified_class(const Error& error, std::string_view prefix) {
  std::string name(odoo_class(error));
  if (name.find('.') != std::string::npos) return name;
  if (name == "NotFound") return "werkzeug.exceptions.NotFound";
  if (name == "OperationalError") return "psycopg2.OperationalError";
  const OwnClass* own = find(name);
  if (own == nullptr) return "builtins." + name;
  return std::string(prefix) + "." + std::string(own->module) + "." + name;
}

std::string_view exception_type(const Error& error) {
  const OwnClass* own = find(odoo_class(error));
  return own == nullptr ? "internal_error" : own->exception_type;
}

std::string_view message(const Error& error) {
  if (odoo_class(error) == "AccessDenied") return "Access Denied";
  return error.message;
}

std::string fault_text(const Error& error) {
  if (odoo_fault(error) == 1) return traceback_text(error);
  return std::string(message(error));
}

LegacyFault legacy_fault(const Error& error) {
  if (odoo_class(error) == "AccessDenied") return {"AccessDenied", "Access Denied"};
  const OwnClass* own = find(odoo_class(error));
  if (own == nullptr || own->legacy_word.empty()) return {error.message, traceback_text(error)};
  return {"warning -- " + std::string(own->legacy_word) + "\n\n" + error.message, ""};
}

}  // namespace parley::odoo
