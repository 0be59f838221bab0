// SPDX-License-Identifier: Apache-2.0
// system.*: what XML-RPC clients ask about the functions of a server, printed from the Registry.
// Methods of models are not among them: their models describe themselves (fields_get).
#pragma once
#include <functional>

#include "parley/registry/registry.hpp"

namespace parley::xmlrpc {

/// The functions to tell about; asked for at each call, as there are none yet when the methods
/// are added.
using Functions = std::function<const Registry&()>;

/// Adds, for `module`, system.listMethods, methodSignature, methodHelp, getCapabilities, and a place for
/// system.multicall, which its protocol answers by itself.
///
/// source:  spec/standards.md 1; xmlrpc-c's introspection; optional parameters are one signature
///          for each length
Result<void> add_introspection(Catalog& catalog, std::string_view module, Functions functions);

}  // namespace parley::xmlrpc
