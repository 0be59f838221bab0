// SPDX-License-Identifier: Apache-2.0
// The scalar rows of the conversion table: one Value as one scalar type, or nothing. Who asks
// words the refusal.
#pragma once
#include <optional>

#include "parley/registry/type.hpp"

namespace parley {

/// `value` as the scalar type `base` (not any, enumeration, list, dict or structure).
///
/// gives:   a Value of the type's kind (an int may be a bigint); nothing when refused
std::optional<Value> scalar_as(Type::Base base, const Value& value, Policy policy, Arena& arena);

/// What Python's bool() says of a value.
bool is_truthy(const Value& value);

}  // namespace parley
