// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/loose.hpp"

#include <doctest/doctest.h>

#include "parley/registry/value_for_test.hpp"

using namespace parley;
using namespace parley::testing;

namespace {

const Value one = Value::integer(1), two = Value::integer(2), nil = Value::null();

Type person() {
  return Type::structure("Person", {{"id", "", Type::integer(), false},
                                    {"name", "", Type::string(), false},
                                    {"hobbies", "", Type::list(Type::string()), false},
                                    {"friend", "", Type::structure("Friend", {{"id", "", Type::integer(), false}}), false}});
}
Type persons() { return Type::list(person()); }
Type by_number() { return Type::dict(Type::integer(), Type::string()); }

/// What became of one value: the value, "lost <names>", or "<rule> at <where>: <value> for <expected>".
std::string converted(const Type& type, const Value& given, Policy policy) {
  constexpr std::string_view rules[] = {"none", "missing", "unknown", "repeated", "type", "least", "most", "size_least",
                                        "size_most", "pattern", "format", "choice", "read_only", "not_dict", "check"};
  Loose loose(policy, arena());
  auto made = loose.run(type, given);
  if (!made) {
    const Error& error = made.error();
    return std::string(rules[static_cast<std::size_t>(error.rule)]) + " at " + error.where + ": " + error.value + " for " + error.expected;
  }
  std::string text = shown(*made);
  return loose.unknown().empty() ? text : text + " lost " + enumerated(loose.unknown());
}

struct Row {
  Type type;
  Value given;
  std::string expected;
};
void check_rows(Policy policy, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(shown(row.given));
    CHECK(converted(row.type, row.given, policy) == row.expected);
  }
}

}  // namespace

TEST_CASE("loose: a query has lists by repetition, by number and by column") {
  check_rows(Policy::rest_form,
             {{Type::list(Type::integer()), text("1"), "[1]"},
              {Type::list(Type::integer()), list({text("1"), text("2")}), "[1, 2]"},
              {Type::list(Type::integer()), dict({{"1", text("5")}, {"0", text("4")}}), "[4, 5]"},
              {Type::list(Type::integer()), dict({{"10", text("5")}, {"9", text("4")}}), "[4, 5]"},
              {Type::list(Type::list(Type::integer())), dict({{"0", list({text("1"), text("2")})}, {"1", text("3")}}), "[[1, 2], [3]]"},
              {Type::list(Type::list(Type::integer())), dict({{"0", dict({{"0", text("1")}})}}), "[[1]]"},
              {persons(), dict({{"0", dict({{"id", text("1")}})}, {"2", dict({{"id", text("3")}})}}), "[{id: 1}, {id: 3}]"},
              {persons(), dict({{"id", list({text("1"), text("2")})}, {"name", list({text("a"), text("b")})}}),
               "[{id: 1, name: \"a\"}, {id: 2, name: \"b\"}]"},
              {persons(), dict({{"id", list({text("1"), text("2")})}, {"name", text("a")}}), "[{id: 1, name: \"a\"}, {id: 2}]"},
              {persons(), dict({{"name", list({text("a"), text("b")})}, {"id", text("1")}}), "[{id: 1, name: \"a\"}, {name: \"b\"}]"}});
}

TEST_CASE("loose: what a query says that nothing takes is named, not refused") {
  check_rows(Policy::rest_form,
             {{Type::list(Type::integer()), dict({{"007", text("1")}}), "unset lost [007]"},
              {Type::list(Type::integer()), dict({{"-1", text("1")}}), "unset lost [-1]"},
              {Type::list(Type::integer()), dict({{"a", text("1")}, {"0", text("2")}}), "[2] lost [a]"},
              {persons(), dict({{"zz", text("1")}}), "unset lost .zz"},
              {persons(), dict({{"0", dict({{"zz", text("1")}})}}), "unset lost [0].zz"},
              {persons(), dict({{"0", text("1")}}), "unset lost [0]"},
              {person(), text("1"), "unset lost "},
              {person(), dict({{"id", text("1")}, {"zz", text("1")}}), "{id: 1} lost .zz"},
              {person(), dict({{"friend", dict({{"zz", text("1")}})}}), "{} lost .friend.zz"},
              {person(), dict({{"friend", text("1")}}), "{} lost .friend"},
              {Type::integer(), dict({{"b", text("1")}}), "unset lost .b"},
              {by_number(), dict({{"02", text("two")}}), "unset lost [02]"},
              {Type::dict(Type::string(), Type::string()), dict({{"a-b", text("v")}}), "unset lost [a-b]"},
              {Type::dict(Type::string(), Type::string()), dict({{"a", dict({{"b", text("x")}})}}), "unset lost [a].b"},
              {Type::dict(), text("x"), "unset lost "}});
}

