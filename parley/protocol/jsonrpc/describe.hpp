// SPDX-License-Identifier: Apache-2.0
// system.describe: what JSON-RPC 1.1 clients ask about a service.
#pragma once
#include "parley/protocol/protocol.hpp"

namespace parley::jsonrpc {

/// Adds system.describe for `module`: {"sdversion", "name", "id", "version", "procs"}, the functions
/// with their parameters and types by name. Methods of models are not among them.
///
/// source:  JSON-RPC 1.1 WD 20060807 section 11; spec/standards.md 2
Result<void> add_describe(Catalog& catalog, std::string_view module, const Served& served);

}  // namespace parley::jsonrpc
