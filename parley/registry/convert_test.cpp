// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "parley/registry/type.hpp"

using namespace parley;

namespace {

Arena& arena() {
  static Arena shared;
  return shared;
}

Decimal decimal(std::string_view text) { return *parse_decimal(text); }
Value day(std::string_view text) { return Value::date(*parse_date(text)); }
Value instant(std::string_view text) { return Value::datetime(*parse_datetime(text)); }
Value text(std::string_view t) { return Value::string(t); }

template <class... V>
Value list(V... items) {
  ListBuilder all(arena());
  (all.add(items), ...);
  return all.done();
}

Value dict(std::initializer_list<std::pair<std::string_view, Value>> members) {
  DictBuilder out(arena());
  for (const auto& [key, value] : members) out.set(key, value);
  return out.done();
}

/// What each policy makes of one value: a Value, or unset for "refused".
struct Row {
  Type type;
  Value from;
  Value strict, text, rest, odoo;
};

const Value no = Value::unset();

Type color() { return Type::enumeration({{"red", 1}, {"green", 2}}); }

std::vector<Row> table() {
  using V = Value;
  V yes = V::boolean(true), nay = V::boolean(false), nil = V::null();
  V one = V::integer(1), zero = V::integer(0), three = V::integer(3);
  V big = V::bigint("10000000000000000000000");
  V real3 = V::real(3.0);
  V money = V::decimal(decimal("12.30"), arena());
  V midnight = instant("2024-02-29 00:00:00"), noon = instant("2024-02-29 12:00:00");
  V leap = day("2024-02-29");
  return {
      {Type::any(), nil, nil, nil, nil, nil},
      {Type::any(), text("1"), text("1"), text("1"), text("1"), text("1")},

      {Type::boolean(), yes, yes, yes, yes, yes},
      {Type::boolean(), text("yes"), no, yes, yes, yes},
      {Type::boolean(), text("OFF"), no, nay, nay, yes},
      {Type::boolean(), text("t"), no, no, yes, yes},
      {Type::boolean(), text("perhaps"), no, no, no, yes},
      {Type::boolean(), text(""), no, no, no, nay},
      {Type::boolean(), one, no, no, yes, yes},
      {Type::boolean(), zero, no, no, nay, nay},
      {Type::boolean(), list(), no, no, no, nay},

      {Type::integer(), three, three, three, three, three},
      {Type::integer(), text("3"), three, three, three, three},
      {Type::integer(), text(" +03 "), no, three, three, three},
      {Type::integer(), text("3.0"), no, no, no, no},
      {Type::integer(), text("0x10"), no, no, no, no},
      {Type::integer(), text(""), no, no, no, no},
      {Type::integer(), text("-"), no, no, no, no},
      {Type::integer(), text("10000000000000000000000"), big, big, big, big},
      {Type::integer(), text("-9223372036854775808"), V::integer(INT64_MIN), V::integer(INT64_MIN),
       V::integer(INT64_MIN), V::integer(INT64_MIN)},
      {Type::integer(), V::number("3.0"), three, three, three, three},
      {Type::integer(), V::number("3e0"), three, three, three, three},
      {Type::integer(), V::number("3.9"), no, no, no, no},
      {Type::integer(), real3, three, three, three, three},
      {Type::integer(), V::real(3.99), no, no, no, no},
      {Type::integer(), V::real(1e22), big, big, big, big},
      {Type::integer(), money, no, no, no, no},
      {Type::integer(), yes, no, no, no, one},
      {Type::integer(), nil, no, no, nil, no},
      {Type::integer(), list(one), no, no, no, no},

      {Type::real(), three, real3, real3, real3, real3},
      {Type::real(), V::number("3.00"), real3, real3, real3, real3},
      {Type::real(), text(" 3e0 "), no, real3, real3, real3},
      {Type::real(), text("nan"), no, no, no, no},
      {Type::real(), text("inf"), no, no, no, no},
      {Type::real(), text("0x10"), no, no, no, no},
      {Type::real(), V::number("1e999"), no, no, no, no},
      {Type::real(), yes, no, no, no, V::real(1.0)},

      {Type::decimal(), text("12.30"), money, money, money, money},
      {Type::decimal(), V::number("12.30"), money, money, money, money},
      {Type::decimal(), V::real(12.3), money, money, money, money},
      {Type::decimal(), text(" 12.30 "), no, money, money, money},
      {Type::decimal(), text("12,30"), no, no, no, no},
      {Type::decimal(), yes, no, no, no, no},

      {Type::string(), text(" a "), text(" a "), text(" a "), text(" a "), text(" a ")},
      {Type::string(), three, no, no, no, text("3")},
      {Type::string(), V::real(5.0), no, no, no, text("5.0")},
      {Type::string(), V::number("1.50"), no, no, no, text("1.50")},
      {Type::string(), noon, no, no, no, text("2024-02-29 12:00:00")},
      {Type::string(), nay, no, no, no, text("")},
      {Type::string(), nil, no, no, nil, text("")},
      {Type::string(), yes, no, no, no, no},
      {Type::string(), list(), no, no, no, no},

      {Type::bytes(), text("aGk="), V::bytes("hi"), V::bytes("hi"), V::bytes("hi"), V::bytes("hi")},
      {Type::bytes(), V::bytes("hi"), V::bytes("hi"), V::bytes("hi"), V::bytes("hi"),
       V::bytes("hi")},
      {Type::bytes(), text("a*"), no, no, no, no},

      {Type::date(), text("2024-02-29"), leap, leap, leap, leap},
      {Type::date(), text("2023-02-29"), no, no, no, no},
      {Type::date(), text("2024-02-29 12:00:00"), no, no, no, leap},
      {Type::date(), midnight, leap, leap, leap, leap},
      {Type::date(), noon, no, no, no, leap},
      {Type::date(), V::integer(20240229), no, no, no, no},

      {Type::time(), text("13:01:15"), V::time({46875000000}), V::time({46875000000}),
       V::time({46875000000}), V::time({46875000000})},
      {Type::time(), text("25:00:00"), no, no, no, no},

      {Type::datetime(), text("2024-02-29T12:00:00"), noon, noon, noon, noon},
      {Type::datetime(), text("2024-02-29"), no, no, no, midnight},
      {Type::datetime(), leap, no, no, no, midnight},
      {Type::datetime(), three, no, no, no, no},

      {color(), text("red"), text("red"), text("red"), text("red"), text("red")},
      {color(), V::integer(2), text("green"), text("green"), text("green"), text("green")},
      {color(), text("2"), no, text("green"), text("green"), text("green")},
      {color(), text("Red"), no, no, no, no},
      {color(), V::integer(3), no, no, no, no},

      {Type::list(), list(one, text("b")), list(one, text("b")), list(one, text("b")),
       list(one, text("b")), list(one, text("b"))},
      {Type::list(Type::integer()), list(one, text("3")), list(one, three), list(one, three),
       list(one, three), list(one, three)},
      {Type::list(Type::integer()), list(one, text("b")), no, no, no, no},
      {Type::list(Type::integer()), text("3"), no, list(three), no, no},
      {Type::list(), nay, no, list(nay), no, list()},
      {Type::list(), nil, no, no, nil, list()},

      {Type::dict(), dict({{"a", one}}), dict({{"a", one}}), dict({{"a", one}}), dict({{"a", one}}),
       dict({{"a", one}})},
      {Type::dict(), list(), no, no, no, dict({})},
      {Type::dict(), nil, no, no, nil, dict({})},
      {Type::dict(), text("a"), no, no, no, no},
  };
}

constexpr Policy policies[] = {Policy::strict, Policy::text, Policy::rest, Policy::odoo};
constexpr std::string_view policy_names[] = {"strict", "text", "rest", "odoo"};

/// Decimals are compared by value, everything else exactly.
bool is_same(const Value& a, const Value& b) {
  if (a.is(Kind::decimal) && b.is(Kind::decimal)) return a.as_decimal() == b.as_decimal();
  return equal(a, b);
}

}  // namespace