TEST_CASE("loose: of a name given more than once in a query a scalar is the last") {
  check_rows(Policy::rest_form, {{Type::integer(), list({text("1"), text("2")}), "2"},
                                 {Type::string(), list({text("a"), text("b")}), "\"b\""},
                                 {by_number(), dict({{"2", list({text("a"), text("b")})}}), "{2: \"b\"}"}});
}

TEST_CASE("loose: a day or a time that a form leaves empty is null, anything else is not") {
  check_rows(Policy::rest_form, {{Type::date(), text(""), "null"}, {Type::time(), text(""), "null"},
                                 {Type::integer(), text(""), "type at : \"\" for int"}, {Type::string(), text(""), "\"\""}});
  check_rows(Policy::rest_xml, {{Type::date(), text(""), "type at : \"\" for date"}});
}

TEST_CASE("loose: without a type a query makes lists of numbered items only") {
  check_rows(Policy::rest_form, {{Type::any(), text("1"), "\"1\""},
                                 {Type::any(), dict({{"0", text("a")}, {"1", text("b")}}), "[\"a\", \"b\"]"},
                                 {Type::any(), dict({{"a", dict({{"0", text("b")}})}}), "{a: [\"b\"]}"}});
}

TEST_CASE("loose: an XML document has lists as items and dicts as items of key and value") {
  const Value pair = dict({{"key", text("2")}, {"value", text("two")}});
  check_rows(Policy::rest_xml,
             {{Type::list(Type::integer()), text(""), "[]"},
              {Type::list(Type::integer()), text(" \n "), "[]"},
              {Type::list(Type::integer()), dict({{"item", text("1")}}), "[1]"},
              {Type::list(Type::integer()), dict({{"item", list({text("1"), nil})}}), "[1, null]"},
              {Type::list(Type::list(Type::integer())), dict({{"item", list({dict({{"item", text("1")}}), text("")})}}), "[[1], []]"},
              {by_number(), dict({{"item", pair}}), "{2: \"two\"}"},
              {by_number(), text(""), "{}"},
              {person(), text(""), "{}"},
              {person(), dict({{"name", text("x")}, {"id", text(" 1 ")}}), "{id: 1, name: \"x\"}"},
              {person(), dict({{"id", list({text("1"), text("2")})}}), "{id: 1}"},
              {persons(), dict({{"item", dict({{"id", text("1")}})}}), "[{id: 1}]"},
              {Type::real(), text("INF"), "inf"},
              {Type::any(), dict({{"item", list({text("a"), text("b")})}}), "[\"a\", \"b\"]"},
              {Type::any(), dict({{"item", pair}}), "{2: \"two\"}"},
              {Type::any(), dict({{"a", text("b")}}), "{a: \"b\"}"}});
}

TEST_CASE("loose: each level of a document without types is read once, whatever its items are") {
  // Items that look like a dict's but for one: reading both ways would double at each level.
  Value inner = text("x");
  for (int level = 0; level < 60; ++level) {
    DictBuilder pair(arena()), odd(arena()), items(arena());
    pair.set("key", text("k"));
    pair.set("value", inner);
    odd.set("key", Value::dict(nullptr, 0));
    odd.set("value", text("y"));
    const Value both[] = {pair.done(), odd.done()};
    items.set("item", Value::list(arena().copy(std::span<const Value>(both))));
    inner = items.done();
  }
  Loose loose(Policy::rest_xml, arena());
  auto read = loose.run(Type::any(), inner);
  REQUIRE(read);
  CHECK(read->is_list());
}

