// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/odoo/service.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace parley::odoo {
namespace {

Error python(Code code, std::string_view kind, std::string message) {
  return Error(code, std::move(message), {}, std::string(kind));
}

Error access_denied() { return python(Code::unauthenticated, "AccessDenied", "Access Denied"); }

bool is_falsy(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset:
      return true;
    case Kind::boolean:
      return !value.as_boolean();
    case Kind::integer:
      return value.as_integer() == 0;
    case Kind::real:
      return value.as_real() == 0;
    case Kind::number:
      return value.text() == "0";
    case Kind::string:
    case Kind::bytes:
    case Kind::list:
    case Kind::dict:
      return value.size() == 0;
    default:
      return false;
  }
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\r\f\v";
  std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Digits with an optional sign, as int() reads them; beyond 64 bit there is no such user.
std::optional<std::int64_t> whole_number(std::string_view text, bool& is_beyond) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  is_beyond = problem == std::errc::result_out_of_range;
  if (problem != std::errc{} && !is_beyond) return std::nullopt;
  return number;
}

Result<std::int64_t> uid_of_text(std::string_view text) {
  bool is_beyond = false;
  auto number = whole_number(without_blanks(text), is_beyond);
  if (!number)
    return python(Code::invalid_argument, "ValueError",
                  "invalid literal for int() with base 10: '" + std::string(text) + "'");
  if (is_beyond) return access_denied();
  return *number;
}

/// int(uid) of the original: numbers, numeric texts and booleans.
Result<std::int64_t> uid_of(const Value& value) {
  switch (value.kind()) {
    case Kind::integer:
      return value.as_integer();
    case Kind::boolean:
      return value.as_boolean() ? 1 : 0;
    case Kind::string:
      return uid_of_text(value.text());
    case Kind::number: {
      std::string_view token = value.text();
      return uid_of_text(token.substr(0, token.find('.')));
    }
    case Kind::real: {
      if (value.as_real() > -9e15 && value.as_real() < 9e15)
        return static_cast<std::int64_t>(value.as_real());
      return access_denied();
    }
    case Kind::bigint:
      return access_denied();
    default:
      return type_error(
          "int() argument must be a string, a bytes-like object or a real number, not '" +
          std::string(python_type(value)) + "'");
  }
}

/// One function of the common service and its Python parameters, for the texts of TypeErrors.
struct CommonMethod {
  std::string_view name, python_name;
  std::array<std::string_view, 4> parameters;
  std::size_t required, most;
};
constexpr std::array<CommonMethod, 5> common_methods{{
    {"version", "exp_version", {}, 0, 0},
    {"login", "exp_login", {"db", "login", "password"}, 3, 3},
    {"authenticate", "exp_authenticate", {"db", "login", "password", "user_agent_env"}, 4, 4},
    {"about", "exp_about", {"extended"}, 0, 1},
    {"set_loglevel", "exp_set_loglevel", {"loglevel", "logger"}, 1, 2},
}};

constexpr std::array<std::string_view, 13> db_methods{"list",
                                                      "db_exist",
                                                      "list_lang",
                                                      "server_version",
                                                      "create_database",
                                                      "duplicate_database",
                                                      "drop",
                                                      "rename",
                                                      "dump",
                                                      "restore",
                                                      "list_countries",
                                                      "change_admin_password",
                                                      "migrate_databases"};

std::string too_many_text(const CommonMethod& method, std::size_t given) {
  std::string takes = method.required == method.most ? std::to_string(method.most)
                                                     : "from " + std::to_string(method.required) +
                                                           " to " + std::to_string(method.most);
  return std::string(method.python_name) + "() takes " + takes + " positional argument" +
         (method.most == 1 && method.required == 1 ? "" : "s") + " but " + std::to_string(given) +
         (given == 1 ? " was given" : " were given");
}

Result<Call> common_call(std::string_view name, std::span<const Value> params, Arena& arena) {
  for (const auto& method : common_methods) {
    if (method.name != name) continue;
    if (params.size() < method.required)
      return type_error(missing_arguments(
          method.python_name,
          std::span(method.parameters).first(method.required).subspan(params.size())));
    if (params.size() > method.most) return type_error(too_many_text(method, params.size()));
    Call call;
    call.method = arena.join("common", ".", name);
    call.positional = params;
    call.policy = Policy::odoo;
    return call;
  }
  return python(Code::unknown_method, "Exception", "Method not found: " + std::string(name));
}

