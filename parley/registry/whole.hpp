// SPDX-License-Identifier: Apache-2.0
// Whole: numbers of any size as arguments and results, where std::int64_t ends at 64 bits. Not
// part of parley.hpp, as it brings boost/multiprecision along.
#pragma once
#include <boost/multiprecision/cpp_int.hpp>

#include "parley/registry/typed.hpp"

namespace parley {

using Whole = boost::multiprecision::cpp_int;

template <>
struct Typed<Whole> {
  static constexpr bool exists = true;
  static Type type() { return Type::integer(); }
  static Result<Whole> from(const Value& v) {
    if (v.is_integer()) return Whole(v.as_integer());
    if (!v.is(Kind::bigint)) return wrong_kind("int", v);
    if (v.text().size() > digits_max)
      return Error(Code::invalid_argument, "expected int of at most " + std::to_string(digits_max) + " digits", "", "ValueError")
          .breaking(Rule::size_most, {}, std::to_string(digits_max));
    return Whole(std::string(v.text()));
  }
  static Value to(const Whole& v, Arena& arena) {
    const bool is_small = v >= std::numeric_limits<std::int64_t>::min() && v <= std::numeric_limits<std::int64_t>::max();
    if (is_small) return Value::integer(static_cast<std::int64_t>(v));
    return Value::bigint(arena.copy(v.str()));
  }
  static constexpr std::size_t digits_max = 4300;  // reading and printing takes the square of them
};

}  // namespace parley
