// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/websession/request.hpp"

#include "parley/codec/json/reader.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/protocol/json_body.hpp"
#include "parley/protocol/odoo/service.hpp"

namespace parley::websession {
namespace {

/// The document, {} for no body at all. A body must be declared as JSON: pages of other origins
/// can send any other type without asking first.
Result<Value> read_document(const http::Request& request, const Reading& reading) {
  if (request.body.empty()) return Value::dict(nullptr, 0);
  PARLEY_CHECK(check_json_type(request, JsonTypes::odoo));
  PARLEY_TRY(Value document, json::read_tree(request.body, reading.limits, reading.arena,
                                             {.nan_literals = json::NanLiterals::accepted}));
  if (!document.is_dict()) return Error(Code::invalid_call, "request: expected an object");
  return document;
}

/// `params`, {} when absent or null.
Result<Value> params_of(const Value& document) {
  const Value* params = document.find("params");
  if (params == nullptr || params->is_absent()) return Value::dict(nullptr, 0);
  if (params->is_list() && params->size() == 0) return Value::dict(nullptr, 0);
  if (!params->is_dict())
    return odoo::type_error("params: expected an object, not " +
                            std::string(odoo::python_type(*params)));
  return *params;
}

Value member(const Value& params, std::string_view name, Value fallback) {
  const Value* found = params.find(name);
  return found == nullptr ? fallback : *found;
}

Result<void> require(std::string_view function, const Value& params,
                     std::span<const std::string_view> names) {
  std::vector<std::string_view> missing;
  for (auto name : names)
    if (params.find(name) == nullptr) missing.push_back(name);
  if (missing.empty()) return {};
  return odoo::type_error(odoo::missing_arguments(function, missing));
}

Call plain(std::string_view method) {
  Call call;
  call.method = method;
  call.policy = Policy::odoo;
  return call;
}

Credentials session_of(const http::Request& request) {
  return {.kind = Credentials::Kind::session, .secret = cookie(request, "session_id")};
}

Call session_call(std::string_view method, const http::Request& request) {
  Call call = plain(method);
  call.credentials = session_of(request);
  call.database = header_database(request);
  return call;
}

Result<Call> authenticate(const http::Request& request, const Value& params, Arena& arena) {
  constexpr std::string_view needed[] = {"login", "password"};
  PARLEY_CHECK(require("Session.authenticate", params, needed));
  Value database = member(params, "db", Value::null());
  if (database.is_null() && !header_database(request).empty())
    database = Value::string(header_database(request));
  const Value arguments[] = {database, *params.find("login"), *params.find("password")};
  Call call = plain("session.authenticate");
  call.positional = arena.copy(std::span<const Value>(arguments));
  return call;
}

Result<Call> call_kw(const http::Request& request, const Value& params, Arena& arena) {
  constexpr std::string_view needed[] = {"model", "method"};
  PARLEY_CHECK(require("DataSet.call_kw", params, needed));
  PARLEY_TRY(Call call, odoo::model_call(*params.find("model"), *params.find("method"),
                                         member(params, "args", Value::list({})),
                                         member(params, "kwargs", Value::null()), arena));
  call.credentials = session_of(request);
  call.database = header_database(request);
  return call;
}

Result<Call> call_of(Action action, const http::Request& request, const Value& document,
                     Arena& arena) {
  PARLEY_TRY(Value params, params_of(document));
  switch (action) {
    case Action::version_info:
      return plain("common.version_info");
    case Action::authenticate:
      return authenticate(request, params, arena);
    case Action::session_info:
      return session_call("session.info", request);
    case Action::destroy:
      return session_call("session.destroy", request);
    case Action::call_kw:
      return call_kw(request, params, arena);
    case Action::list_databases:
      return plain("db.list");
  }
  return Error(Code::internal, "path: no action");
}

}  // namespace

Result<void> check_origin(const http::Request& request) {
  std::string_view origin = request.header("Origin");
  if (origin.empty()) return {};
  std::size_t scheme = origin.find("://");
  std::string_view host = scheme == origin.npos ? std::string_view() : origin.substr(scheme + 3);
  if (!host.empty() && http::same_letters(host, request.header("Host"))) return {};
  return Error(Code::forbidden,
               "origin " + std::string(origin) + ": only pages of this host may call this path",
               "Origin");
}

Result<std::unique_ptr<WebExchange>> read_request(const http::Request& request,
                                                  const Reading& reading) {
  PARLEY_CHECK(check_origin(request));
  PARLEY_TRY(Value document, read_document(request, reading));
  auto exchange = std::make_unique<WebExchange>();
  exchange->action = static_cast<Action>(reading.mount.dialect);
  exchange->is_secure = request.is_secure;
  exchange->id = member(document, "id", Value::null());
  auto call = call_of(exchange->action, request, document, reading.arena);
  if (call)
    exchange->calls.push_back(*call);
  else
    exchange->error = std::make_unique<Error>(std::move(call).error());
  return exchange;
}

}  // namespace parley::websession
