// SPDX-License-Identifier: Apache-2.0
// Whether a converted value keeps the constraint of its type.
#pragma once
#include "parley/registry/type.hpp"

namespace parley {

/// takes:   a value of the type, already converted
/// fails:   invalid_argument with the broken Rule; `where` is left to the caller
Result<void> check_constraint(const Type& type, const Value& value);

/// The text of a value in errors; of long texts the beginning.
std::string shown_in_errors(const Value& value);

/// A name that a client made up, as errors repeat it: at most 200 bytes.
std::string clipped(std::string_view name);

}  // namespace parley
