// SPDX-License-Identifier: Apache-2.0
// Types of the service under test that the library has not: a choice of names, whole numbers of
// any size, and structs.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "parley/parley.hpp"
#include "parley/registry/structure.hpp"

namespace parley::parity {

enum class Color { red = 1, green, blue };

/// int64_t and what is beyond.
struct Whole {
  OwnedValue value;
};

}  // namespace parley::parity

template <>
struct parley::Typed<parley::parity::Color> {
  static constexpr bool exists = true;
  static Type type() { return Type::enumeration({{"red", 1}, {"green", 2}, {"blue", 3}}); }
  static Result<parity::Color> from(const Value& v) {
    const Type colors = type();
    for (const auto& choice : colors.choices())
      if (v.is_string() && v.text() == choice.name) return static_cast<parity::Color>(choice.number);
    return wrong_kind("enum", v);
  }
  static Value to(parity::Color v, Arena& arena) {
    const Type colors = type();
    return Value::string(arena.copy(colors.choices()[static_cast<std::size_t>(v) - 1].name));
  }
};

template <>
struct parley::Typed<parley::parity::Whole> {
  static constexpr bool exists = true;
  static Type type() { return Type::integer(); }
  static Result<parity::Whole> from(const Value& v) {
    if (!v.is_integer() && !v.is(Kind::bigint)) return wrong_kind("int", v);
    return parity::Whole{OwnedValue(v)};
  }
  static Value to(const parity::Whole& v, Arena& arena) { return copy(*v.value, arena); }
};

namespace parley::parity {

struct Point {
  Whole x;
  double y = 0;
  static Structure<Point> describe() {
    return {"Point", field("x", &Point::x, "Across."), field("y", &Point::y, "Up.")};
  }
};

/// Members of every type, required, optional and nullable.
struct Person {
  Whole id;
  std::string name;
  Color color = Color::red;
  std::optional<std::string> nick;
  std::optional<Decimal> credit;
  std::optional<Bytes> picture;
  Nullable<Date> born;
  Nullable<DateTime> seen;
  std::optional<Time> wakes;
  std::optional<Uuid> key;
  std::vector<std::string> tags;
  std::optional<Point> home;
  std::optional<std::vector<Point>> ways;
  std::optional<std::map<std::string, Whole>> points;
  static Structure<Person> describe() {
    return {"Person",
            field("id", &Person::id, "Its number."),
            field("name", &Person::name, "First and last."),
            field("color", &Person::color, "Of the team."),
            field("nick", &Person::nick, "What friends say."),
            field("credit", &Person::credit, "What is left to spend."),
            field("picture", &Person::picture, "Octets."),
            field("born", &Person::born, "The day; null = nobody knows."),
            field("seen", &Person::seen, "The last time; null = never."),
            field("wakes", &Person::wakes, "Time of day."),
            field("key", &Person::key, "A UUID."),
            field("tags", &Person::tags, "Words."),
            field("home", &Person::home, "A struct within."),
            field("ways", &Person::ways, "A list of structs."),
            field("points", &Person::points, "Numbers by name.")};
  }
};

}  // namespace parley::parity
