// SPDX-License-Identifier: Apache-2.0
// Tools that the conformance test of MCP calls by name.
#pragma once
#include "parley/parley.hpp"

namespace demo {

void add_diagnostics(parley::App& app);

}  // namespace demo
