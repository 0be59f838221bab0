// SPDX-License-Identifier: Apache-2.0
// The OpenRPC document: what JSON-RPC clients may call.
#pragma once
#include "parley/protocol/offered.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::documents {

/// Functions are its methods. A model's methods are called "<model>.<method>"; as OpenRPC has no
/// place for a name with a gap, they stand under x-model-methods, without their model.
///
/// source:  OpenRPC 1.3.2; its schemas are JSON Schema draft 7
Value openrpc(const Registry& registry, const About& about, Audience to, Arena& arena);

}  // namespace parley::documents
