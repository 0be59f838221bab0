// SPDX-License-Identifier: Apache-2.0
// The words in which conversions refuse a value, and enumerations, which all of them share.
#pragma once
#include <string>

#include "parley/registry/type.hpp"

namespace parley {

/// "int", "struct Person", "enum of red, green".
std::string expectation(const Type& type);

/// "expected int, got ..."; Python's distinction in `kind`: the wrong kind of value is a TypeError,
/// the wrong content of the right kind a ValueError. `where` is left to the caller.
Error refusal(const Type& type, const Value& value);

/// The name of a choice, by name or by the number behind it; none for anything else.
std::optional<Value> enumeration_as(const Type& type, const Value& value, Policy policy, Arena& arena);

}  // namespace parley