TEST_CASE("loose: an element that nothing takes is refused") {
  check_rows(Policy::rest_xml,
             {{person(), dict({{"zz", text("1")}}), "unknown at : zz for "},
              {person(), dict({{"friend", dict({{"a", nil}, {"b", nil}})}}), "unknown at .friend: a, b for "},
              {person(), text("x"), "type at : \"x\" for struct Person"},
              {Type::list(Type::integer()), dict({{"a", text("1")}, {"item", text("1")}}), "unknown at : a for "},
              {Type::list(Type::integer()), text("x"), "type at : \"x\" for list"},
              {by_number(), dict({{"item", dict({{"key", text("2")}})}}), "missing at [0]:  for value"},
              {by_number(), dict({{"item", text("2")}}), "type at [0]: \"2\" for dict"},
              {by_number(), dict({{"item", dict({{"key", text("x")}, {"value", text("y")}})}}), "type at [x]: \"x\" for int"}});
}

TEST_CASE("loose: a JSON body is of its types, and null is of every one") {
  check_rows(Policy::rest,
             {{Type::integer(), nil, "null"},
              {person(), dict({{"id", nil}, {"hobbies", nil}}), "{id: null, hobbies: null}"},
              {person(), dict({{"name", text("n")}, {"id", text(" 3 ")}}), "{id: 3, name: \"n\"}"},
              {Type::integer(), Value::number("3.0"), "3"},
              {Type::integer(), Value::number("3.9"), "type at : 3.9 for int"},
              {Type::integer(), Value::boolean(true), "type at : true for int"},
              {Type::integer(), text("1_000"), "type at : \"1_000\" for int"},
              {Type::boolean(), Value::integer(5), "true"},
              {Type::boolean(), text("Yes"), "true"},
              {Type::boolean(), text("n"), "false"},
              {Type::boolean(), text(""), "type at : \"\" for bool"},
              {Type::string(), one, "type at : 1 for str"},
              {Type::list(Type::integer()), text("1"), "type at : \"1\" for list"},
              {Type::list(Type::integer()), list({one, text("x")}), "type at [1]: \"x\" for int"},
              {by_number(), dict({{"02", text("two")}}), "{2: \"two\"}"},
              {person(), dict({{"zz", one}, {"y", one}, {"id", text("x")}}), "unknown at : zz, y for "},
              {person(), dict({{"friend", dict({{"id", text("x")}})}}), "type at .friend.id: \"x\" for int"},
              {persons(), list({dict({{"friend", one}})}), "type at [0].friend: 1 for struct Friend"}});
}

TEST_CASE("loose: days, times and octets are whole texts of their form") {
  check_rows(Policy::rest,
             {{Type::date(), text("2008-04-06"), "2008-04-06"},
              {Type::date(), text("2008-4-6"), "type at : \"2008-4-6\" for date"},
              {Type::date(), text("2008-04-06x"), "type at : \"2008-04-06x\" for date"},
              {Type::date(), text("2008-02-30"), "type at : \"2008-02-30\" for date"},
              {Type::time(), text("12:12:15"), "12:12:15"},
              {Type::time(), text("12:12:15.5Z"), "12:12:15.500000Z"},
              {Type::time(), text("12:12:15+0200"), "12:12:15+02:00"},
              {Type::time(), text("12:12"), "type at : \"12:12\" for time"},
              {Type::time(), text("12:12:15.1234567"), "type at : \"12:12:15.1234567\" for time"},
              {Type::datetime(), text("2008-04-06T12:12:15-05:30"), "2008-04-06T12:12:15-05:30"},
              {Type::datetime(), text("2008-04-06T12:12:15-0530"), "2008-04-06T12:12:15-05:30"},
              {Type::datetime(), text("2008-04-06 12:12:15"), "type at : \"2008-04-06 12:12:15\" for datetime"},
              {Type::datetime(), text("2008-04-06"), "type at : \"2008-04-06\" for datetime"},
              {Type::bytes(), text("aGk="), "bytes hi"},
              {Type::bytes(), text("aG k=\n"), "bytes hi"},
              {Type::bytes(), text("aGk===="), "bytes hi"},
              {Type::bytes(), text("aGk"), "type at : \"aGk\" for bytes"},
              {Type::bytes(), text("A"), "type at : \"A\" for bytes"}});
}

