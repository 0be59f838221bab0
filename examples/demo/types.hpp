// SPDX-License-Identifier: Apache-2.0
// Types of the demo's own, and what makes them cross the wire: a specialisation of
// parley::Typed with a Type, `from` a Value and `to` a Value.
#pragma once
#include <boost/multiprecision/cpp_int.hpp>
#include <string>
#include <variant>

#include "parley/parley.hpp"

namespace demo {

/// A whole number of any size; parley's own integers end at 64 bits.
using Whole = boost::multiprecision::cpp_int;

/// A whole number or a double.
using Number = std::variant<Whole, double>;

/// A whole number or a text: one of two types, which the wire can say.
using Choice = std::variant<Whole, std::string>;

enum class Color { red = 1, green, blue };

}  // namespace demo

template <>
struct parley::Typed<demo::Whole> {
  static constexpr bool exists = true;
  static Type type() { return Type::integer(); }
  static Result<demo::Whole> from(const Value& v) {
    if (v.is_integer()) return demo::Whole(v.as_integer());
    if (v.is(Kind::bigint)) return demo::Whole(std::string(v.text()));
    return wrong_kind("int", v);
  }
  static Value to(const demo::Whole& v, Arena& arena) {
    const bool is_small = v >= std::numeric_limits<std::int64_t>::min() && v <= std::numeric_limits<std::int64_t>::max();
    if (is_small) return Value::integer(static_cast<std::int64_t>(v));
    return Value::bigint(arena.copy(v.str()));
  }
};

/// Goes in by name or number and comes out by name.
template <>
struct parley::Typed<demo::Color> {
  static constexpr bool exists = true;
  static Type type() { return Type::enumeration({{"red", 1}, {"green", 2}, {"blue", 3}}); }
  static Result<demo::Color> from(const Value& v) {
    const Type colors = type();
    for (const auto& choice : colors.choices())
      if (v.is_string() && v.text() == choice.name) return static_cast<demo::Color>(choice.number);
    return wrong_kind("enum", v);
  }
  static Value to(demo::Color v, Arena& arena) {
    const Type colors = type();
    for (const auto& choice : colors.choices())
      if (choice.number == static_cast<std::int64_t>(v)) return Value::string(arena.copy(choice.name));
    return Value::null();
  }
};

/// A number of either kind; 2.0 is whole, as whole numbers are tried first.
template <>
struct parley::Typed<demo::Number> {
  static constexpr bool exists = true;
  static Type type() { return Type::any({Type::integer(), Type::real()}); }
  static Result<demo::Number> from(const Value& v) {
    if (v.is(Kind::real)) return demo::Number(v.as_real());
    if (v.is(Kind::decimal)) return demo::Number(to_double(v.as_decimal()));
    const bool is_token = v.is(Kind::number) && v.text().find_first_of(".eE") != std::string_view::npos;
    if (is_token) return demo::Number(std::stod(std::string(v.text())));
    if (v.is(Kind::number)) return demo::Number(demo::Whole(std::string(v.text())));
    auto whole = Typed<demo::Whole>::from(v);
    if (!whole) return wrong_kind("int or float", v);
    return demo::Number(*whole);
  }
  static Value to(const demo::Number& v, Arena& arena) {
    if (const auto* whole = std::get_if<demo::Whole>(&v)) return Typed<demo::Whole>::to(*whole, arena);
    return Value::real(std::get<double>(v));
  }
};

template <>
struct parley::Typed<demo::Choice> {
  static constexpr bool exists = true;
  static Type type() { return Type::any({Type::integer(), Type::string()}); }
  static Result<demo::Choice> from(const Value& v) {
    if (v.is_string()) return demo::Choice(std::string(v.text()));
    auto whole = Typed<demo::Whole>::from(v);
    if (!whole) return wrong_kind("int or str", v);
    return demo::Choice(*whole);
  }
  static Value to(const demo::Choice& v, Arena& arena) {
    if (const auto* whole = std::get_if<demo::Whole>(&v)) return Typed<demo::Whole>::to(*whole, arena);
    return Value::string(arena.copy(std::get<std::string>(v)));
  }
};
