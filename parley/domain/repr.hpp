// SPDX-License-Identifier: Apache-2.0
// A Value as Python prints it: the texts clients of domains know from error messages.
#pragma once
#include <string>
#include <string_view>

#include "parley/core/value.hpp"

namespace parley::domain {

/// Longest text `repr` gives, bytes; what is longer ends in "...".
inline constexpr std::size_t repr_bytes_max = 4096;

/// "['name', '=', None]", "1.0", "'it'"; texts are quoted.
std::string repr(const Value& value);
/// As `repr`, in round brackets when it is a list: "('name', '=', 1)".
std::string repr_tuple(const Value& value);
/// 'single' quotes unless only double ones avoid an escape.
std::string repr(std::string_view text);
/// "1.0", "1e+16", "0.0001"
std::string repr(double value);

}  // namespace parley::domain