TEST_CASE("convert: every row of the table under every policy") {
  std::size_t index = 0;
  for (const Row& row : table()) {
    const Value* expected[] = {&row.strict, &row.text, &row.rest, &row.odoo};
    for (std::size_t p = 0; p < 4; ++p) {
      CAPTURE(index);
      CAPTURE(row.type.name());
      CAPTURE(policy_names[p]);
      auto converted = convert(row.type, row.from, policies[p], "a", arena());
      REQUIRE(converted.has_value() == !expected[p]->is_unset());
      if (converted)
        CHECK(is_same(*converted, *expected[p]));
      else
        CHECK(converted.error().code == Code::invalid_argument);
    }
    ++index;
  }
}

TEST_CASE("convert: what needs no change is viewed, not copied") {
  Value ids = list(Value::integer(1), Value::integer(2));
  auto converted = convert(Type::list(Type::integer()), ids, Policy::odoo, "ids", arena());
  REQUIRE(converted);
  CHECK(converted->items().data() == ids.items().data());
}

TEST_CASE("convert: a refusal names the place, the expected type and the value") {
  auto refused = convert(Type::list(Type::integer()), list(Value::integer(1), text("x")),
                         Policy::strict, "ids", arena());
  REQUIRE(!refused);
  CHECK(refused.error().message == "ids[1]: expected int, got \"x\"");
  CHECK(refused.error().where == "ids[1]");
  CHECK(refused.error().kind == "ValueError");
}

