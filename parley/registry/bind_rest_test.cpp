// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/bind_rest.hpp"

#include <doctest/doctest.h>

#include "parley/registry/value_for_test.hpp"

using namespace parley;
using namespace parley::testing;

namespace {

Type point() { return Type::structure("Point", {{"x", "", Type::integer(), false}, {"y", "", Type::integer(), false}}); }

Method function() {
  Method method;
  method.name = "f";
  method.parameters = {{"a", "", Type::integer()},
                       {"p", "", point(), false},
                       {"c", "", Type::string(), false, OwnedValue(Value::string("see"))}};
  return method;
}

/// The arguments as they are bound, or "<where>: <message> (<value>)".
std::string bound(const Method& method, Value query, Value body = Value::unset(), Policy body_policy = Policy::rest) {
  static const Limits limits;
  Context context{arena(), limits, "1", "", ""};
  Call call;
  call.policy = Policy::rest_form;
  call.named = query;
  call.body = body;
  call.body_policy = body_policy;
  const Method* chain[] = {&method};
  auto made = bind({"", chain}, call, context);
  if (!made) return made.error().where + ": " + made.error().message + " (" + made.error().value + ")";
  return shown(Value::list(made->arguments));
}

const Value nothing = dict({});

}  // namespace

TEST_CASE("bind_rest: arguments come from the query, from the body, or from both") {
  CHECK(bound(function(), dict({{"a", text("1")}, {"p", dict({{"x", text("2")}})}})) == "[1, {x: 2}, \"see\"]");
  CHECK(bound(function(), nothing, dict({{"a", text("1")}, {"c", Value::null()}})) == "[1, unset, null]");
  CHECK(bound(function(), dict({{"c", text("d")}}), dict({{"a", Value::integer(1)}})) == "[1, unset, \"d\"]");
  CHECK(bound(function(), nothing, dict({{"a", text(" 1 ")}, {"p", text("")}}), Policy::rest_xml) == "[1, {}, \"see\"]");
}

TEST_CASE("bind_rest: of several faults one order decides") {
  const Value bad = text("x"), one = Value::integer(1);
  struct Row {
    Value query, body;
    std::string_view expected;
  };
  const Row rows[] = {
      {dict({{"zz", one}, {"a", bad}}), dict({{"a", bad}}), "a: a: expected int, got \"x\" (\"x\")"},
      {dict({{"zz", one}, {"p", dict({{"q", one}})}}), dict({{"a", bad}}), ": unknown parameter: p.q, zz (p.q, zz)"},
      {nothing, dict({{"zz", one}, {"p", one}, {"a", bad}}), "p: p: expected struct Point, got 1 (1)"},
      {dict({{"a", text("1")}}), dict({{"zz", one}, {"a", one}}), ": unknown parameter: zz (zz)"},
      {dict({{"a", text("1")}}), dict({{"a", one}}), "a: given by query and body: a ()"},
      {nothing, dict({{"p", dict({{"q", one}, {"r", one}})}}), "p: p: unknown member of struct Point: q, r (q, r)"},
      {nothing, nothing, "a: missing required parameter: a ()"},
      {nothing, list({}), ": the body must be a dict of arguments ()"},
  };
  for (const Row& row : rows) CHECK(bound(function(), row.query, row.body) == row.expected);
}

TEST_CASE("bind_rest: a function may ignore what it does not know, and keeps what it does") {
  Method lax = function();
  lax.http.ignores_unknown = true;
  CHECK(bound(lax, dict({{"a", text("1")}, {"zz", text("1")}, {"p", dict({{"q", text("1")}})}})) == "[1, unset, \"see\"]");
  CHECK(bound(lax, nothing, dict({{"a", text("1")}, {"zz", text("1")}})) == "[1, unset, \"see\"]");
}

TEST_CASE("bind_rest: the body may be one argument as a whole") {
  Method whole = function();
  whole.http.body = "p";
  CHECK(bound(whole, dict({{"a", text("1")}}), dict({{"x", text("2")}})) == "[1, {x: 2}, \"see\"]");
  CHECK(bound(whole, dict({{"a", text("1")}}), Value::null()) == "[1, null, \"see\"]");
  CHECK(bound(whole, dict({{"a", text("1")}})) == "[1, unset, \"see\"]");
  CHECK(bound(whole, dict({{"a", text("1")}, {"p", dict({{"x", text("1")}})}}), nothing) == "p: given by query and body: p ()");
}

TEST_CASE("bind_rest: of an XML element that is there twice the last is the argument") {
  CHECK(bound(function(), nothing, dict({{"a", list({text("1"), text("2")})}}), Policy::rest_xml) == "[2, unset, \"see\"]");
}

TEST_CASE("bind_rest: methods of models know null as not given and take a context") {
  Method search = function();
  search.binding = Binding::model;
  CHECK(bound(search, nothing, dict({{"a", Value::integer(1)}, {"c", Value::null()}, {"context", dict({{"lang", text("en")}})}})) ==
        "[1, unset, \"see\"]");
}

TEST_CASE("bind_rest: a secret value is not repeated") {
  Method secret = function();
  secret.is_secret = true;
  CHECK(bound(secret, dict({{"a", text("hidden")}})) == "a: a: expected int ()");
}

TEST_CASE("find_by_verb: a function may be called by the HTTP method in the place of its name") {
  Catalog catalog;
  for (auto [name, verb] : {std::pair{"d.z", "GET"}, {"d.b", "GET"}, {"d.p", "PATCH"}, {"d.e.f", "PUT"}, {"root", "GET"}}) {
    Method method = function();
    method.name = name;
    method.http.verb = verb;
    REQUIRE(catalog.add_function("m", std::move(method)));
  }
  const std::string modules[] = {"m"};
  auto registry = Registry::build(catalog, modules, {});
  CHECK(registry->find_by_verb("d", "GET")->method().name == "d.b");
  CHECK(registry->find_by_verb("d", "HEAD")->method().name == "d.b");
  CHECK(registry->find_by_verb("d", "PATCH")->method().name == "d.p");
  CHECK(registry->find_by_verb("", "GET")->method().name == "root");
  CHECK(!registry->find_by_verb("d", "PUT"));
  CHECK(!registry->find_by_verb("d", "get"));
  CHECK(registry->verbs_of("d") == "GET, HEAD, PATCH");
  CHECK(registry->verbs_of("x") == "");
}
