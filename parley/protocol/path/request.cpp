// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/request.hpp"

#include <algorithm>

#include "parley/core/utf8.hpp"
#include "parley/http/uri.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/protocol/path/arguments.hpp"
#include "parley/protocol/path/jsonp.hpp"

namespace parley::path {
namespace {

constexpr std::string_view reserved_names[] = {"status",  "status_message", "RPC2",
                                               "xmlrpc",  "jsonrpc",        "mcp",
                                               "healthz", "openapi.json",   "openrpc.json"};
constexpr std::string_view reserved_fronts[] = {"_admin/", "web/", "xmlrpc/", "jsonrpc/", "json/"};

Error not_found(std::string_view name) {
  return Error(Code::unknown_method, "Method not found: " + std::string(name), std::string(name));
}

/// The name that the path says, whose mount is `prefix`.
Result<std::string_view> name_of(const http::Request& request, std::string_view prefix,
                                 Arena& arena) {
  PARLEY_TRY(std::string decoded, http::percent_decode(request.path));
  std::string_view name = decoded;
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  if (name.starts_with('/')) name.remove_prefix(1);
  if (!is_utf8(name)) return Error(Code::malformed, "path: not UTF-8 once its escapes are read");
  if (name.find('\0') != name.npos) return Error(Code::malformed, "path: holds a NUL");
  if (name.empty() || is_reserved(name)) return not_found(name);
  return arena.copy(name);
}

bool is_served(std::string_view verb) { return verb == "GET" || verb == "HEAD" || verb == "POST"; }

Error invalid(std::string message) { return {Code::invalid_argument, std::move(message)}; }

/// One element of system_multicall; `like` has what all calls of the request share.
Result<Call> element_call(const Value& element, const Call& like) {
  if (!element.is_dict()) return invalid("each call is a dict with method and params");
  const Value* name = nullptr;
  const Value* params = nullptr;
  for (std::size_t i = 0; i < element.size(); ++i) {
    std::string_view key = element.keys()[i];
    const Value& value = element.values()[i];
    if (key == "params")
      params = &value;
    else if ((key == "method" || key == "methodName") && name == nullptr)
      name = &value;
    else
      return invalid("a call has method and params, not " + std::string(key));
  }
  if (name == nullptr || !name->is_string())
    return invalid("a call needs method, the name of a method");
  if (name->text() == multicall_name) return invalid("recursive system_multicall is forbidden");
  if (name->size() == 0 || is_reserved(name->text())) return not_found(name->text());
  Call call = like;
  call.method = name->text();
  call.policy = Policy::strict;
  if (params == nullptr || params->is_null()) return call;
  if (params->is_list())
    call.positional = params->items();
  else if (params->is_dict())
    call.named = *params;
  else
    return invalid("params of a call is a dict, or a list in the order of the parameters");
  return call;
}

/// The value of `calls`, by the rules that hold for every argument.
Result<Value> calls_argument(const Call& call, const Method& multicall, const Reading& reading) {
  Context context{reading.arena, reading.limits, {}, {}, {}};
  const Method* const chain[] = {&multicall};
  PARLEY_TRY(Bound bound, bind(Target{"", chain}, call, context));
  return bound.arguments[0];
}

Result<void> add_multicall(const Call& call, const Method& multicall, const Reading& reading,
                           PathExchange& exchange) {
  PARLEY_TRY(Value calls, calls_argument(call, multicall, reading));
  const std::size_t calls_max = reading.limits.calls_max;
  if (calls.size() > calls_max)
    return Error(Code::too_large, "system_multicall: " + std::to_string(calls.size()) +
                                      " calls, at most " + std::to_string(calls_max));
  exchange.is_multicall = true;
  Call like = call;
  like.named = Value::null();
  like.body = Value::unset();
  for (const Value& element : calls.items()) {
    auto one = element_call(element, like);
    if (one) {
      exchange.slots.push_back({one->method});
      exchange.calls.push_back(*one);
    } else {
      exchange.slots.push_back({multicall_name, std::make_unique<Error>(std::move(one).error())});
    }
  }
  return {};
}

Error no_callback() {
  return Error(Code::malformed,
               "callback: not the name of a JavaScript function of at most " +
                   std::to_string(callback_bytes_max) + " characters",
               "callback");
}

}  // namespace

PathExchange::PathExchange(const Limits& limits) : notation(path::notation(limits)) {}

bool is_reserved(std::string_view name) {
  if (std::ranges::find(reserved_names, name) != std::end(reserved_names)) return true;
  return std::ranges::any_of(reserved_fronts,
                             [name](std::string_view front) { return name.starts_with(front); });
}

Result<Shape> read_shape(const http::Request& request, const Options& options,
                         const Limits& limits) {
  Shape shape = shape_of(request, options);
  Arena arena;
  PARLEY_TRY(Query query, read_query(request, limits, arena));
  if (!query.callback) return shape;
  if (!is_callback(*query.callback)) return no_callback();
  shape.callback = *query.callback;
  return shape;
}

Result<std::unique_ptr<PathExchange>> read_request(const http::Request& request,
                                                   const Reading& reading, const Options& options,
                                                   const Method& multicall) {
  auto exchange = std::make_unique<PathExchange>(reading.limits);
  exchange->shape = shape_of(request, options);
  exchange->is_options = request.method == "OPTIONS";
  if (exchange->is_options) return exchange;
  if (!is_served(request.method))
    return Error(Code::invalid_call,
                 "a method is called by GET or POST, not " + std::string(request.method))
        .with_status(405);

  PARLEY_TRY(Query query, read_query(request, reading.limits, reading.arena));
  if (query.callback && !is_callback(*query.callback)) return no_callback();
  exchange->shape.callback = query.callback.value_or("");

  Call call;
  PARLEY_TRY(call.method, name_of(request, options.prefix, reading.arena));
  call.is_from_anywhere = query.callback.has_value();
  if (!call.is_from_anywhere) {
    PARLEY_TRY(call.credentials, header_credentials(request, reading.arena));
  }
  call.database = header_database(request);
  call.notation = &exchange->notation;
  call.may_only_read = request.method != "POST" && !options.may_get_change;
  PARLEY_CHECK(add_arguments(request, query, reading.limits, reading.arena, call));
  if (call.method == multicall_name) {
    PARLEY_CHECK(add_multicall(call, multicall, reading, *exchange));
  } else {
    exchange->slots.push_back({call.method});
    exchange->calls.push_back(call);
  }
  return exchange;
}

}  // namespace parley::path
