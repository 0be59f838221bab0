// SPDX-License-Identifier: Apache-2.0
// What a protocol's notation adds to a Policy, and arguments given in two dicts.
#include <doctest/doctest.h>

#include "parley/registry/expose.hpp"
#include "parley/registry/registry.hpp"

using namespace parley;

namespace {

/// "[...]" and "{...}" are an empty list and an empty dict; "[bad" is none, "[deep" too much.
Result<Value> read(std::string_view text, const Limits&, Arena&) {
  if (text.find("deep") != text.npos) return Error(Code::too_large, "too deep");
  if (text.find("bad") != text.npos) return Error(Code::malformed, "bad");
  return text.find('{') != text.npos ? Value::dict(nullptr, 0) : Value::list({});
}
bool takes(Type::Base base, const Value& value) {
  return base != Type::Base::integer || !value.is_string() || value.text() != "13";
}

/// What becomes of a text: the kind's name, or the code's.
std::string kind_of(const Type& type, std::string_view text, Policy policy = Policy::text) {
  Arena arena;
  Limits limits;
  Notation notation{limits, read, takes};
  auto converted = convert(type, Value::string(text), policy, "a", arena, &notation);
  return std::string(converted ? name_of(converted->kind()) : row(converted.error().code).name);
}

}  // namespace

TEST_CASE("notation: lists and dicts are read from texts under Policy::text alone") {
  CHECK(kind_of(Type::list(), " []") == "list");
  CHECK(kind_of(Type::dict(), "{}") == "dict");
  CHECK(kind_of(Type::dict(), "[]") == "invalid_argument");
  CHECK(kind_of(Type::list(), "[bad") == "invalid_argument");
  CHECK(kind_of(Type::list(), "[deep") == "too_large");
  CHECK(kind_of(Type::string(), "[]") == "str");
  CHECK(kind_of(Type::any(), "[]") == "str");
  CHECK(kind_of(Type::list(), "[]", Policy::strict) == "invalid_argument");
}

TEST_CASE("notation: a protocol may refuse what a policy would take") {
  CHECK(kind_of(Type::integer(), "12") == "int");
  CHECK(kind_of(Type::integer(), "13") == "invalid_argument");
  CHECK(kind_of(Type::integer(), "13", Policy::strict) == "invalid_argument");
}

TEST_CASE("bind: a second dict of arguments replaces what the first says, each by its own policy") {
  Method method = bind_function(
      "f", [](bool a, bool b) { return a && b; }, doc(""), arg("a", ""), arg("b", ""),
      effect::read);
  const Method* const chain[] = {&method};
  Arena arena;
  Limits limits;
  Context context{arena, limits, "", "", ""};
  DictBuilder texts(arena), body(arena);
  texts.set("a", Value::string("yes"));
  texts.set("b", Value::string("no such word"));
  body.set("b", Value::boolean(true));
  Call call;
  call.policy = Policy::text;
  call.named = texts.done();
  call.body = body.done();
  call.body_policy = Policy::strict;
  auto bound = bind({"", chain}, call, context);
  REQUIRE(bound);
  CHECK(bound->arguments[0].is_true());
  CHECK(bound->arguments[1].is_true());
  body.set("b", Value::string("yes"));
  call.body = body.done();
  CHECK_FALSE(bind({"", chain}, call, context));
}