TEST_CASE("loose: a UUID may be written in each of its forms") {
  for (auto written : {"6a0a707c-45ef-4758-b533-e55adddba8ce", "6A0A707C45EF4758B533E55ADDDBA8CE",
                       "{6a0a707c-45ef-4758-b533-e55adddba8ce}", "urn:uuid:6a0a707c-45ef-4758-b533-e55adddba8ce"}) {
    auto made = convert(Type::uuid(), text(written), Policy::rest, "u", arena());
    REQUIRE(made);
    CHECK(made->as_uuid()[0] == 0x6a);
  }
  CHECK(!convert(Type::uuid(), text("6A0A707C45EF4758B533E55ADDDBA8CE"), Policy::strict, "u", arena()));
  CHECK(!convert(Type::uuid(), text("x"), Policy::rest, "u", arena()));
}

TEST_CASE("loose: mandatory, read-only and default members hold in every format") {
  const Type type = Type::structure("T", {{"must", "", Type::integer()},
                                          {"ro", "", Type::integer(), false, {}, true},
                                          {"seven", "", Type::integer(), false, OwnedValue(Value::integer(7))}});
  for (Policy policy : {Policy::rest, Policy::rest_form, Policy::rest_xml}) {
    CHECK(converted(type, dict({{"must", text("1")}}), policy) == "{must: 1, seven: 7}");
    CHECK(converted(type, dict({{"must", nil}, {"seven", nil}}), policy) == "{must: null, seven: null}");
    CHECK(converted(type, dict({{"seven", text("1")}}), policy) == "missing at .must:  for must");
    CHECK(converted(type, dict({{"must", text("1")}, {"ro", text("2")}}), policy) == "read_only at .ro: \"2\" for ");
    CHECK(converted(type, dict({{"must", text("1")}, {"ro", text("x")}}), policy) == "type at .ro: \"x\" for int");
  }
}

TEST_CASE("loose: bounds hold for arguments, members and items, and null passes") {
  const Type small = Type::integer().with({.least = Decimal{1, 0}, .most = Decimal{10, 0}});
  for (Policy policy : {Policy::rest, Policy::rest_form, Policy::rest_xml}) {
    CHECK(converted(small, text("10"), policy) == "10");
    CHECK(converted(small, text("11"), policy) == "most at : 11 for 10");
    CHECK(converted(small, text("100000000000000000000000000000000000000000"), policy) ==
          "least at : 100000000000000000000000000000000000000000 for 1");
    CHECK(converted(small, nil, policy) == "null");
  }
  CHECK(converted(Type::list(small), list({one, Value::integer(0)}), Policy::rest) == "least at [1]: 0 for 1");
}

TEST_CASE("loose: of several options the first that takes the value decides") {
  const Type type = Type::any({Type::list(Type::string()), Type::integer()});
  CHECK(converted(type, text("5"), Policy::rest_form) == "[\"5\"]");
  CHECK(converted(type, text("5"), Policy::rest) == "5");
  CHECK(converted(type, list({text("a")}), Policy::rest) == "[\"a\"]");
  CHECK(converted(type, dict({}), Policy::rest) == "type at : {} for list or int");
}

TEST_CASE("loose: the names in an error are enumerated up to twenty") {
  std::vector<std::string> names(30, "n");
  std::string text = enumerated(names);
  CHECK(text.ends_with(", ..."));
  CHECK(text.size() < 100);
}
