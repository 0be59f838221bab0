// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/repr.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace parley;
using parley::domain::repr;

TEST_CASE("repr: scalars read as Python prints them") {
  Arena arena;
  CHECK(repr(Value::null()) == "None");
  CHECK(repr(Value::boolean(true)) == "True");
  CHECK(repr(Value::integer(-7)) == "-7");
  CHECK(repr(Value::number("1.50")) == "1.50");
  CHECK(repr(Value::decimal({1250, 2}, arena)) == "12.50");
  CHECK(repr(Value::string("it")) == "'it'");
  CHECK(repr(Value::date(to_date({2026, 11, 22}))) == "'2026-11-22'");
}

TEST_CASE("repr: floats keep a point and switch to an exponent where Python does") {
  struct Case { double value; std::string_view text; };
  for (const Case& c : std::array<Case, 8>{{{1, "1.0"}, {0, "0.0"}, {-2.5, "-2.5"}, {1e15, "1000000000000000.0"},
                                            {1e16, "1e+16"}, {0.0001, "0.0001"}, {0.00001, "1e-05"},
                                            {std::nan(""), "nan"}}})
    CHECK(repr(c.value) == c.text);
}

TEST_CASE("repr: the quote is the one that needs no escape, else the single one") {
  CHECK(repr("it's") == "\"it's\"");
  CHECK(repr("say \"x\"") == "'say \"x\"'");
  CHECK(repr("both ' and \"") == "'both \\' and \"'");
  CHECK(repr("a\\b\n\t\r\x01") == "'a\\\\b\\n\\t\\r\\x01'");
  CHECK(repr("Épsilon") == "'Épsilon'");
}

TEST_CASE("repr: lists, conditions and dicts") {
  Arena arena;
  const std::array items{Value::string("name"), Value::string("="), Value::integer(1)};
  CHECK(repr(Value::list(items)) == "['name', '=', 1]");
  CHECK(domain::repr_tuple(Value::list(items)) == "('name', '=', 1)");
  CHECK(domain::repr_tuple(Value::list(std::span(items).first(1))) == "('name',)");
  const std::string_view keys[] = {"a", "b"};
  CHECK(repr(Value::dict(keys, items.data(), arena)) == "{'a': 'name', 'b': '='}");
}

TEST_CASE("repr: a text beyond the limit is cut between characters") {
  std::string long_text;
  while (long_text.size() < 10'000) long_text += "é";
  const std::string out = repr(long_text);
  CHECK(out.size() <= domain::repr_bytes_max + 3);
  CHECK(out.ends_with("é..."));
  const std::vector<Value> many(10'000, Value::integer(1));
  CHECK(repr(Value::list(many)).size() == domain::repr_bytes_max + 3);
}
