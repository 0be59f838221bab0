// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/mcp/request.hpp"

#include <algorithm>

#include "parley/codec/json/reader.hpp"
#include "parley/core/base64.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/protocol/json_body.hpp"
#include "parley/protocol/mcp/tools.hpp"

namespace parley::mcp {
namespace {

constexpr std::string_view version_key = "io.modelcontextprotocol/protocolVersion",
                           capabilities_key = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view version_header = "MCP-Protocol-Version", method_header = "Mcp-Method",
                           name_header = "Mcp-Name";
constexpr int invalid_request = -32600, unknown_method = -32601, invalid_params = -32602;

std::string_view text_of(const Value* value) {
  return value != nullptr && value->is_string() ? value->text() : std::string_view();
}

bool is_version(std::string_view text) {
  return std::ranges::find(versions, text) != std::end(versions);
}

/// All values of a header: a proxy may look at another one than we do.
std::vector<std::string_view> values_of(const http::Request& request, std::string_view name) {
  std::vector<std::string_view> values;
  for (const http::Header& header : request.headers)
    if (http::same_letters(header.name, name)) values.push_back(header.value);
  return values;
}

Refusal mismatch(std::string_view header, std::string_view why) {
  return {
      400, header_mismatch, "Header mismatch: " + std::string(header) + " " + std::string(why), {}};
}

/// Why a header does not say what the body says; nothing when it does.
std::optional<Refusal> compare(const http::Request& request, std::string_view header,
                               std::string_view body, bool may_be_encoded) {
  auto values = values_of(request, header);
  if (values.empty()) return mismatch(header, "is missing");
  for (std::string_view value : values) {
    auto decoded = may_be_encoded ? decoded_header(value) : Result<std::string>(std::string(value));
    if (!decoded || *decoded != body) return mismatch(header, "does not match the body");
  }
  return {};
}

/// Reads one message into `exchange`; the first thing that is wrong with it is the refusal.
class Message {
 public:
  Message(const http::Request& request, const Value& document, const Reading& reading,
          const Options& options, McpExchange& exchange)
      : request_(request),
        document_(document),
        reading_(reading),
        options_(options),
        exchange_(exchange) {}

  std::optional<Refusal> read();

 private:
  std::optional<Refusal> read_envelope();
  std::optional<Refusal> read_version();
  std::optional<Refusal> check_headers() const;
  std::optional<Refusal> choose();
  std::optional<Refusal> list_tools();
  std::optional<Refusal> call_tool();
  std::optional<Refusal> add(Call call);
  const Value* param(std::string_view name) const {
    return params_.is_dict() ? params_.find(name) : nullptr;
  }
  const Value* meta(std::string_view name) const {
    const Value* all = param("_meta");
    return all != nullptr && all->is_dict() ? all->find(name) : nullptr;
  }
  bool is_modern() const { return exchange_.era == Era::modern; }

