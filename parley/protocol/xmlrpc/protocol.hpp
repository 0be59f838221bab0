// SPDX-License-Identifier: Apache-2.0
// XML-RPC: /RPC2 and /xmlrpc after the standard, /xmlrpc/2/* and /xmlrpc/* as Odoo's clients
// speak it.
#pragma once
#include <memory>

#include "parley/protocol/protocol.hpp"

namespace parley {

std::unique_ptr<Protocol> make_xmlrpc(const ProtocolSettings& settings);
ProtocolEntry xmlrpc_entry();

}  // namespace parley
