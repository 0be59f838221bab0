// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/mcp/protocol.hpp"

#include "parley/protocol/mcp/reply.hpp"
#include "parley/protocol/mcp/request.hpp"
#include "parley/protocol/mcp/tools.hpp"
#include "parley/protocol/refusal.hpp"

namespace parley {
namespace mcp {
namespace {

constexpr std::string_view content_type = "application/json; charset=utf-8";
constexpr std::string_view served_verbs = "POST, OPTIONS";
constexpr std::string_view origins_setting = "mcp-origins";

class Mcp final : public Protocol {
 public:
  explicit Mcp(const ProtocolSettings& settings)
      : telling_{settings.about, static_cast<std::size_t>(settings.number(result_setting))},
        options_{{}, settings.is_on(read_only_setting)},
        mounts_{{"/mcp", Mount::Match::exact, {}, 0}} {
    for (std::string_view origin : settings.list(origins_setting))
      options_.origins.emplace_back(origin);
  }

  std::string_view name() const override { return "mcp"; }
  std::span<const Mount> mounts() const override { return mounts_; }

  Result<std::unique_ptr<Exchange>> read(const http::Request& request,
                                         const Reading& reading) const override {
    PARLEY_TRY(auto exchange, read_request(request, reading, options_));
    return std::unique_ptr<Exchange>(std::move(exchange));
  }

  void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const override {
    const auto& own = static_cast<const McpExchange&>(exchange);
    if (own.refusal) return refuse(own, *own.refusal, writer);
    switch (own.asked) {
      case Asked::preflight:
        return write_preflight(own, writer);
      case Asked::notification:
        return start(own, 202, {}, writer);
      case Asked::list_tools:
        return write_tools(own, outcomes.next(), writer);
      case Asked::call_tool:
        return write_call(own, outcomes, writer);
      case Asked::discover:
      case Asked::initialize:
      case Asked::ping:
        start(own, 200, content_type, writer);
        return put_own(own, telling_, writer.body());
      case Asked::nothing:
        break;
    }
    assertion_failed("what is not refused asks something", __FILE__, __LINE__);
  }

  void refuse(const http::Request& request, const Mount&, const Error& error,
              http::Writer& writer) const override {
    constexpr int parse_error = -32700, invalid_request = -32600;
    const bool is_malformed = error.code == Code::malformed;
    McpExchange nothing;
    nothing.id = Value::unset();
    std::string_view origin = request.header("Origin");
    if (!origin.empty() && is_allowed(origin, options_.origins)) nothing.allowed_origin = origin;
    refuse(nothing,
           {refusal_status(error),
            is_malformed ? parse_error : invalid_request,
            (is_malformed ? "Parse error: " : "Invalid Request: ") + error.message,
            {}},
           writer);
  }

 private:
  /// With what a browser needs to give the answer to a page of an origin that is allowed.
  static void start(const McpExchange& own, int status, std::string_view type,
                    http::Writer& writer) {
    writer.start(status, type);
    if (own.allowed_origin.empty()) return;
    writer.header("Access-Control-Allow-Origin", own.allowed_origin);
    writer.header("Vary", "Origin");
  }

  static void refuse(const McpExchange& own, const Refusal& refusal, http::Writer& writer) {
    start(own, refusal.status, content_type, writer);
    if (refusal.status == 405) writer.header("Allow", served_verbs);
    if (refusal.status == 401) writer.header("WWW-Authenticate", "Bearer realm=\"parley\"");
    put_refusal(own.id, refusal, writer.body());
  }

  static void write_preflight(const McpExchange& own, http::Writer& writer) {
    start(own, 204, {}, writer);
    writer.header("Allow", served_verbs);
    if (own.allowed_origin.empty()) return;
    writer.header("Access-Control-Allow-Methods", served_verbs);
    writer.header("Access-Control-Allow-Headers",
                  "Content-Type, Accept, Authorization, X-Odoo-Database, MCP-Protocol-Version, "
                  "Mcp-Method, Mcp-Name");
    writer.header("Access-Control-Max-Age", "600");
  }

  void write_tools(const McpExchange& own, Outcome outcome, http::Writer& writer) const {
    if (!outcome) return refuse(own, *refusal_of(own, outcome.error()), writer);
    start(own, 200, content_type, writer);
    put_tools(own, telling_, outcome->value(), writer.body());
  }

  void write_call(const McpExchange& own, Outcomes& outcomes, http::Writer& writer) const {
    if (own.tool_error) return write_tool_error(own, *own.tool_error, writer);
    Outcome outcome = outcomes.next();
    if (!outcome) {
      if (auto refusal = refusal_of(own, outcome.error())) return refuse(own, *refusal, writer);
      return write_tool_error(own, outcome.error(), writer);
    }
    // The whole result first: it is told twice, and one that fails halfway is an error.
    auto text = result_text(*outcome, telling_.result_bytes_max);
    if (!text) return write_tool_error(own, text.error(), writer);
    start(own, 200, content_type, writer);
    put_result(own, telling_, *outcome, *text, writer.body());
  }

  void write_tool_error(const McpExchange& own, const Error& error, http::Writer& writer) const {
    start(own, 200, content_type, writer);
    const bool is_refused_write =
        options_.is_read_only && error.code == Code::forbidden && error.status == 405;
    if (!is_refused_write) return put_tool_error(own, telling_, error, writer.body());
    put_tool_error(
        own, telling_,
        Error(Code::forbidden,
              std::string(own.tool) + ": changes something, and only reading is served here"),
        writer.body());
  }

  Telling telling_;
  Options options_;
  std::vector<Mount> mounts_;
};

}  // namespace
}  // namespace mcp

std::unique_ptr<Protocol> make_mcp(const ProtocolSettings& settings) {
  return std::make_unique<mcp::Mcp>(settings);
}

ProtocolEntry mcp_entry() {
  static constexpr ProtocolSetting settings[] = {
      {mcp::origins_setting, ProtocolSetting::Kind::list, "localhost,127.0.0.1,[::1]",
       "Pages that may use /mcp: hosts, or whole origins (https://app.example)."},
      {mcp::read_only_setting, ProtocolSetting::Kind::yes_no, "no",
       "MCP clients see and call only what changes nothing."},
      {mcp::result_setting, ProtocolSetting::Kind::number, "1048576",
       "Bytes of one tool's result as JSON."},
  };
  return {make_mcp, settings, mcp::add_tools};
}

}  // namespace parley
