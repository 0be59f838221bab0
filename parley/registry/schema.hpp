// SPDX-License-Identifier: Apache-2.0
// JSON Schema (2020-12) of a method's parameters; that of one type is Type::json_schema.
#pragma once
#include "parley/registry/method.hpp"

namespace parley {

/// An object schema: one property a parameter, with help and default, `required` by name.
Value parameters_schema(const Method& method, Arena& arena);

}  // namespace parley
