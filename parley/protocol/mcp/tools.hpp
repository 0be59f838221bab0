// SPDX-License-Identifier: Apache-2.0
// Tools: what MCP clients see of functions and of the operations that every model has.
#pragma once
#include "parley/protocol/offered.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::mcp {

inline constexpr std::size_t tools_a_page = 64;
/// In front of an operation's name; what follows is called on the model that `model` names.
inline constexpr std::string_view operation_prefix = "model.";

inline constexpr std::string_view tools_method = "mcp.tools",
                                  public_tools_method = "mcp.public.tools";

inline constexpr std::string_view read_only_setting = "mcp-read-only",
                                  result_setting = "mcp-result-bytes-max";

/// Whether a function of this name can be a tool: [A-Za-z0-9_.-]{1,64}, and no operation's name.
bool can_be_tool(std::string_view function);

/// Adds, for `module`, what tools/list asks: which tools there are for the caller, a page at a
/// time.
///
/// {"tools": [...], "nextCursor": ...}; sorted by name. A cursor says behind which name the page
/// begins, so that pages fit together while tools come and go.
/// fails:   invalid_argument for a cursor that is none of ours
Result<void> add_tools(Catalog& catalog, std::string_view module, const Served& served);

}  // namespace parley::mcp
