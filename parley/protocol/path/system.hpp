// SPDX-License-Identifier: Apache-2.0
// system_*: what clients of path RPC ask about the server and its functions. Only functions that
// anybody may call are told of, as anybody may ask.
#pragma once
#include "parley/protocol/protocol.hpp"

namespace parley::path {

/// What system_multicall takes. Its calls become calls of the exchange; called by another protocol
/// it only says so.
Method multicall_method();

/// Adds system_alive, _status, _list_methods, _method_help, _method_info, _method_sig, _multicall,
/// _method_json_schema and _method_response_json_schema, open to all.
/// source:  spec/path-rpc.md section 8
Result<void> add_system_methods(Catalog& catalog, std::string_view module, const Served& served);

}  // namespace parley::path
