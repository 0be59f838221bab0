// SPDX-License-Identifier: Apache-2.0
// REST+Json and REST+XML at /ws: a path names a function, the query string, a form, a JSON or an
// XML document its arguments.
#pragma once
#include <memory>

#include "parley/protocol/protocol.hpp"

namespace parley {

std::unique_ptr<Protocol> make_rest(const ProtocolSettings& settings);
ProtocolEntry rest_entry();

}  // namespace parley
