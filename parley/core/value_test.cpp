// SPDX-License-Identifier: Apache-2.0
#include "parley/core/value.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/core/output.hpp"
#include "parley/core/sink.hpp"

using namespace parley;

namespace {

Value sample(Arena& arena) {
  ListBuilder list(arena);
  list.add(Value::integer(7));
  list.add(Value::decimal({1250, 2}, arena));
  list.add(Value::datetime({1'000'000, true, -90}));
  list.add(Value::uuid({1, 2, 3}, arena));
  DictBuilder dict(arena);
  dict.set("name", Value::string("Ada"));
  dict.set("list", list.done());
  dict.set("none", Value::null());
  return dict.done();
}

}  // namespace

TEST_CASE("value: a datetime keeps its zone") {
  CHECK(Value::datetime({5, true, -90}).as_datetime() == DateTime{5, true, -90});
  CHECK(Value::datetime({5, false, 0}).as_datetime() == DateTime{5, false, 0});
}

TEST_CASE("value: equal looks at kind and content, not at the order of members") {
  Arena arena;
  DictBuilder a(arena), b(arena);
  a.set("x", Value::integer(1));
  a.set("y", Value::integer(2));
  b.set("y", Value::integer(2));
  b.set("x", Value::integer(1));
  CHECK(equal(a.done(), b.done()));
  CHECK_FALSE(equal(Value::integer(1), Value::real(1)));
  CHECK_FALSE(equal(Value::null(), Value::unset()));
  b.set("x", Value::integer(3));
  CHECK_FALSE(equal(a.done(), b.done()));
}

TEST_CASE("value: a copy survives the arena it was made from") {
  OwnedValue kept;
  {
    Arena arena;
    kept = OwnedValue(sample(arena));
    OwnedValue other = kept;
    CHECK(equal(*other, *kept));
  }
  REQUIRE(kept->find("name") != nullptr);
  CHECK(kept->find("name")->text() == "Ada");
  CHECK(kept->find("list")->items()[1].as_decimal() == Decimal{125, 1});
  CHECK(kept->find("absent") == nullptr);
}

TEST_CASE("value: a key set twice keeps its place and takes the last value") {
  Arena arena;
  DictBuilder dict(arena);
  dict.set("a", Value::integer(1));
  dict.set("b", Value::integer(2));
  dict.set("a", Value::integer(3));
  Value value = dict.done();
  REQUIRE(value.size() == 2);
  CHECK(value.keys()[0] == "a");
  CHECK(value.values()[0].as_integer() == 3);
}

TEST_CASE("sink: a tree told to a builder comes back equal") {
  Arena arena;
  Value value = sample(arena);
  TreeBuilder builder(arena);
  write(value, builder);
  CHECK(equal(builder.result(), value));
}

TEST_CASE("sink: of repeated keys the last wins, in small and in large dicts") {
  for (int others : {1, 40}) {
    Arena arena;
    TreeBuilder builder(arena);
    builder.begin_dict();
    builder.key("k");
    builder.integer(1);
    for (int i = 0; i < others; ++i) {
      builder.key("other" + std::to_string(i));
      builder.null();
    }
    builder.key("k");
    builder.integer(2);
    builder.end_dict();
    const Value& value = builder.result();
    CHECK(value.size() == static_cast<std::size_t>(others) + 1);
    CHECK(value.keys()[0] == "k");
    CHECK(value.values()[0].as_integer() == 2);
  }
}

TEST_CASE("arena: keeps alignment, serves large items and is used again after reset") {
  Arena arena(256);
  for (int round = 0; round < 3; ++round) {
    arena.allocate(1, 1);
    CHECK(reinterpret_cast<std::uintptr_t>(arena.allocate(8, 64)) % 64 == 0);
    auto* large = static_cast<char*>(arena.allocate(10'000));
    large[9'999] = 'x';
    CHECK(arena.copy(std::string_view("abc")) == "abc");
    CHECK(arena.join("a", {}, "c") == "ac");
    arena.reset();
    CHECK(arena.reserved_bytes() == 256);
  }
}

TEST_CASE("output: what is put is what is viewed, before and after clear and take") {
  StringOutput out;
  CHECK(out.view().empty());
  out.clear();
  out.put('a');
  out.put(std::string_view(std::string(1000, 'b')));
  CHECK(out.view().size() == 1001);
  out.clear();
  out.put("again");
  CHECK(out.take() == "again");
  CHECK(out.view().empty());
  out.put('z');
  CHECK(out.take() == "z");
}
