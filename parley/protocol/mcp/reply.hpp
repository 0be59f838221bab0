// SPDX-License-Identifier: Apache-2.0
// How /mcp answers: results of both eras, tool results, refusals.
#pragma once
#include "parley/core/output.hpp"
#include "parley/protocol/mcp/request.hpp"

namespace parley::mcp {

/// What answers depend on; set once.
struct Telling {
  About about;
  std::size_t result_bytes_max = 0;
};

/// The answer to server/discover, initialize and ping.
void put_own(const McpExchange& exchange, const Telling& telling, Output& out);

/// The answer to tools/list: `page` is what the method of tools.hpp gave.
void put_tools(const McpExchange& exchange, const Telling& telling, const Value& page, Output& out);

/// What a tool gave as JSON.
/// limits:  result_bytes_max
/// fails:   too_large, or what its rows failed with
Result<std::string> result_text(Answer& answer, std::size_t bytes_max);

/// The answer to tools/call: text, and the same as data. A text is its own text; whatever was no
/// object is one in the legacy era, under "result".
void put_result(const McpExchange& exchange, const Telling& telling, const Answer& answer,
                std::string_view json, Output& out);
/// A call that failed is a result too: the model reads why and can do better.
void put_tool_error(const McpExchange& exchange, const Telling& telling, const Error& error,
                    Output& out);

/// A JSON-RPC error; without an id where none is known (MCP has no null there).
void put_refusal(const Value& id, const Refusal& refusal, Output& out);

/// What an outcome's error is for tools/list and tools/call; nothing = a result with isError.
std::optional<Refusal> refusal_of(const McpExchange& exchange, const Error& error);

}  // namespace parley::mcp
