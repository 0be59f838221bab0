// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/mcp/reply.hpp"

#include <algorithm>

#include "parley/codec/json/writer.hpp"

namespace parley::mcp {
namespace {

/// What was listed stays true while the program runs; a client that asks each minute misses little.
constexpr std::int64_t ttl_ms = 60'000;
constexpr int invalid_params = -32602, internal_error = -32603;

void put(json::Writer& json, std::string_view name, std::string_view text) {
  json.key(name);
  json.string(text);
}

void put_server_info(const About& about, json::Writer& json) {
  json.begin_dict();
  put(json, "name", about.title);
  put(json, "version", about.version);
  json.end_dict();
}

/// A reply up to and into its result; `close` ends both.
class Reply {
 public:
  Reply(const McpExchange& exchange, const Telling& telling, Output& out) : json_(out) {
    json_.begin_dict();
    put(json_, "jsonrpc", "2.0");
    json_.key("id");
    write(exchange.id, json_);
    json_.key("result");
    json_.begin_dict();
    if (exchange.era == Era::legacy) return;
    put(json_, "resultType", "complete");
    json_.key("_meta");
    json_.begin_dict();
    json_.key("io.modelcontextprotocol/serverInfo");
    put_server_info(telling.about, json_);
    json_.end_dict();
  }
  json::Writer& json() { return json_; }
  void put_cache(std::string_view scope) {
    json_.key("ttlMs");
    json_.integer(ttl_ms);
    put(json_, "cacheScope", scope);
  }
  void close() {
    json_.end_dict();
    json_.end_dict();
  }

 private:
  json::Writer json_;
};

void put_capabilities(const About& about, json::Writer& json) {
  json.key("capabilities");
  json.begin_dict();
  json.key("tools");
  json.begin_dict();
  json.end_dict();
  json.end_dict();
  if (!about.text.empty()) put(json, "instructions", about.text);
}

void put_versions(json::Writer& json) {
  json.begin_list();
  for (std::string_view version : versions) json.string(version);
  json.end_list();
}

void put_text_content(std::string_view text, json::Writer& json) {
  json.key("content");
  json.begin_list();
  json.begin_dict();
  put(json, "type", "text");
  put(json, "text", text);
  json.end_dict();
  json.end_list();
}

/// Bytes in memory up to a limit; what comes after is dropped.
class Limited final : public Output {
 public:
  explicit Limited(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  bool is_full() const { return text_.size() + used() > bytes_max_; }
  std::string take() {
    text_.append(chunk_, used());
    return std::move(text_);
  }

 private:
  std::size_t used() const { return at_ == nullptr ? 0 : static_cast<std::size_t>(at_ - chunk_); }
  void make_room(std::size_t) override {
    if (!is_full()) text_.append(chunk_, used());
    if (text_.size() >= bytes_max_) is_open_ = false;
    at_ = chunk_;
    end_ = chunk_ + sizeof chunk_;
  }
  std::size_t bytes_max_;
  char chunk_[4096];
  std::string text_;
};

}  // namespace

void put_own(const McpExchange& exchange, const Telling& telling, Output& out) {
  Reply reply(exchange, telling, out);
  json::Writer& json = reply.json();
  if (exchange.asked == Asked::discover) {
    json.key("supportedVersions");
    put_versions(json);
    put_capabilities(telling.about, json);
    reply.put_cache("public");
  }
  if (exchange.asked == Asked::initialize) {
    put(json, "protocolVersion", exchange.version);
    put_capabilities(telling.about, json);
    json.key("serverInfo");
    put_server_info(telling.about, json);
  }
  reply.close();
}

void put_tools(const McpExchange& exchange, const Telling& telling, const Value& page,
               Output& out) {
  Reply reply(exchange, telling, out);
  for (std::size_t i = 0; i < page.size(); ++i) {
    reply.json().key(page.keys()[i]);
    write(page.values()[i], reply.json());
  }
  const bool is_public = exchange.calls.front().credentials.kind == Credentials::Kind::none;
  if (exchange.era == Era::modern) reply.put_cache(is_public ? "public" : "private");
  reply.close();
}

Result<std::string> result_text(Answer& answer, std::size_t bytes_max) {
  Limited out(bytes_max);
  json::Writer json(out);
  if (!answer.is_rows()) {
    write(answer.value(), json);
  } else {
    json.begin_list();
    while (!out.is_full() && out.is_open()) {
      PARLEY_TRY(bool had_one, answer.rows().next(json));
      if (!had_one) break;
    }
    json.end_list();
  }
  if (out.is_full() || !out.is_open())
    return Error(Code::too_large, "the result has more than " + std::to_string(bytes_max) +
                                      " bytes: ask for fewer records (limit) or fewer fields");
  return out.take();
}

void put_result(const McpExchange& exchange, const Telling& telling, const Answer& answer,
                std::string_view text, Output& out) {
  const bool is_text = !answer.is_rows() && answer.value().is_string();
  const bool is_object = !answer.is_rows() && answer.value().is_dict();
  Reply reply(exchange, telling, out);
  json::Writer& json = reply.json();
  put_text_content(is_text ? answer.value().text() : text, json);
  json.key("structuredContent");
  if (exchange.era == Era::modern || is_object) {
    json.raw(text);
  } else {
    json.begin_dict();
    json.key("result");
    json.raw(text);
    json.end_dict();
  }
  json.key("isError");
  json.boolean(false);
  reply.close();
}

void put_tool_error(const McpExchange& exchange, const Telling& telling, const Error& error,
                    Output& out) {
  Reply reply(exchange, telling, out);
  put_text_content(error.hint.empty() ? error.message : error.message + " (" + error.hint + ")",
                   reply.json());
  reply.json().key("isError");
  reply.json().boolean(true);
  reply.close();
}

void put_refusal(const Value& id, const Refusal& refusal, Output& out) {
  json::Writer json(out);
  json.begin_dict();
  put(json, "jsonrpc", "2.0");
  if (!id.is_unset()) {
    json.key("id");
    write(id, json);
  }
  json.key("error");
  json.begin_dict();
  json.key("code");
  json.integer(refusal.code);
  put(json, "message", refusal.message);
  if (refusal.requested) {
    json.key("data");
    json.begin_dict();
    json.key("supported");
    put_versions(json);
    put(json, "requested", *refusal.requested);
    json.end_dict();
  }
  json.end_dict();
  json.end_dict();
}

std::optional<Refusal> refusal_of(const McpExchange& exchange, const Error& error) {
  const ErrorRow& known = row(error.code);
  if (error.code == Code::unauthenticated || error.code == Code::throttled)
    return Refusal{known.http_status, known.http_status, error.message, {}};
  if (exchange.asked == Asked::list_tools) {
    if (error.code == Code::invalid_argument)
      return Refusal{200, invalid_params, "Invalid params: " + error.message, {}};
    return Refusal{known.http_status, internal_error, error.message, {}};
  }
  // A method of ours that is missing; a model that is, is a wrong argument.
  const Call& call = exchange.calls.front();
  const bool is_unknown = error.code == Code::unknown_method && error.where == call.method;
  if (!is_unknown || (exchange.is_operation && error.kind == "UserError")) return {};
  std::string message = "Unknown tool: " + std::string(exchange.tool.substr(0, 80));
  if (call.credentials.kind == Credentials::Kind::none)
    message += "; some tools are only for callers with credentials";
  return Refusal{200, invalid_params, std::move(message), {}};
}

}  // namespace parley::mcp