Result<Call> db_call(std::string_view name, std::span<const Value> params, Arena& arena) {
  for (auto known : db_methods) {
    if (known != name) continue;
    Call call;
    call.method = arena.join("db", ".", name);
    call.positional = params;
    call.policy = Policy::odoo;
    return call;
  }
  return python(Code::unknown_method, "KeyError", "Method not found: " + std::string(name));
}

}  // namespace

std::string_view python_type(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset:
      return "NoneType";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
    case Kind::bigint:
      return "int";
    case Kind::number:
    case Kind::real:
    case Kind::decimal:
      return "float";
    case Kind::string:
    case Kind::uuid:
      return "str";
    case Kind::bytes:
      return "bytes";
    case Kind::date:
      return "date";
    case Kind::time:
      return "time";
    case Kind::datetime:
      return "datetime";
    case Kind::list:
      return "list";
    case Kind::dict:
      return "dict";
  }
  return "object";
}

std::string missing_arguments(std::string_view function, std::span<const std::string_view> names) {
  std::string text = std::string(function) + "() missing " + std::to_string(names.size()) +
                     " required positional argument" + (names.size() == 1 ? "" : "s") + ": ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    bool is_last = i + 1 == names.size();
    if (i > 0) text += !is_last ? ", " : names.size() == 2 ? " and " : ", and ";
    text.append("'").append(names[i]).append("'");
  }
  return text;
}

Error type_error(std::string text) {
  return python(Code::invalid_argument, "TypeError", std::move(text));
}

Result<Call> model_call(const Value& model, const Value& method, const Value& args,
                        const Value& kwargs, Arena& arena) {
  if (!model.is_string() || !method.is_string())
    return type_error("model and method must be str, not " +
                      std::string(python_type(model.is_string() ? method : model)));
  // A dot would let one model's name and method run into another's.
  if (method.text().empty() || method.text().find('.') != std::string_view::npos)
    return python(Code::unknown_method, "AttributeError",
                  "The method '" + std::string(model.text()) + "." + std::string(method.text()) +
                      "' does not exist");
  if (!args.is_list())
    return type_error("args: argument after * must be a list, not " +
                      std::string(python_type(args)));
  if (!kwargs.is_dict() && !is_falsy(kwargs))
    return type_error("kwargs: argument after ** must be a mapping, not " +
                      std::string(python_type(kwargs)));
  Call call;
  call.method = arena.join(model.text(), ".", method.text());
  call.is_model_method = true;
  call.positional = args.items();
  if (kwargs.is_dict() && kwargs.size() > 0) call.named = kwargs;
  call.policy = Policy::odoo;
  return call;
}

Result<Call> object_call(std::string_view method, std::span<const Value> params, Arena& arena) {
  if (params.size() < 5)
    return python(Code::invalid_argument, "ValueError",
                  "not enough values to unpack (expected at least 5, got " +
                      std::to_string(params.size()) + ")");
  PARLEY_TRY(std::int64_t uid, uid_of(params[1]));
  bool is_keyword_form = method == "execute_kw";
  if (!is_keyword_form && method != "execute")
    return python(Code::unknown_method, "NameError", "Method not available " + std::string(method));
  if (uid <= 0 || !params[2].is_string() || params[2].size() == 0) return access_denied();
  if (!params[0].is_string())
    return type_error("the database name must be str, not " + std::string(python_type(params[0])));

  Value args = Value::list(params.subspan(5));
  Value kwargs;
  if (is_keyword_form) {
    if (params.size() == 5)
      return type_error("execute_kw() missing 1 required positional argument: 'args'");
    if (params.size() > 7)
      return type_error("execute_kw() takes from 6 to 7 positional arguments but " +
                        std::to_string(params.size()) + " were given");
    args = params[5];
    if (params.size() == 7) kwargs = params[6];
  }
  PARLEY_TRY(Call call, model_call(params[3], params[4], args, kwargs, arena));
  call.database = params[0].text();
  call.credentials = {.kind = Credentials::Kind::uid, .uid = uid, .secret = params[2].text()};
  return call;
}

Result<Call> service_call(std::string_view service, std::string_view method,
                          std::span<const Value> params, Arena& arena) {
  if (service == "object") return object_call(method, params, arena);
  if (service == "common") return common_call(method, params, arena);
  if (service == "db") return db_call(method, params, arena);
  return python(Code::unknown_method, "KeyError", std::string(service));
}

}  // namespace parley::odoo
