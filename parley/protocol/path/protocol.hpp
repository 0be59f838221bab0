// SPDX-License-Identifier: Apache-2.0
// Path RPC: the path names the method, parameters are a query, a form, JSON or BSON; answers are
// objects with status and status_message, in JSON, JSONP or BSON.
#pragma once
#include <memory>

#include "parley/protocol/protocol.hpp"

namespace parley {

std::unique_ptr<Protocol> make_path(const ProtocolSettings& settings);
ProtocolEntry path_entry();

}  // namespace parley
