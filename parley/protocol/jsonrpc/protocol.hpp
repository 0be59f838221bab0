// SPDX-License-Identifier: Apache-2.0
// JSON-RPC at /jsonrpc (Odoo's form, else strict) and /jsonrpc/2 (always strict 2.0, with 1.0
// and 1.1 where a request says so).
#pragma once
#include <memory>

#include "parley/protocol/protocol.hpp"

namespace parley {

std::unique_ptr<Protocol> make_jsonrpc(const ProtocolSettings& settings);
ProtocolEntry jsonrpc_entry();

}  // namespace parley
