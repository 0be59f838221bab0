// SPDX-License-Identifier: Apache-2.0
// The eight methods that validate an XML-RPC server, as http://1998.xmlrpc.com/validator1Docs.html
// describes them.
#pragma once
#include "parley/parley.hpp"

namespace demo {

void add_validator1(parley::App& app);

}  // namespace demo
