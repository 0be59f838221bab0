// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/websession/request.hpp"

#include "parley/codec/json/reader.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/protocol/json_body.hpp"
#include "parley/protocol/odoo/service.hpp"

namespace parley::websession {
namespace {

constexpr Mount::Match exact = Mount::Match::exact, prefix = Mount::Match::prefix;
constexpr Route route_list[] = {
    {"/web/webclient/version_info", exact, Action::version_info},
    {"/web/session/authenticate", exact, Action::authenticate},
    {"/web/session/get_session_info", exact, Action::session_info},
    {"/web/session/destroy", exact, Action::destroy},
    {"/web/session/check", exact, Action::check},
    {"/web/session/modules", exact, Action::modules},
    {"/web/session/get_lang_list", exact, Action::languages},
    {"/web/session/account", exact, Action::account},
    {"/web/dataset/call_kw", prefix, Action::call_kw},
    {"/web/dataset/call", exact, Action::call},
    {"/web/dataset/call_button", prefix, Action::call_button},
    {"/web/dataset/search_read", exact, Action::search_read},
    {"/web/database/list", exact, Action::list_databases},
    {"/web/health", exact, Action::health},
};

/// Pages of other origins are refused.
Result<void> check_origin(const http::Request& request) {
  if (!is_cross_origin(request)) return {};
  std::string_view origin = request.header("Origin");
  return Error(Code::forbidden,
               "origin " + std::string(origin.empty() ? "of another site" : origin) +
                   ": only pages of this host may call this path",
               "Origin");
}

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

using Calls = std::vector<Call>;

Result<Call> model_call(const http::Request& request, std::string_view function, const Value& params,
                        Arena& arena) {
  constexpr std::string_view needed[] = {"model", "method"};
  PARLEY_CHECK(require(function, params, needed));
  PARLEY_TRY(Call call, odoo::model_call(*params.find("model"), *params.find("method"),
                                         member(params, "args", Value::list({})),
                                         member(params, "kwargs", Value::null()), arena));
  call.credentials = session_of(request);
  call.database = header_database(request);
  return call;
}

/// A method of a model with arguments by name; null ones are left out.
Result<Call> named_call(const http::Request& request, const Value& model, std::string_view method,
                        std::initializer_list<std::pair<std::string_view, Value>> arguments, Arena& arena) {
  DictBuilder named(arena);
  for (const auto& [name, value] : arguments)
    if (!value.is_absent()) named.set(name, value);
  PARLEY_TRY(Call call,
             odoo::model_call(model, Value::string(method), Value::list({}), named.done(), arena));
  call.credentials = session_of(request);
  call.database = header_database(request);
  return call;
}

/// The count of all that the domain finds, then one page of it.
Result<Calls> search_read(const http::Request& request, const Value& params, Arena& arena) {
  constexpr std::string_view needed[] = {"model"};
  PARLEY_CHECK(require("DataSet.search_read", params, needed));
  const Value& model = *params.find("model");
  auto given = [&](std::string_view name) { return member(params, name, Value::null()); };
  Value domain = member(params, "domain", Value::list({}));
  if (domain.is_null()) domain = Value::list({});
  PARLEY_TRY(Call count, named_call(request, model, "search_count",
                                    {{"domain", domain}, {"context", given("context")}}, arena));
  PARLEY_TRY(Call records, named_call(request, model, "search_read",
                                      {{"domain", domain},
                                       {"fields", given("fields")},
                                       {"offset", given("offset")},
                                       {"limit", given("limit")},
                                       {"order", given("sort")},
                                       {"context", given("context")}},
                                      arena));
  return Calls{count, records};
}

Result<Calls> one(Result<Call> call) {
  if (!call) return std::move(call).error();
  return Calls{*call};
}

Result<Calls> calls_of(Action action, const http::Request& request, const Value& document, Arena& arena) {
  PARLEY_TRY(Value params, params_of(document));
  switch (action) {
    case Action::version_info:
      return one(plain("common.version_info"));
    case Action::authenticate:
      return one(authenticate(request, params, arena));
    case Action::session_info:
      return one(session_call("session.info", request));
    case Action::destroy:
      return one(session_call("session.destroy", request));
    case Action::check:
      return one(session_call("session.check", request));
    case Action::modules:
      return one(session_call("session.modules", request));
    case Action::languages:
      return one(plain("db.list_lang"));
    case Action::account:
      return one(session_call("session.account", request));
    case Action::call_kw:
      return one(model_call(request, "DataSet.call_kw", params, arena));
    case Action::call:
      return one(model_call(request, "DataSet.call", params, arena));
    case Action::call_button:
      return one(model_call(request, "DataSet.call_button", params, arena));
    case Action::search_read:
      return search_read(request, params, arena);
    case Action::list_databases:
    case Action::health:
      return one(plain("db.list"));
  }
  return Error(Code::internal, "path: no action");
}

}  // namespace

std::span<const Route> routes() { return route_list; }

Result<std::unique_ptr<WebExchange>> read_request(const http::Request& request,
                                                  const Reading& reading) {
  PARLEY_CHECK(check_origin(request));
  auto exchange = std::make_unique<WebExchange>();
  exchange->action = static_cast<Action>(reading.mount.dialect);
  Value document = Value::dict(nullptr, 0);
  if (exchange->action != Action::health) {
    PARLEY_TRY(document, read_document(request, reading));
  }
  exchange->is_secure = request.is_secure;
  exchange->id = member(document, "id", Value::null());
  auto calls = calls_of(exchange->action, request, document, reading.arena);
  if (calls)
    exchange->calls = std::move(*calls);
  else
    exchange->error = std::make_unique<Error>(std::move(calls).error());
  return exchange;
}

}  // namespace parley::websession
