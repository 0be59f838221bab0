// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/request.hpp"

#include "parley/http/media.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/protocol/odoo/service.hpp"
#include "parley/protocol/xmlrpc/reader.hpp"

namespace parley::xmlrpc {
namespace {

constexpr std::string_view multicall_name = "system.multicall";

/// What every call of one request shares.
struct Where {
  Dialect dialect;
  std::string_view service;  // "object"; "" on the standard's mounts
  Credentials credentials;   // of the headers; none on Odoo's mounts
  std::string_view database;
  Arena& arena;
};

/// "object" of /xmlrpc/2/object. Prefix mounts catch the services that do not exist.
std::string_view service_of(const http::Request& request, const Mount& mount) {
  std::string_view path = mount.match == Mount::Match::exact ? std::string_view(mount.path) : request.path;
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

Call plain_call(std::string_view method, std::span<const Value> params, const Where& where) {
  Call call;
  call.database = where.database;
  call.credentials = where.credentials;
  call.method = method;
  call.positional = params;
  call.policy = where.dialect == Dialect::interop ? Policy::typed : Policy::odoo;
  return call;
}

Result<Call> to_call(const MethodCall& asked, const Where& where) {
  if (where.dialect == Dialect::interop && asked.name.empty())
    return Error(Code::invalid_call, "<methodName> is empty");
  if (where.dialect == Dialect::interop || asked.name.starts_with("system."))
    return plain_call(asked.name, asked.params, where);
  return odoo::service_call(where.service, asked.name, asked.params, where.arena);
}

void add(const MethodCall& asked, const Where& where, XmlRpcExchange& exchange) {
  auto call = to_call(asked, where);
  if (call) {
    exchange.calls.push_back(*call);
    exchange.slots.emplace_back();
  } else {
    exchange.slots.emplace_back(std::move(call).error());
  }
}

/// One element of system.multicall.
Result<MethodCall> element_of(const Value& item) {
  if (!item.is_dict()) return Error(Code::invalid_argument, "system.multicall: each call is a struct");
  const Value* name = item.find("methodName");
  if (name == nullptr || !name->is_string())
    return Error(Code::invalid_argument, "system.multicall: a call needs methodName, a string");
  if (name->text() == multicall_name) return Error(Code::invalid_argument, "recursive system.multicall is forbidden");
  const Value* params = item.find("params");
  if (params == nullptr) return MethodCall{name->text(), {}};
  if (!params->is_list()) return Error(Code::invalid_argument, "system.multicall: params is an array");
  return MethodCall{name->text(), params->items()};
}

Result<void> add_multicall(std::span<const Value> params, const Where& where, std::size_t calls_max,
                           XmlRpcExchange& exchange) {
  if (params.size() != 1 || !params[0].is_list())
    return Error(Code::invalid_argument, "system.multicall takes one array of calls");
  if (params[0].size() > calls_max)
    return Error(Code::too_large, "system.multicall: " + std::to_string(params[0].size()) + " calls, at most " +
                                      std::to_string(calls_max));
  exchange.is_multicall = true;
  for (const Value& item : params[0].items()) {
    auto asked = element_of(item);
    if (asked) add(*asked, where, exchange);
    else exchange.slots.emplace_back(std::move(asked).error());
  }
  return {};
}

/// Odoo's mounts: a form's body is not looked at, and only a POST is executed.
Result<void> check_odoo_request(const http::Request& request) {
  constexpr std::string_view kind = "xml.parsers.expat.ExpatError";
  if (request.method != "POST")
    return Error(Code::invalid_call, "an XML-RPC call is a POST", {}, std::string(kind));
  if (!is_readable_type(request, Dialect::odoo))
    return Error(Code::unsupported_media, "a form is not read as XML-RPC: send text/xml", {}, std::string(kind));
  return {};
}

}  // namespace

Dialect dialect_of(const Mount& mount) { return static_cast<Dialect>(mount.dialect); }

bool is_readable_type(const http::Request& request, Dialect dialect) {
  std::string_view header = request.header("Content-Type");
  if (header.empty()) return true;
  std::string_view type = header.substr(0, header.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (dialect != Dialect::interop)
    return !http::same_letters(type, "application/x-www-form-urlencoded") &&
           !http::same_letters(type, "multipart/form-data");
  return http::same_letters(type, "text/xml") || http::same_letters(type, "application/xml") ||
         (type.size() > 4 && http::same_letters(type.substr(type.size() - 4), "+xml"));
}

Result<std::unique_ptr<XmlRpcExchange>> read_request(const http::Request& request, const Reading& reading) {
  auto exchange = std::make_unique<XmlRpcExchange>();
  exchange->dialect = dialect_of(reading.mount);
  bool is_standard = exchange->dialect == Dialect::interop;
  Where where{exchange->dialect, {}, {}, {}, reading.arena};
  if (is_standard) {
    if (!is_readable_type(request, Dialect::interop))
      return Error(Code::unsupported_media, "XML-RPC is sent as text/xml or application/xml");
    PARLEY_TRY(where.credentials, header_credentials(request, reading.arena));
    where.database = header_database(request);
  } else {
    PARLEY_CHECK(check_odoo_request(request));
    where.service = service_of(request, reading.mount);
  }
  PARLEY_TRY(MethodCall asked,
             read_call(request.body, reading.limits, is_standard ? Reals::finite : Reals::any, reading.arena));
  if (asked.name == multicall_name)
    PARLEY_CHECK(add_multicall(asked.params, where, reading.limits.calls_max, *exchange));
  else
    add(asked, where, *exchange);
  return exchange;
}

}  // namespace parley::xmlrpc
