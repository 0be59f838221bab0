// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/json2/error.hpp"

#include <array>

#include "parley/codec/json/writer.hpp"
#include "parley/protocol/json2/request.hpp"
#include "parley/protocol/odoo/envelope.hpp"
#include "parley/protocol/odoo/errors.hpp"
#include "parley/protocol/refusal.hpp"

namespace parley::json2 {
namespace {

struct ClassStatus {
  std::string_view name;
  int status;
};
// source: spec/odoo-external-api.md 11; every other class of Python is 500
constexpr std::array<ClassStatus, 8> class_statuses{{{"AccessDenied", 403},
                                                     {"AccessError", 403},
                                                     {"MissingError", 404},
                                                     {"LockError", 409},
                                                     {"UserError", 422},
                                                     {"ValidationError", 422},
                                                     {"RedirectWarning", 422},
                                                     {"SessionExpiredException", 403}}};

// Werkzeug's classes for HTTP's own statuses.
constexpr std::array<ClassStatus, 11> http_classes{{{"BadRequest", 400},
                                                    {"Unauthorized", 401},
                                                    {"Forbidden", 403},
                                                    {"NotFound", 404},
                                                    {"NotAcceptable", 406},
                                                    {"RequestEntityTooLarge", 413},
                                                    {"UnsupportedMediaType", 415},
                                                    {"UnprocessableEntity", 422},
                                                    {"TooManyRequests", 429},
                                                    {"ServiceUnavailable", 503},
                                                    {"GatewayTimeout", 504}}};

std::string_view http_class(int status) {
  for (const auto& known : http_classes)
    if (known.status == status) return known.name;
  return "HTTPException";
}

Refusal http_refusal(int status, std::string message) {
  return {status, "werkzeug.exceptions." + std::string(http_class(status)), std::move(message), true};
}

int class_status(std::string_view name) {
  for (const auto& known : class_statuses)
    if (known.name == name) return known.status;
  return 500;
}

/// What is wrong with the arguments' names, in the words of Python's inspect.
Refusal signature_refusal(const Error& error, std::string_view method) {
  std::string name = "'" + error.expected + "'";
  if (error.rule == Rule::missing) return http_refusal(422, "missing a required argument: " + name);
  if (error.expected == "ids") return http_refusal(422, "cannot call " + std::string(method) + " with ids");
  return http_refusal(422, "got an unexpected keyword argument " + name);
}

Refusal unknown_refusal(const Error& error, std::string_view method) {
  if (error.kind != "UserError" || method.empty()) return http_refusal(404, error.message);
  return http_refusal(404, "the model '" + std::string(method.substr(0, method.rfind('.'))) + "' does not exist");
}

}  // namespace

Refusal refusal_of(const Error& error, std::string_view method, std::string_view prefix) {
  if (error.rule == Rule::missing || error.rule == Rule::unknown) return signature_refusal(error, method);
  switch (error.code) {
    case Code::malformed:
    case Code::invalid_call:
      return http_refusal(400, error.message);
    case Code::unauthenticated:
      if (error.where == key_place) return http_refusal(401, error.message);
      break;
    case Code::unknown_method:
      return unknown_refusal(error, method);
    case Code::not_found:
      if (odoo_class(error) != "MissingError") return http_refusal(404, error.message);
      break;
    case Code::too_large:
    case Code::unsupported_media:
    case Code::not_acceptable:
    case Code::throttled:
    case Code::overloaded:
    case Code::unavailable:
    case Code::timeout:
      return http_refusal(refusal_status(error), error.message);
    case Code::forbidden:
    case Code::invalid_argument:
    case Code::conflict:
    case Code::stale:
    case Code::rejected:
    case Code::cancelled:
    case Code::unimplemented:
    case Code::internal:
      break;
  }
  return {class_status(odoo_class(error)), odoo::qualified_class(error, prefix), std::string(odoo::message(error))};
}

void write_error(const Error& error, std::string_view method, const ProtocolSettings& settings, http::Writer& writer) {
  Refusal refusal = refusal_of(error, method, settings.odoo_prefix);
  writer.start(refusal.status, "application/json; charset=utf-8");
  if (refusal.status == 401) writer.header("WWW-Authenticate", "Bearer");
  json::Writer json(writer.body(), odoo::json_options());
  json.begin_dict();
  json.key("name");
  json.string(refusal.name);
  json.key("message");
  json.string(refusal.message);
  json.key("arguments");
  json.begin_list();
  json.string(refusal.message);
  if (refusal.is_http) json.integer(refusal.status);
  json.end_list();
  json.key("context");
  json.begin_dict();
  json.end_dict();
  json.key("debug");
  json.string(settings.is_debug ? std::string_view(error.cause) : std::string_view());
  json.end_dict();
}

}  // namespace parley::json2
