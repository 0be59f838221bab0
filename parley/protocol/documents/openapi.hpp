// SPDX-License-Identifier: Apache-2.0
// The OpenAPI document: what can be called by paths and HTTP methods.
#pragma once
#include "parley/protocol/documents/paths.hpp"
#include "parley/protocol/offered.hpp"

namespace parley::documents {

/// A function is there as path RPC and as REST serve it, an operation as REST and JSON-2 do, each
/// only where this server does serve it. Ids of operations say protocol, verb and name.
///
/// source:  OpenAPI 3.1.1; its schemas are JSON Schema 2020-12
Value openapi(const Registry& registry, const About& about, const Paths& paths, Audience to,
              Arena& arena);

}  // namespace parley::documents