TEST_CASE("convert: the wrong kind is a TypeError") {
  auto refused = convert(Type::integer(), list(), Policy::odoo, "limit", arena());
  REQUIRE(!refused);
  CHECK(refused.error().message == "limit: expected int, got []");
  CHECK(refused.error().kind == "TypeError");
}

TEST_CASE("convert: a long value is shortened to 80 bytes between characters") {
  std::string word;
  for (int i = 0; i < 100; ++i) word += "\xC3\xA9";  // 2 bytes each
  word.insert(0, "x");
  auto refused = convert(Type::integer(), text(word), Policy::strict, "a", arena());
  REQUIRE(!refused);
  CHECK(refused.error().message == "a: expected int, got \"" + word.substr(0, 79) + "...\"");
}

TEST_CASE("convert: a refused enum lists its names") {
  auto refused = convert(color(), text("blue"), Policy::strict, "c", arena());
  REQUIRE(!refused);
  CHECK(refused.error().message == "c: expected enum of red, green, got \"blue\"");
}

TEST_CASE("convert: a structure converts its members, fills defaults and refuses strangers") {
  Type person =
      Type::structure("person", {{"id", "", Type::integer(), true, {}},
                                 {"name", "", Type::string(), false, OwnedValue(text("nobody"))},
                                 {"born", "", Type::date(), false, {}}});
  auto good = convert(person, dict({{"born", text("2024-02-29")}, {"id", text("7")}}),
                      Policy::strict, "p", arena());
  REQUIRE(good);
  CHECK(equal(
      *good,
      dict({{"id", Value::integer(7)}, {"name", text("nobody")}, {"born", day("2024-02-29")}})));
  CHECK(good->keys()[0] == "id");

  auto stranger = convert(person, dict({{"id", Value::integer(1)}, {"x", text("")}}),
                          Policy::strict, "p", arena());
  REQUIRE(!stranger);
  CHECK(stranger.error().message == "p.x: unknown member of struct person");
  auto lacking = convert(person, dict({}), Policy::strict, "p", arena());
  REQUIRE(!lacking);
  CHECK(lacking.error().message == "p.id: missing required member of struct person");
  auto wrong = convert(person, dict({{"id", list()}}), Policy::strict, "p", arena());
  REQUIRE(!wrong);
  CHECK(wrong.error().where == "p.id");

  auto nil = convert(person, dict({{"id", Value::integer(1)}, {"born", Value::null()}}),
                     Policy::rest, "p", arena());
  REQUIRE(nil);
  CHECK(nil->find("born")->is_null());
}

TEST_CASE("convert: a uuid is read in either case and only in its one form") {
  auto good = convert(Type::uuid(), text("F81D4FAE-7dec-11d0-a765-00a0c91e6bf6"), Policy::strict,
                      "u", arena());
  REQUIRE(good);
  CHECK(good->as_uuid()[0] == 0xf8);
  CHECK(good->as_uuid()[15] == 0xf6);
  CHECK(!convert(Type::uuid(), text("F81D4FAE7dec-11d0-a765-00a0c91e6bf6x"), Policy::strict, "u",
                 arena()));
  CHECK(!convert(Type::uuid(), text("g81d4fae-7dec-11d0-a765-00a0c91e6bf6"), Policy::strict, "u",
                 arena()));
}

TEST_CASE("convert: typed is strict, and takes no text for a whole number or a number") {
  for (const Type& type : {Type::integer(), Type::real(), Type::boolean()})
    CHECK(!convert(type, text("1"), Policy::typed, "a", arena()));
  CHECK(convert(Type::integer(), text("1"), Policy::strict, "a", arena()));
  CHECK(convert(Type::integer(), Value::integer(1), Policy::typed, "a", arena()));
  CHECK(convert(Type::decimal(), text("1.50"), Policy::typed, "a", arena()));
  CHECK(convert(Type::date(), text("2026-11-22"), Policy::typed, "a", arena()));
  CHECK(!convert(color(), text("1"), Policy::typed, "a", arena()));
}
