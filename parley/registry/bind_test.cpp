// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "parley/registry/registry.hpp"

using namespace parley;

namespace {

Method search() {
  Method method;
  method.name = "search";
  method.binding = Binding::model;
  method.parameters = {{"domain", "", Type::list()},
                       {"offset", "", Type::integer(), false, OwnedValue(Value::integer(0))},
                       {"limit", "", Type::integer(), false},
                       {"order", "", Type::string(), false}};
  return method;
}

Method read() {
  Method method;
  method.name = "read";
  method.binding = Binding::records;
  method.parameters = {
      {"ids", "", Type::list(Type::integer())},
      {"fields", "", Type::list(Type::string()), false},
      {"load", "", Type::string(), false, OwnedValue(Value::string("_classic_read"))}};
  return method;
}

Method create() {
  Method method;
  method.name = "create";
  method.binding = Binding::model;
  method.parameters = {{"vals_list", "", Type::any()}};
  return method;
}

Method authenticate() {
  Method method;
  method.name = "common.authenticate";
  for (const char* name : {"db", "login", "password"})
    method.parameters.push_back({name, "", Type::string()});
  method.parameters.push_back({"user_agent_env", "", Type::dict()});
  return method;
}

/// One call being bound, with everything it views.
struct Bench {
  explicit Bench(Method m, Policy policy) : method(std::move(m)) { call.policy = policy; }

  template <class... V>
  Bench& positional(V... items) {
    given = {items...};
    call.positional = given;
    return *this;
  }
  Bench& named(std::initializer_list<std::pair<std::string_view, Value>> members) {
    DictBuilder out(arena);
    for (const auto& [key, value] : members) out.set(key, value);
    call.named = out.done();
    return *this;
  }
  Value dict(std::string_view key, const Value& value) {
    DictBuilder out(arena);
    out.set(key, value);
    return out.done();
  }
  Bound bound() {
    auto result = bind({"res.partner", chain}, call, context);
    if (!result) FAIL(result.error().message);
    return *result;
  }
  Error refused() {
    auto result = bind({"res.partner", chain}, call, context);
    REQUIRE(!result);
    CHECK(result.error().code == Code::invalid_argument);
    return std::move(result).error();
  }

  Method method;
  const Method* chain[1] = {&method};
  Arena arena;
  Limits limits;
  Context context{arena, limits, "r1", "", ""};
  std::vector<Value> given;
  Call call;
};

const Value empty = Value::list({});
Value n(std::int64_t v) { return Value::integer(v); }
Value s(std::string_view v) { return Value::string(v); }

void check_python(Bench& bench, std::string_view kind, std::string_view message) {
  Error error = bench.refused();
  CHECK(error.kind == kind);
  CHECK(error.message == message);
}

}  // namespace

TEST_CASE("bind: positional and named arguments take the places of their parameters") {
  Bench bench(search(), Policy::strict);
  Bound bound = bench.positional(empty).named({{"limit", n(5)}}).bound();
  REQUIRE(bound.arguments.size() == 4);
  CHECK(bound.arguments[0].is_list());
  CHECK(bound.arguments[1].as_integer() == 0);
  CHECK(bound.arguments[2].as_integer() == 5);
  CHECK(bound.arguments[3].is_unset());
}

TEST_CASE("bind: odoo texts for missing, surplus, unknown and repeated arguments") {
  Bench none(search(), Policy::odoo);
  check_python(none, "TypeError",
               "BaseModel.search() missing 1 required positional argument: 'domain'");
  Bench many(search(), Policy::odoo);
  many.positional(empty, n(0), n(1), s("id"), n(1), n(2), n(3));
  check_python(many, "TypeError",
               "BaseModel.search() takes from 2 to 5 positional arguments but 8 were given");
  Bench bogus(search(), Policy::odoo);
  bogus.positional(empty).named({{"bogus", n(1)}});
  check_python(bogus, "TypeError", "BaseModel.search() got an unexpected keyword argument 'bogus'");
  Bench twice(search(), Policy::odoo);
  twice.positional(empty).named({{"domain", empty}});
  check_python(twice, "TypeError", "BaseModel.search() got multiple values for argument 'domain'");
}

TEST_CASE("bind: odoo texts of the services") {
  Bench few(authenticate(), Policy::odoo);
  few.positional(s("db"), s("admin"), s("pw"));
  check_python(few, "TypeError",
               "exp_authenticate() missing 1 required positional argument: 'user_agent_env'");
  Bench many(authenticate(), Policy::odoo);
  many.positional(s("db"), s("admin"), s("pw"), Value::null(), n(1));
  check_python(many, "TypeError",
               "exp_authenticate() takes 4 positional arguments but 5 were given");
  Bench two(authenticate(), Policy::odoo);
  two.positional(s("db"), s("admin"));
  check_python(two, "TypeError",
               "exp_authenticate() missing 2 required positional arguments: 'password' and "
               "'user_agent_env'");
  Bench three(authenticate(), Policy::odoo);
  three.positional(s("db"));
  check_python(three, "TypeError",
               "exp_authenticate() missing 3 required positional arguments: 'login', 'password', "
               "and 'user_agent_env'");
}

