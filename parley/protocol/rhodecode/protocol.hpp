// SPDX-License-Identifier: Apache-2.0
// RhodeCode's API at /_admin/api: one JSON object in, one out, always HTTP 200. Its methods are the
// functions of module vcs.
#pragma once
#include <memory>

#include "parley/protocol/protocol.hpp"

namespace parley {

std::unique_ptr<Protocol> make_rhodecode(const ProtocolSettings& settings);
ProtocolEntry rhodecode_entry();

}  // namespace parley
