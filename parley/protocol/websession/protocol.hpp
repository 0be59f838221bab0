// SPDX-License-Identifier: Apache-2.0
// The part of Odoo's /web/* that client libraries log in and call with: JSON-RPC envelopes and
// a session cookie.
#pragma once
#include <memory>

#include "parley/protocol/protocol.hpp"

namespace parley {

std::unique_ptr<Protocol> make_websession(const ProtocolSettings& settings);
ProtocolEntry websession_entry();

}  // namespace parley
