// SPDX-License-Identifier: Apache-2.0
// MCP at /mcp: the Streamable HTTP transport of 2026-07-28 and of the three revisions before it,
// stateless in both; each answer is one JSON object.
#pragma once
#include <memory>

#include "parley/protocol/protocol.hpp"

namespace parley {

std::unique_ptr<Protocol> make_mcp(const ProtocolSettings& settings);
ProtocolEntry mcp_entry();

}  // namespace parley
