// SPDX-License-Identifier: Apache-2.0
#include "parley/core/decimal.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace parley {
namespace {

__extension__ using UInt128 = unsigned __int128;

constexpr int digits_max = 38;
constexpr int scale_max = 30;

constexpr auto powers = [] {
  std::array<Int128, digits_max + 1> p{};
  p[0] = 1;
  for (std::size_t i = 1; i < p.size(); ++i) p[i] = p[i - 1] * 10;
  return p;
}();
Int128 power_of_10(int exponent) { return powers[static_cast<std::size_t>(exponent)]; }

bool fits(Int128 units) { return units < powers[digits_max] && units > -powers[digits_max]; }

Error too_long() {
  return {Code::invalid_argument, "decimal: more than 38 digits or 30 digits after the point"};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What the text says before it is brought into range: units * 10^(exponent - scale).
struct Parts {
  Int128 units = 0;
  int scale = 0;
  int exponent = 0;
};

// Appends the digits at `at`; false when there is none or there are too many.
enum class Digits { none, read, too_many };
Digits read_digits(std::string_view text, std::size_t& at, Int128& units) {
  std::size_t start = at;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    units = units * 10 + (text[at] - '0');
    if (!fits(units)) return Digits::too_many;
  }
  return at == start ? Digits::none : Digits::read;
}

Error not_decimal(std::string_view text) {
  return {Code::invalid_argument,
          "decimal: \"" + std::string(text.substr(0, 60)) + "\" is not a decimal number"};
}

Result<Parts> read_parts(std::string_view text) {
  Parts parts;
  std::size_t at = 0;
  bool is_negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++at;
  Digits whole = read_digits(text, at, parts.units);
  if (whole == Digits::too_many) return too_long();
  if (whole == Digits::none) return not_decimal(text);
  if (at < text.size() && text[at] == '.') {
    std::size_t start = ++at;
    Digits fraction = read_digits(text, at, parts.units);
    if (fraction == Digits::too_many) return too_long();
    if (fraction == Digits::none) return not_decimal(text);
    if (at - start > 1000) return too_long();
    parts.scale = static_cast<int>(at - start);
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool is_down = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (at == text.size()) return not_decimal(text);
    for (; at < text.size() && is_digit(text[at]); ++at)
      if (parts.exponent < 100'000) parts.exponent = parts.exponent * 10 + (text[at] - '0');
    if (!is_digit(text[at - 1])) return not_decimal(text);
    if (is_down) parts.exponent = -parts.exponent;
  }
  if (at != text.size()) return not_decimal(text);
  if (is_negative) parts.units = -parts.units;
  return parts;
}

}  // namespace

Result<Decimal> parse_decimal(std::string_view text) {
  PARLEY_TRY(Parts parts, read_parts(text));
  int scale = parts.scale - parts.exponent;
  if (scale > scale_max) return too_long();
  if (scale >= 0) return Decimal{parts.units, scale};
  if (parts.units == 0) return Decimal{};
  if (-scale > digits_max) return too_long();
  Int128 units;
  if (__builtin_mul_overflow(parts.units, power_of_10(-scale), &units) || !fits(units))
    return too_long();
  return Decimal{units, 0};
}

std::string to_string(const Decimal& value) {
  char buffer[64];
  char* at = buffer + sizeof buffer;
  UInt128 left =
      value.units < 0 ? -static_cast<UInt128>(value.units) : static_cast<UInt128>(value.units);
  int written = 0;
  // Once 64 bits are enough, division is about ten times cheaper.
  auto put_digit = [&](unsigned digit) {
    if (written == value.scale && written > 0) *--at = '.';
    *--at = static_cast<char>('0' + digit);
    ++written;
  };
  while (left > UINT64_MAX) {
    put_digit(static_cast<unsigned>(left % 10));
    left /= 10;
  }
  auto small = static_cast<std::uint64_t>(left);
  while (small != 0 || written <= value.scale) {
    put_digit(static_cast<unsigned>(small % 10));
    small /= 10;
  }
  if (value.units < 0) *--at = '-';
  return {at, static_cast<std::size_t>(buffer + sizeof buffer - at)};
}

Result<Decimal> rescale(const Decimal& value, int scale) {
  if (scale < 0 || scale > scale_max) return too_long();
  if (scale == value.scale) return value;
  if (scale > value.scale) {
    Int128 units;
    if (__builtin_mul_overflow(value.units, power_of_10(scale - value.scale), &units) ||
        !fits(units))
      return too_long();
    return Decimal{units, scale};
  }
  Int128 divisor = power_of_10(value.scale - scale);
  Int128 units = value.units / divisor;
  Int128 rest = value.units % divisor;
  if (rest < 0) rest = -rest;
  if (rest >= divisor - rest) units += value.units < 0 ? -1 : 1;
  return Decimal{units, scale};
}

Result<Decimal> add(const Decimal& a, const Decimal& b) {
  int scale = a.scale > b.scale ? a.scale : b.scale;
  PARLEY_TRY(Decimal x, rescale(a, scale));
  PARLEY_TRY(Decimal y, rescale(b, scale));
  Int128 units;
  if (__builtin_add_overflow(x.units, y.units, &units) || !fits(units)) return too_long();
  return Decimal{units, scale};
}

double to_double(const Decimal& value) {
  constexpr Int128 exact = Int128{1} << 53;
  // Both operands are exact doubles, so the one division rounds correctly.
  if (value.scale <= 22 && value.units < exact && value.units > -exact) {
    double divisor = 1;
    for (int i = 0; i < value.scale; ++i) divisor *= 10;
    return static_cast<double>(static_cast<std::int64_t>(value.units)) / divisor;
  }
  std::string text = to_string(value);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

Result<Decimal> decimal_from(double value) {
  if (!std::isfinite(value))
    return Error(Code::invalid_argument, "decimal: a number that is not finite");
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
  return parse_decimal({buffer, static_cast<std::size_t>(end.ptr - buffer)});
}

std::strong_ordering compare(const Decimal& a, const Decimal& b) {
  Int128 x = a.units, y = b.units;
  // A side that overflows at the larger scale is the larger in magnitude: the other one fits.
  if (a.scale < b.scale && __builtin_mul_overflow(a.units, power_of_10(b.scale - a.scale), &x))
    return a.units < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  if (b.scale < a.scale && __builtin_mul_overflow(b.units, power_of_10(a.scale - b.scale), &y))
    return b.units < 0 ? std::strong_ordering::greater : std::strong_ordering::less;
  return x < y   ? std::strong_ordering::less
         : x > y ? std::strong_ordering::greater
                 : std::strong_ordering::equal;
}

}  // namespace parley
