// SPDX-License-Identifier: Apache-2.0
// One POST to /mcp: its era, its JSON-RPC message, and the call it means.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/protocol/protocol.hpp"

namespace parley::mcp {

/// 2026-07-28 says everything in each request; earlier revisions begin with a handshake, of which
/// we keep nothing.
enum class Era : std::uint8_t { legacy, modern };

inline constexpr std::string_view modern_version = "2026-07-28";
/// Newest first; the first legacy one answers those who ask for one we do not have.
inline constexpr std::string_view versions[] = {modern_version, "2025-11-25", "2025-06-18",
                                                "2025-03-26"};
inline constexpr std::string_view newest_legacy = versions[1];

inline constexpr int header_mismatch = -32020, unsupported_version = -32022;

/// An answer that is no result.
struct Refusal {
  int status = 400;  // of HTTP
  int code = 0;      // of JSON-RPC; an HTTP status where neither standard has a number
  std::string message;
  std::optional<std::string> requested;  // set: the version asked for; the ones there are are told
};

enum class Asked : std::uint8_t {
  discover,
  initialize,
  ping,
  list_tools,
  call_tool,
  notification,  // 202
  preflight,     // OPTIONS of a browser
  nothing,       // what is refused
};

struct McpExchange final : Exchange {
  Era era = Era::legacy;
  Asked asked = Asked::nothing;
  Value id;                   // unset = not known
  std::string_view version;   // of initialize: what its answer says
  std::string_view tool;      // of call_tool, as the client named it
  bool is_operation = false;  // the tool is a method of models
  std::optional<Refusal> refusal;
  std::optional<Error> tool_error;  // arguments that make no call
  std::string_view allowed_origin;  // of the page that asks, told back to its browser
};

struct Options {
  std::vector<std::string> origins;  // "localhost", "https://app.example"
  bool is_read_only = false;
};

/// gives:   an exchange with at most one call, or its refusal
/// fails:   what is known before the message is read: unsupported_media, malformed, too_large,
/// forbidden source:  MCP 2026-07-28 basic/transports/streamable-http, basic/index;
/// spec/standards.md 3
Result<std::unique_ptr<McpExchange>> read_request(const http::Request& request,
                                                  const Reading& reading, const Options& options);

/// Whether a page of `origin` may talk to us: its host, or the whole origin, stands in the list.
bool is_allowed(std::string_view origin, const std::vector<std::string>& origins);

/// A header's text behind `=?base64?...?=`, or as it is.
/// fails:   malformed: no base64, or characters that a header cannot have
Result<std::string> decoded_header(std::string_view value);

}  // namespace parley::mcp
