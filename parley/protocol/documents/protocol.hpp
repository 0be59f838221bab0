// SPDX-License-Identifier: Apache-2.0
// Documents by GET: /openapi.json, /openrpc.json, /schemas.json and /schemas/<method>/<part>.json.
#pragma once
#include <memory>

#include "parley/protocol/protocol.hpp"

namespace parley {

std::unique_ptr<Protocol> make_documents(const ProtocolSettings& settings);
ProtocolEntry documents_entry();

}  // namespace parley
