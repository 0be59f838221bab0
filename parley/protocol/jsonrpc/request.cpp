// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/jsonrpc/request.hpp"

#include "parley/codec/json/reader.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/protocol/json_body.hpp"
#include "parley/protocol/odoo/service.hpp"

namespace parley::jsonrpc {
namespace {

bool is_text(const Value* value, std::string_view text) {
  return value != nullptr && value->is_string() && value->text() == text;
}

/// `params` naming a service is a call of Odoo's API; so is its method "call" with params that
/// are no object, which the original answers with a Python error.
bool is_odoo_form(const Value& request) {
  if (!request.is_dict()) return false;
  const Value* params = request.find("params");
  if (params != nullptr && params->is_dict() && params->find("service") != nullptr) return true;
  return is_text(request.find("method"), "call") && params != nullptr && !params->is_string();
}

/// NaN and Infinity are read only for Odoo's form, whose server accepts them.
Result<Value> read_document(const http::Request& request, const Reading& reading) {
  auto document = json::read_tree(request.body, reading.limits, reading.arena);
  bool may_be_odoo = reading.mount.dialect == static_cast<int>(Dialect::odoo);
  if (document || !may_be_odoo || document.error().code != Code::malformed) return document;
  auto lax = json::read_tree(request.body, reading.limits, reading.arena,
                             {.nan_literals = json::NanLiterals::accepted});
  if (lax && is_odoo_form(*lax)) return lax;
  return document;
}

Result<std::span<const Value>> odoo_arguments(std::string_view service, std::string_view method,
                                              const Value& args) {
  if (args.is_list()) return args.items();
  if (args.is_dict() && args.size() == 0) return std::span<const Value>{};
  return odoo::type_error(std::string(service) + "." + std::string(method) +
                          "() argument after * must be an iterable, not " +
                          std::string(odoo::python_type(args)));
}

Result<Call> odoo_call(const Value* params, Arena& arena) {
  if (params == nullptr || params->is_absent())
    return odoo::type_error("'NoneType' object is not iterable");
  if (!params->is_dict() && params->size() > 0)
    return Error(Code::invalid_argument, "params: expected an object with service, method and args",
                 "params");
  std::vector<std::string_view> missing;
  for (std::string_view name : {"service", "method", "args"})
    if (!params->is_dict() || params->find(name) == nullptr) missing.push_back(name);
  if (!missing.empty())
    return odoo::type_error(odoo::missing_arguments("JSONRPC.jsonrpc", missing));

  const Value& service = *params->find("service");
  const Value& method = *params->find("method");
  if (!service.is_string() || !method.is_string())
    return odoo::type_error("service and method must be str, not " +
                            std::string(odoo::python_type(service.is_string() ? method : service)));
  PARLEY_TRY(auto arguments, odoo_arguments(service.text(), method.text(), *params->find("args")));
  return odoo::service_call(service.text(), method.text(), arguments, arena);
}

bool is_id(const Value& value, Form form) {
  if (form != Form::v2) return true;
  switch (value.kind()) {
    case Kind::null:
    case Kind::string:
    case Kind::integer:
    case Kind::bigint:
    case Kind::number:
      return true;
    default:
      return false;
  }
}

Error invalid(std::string message, std::string where) {
  return Error(Code::invalid_call, std::move(message), std::move(where));
}

/// 1.1 says its version in `version`; 1.0 says nothing and has exactly method, params and id.
Result<Form> form_of(const Value& request) {
  if (const Value* version = request.find("jsonrpc")) {
    if (is_text(version, "2.0")) return Form::v2;
    if (is_text(version, "1.0")) return Form::v1;
    return invalid("jsonrpc: expected the text \"2.0\"", "jsonrpc");
  }
  if (is_text(request.find("version"), "1.1")) return Form::v11;
  const Value* params = request.find("params");
  if (request.find("method") != nullptr && params != nullptr && params->is_list() &&
      request.find("id") != nullptr)
    return Form::v1;
  return invalid("jsonrpc: missing, expected \"2.0\"", "jsonrpc");
}

/// 1.1 may name positional parameters by their number, in order: {"0": a, "1": b}.
bool is_by_number(const Value& params) {
  for (std::size_t i = 0; i < params.size(); ++i)
    if (params.keys()[i] != std::to_string(i)) return false;
  return params.size() > 0;
}

/// The call of a strict request whose form and id are known.
Result<Call> strict_call(const Value& request, Form form) {
  const Value* method = request.find("method");
  if (method == nullptr || !method->is_string())
    return invalid("method: expected the name of a method", "method");
  Call call;
  call.method = method->text();
  call.policy = Policy::strict;
  const Value* params = request.find("params");
  if (params == nullptr || params->is_absent()) return call;
  if (params->is_list()) {
    call.positional = params->items();
  } else if (params->is_dict() && form != Form::v1) {
    if (form == Form::v11 && is_by_number(*params))
      call.positional = params->values();
    else
      call.named = *params;
  } else {
    return invalid(
        form == Form::v1 ? "params: expected an array" : "params: expected an array or an object",
        "params");
  }
  return call;
}

/// Reads one strict request object into `entry`.
Result<Call> read_strict(const Value& request, Entry& entry) {
  if (!request.is_dict()) return invalid("request: expected an object", "");
  auto form = form_of(request);
  if (form) entry.form = *form;
  const Value* id = request.find("id");
  if (id != nullptr && !is_id(*id, entry.form))
    return invalid("id: expected a text, a number or null", "id");
  entry.has_id = id != nullptr;
  if (id != nullptr) entry.id = *id;
  if (!form) return std::move(form).error();
  PARLEY_TRY(Call call, strict_call(request, entry.form));
  // Only a request that is valid otherwise is a notification (JSON-RPC 2.0 section 6, examples).
  if (entry.form == Form::v2) entry.is_answered = entry.has_id;
  if (entry.form == Form::v1) entry.is_answered = !entry.id.is_null();
  return call;
}

void add(JsonRpcExchange& exchange, Entry entry, Result<Call> call) {
  if (call)
    exchange.calls.push_back(*call);
  else
    entry.error = std::make_unique<Error>(std::move(call).error());
  exchange.entries.push_back(std::move(entry));
}

/// One strict request with the caller and database that the headers name.
void add_strict(JsonRpcExchange& exchange, const Value& request, const Result<Credentials>& caller,
                std::string_view database) {
  Entry entry;
  auto call = read_strict(request, entry);
  if (call && !caller) return add(exchange, std::move(entry), Error(caller.error()));
  if (call) {
    call->credentials = *caller;
    call->database = database;
  }
  add(exchange, std::move(entry), std::move(call));
}

}  // namespace

Result<std::unique_ptr<JsonRpcExchange>> read_body(const http::Request& request,
                                                   const Reading& reading) {
  PARLEY_CHECK(check_json_type(request, JsonTypes::any));
  PARLEY_TRY(Value document, read_document(request, reading));
  auto exchange = std::make_unique<JsonRpcExchange>();

  if (reading.mount.dialect == static_cast<int>(Dialect::odoo) && is_odoo_form(document)) {
    PARLEY_CHECK(check_json_type(request, JsonTypes::odoo));
    Entry entry{.form = Form::odoo};
    if (const Value* id = document.find("id")) entry.id = *id;
    add(*exchange, std::move(entry), odoo_call(document.find("params"), reading.arena));
    return exchange;
  }

  auto caller = header_credentials(request, reading.arena);
  std::string_view database = header_database(request);
  if (!document.is_list()) {
    add_strict(*exchange, document, caller, database);
    return exchange;
  }
  if (document.size() == 0) return invalid("batch: empty, expected at least one request", "");
  if (document.size() > reading.limits.calls_max)
    return Error(Code::too_large, "batch: " + std::to_string(document.size()) +
                                      " requests, at most " +
                                      std::to_string(reading.limits.calls_max));
  exchange->is_batch = true;
  for (const Value& item : document.items()) add_strict(*exchange, item, caller, database);
  return exchange;
}

}  // namespace parley::jsonrpc
