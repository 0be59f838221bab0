// SPDX-License-Identifier: Apache-2.0
// Which request bodies count as JSON, for the protocols that carry JSON-RPC.
#pragma once
#include <cstdint>

#include "parley/core/error.hpp"
#include "parley/http/message.hpp"

namespace parley {

enum class JsonTypes : std::uint8_t {
  odoo,  // application/json and application/json-rpc, as the original
  any,   // those, application/jsonrequest, text/json, text/plain, or no Content-Type at all
};

/// fails:   unsupported_media; forms are never JSON, since any page's form could send them
Result<void> check_json_type(const http::Request& request, JsonTypes accepted);

}  // namespace parley
