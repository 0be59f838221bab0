// SPDX-License-Identifier: Apache-2.0
#include "tests/parity/generator.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace parley::parity {
namespace {

using Base = Type::Base;
using namespace std::string_view_literals;

constexpr int depth_max = 3;
constexpr std::size_t items_max = 4;

constexpr std::array<std::int64_t, 13> small{0,          1,           -1,         7,           127,
                                             2147483647, -2147483648, 2147483648, -2147483649, 9007199254740991,
                                             9007199254740993, INT64_MAX, INT64_MIN};
constexpr std::array big{"9223372036854775808"sv, "-9223372036854775809"sv, "18446744073709551616"sv,
                         "1234567890123456789012345678901234"sv, "-99999999999999999999999999999999999999999999"sv};
constexpr std::array reals{0.0,    -0.0,    1.0,   -2.5,   0.1,     1e15, 1e16,     123456789.123, 1e22,
                           1e-7,   5e-324,  1e300, 1e-300, 1.7976931348623157e308, 2.2250738585072014e-308,
                           3.0e38, 9007199254740993.0};
constexpr std::array decimals{"0"sv, "0.00"sv, "12.50"sv, "-0.001"sv, "100"sv, "12345678901234567890123456789012345678"sv,
                              "0.000000000000000000000000000001"sv, "9999999999.99"sv};
// Blanks at the ends, line ends, what markup and quotes mean something to, characters of every
// length, non-characters, controls.
constexpr std::array pieces{"a"sv, " "sv, "\t"sv, "\n"sv, "\r"sv, "\r\n"sv, "<b>&amp;"sv, "]]>"sv, "\"'\\/"sv, "0"sv, "null"sv, "true"sv,
                            "caf\xC3\xA9"sv, "\xE2\x82\xAC"sv, "\xF0\x9F\x98\x80"sv, "e\xCC\x81"sv, "\xE2\x80\xA8"sv,
                            "\xEF\xBB\xBF"sv, "%41+&=;"sv, "[1]"sv, "{}"sv, ","sv};
constexpr std::array controls{"\x01"sv, "\0"sv, "\x1F"sv, "\x0B"sv, "\xEF\xBF\xBF"sv};
constexpr std::array dates{"0001-01-01"sv, "9999-12-31"sv, "1970-01-01"sv, "2024-02-29"sv, "1969-12-31"sv, "2026-11-22"sv};
constexpr std::array times{"00:00:00"sv, "23:59:59.999999"sv, "13:01:15.4589"sv, "08:30:00"sv};
constexpr std::array datetimes{"1998-07-17T14:08:55"sv,         "2026-11-22T00:00:00"sv,
                               "1969-12-31T23:59:59"sv,         "2024-02-29T12:00:00.5"sv,
                               "2026-11-22T14:08:55.123456"sv,  "2026-11-22T14:08:55Z"sv,
                               "2026-11-22T14:08:55+02:00"sv,   "2026-11-22T14:08:55.25-05:30"sv,
                               "0001-01-01T00:00:00"sv,         "9999-12-31T23:59:59"sv};

}  // namespace

Value Generator::of(const Type& type, int depth) {
  switch (type.base()) {
    case Base::any: return anything(depth);
    case Base::boolean: return Value::boolean(below(2) == 1);
    case Base::integer: return whole();
    case Base::real: return real();
    case Base::decimal: return decimal();
    case Base::string: return Value::string(arena_.copy(text()));
    case Base::bytes: return octets();
    case Base::date: return date();
    case Base::time: return time();
    case Base::datetime: return datetime();
    case Base::uuid: return uuid();
    case Base::enumeration: return Value::string(arena_.copy(one_of(type.choices()).name));
    case Base::list: return list_of(type.item(), depth);
    case Base::dict: return dict_of(type.key() == nullptr ? Type::any() : type.item(), depth);
    case Base::structure: return structure_of(type, depth);
  }
  return {};
}

Value Generator::anything(int depth) {
  static const std::array scalars{Type::boolean(), Type::integer(), Type::real(),     Type::decimal(), Type::string(),
                                  Type::bytes(),   Type::date(),    Type::time(),     Type::datetime(), Type::uuid()};
  const std::size_t kinds = scalars.size() + 1 + (depth < depth_max ? 4 : 0);
  const std::size_t kind = below(kinds);
  if (kind < scalars.size()) return of(scalars[kind], depth);
  if (kind == scalars.size()) return Value::null();
  return kind % 2 == 0 ? list_of(Type::any(), depth) : dict_of(Type::any(), depth);
}

Value Generator::whole() {
  switch (below(4)) {
    case 0: return Value::bigint(one_of(big));
    case 1: return Value::integer(static_cast<std::int64_t>(random_()));
    default: return Value::integer(one_of(small));
  }
}

Value Generator::real() {
  if (below(2) == 0) return Value::real(one_of(reals));
  const double any = std::bit_cast<double>(random_());
  return Value::real(std::isfinite(any) ? any : 0.5);
}

Value Generator::decimal() { return Value::decimal(*parse_decimal(one_of(decimals)), arena_); }

std::string Generator::text() {
  std::string made;
  for (std::size_t left = below(5); left > 0; --left) made += one_of(pieces);
  if (below(8) == 0) made += one_of(controls);
  return made;
}

Value Generator::octets() {
  std::string made;
  for (std::size_t left = below(40); left > 0; --left) made += static_cast<char>(below(256));
  return Value::bytes(arena_.copy(made));
}

Value Generator::date() { return Value::date(*parse_date(one_of(dates))); }
Value Generator::time() { return Value::time(*parse_time(one_of(times))); }
Value Generator::datetime() { return Value::datetime(*parse_datetime(one_of(datetimes))); }

Value Generator::uuid() {
  Uuid made{};
  for (auto& octet : made) octet = static_cast<std::uint8_t>(below(256));
  made[6] = static_cast<std::uint8_t>(0x40 | (made[6] & 0x0F));  // version 4
  made[8] = static_cast<std::uint8_t>(0x80 | (made[8] & 0x3F));
  return Value::uuid(made, arena_);
}

Value Generator::list_of(const Type& item, int depth) {
  ListBuilder items(arena_);
  for (std::size_t left = below(items_max + 1); left > 0; --left) items.add(of(item, depth + 1));
  return items.done();
}

/// Names end with their number, so that they stay different however they are changed.
Value Generator::dict_of(const Type& value, int depth) {
  DictBuilder members(arena_);
  const std::size_t count = below(items_max + 1);
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = below(6) == 0 && i == 0 ? std::string() : text() + std::to_string(i);
    members.set(arena_.copy(name), of(value, depth + 1));
  }
  return members.done();
}

Value Generator::structure_of(const Type& type, int depth) {
  DictBuilder members(arena_);
  for (const Type::Member& member : type.members()) {
    const std::size_t what = member.is_required ? 9 : below(10);
    if (what < 4) continue;
    members.set(member.name, what == 4 ? Value::null() : of(member.type, depth + 1));
  }
  return members.done();
}

}  // namespace parley::parity