TEST_CASE("bind: odoo, records methods count the ids as self and need them") {
  Bench none(read(), Policy::odoo);
  check_python(none, "IndexError", "list index out of range");
  Bench many(read(), Policy::odoo);
  many.positional(empty, empty, s(""), n(4));
  check_python(many, "TypeError",
               "BaseModel.read() takes from 1 to 3 positional arguments but 4 were given");
  Bench by_name(read(), Policy::odoo);
  CHECK(by_name.named({{"ids", n(7)}}).bound().arguments[0].items()[0].as_integer() == 7);
}

TEST_CASE("bind: odoo, ids are a list, one id, or false for none") {
  Bench one(read(), Policy::odoo);
  CHECK(one.positional(n(7)).bound().arguments[0].items()[0].as_integer() == 7);
  Bench none(read(), Policy::odoo);
  CHECK(none.positional(Value::boolean(false)).bound().arguments[0].size() == 0);
  Bench strict(read(), Policy::strict);
  CHECK(strict.positional(n(7)).refused().message == "ids: expected list, got 7");
}

TEST_CASE("bind: create by keyword alone is an IndexError under odoo only") {
  Bench odoo(create(), Policy::odoo);
  odoo.named({{"vals_list", empty}});
  check_python(odoo, "IndexError", "list index out of range");
  Bench none(create(), Policy::odoo);
  check_python(none, "TypeError",
               "BaseModel.create() missing 1 required positional argument: 'vals_list'");
  Bench strict(create(), Policy::strict);
  CHECK(strict.named({{"vals_list", empty}}).bound().arguments[0].is_list());
}

TEST_CASE("bind: odoo, false and null for an optional parameter are not given") {
  Bench bench(search(), Policy::odoo);
  Bound bound =
      bench.positional(empty, Value::boolean(false), Value::null(), Value::boolean(false)).bound();
  CHECK(bound.arguments[1].as_integer() == 0);
  CHECK(bound.arguments[2].is_unset());
  CHECK(bound.arguments[3].is_unset());
}

TEST_CASE("bind: odoo, an optional bool keeps its false and any keeps null") {
  Method method = create();
  method.parameters.push_back(
      {"flag", "", Type::boolean(), false, OwnedValue(Value::boolean(true))});
  Bench bench(method, Policy::odoo);
  Bound bound = bench.positional(Value::null(), Value::boolean(false)).bound();
  CHECK(bound.arguments[0].is_null());
  CHECK(bound.arguments[1].is_false());
}

TEST_CASE("bind: a model method's context keyword becomes the user context") {
  Bench bench(search(), Policy::odoo);
  bench.positional(empty)
      .named({{"context", bench.dict("lang", s("fr_FR"))}, {"limit", n(1)}})
      .bound();
  REQUIRE(bench.context.user_context.is_dict());
  CHECK(bench.context.user_context.find("lang")->text() == "fr_FR");
}

TEST_CASE("bind: an empty context is none and a text is a ValueError") {
  for (const Value& nothing : {Value::null(), empty, Value::dict(nullptr, 0)}) {
    Bench bench(search(), Policy::odoo);
    bench.positional(empty).named({{"context", nothing}}).bound();
    CHECK(bench.context.user_context.is_null());
  }
  Bench wrong(search(), Policy::odoo);
  CHECK(wrong.positional(empty).named({{"context", s("fr_FR")}}).refused().kind == "ValueError");
}

TEST_CASE("bind: a function has no context of its own") {
  Bench bench(authenticate(), Policy::strict);
  bench.positional(s("a"), s("b"), s("c"), Value::dict(nullptr, 0))
      .named({{"context", Value::null()}});
  CHECK(bench.refused().message == "unknown parameter: context");
}

TEST_CASE("bind: a trailing dict beyond the parameters is the context of older clients") {
  Bench bench(search(), Policy::odoo);
  bench.positional(empty, n(0), n(1), s("id"), bench.dict("tz", s("UTC"))).bound();
  CHECK(bench.context.user_context.find("tz")->text() == "UTC");
  Bench two(search(), Policy::odoo);
  two.positional(empty, n(0), n(1), s("id"), n(1), two.dict("tz", s("UTC")));
  check_python(two, "TypeError",
               "BaseModel.search() takes from 2 to 5 positional arguments but 7 were given");
}

TEST_CASE("bind: odoo, a trailing dict in place of an optional scalar is the context too") {
  Bench bench(read(), Policy::odoo);
  Bound bound = bench.positional(n(1), empty, bench.dict("tz", s("UTC"))).bound();
  CHECK(bound.arguments[2].text() == "_classic_read");
  CHECK(bench.context.user_context.is_dict());
  Bench values(create(), Policy::odoo);
  CHECK(values.positional(values.dict("name", s("x"))).bound().arguments[0].is_dict());
  CHECK(values.context.user_context.is_null());
}