  const http::Request& request_;
  const Value& document_;
  const Reading& reading_;
  const Options& options_;
  McpExchange& exchange_;
  std::string_view method_;
  Value params_ = Value::unset();
};

std::optional<Refusal> Message::read() {
  if (auto refusal = read_envelope()) return refusal;
  const bool is_notification = exchange_.id.is_unset();
  if (is_notification && !method_.starts_with("notifications/"))
    return Refusal{400,
                   invalid_request,
                   "Invalid Request: " + std::string(method_.substr(0, 80)) + " needs an id",
                   {}};
  if (auto refusal = read_version()) return refusal;
  // The revision of 2026-07-28 defines no headers for notifications.
  if (is_notification) return exchange_.asked = Asked::notification, std::nullopt;
  if (is_modern())
    if (auto refusal = check_headers()) return refusal;
  return choose();
}

/// source:  JSON-RPC 2.0 section 4; MCP: ids are strings or integers and never null
std::optional<Refusal> Message::read_envelope() {
  auto invalid = [](std::string_view why) {
    return Refusal{400, invalid_request, "Invalid Request: " + std::string(why), {}};
  };
  if (document_.is_list()) return invalid("one message a POST, no batch");
  if (!document_.is_dict()) return invalid("expected an object");
  if (const Value* id = document_.find("id")) {
    const bool is_id = id->is_string() || id->is_integer() || id->is(Kind::bigint);
    if (!is_id) return invalid("an id is a string or an integer");
    exchange_.id = *id;
  }
  if (text_of(document_.find("jsonrpc")) != "2.0") return invalid("jsonrpc must be \"2.0\"");
  const Value* method = document_.find("method");
  if (method == nullptr || !method->is_string())
    return invalid("method must be a string; responses are not expected here");
  method_ = method->text();
  if (const Value* params = document_.find("params")) params_ = *params;
  if (!params_.is_unset() && !params_.is_dict()) return invalid("params must be an object");
  return {};
}

/// Modern is who says so in the body, or in the header; all others are legacy.
std::optional<Refusal> Message::read_version() {
  const Value* given = meta(version_key);
  std::string_view in_body = text_of(given);
  auto in_header = values_of(request_, version_header);
  const bool is_modern_header = !in_header.empty() && in_header.front() == modern_version;
  if (given == nullptr && !is_modern_header) {
    if (in_header.empty() || method_ == "initialize") return {};
    for (std::string_view version : in_header)
      if (!is_version(version))
        return Refusal{400, unsupported_version, "Unsupported protocol version",
                       std::string(version)};
    return {};
  }
  exchange_.era = Era::modern;
  if (exchange_.id.is_unset()) return {};
  if (given == nullptr || !given->is_string())
    return Refusal{
        400, invalid_params, "Invalid params: _meta needs " + std::string(version_key), {}};
  if (auto refusal = compare(request_, version_header, in_body, false)) return refusal;
  if (in_body != modern_version)
    return Refusal{400, unsupported_version, "Unsupported protocol version", std::string(in_body)};
  return {};
}

std::optional<Refusal> Message::check_headers() const {
  if (auto refusal = compare(request_, method_header, method_, false)) return refusal;
  if (method_ == "tools/call" && !text_of(param("name")).empty())
    if (auto refusal = compare(request_, name_header, text_of(param("name")), true)) return refusal;
  const Value* capabilities = meta(capabilities_key);
  if (capabilities == nullptr || !capabilities->is_dict())
    return Refusal{
        400, invalid_params, "Invalid params: _meta needs " + std::string(capabilities_key), {}};
  return {};
}

std::optional<Refusal> Message::choose() {
  if (method_ == "tools/list") return list_tools();
  if (method_ == "tools/call") return call_tool();
  if (is_modern() && method_ == "server/discover")
    return exchange_.asked = Asked::discover, std::nullopt;
  if (!is_modern() && method_ == "ping") return exchange_.asked = Asked::ping, std::nullopt;
  if (!is_modern() && method_ == "initialize") {
    std::string_view wanted = text_of(param("protocolVersion"));
    if (wanted.empty())
      return Refusal{400, invalid_params, "Invalid params: initialize needs protocolVersion", {}};
    exchange_.asked = Asked::initialize;
    exchange_.version = is_version(wanted) && wanted != modern_version ? wanted : newest_legacy;
    return {};
  }
  return Refusal{is_modern() ? 404 : 200,
                 unknown_method,
                 "Method not found: " + std::string(method_.substr(0, 80)),
                 {}};
}

std::optional<Refusal> Message::add(Call call) {
  auto credentials = header_credentials(request_, reading_.arena);
  if (!credentials) return Refusal{401, 401, credentials.error().message, {}};
  call.credentials = *credentials;
  call.database = header_database(request_);
  exchange_.calls.push_back(call);
  return {};
}

std::optional<Refusal> Message::list_tools() {
  exchange_.asked = Asked::list_tools;
  DictBuilder named(reading_.arena);
  if (const Value* cursor = param("cursor"); cursor != nullptr && !cursor->is_null())
    named.set("cursor", *cursor);
  named.set("legacy", Value::boolean(!is_modern()));
  Call call;
  call.named = named.done();
  if (auto refusal = add(call)) return refusal;
  Call& made = exchange_.calls.back();
  made.method =
      made.credentials.kind == Credentials::Kind::none ? public_tools_method : tools_method;
  return {};
}

/// What follows the prefix of operations is a method of the model that the arguments name.
std::optional<Refusal> Message::call_tool() {
  const Value* name = param("name");
  const Value* arguments = param("arguments");
  if (name == nullptr || !name->is_string())
    return Refusal{400, invalid_params, "Invalid params: tools/call needs name", {}};
  if (arguments != nullptr && !arguments->is_dict() && !arguments->is_null())
    return Refusal{400, invalid_params, "Invalid params: arguments must be an object", {}};
  exchange_.asked = Asked::call_tool;
  exchange_.tool = name->text();
  exchange_.is_operation = exchange_.tool.starts_with(operation_prefix);
  Call call;
  call.method = exchange_.tool;
  if (arguments != nullptr) call.named = *arguments;
  call.is_of_documents = true;
  call.may_only_read = options_.is_read_only;
  if (!exchange_.is_operation) return add(call);

  DictBuilder others(reading_.arena);
  std::string_view model;
  for (std::size_t i = 0; call.named.is_dict() && i < call.named.size(); ++i) {
    const Value& value = call.named.values()[i];
    if (call.named.keys()[i] == model_argument)
      model = text_of(&value);
    else
      others.set(call.named.keys()[i], value);
  }
  if (model.empty()) {
    exchange_.tool_error.emplace(Code::invalid_argument,
                                 "model: expected the name of a model, like \"res.partner\"",
                                 "model");
    return {};
  }
  call.named = others.done();
  call.is_model_method = true;
  call.method = reading_.arena.join(model, ".", exchange_.tool.substr(operation_prefix.size()));
  return add(call);
}

}  // namespace

bool is_allowed(std::string_view origin, const std::vector<std::string>& origins) {
  std::string_view host = origin;
  if (std::size_t scheme = origin.find("://"); scheme != origin.npos) {
    host = origin.substr(scheme + 3);
    const std::size_t behind_address = host.starts_with('[') ? host.find(']') : 0;
    if (behind_address == host.npos) return false;
    host = host.substr(0, host.find(':', behind_address));
  }
  auto is_it = [&](std::string_view one) {
    return http::same_letters(one, origin) || (origin != host && http::same_letters(one, host));
  };
  return std::ranges::any_of(origins, is_it);
}

Result<std::string> decoded_header(std::string_view value) {
  constexpr std::string_view front = "=?base64?", back = "?=";
  auto is_plain = [](unsigned char c) { return c == '\t' || (c >= 0x20 && c <= 0x7e); };
  if (!std::ranges::all_of(value, is_plain))
    return Error(Code::malformed, "header: characters that are not ASCII");
  if (value.size() < front.size() + back.size() || !value.starts_with(front) ||
      !value.ends_with(back))
    return std::string(value);
  std::string_view inner = value.substr(front.size(), value.size() - front.size() - back.size());
  auto text = from_base64(inner);
  if (!text) return Error(Code::malformed, "header: no base64");
  return *std::move(text);
}

Result<std::unique_ptr<McpExchange>> read_request(const http::Request& request,
                                                  const Reading& reading, const Options& options) {
  auto exchange = std::make_unique<McpExchange>();
  exchange->id = Value::unset();
  for (std::string_view origin : values_of(request, "Origin")) {
    if (!is_allowed(origin, options.origins))
      return Error(Code::forbidden, "pages of this origin may not use this server", "Origin");
    exchange->allowed_origin = origin;
  }
  if (request.method == "OPTIONS") return exchange->asked = Asked::preflight, std::move(exchange);
  if (request.method != "POST") {
    exchange->refusal.emplace(
        Refusal{405, invalid_request, "Invalid Request: only POST is served here", {}});
    return exchange;
  }
  PARLEY_CHECK(check_json_type(request, JsonTypes::odoo));
  PARLEY_TRY(Value document, json::read_tree(request.body, reading.limits, reading.arena));
  exchange->refusal = Message(request, document, reading, options, *exchange).read();
  if (exchange->refusal) exchange->calls.clear();
  return exchange;
}

}  // namespace parley::mcp
