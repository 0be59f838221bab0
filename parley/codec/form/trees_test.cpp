// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "parley/codec/form/form.hpp"

using namespace parley;

namespace {

// {a: 1, b: [2, -]}; the trees of these tests are small.
std::string shown(const Value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return std::string(value.text());
  std::string out(1, value.is_list() ? '[' : '{');
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i > 0) out += ", ";
    if (value.is_dict()) out.append(value.keys()[i]).append(": ");
    out += shown(value.is_list() ? value.items()[i] : value.values()[i]);
  }
  return out + (value.is_list() ? ']' : '}');
}

std::string flat(std::string_view text) {
  Arena arena;
  return shown(form::flat_tree(*form::read_urlencoded(text, {}, arena), arena));
}

std::string nested(std::string_view text, const Limits& limits = {}) {
  Arena arena;
  auto tree = form::nested_tree(*form::read_urlencoded(text, {}, arena), limits, arena);
  return tree ? shown(*tree) : std::string(row(tree.error().code).name);
}

// "a=0&a=1..." or "0=0&1=1&..."
std::string many(std::string_view name, int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text.append(name.empty() ? std::to_string(i) : std::string(name)).append("=1&");
  return text;
}

}  // namespace

TEST_CASE("form: a flat tree keeps names whole and makes lists of repeated ones") {
  CHECK(flat("") == "{}");
  CHECK(flat("b=1&a=2") == "{b: 1, a: 2}");
  CHECK(flat("a=1&b=2&a=3&a") == "{a: [1, 3, -], b: 2}");
  CHECK(flat("p.x=1&p[0]=2&[=3") == "{p.x: 1, p[0]: 2, [: 3}");
}

TEST_CASE("form: names become nested dicts") {
  struct Case {
    std::string_view text, tree;
  };
  for (auto [text, tree] : std::initializer_list<Case>{
           {"", "{}"},
           {"id=5", "{id: 5}"},
           {"p.id=1&p.name=Ross", "{p: {id: 1, name: Ross}}"},
           {"p.id=1&q=2&p.name=Ross", "{p: {id: 1, name: Ross}, q: 2}"},
           {"p.hobbies[0]=x&p.hobbies[1]=y", "{p: {hobbies: {0: x, 1: y}}}"},
           {"p[key].x=1", "{p: {key: {x: 1}}}"},
           {"p[k.1]=v", "{p: {k.1: v}}"},
           {"p[0][1]=v", "{p: {0: {1: v}}}"},
           {"attr.1=v", "{attr: {1: v}}"},
           {"a=1&a=2", "{a: [1, 2]}"},
           {"p.a=1&p.b=2&p.a=3", "{p: {a: [1, 3], b: 2}}"},
           {"p[0]=1&p[0]=2", "{p: {0: [1, 2]}}"},
           {"p.flag", "{p: {flag: -}}"},
           {"p[0]=1&p.0=2", "{p: {0: [1, 2]}}"},
           {"p[]=1", "{p: {: 1}}"},
           {"=1", "{: 1}"},
           {"p.=1&p..x=2", "invalid_argument"},
           {"p.=1&q..x=2", "{p: {: 1}, q: {: {x: 2}}}"},
       }) {
    CAPTURE(text);
    CHECK(nested(text) == tree);
  }
}

TEST_CASE("form: a name that is a value here and a dict there is an invalid argument") {
  for (std::string_view text : {"p=1&p.x=2", "p.x=2&p=1", "p.x=1&p.x[0]=2", "p&p.x=1"}) {
    CAPTURE(text);
    CHECK(nested(text) == "invalid_argument");
  }
  Arena arena;
  auto fields = form::read_urlencoded("p=1&p.x=2", {}, arena);
  CHECK(form::nested_tree(*fields, {}, arena).error().where == "p.x");
}

TEST_CASE("form: broken brackets are an invalid argument") {
  for (std::string_view text : {"p[=1", "p[0=1", "p]=1", "p0]=1", "p[0]x=1", "p[0]]=1", "p[[0]]=1",
                                "[0]=1", "p.[0]=1", "p.x]=1", "p[a[b]]=1"}) {
    CAPTURE(text);
    CHECK(nested(text) == "invalid_argument");
  }
}

TEST_CASE("form: an error shows the first 200 bytes of a long name, in whole characters") {
  Arena arena;
  std::string name = std::string(199, 'a') + "\xC5\xBE[";
  form::Field field{name, Value::null()};
  CHECK(form::nested_tree({&field, 1}, {}, arena).error().where == std::string(199, 'a'));
}

TEST_CASE("form: names nest to depth_max, the list of repeated ones being one level") {
  Limits limits;
  limits.depth_max = 3;
  CHECK(nested("a.b.c=1", limits) == "{a: {b: {c: 1}}}");
  CHECK(nested("a.b=1&a.b=2", limits) == "{a: {b: [1, 2]}}");
  CHECK(nested("a.b.c=1&a.b.c=2", limits) == "too_large");
  CHECK(nested("a.b.c.d=1", limits) == "too_large");
  std::string deep = "a";
  for (int i = 0; i < 1'000'000; ++i) deep += ".a";
  CHECK(nested(deep) == "too_large");
}

TEST_CASE("form: names and values count towards values_max") {
  Limits limits;
  limits.values_max = 8;
  CHECK(nested("a.b.c=1&d=2", limits) == "{a: {b: {c: 1}}, d: 2}");
  CHECK(nested("a.b.c=1&d=2&e=3", limits) == "too_large");
}

TEST_CASE("form: 200,000 equal names and 200,000 different ones take no longer than sorting") {
  constexpr int count = 200'000;
  Arena arena;
  for (std::string_view name : {"a", "p.a", "", "p[a"}) {
    std::string text = many(name, count);
    auto fields = form::read_urlencoded(text, {}, arena);
    REQUIRE(fields);
    CHECK(form::flat_tree(*fields, arena).size() == (name.empty() ? count : 1));
    auto tree = form::nested_tree(*fields, {}, arena);
    CHECK(tree.has_value() == (name != "p[a"));
  }
}