TEST_CASE("bind: odoo, a trailing dict is the context where the parameter takes no dict") {
  Method method = create();
  method.parameters.push_back({"limit", "", Type::any(), false, {}, false});
  Bench bench(method, Policy::odoo);
  CHECK(bench.positional(n(1), bench.dict("tz", s("UTC"))).bound().arguments[1].is_unset());
  CHECK(bench.context.user_context.find("tz")->text() == "UTC");
  method.parameters.back().takes_dict = true;
  Bench taken(method, Policy::odoo);
  CHECK(taken.positional(n(1), taken.dict("tz", s("UTC"))).bound().arguments[1].is_dict());
  CHECK(taken.context.user_context.is_null());
  method.parameters.back().takes_dict = false;
  Bench strict(method, Policy::strict);
  CHECK(strict.positional(n(1), strict.dict("tz", s("UTC"))).bound().arguments[1].is_dict());
}

TEST_CASE("bind: other policies name what is missing, unknown, repeated or too many") {
  Bench missing(search(), Policy::strict);
  Error error = missing.refused();
  CHECK(error.message == "missing required parameter: domain");
  CHECK(error.where == "domain");
  Bench unknown(search(), Policy::text);
  CHECK(unknown.positional(empty).named({{"c", n(1)}}).refused().message == "unknown parameter: c");
  Bench repeated(search(), Policy::strict);
  CHECK(repeated.positional(empty).named({{"domain", empty}}).refused().message ==
        "parameter given by position and by name: domain");
  Bench many(create(), Policy::strict);
  CHECK(many.positional(n(1), n(2)).refused().message ==
        "create takes at most 1 arguments, 2 were given");
  Bench null(search(), Policy::strict);
  CHECK(null.positional(Value::null()).refused().message == "missing required parameter: domain");
}

TEST_CASE("bind: text, an empty value of a non-text type is not given") {
  Bench bench(search(), Policy::text);
  Bound bound = bench.named({{"domain", s("a")}, {"limit", s("")}, {"order", s("")}}).bound();
  CHECK(bound.arguments[2].is_unset());
  CHECK(bound.arguments[3].text() == "");
}

TEST_CASE("bind: a wrong value is named with its parameter and type") {
  Bench bench(search(), Policy::odoo);
  Error error = bench.positional(empty).named({{"limit", s("x")}}).refused();
  CHECK(error.message == "limit: expected int, got \"x\"");
  CHECK(error.where == "limit");
}

TEST_CASE("bind: by name alone, ids may be left out and create takes its values") {
  Bench reading(read(), Policy::odoo);
  check_python(reading.named({{"load", s("x")}}), "IndexError", "list index out of range");
  reading.call.is_by_name = true;
  Bound bound = reading.bound();
  CHECK(bound.arguments[0].is_list());
  CHECK(bound.arguments[0].size() == 0);
  CHECK(reading.named({{"ids", n(4)}}).bound().arguments[0].items()[0].as_integer() == 4);

  Bench creating(create(), Policy::odoo);
  creating.call.is_by_name = true;
  CHECK(creating.named({{"vals_list", empty}}).bound().arguments[0].is_list());
}

TEST_CASE("bind: a name that is missing or unknown is told apart from its text") {
  Bench bench(search(), Policy::odoo);
  bench.call.is_by_name = true;
  Error missing = bench.named({{"limit", n(1)}}).refused();
  CHECK(missing.rule == Rule::missing);
  CHECK(missing.expected == "domain");
  Error both = bench.named({{"bogus", n(1)}}).refused();
  CHECK(both.rule == Rule::missing);
  CHECK(both.expected == "domain");
  Error unknown = bench.named({{"domain", empty}, {"bogus", n(1)}}).refused();
  CHECK(unknown.rule == Rule::unknown);
  CHECK(unknown.expected == "bogus");
}

TEST_CASE("bind: a secret method's values are not repeated") {
  Method method = authenticate();
  method.is_secret = true;
  Bench bench(method, Policy::strict);
  CHECK(bench.positional(s("db"), s("admin"), n(1234), Value::dict(nullptr, 0)).refused().message ==
        "password: expected str");
}

TEST_CASE("bind: surplus positional arguments go to the rest where the method wants them") {
  Method method = create();
  method.takes_any_number = true;
  Bench bench(method, Policy::strict);
  Bound bound = bench.positional(n(1), n(2), n(3)).bound();
  CHECK(bound.arguments.size() == 1);
  REQUIRE(bound.rest.size() == 2);
  CHECK(bound.rest[1].as_integer() == 3);
}

TEST_CASE("bind: exact positional arguments cost one arena allocation") {
  Bench bench(search(), Policy::odoo);
  bench.positional(empty, n(0), n(1), s("id")).bound();
  auto before = bench.arena.reserved_bytes();
  for (int i = 0; i < 100; ++i) bench.bound();
  CHECK(bench.arena.reserved_bytes() <= std::max<std::size_t>(before, 16 * 1024));
}
