// SPDX-License-Identifier: Apache-2.0
// Odoo's JSON-2: one URL a model method, arguments by name, an API key as the caller; and the
// documents of models that its clients read (spec/odoo-external-api.md 11).
#pragma once
#include <memory>

#include "parley/protocol/protocol.hpp"

namespace parley {

std::unique_ptr<Protocol> make_json2(const ProtocolSettings& settings);
ProtocolEntry json2_entry();

}  // namespace parley
