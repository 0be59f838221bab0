// SPDX-License-Identifier: Apache-2.0
// Exact decimal numbers: a 128 bit integer and a scale.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"

namespace parley {

__extension__ using Int128 = __int128;

/// units * 10^-scale; 0 <= scale <= 30. 12.50 is {1250, 2}: the scale is kept as written.
struct Decimal {
  Int128 units = 0;
  int scale = 0;
};

/// Reads `[+-]digits[.digits][e[+-]digits]`.
/// fails:   invalid_argument on anything else, or when 38 digits or scale 30 are exceeded
Result<Decimal> parse_decimal(std::string_view text);
/// "-12.50"; never an exponent.
std::string to_string(const Decimal& value);
/// The same value with `scale` digits; halves away from zero.
/// fails:   invalid_argument when it does not fit 38 digits
Result<Decimal> rescale(const Decimal& value, int scale);
/// Exact while both fit 38 digits at the larger scale.
Result<Decimal> add(const Decimal& a, const Decimal& b);
double to_double(const Decimal& value);
/// The shortest decimal that reads back as `value`.
Result<Decimal> decimal_from(double value);
/// Compares by value: 1.0 equals 1.00.
std::strong_ordering compare(const Decimal& a, const Decimal& b);
inline bool operator==(const Decimal& a, const Decimal& b) { return compare(a, b) == 0; }

}  // namespace parley
