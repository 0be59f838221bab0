// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/expose.hpp"

#include <doctest/doctest.h>

#include "parley/registry/registry.hpp"

namespace parley {
class Env {
 public:
  std::int64_t company = 7;
};
}  // namespace parley

using namespace parley;

namespace {

std::int64_t plus(std::int64_t a, std::int64_t b) { return a + b; }
Result<std::string> greet(std::string_view name, const std::optional<std::string>& title) {
  if (name.empty()) return Error(Code::rejected, "name: may not be empty");
  return (title ? *title + " " : "") + std::string(name);
}
Result<std::int64_t> company_plus(Env& env, std::int64_t n) { return env.company + n; }

/// Calls a bound function with named or positional arguments, as a protocol does.
struct Stage {
  explicit Stage(Method m) : method(std::move(m)) { method.access = Access::open; }
  template <class... V>
  Outcome run(V... items) {
    std::vector<Value> given{items...};
    Call call;
    call.positional = given;
    return invoke({"", chain}, call, context);
  }
  Method method;
  const Method* chain[1] = {&method};
  Arena arena;
  Limits limits;
  Context context{arena, limits, "1", "", ""};
};

Value n(std::int64_t v) { return Value::integer(v); }
Value s(std::string_view v) { return Value::string(v); }

}  // namespace

TEST_CASE("expose: name, help, types and effect become the method") {
  Method method = bind_function("math.plus", plus, doc("Adds."), arg("a", "First."),
                                arg("b", "Second.", 10), effect::read);
  CHECK(method.name == "math.plus");
  CHECK(method.doc == "Adds.");
  REQUIRE(method.parameters.size() == 2);
  CHECK(method.parameters[0].name == "a");
  CHECK(method.parameters[0].help == "First.");
  CHECK(method.parameters[0].type.base() == Type::Base::integer);
  CHECK(method.parameters[0].is_required);
  CHECK(!method.parameters[1].is_required);
  CHECK(method.parameters[1].fallback->as_integer() == 10);
  CHECK(method.returns.base() == Type::Base::integer);
  CHECK(method.effect == Effect::read);
  CHECK(method.access == Access::user);
  CHECK(!method.needs_database);
}

TEST_CASE("expose: a plain function is called with converted arguments and defaults") {
  Stage stage(
      bind_function("math.plus", plus, doc(""), arg("a", ""), arg("b", "", 10), effect::read));
  CHECK(stage.run(n(1))->value().as_integer() == 11);
  CHECK(stage.run(n(1), n(2))->value().as_integer() == 3);
}

TEST_CASE("expose: an optional may be left out and a Result may fail") {
  Stage stage(
      bind_function("greet", greet, doc(""), arg("name", ""), arg("title", ""), effect::read));
  CHECK(!stage.method.parameters[1].is_required);
  CHECK(stage.run(s("Ada"))->value().text() == "Ada");
  CHECK(stage.run(s("Ada"), s("Dr."))->value().text() == "Dr. Ada");
  CHECK(stage.run(s("")).error().code == Code::rejected);
}

TEST_CASE("expose: a function that takes Env needs a database and gets it") {
  Stage stage(bind_function("company.plus", company_plus, doc(""), arg("n", ""), effect::write));
  CHECK(stage.method.needs_database);
  CHECK(stage.method.effect == Effect::write);
  Env env;
  stage.context.env = &env;
  CHECK(stage.run(n(1))->value().as_integer() == 8);
}

TEST_CASE("expose: a lambda may take the Context and return nothing") {
  std::string seen;
  Stage stage(bind_function(
      "peer", [&seen](Context& context) { seen = context.request_id; }, doc(""), effect::read));
  CHECK(stage.run()->value().is_null());
  CHECK(seen == "1");
}

TEST_CASE("expose: a number too big for the function's type is refused with its name") {
  Stage stage(bind_function(
      "small", [](std::int8_t v) { return v; }, doc(""), arg("v", ""), effect::read));
  CHECK(stage.run(n(127))->value().as_integer() == 127);
  auto refused = stage.run(n(128));
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::invalid_argument);
  CHECK(refused.error().message == "v: expected int from -128 to 127, got 128");
  CHECK(!stage.run(Value::bigint("99999999999999999999")));
}

TEST_CASE("expose: a value of the wrong kind past bind is an error, not a crash") {
  Stage stage(bind_function(
      "small", [](bool v) { return v; }, doc(""), arg("v", ""), effect::read));
  Value wrong[] = {s("x")};
  Invocation in{stage.context, "", wrong, {}, stage.chain};
  auto outcome = stage.method.body(in);
  REQUIRE(!outcome);
  CHECK(outcome.error().message == "v: expected bool, got str");
}

TEST_CASE_TEMPLATE("expose: every built-in type comes back as it went in", T, bool, int,
                   std::uint64_t, double, float, Decimal, std::string, Bytes, Date, Time, DateTime,
                   Uuid, std::vector<std::string>, std::optional<int>,
                   std::map<std::string, std::int64_t>) {
  Arena arena;
  T value{};
  Value wire = Typed<T>::to(value, arena);
  auto back = Typed<T>::from(wire);
  REQUIRE(back);
  CHECK((*back == value));
}

TEST_CASE("expose: an unsigned number beyond 63 bits goes out as a big integer") {
  Arena arena;
  Value wire = Typed<std::uint64_t>::to(std::numeric_limits<std::uint64_t>::max(), arena);
  REQUIRE(wire.is(Kind::bigint));
  CHECK(wire.text() == "18446744073709551615");
}

TEST_CASE("expose: lists and dicts carry their items") {
  Stage stage(bind_function(
      "sum",
      [](const std::vector<int>& list, const std::map<std::string, int>& more) {
        std::map<std::string, std::vector<int>> out{{"list", list}};
        for (const auto& [name, value] : more) out[name].push_back(value);
        return out;
      },
      doc(""), arg("list", ""), arg("more", ""), effect::read));
  Value items[] = {n(1), n(2)};
  DictBuilder more(stage.arena);
  more.set("x", n(3));
  auto outcome = stage.run(Value::list(items), more.done());
  REQUIRE(outcome);
  CHECK(outcome->value().find("list")->items()[1].as_integer() == 2);
  CHECK(outcome->value().find("x")->items()[0].as_integer() == 3);
}

TEST_CASE("expose: the handle opens a method, closes it to administrators, keeps it secret") {
  Catalog catalog;
  REQUIRE(catalog.add_function(
      "app", bind_function("math.plus", plus, doc(""), arg("a", ""), arg("b", ""), effect::read)));
  Exposed(catalog.last()).open().secret();
  CHECK(catalog.entries().front().method.access == Access::open);
  CHECK(catalog.entries().front().method.is_secret);
  Exposed(catalog.last()).admin();
  CHECK(catalog.entries().front().method.access == Access::admin);
}

TEST_CASE("expose: a function may take any number of arguments and find them in rest") {
  Catalog catalog;
  auto count = [](Invocation& in, int first) { return first + static_cast<int>(in.rest.size()); };
  REQUIRE(catalog.add_function("app", bind_function("count", count, doc(""), arg("first", ""), effect::read)));
  Exposed(catalog.last()).open().any_number();
  Stage stage(catalog.last());
  auto outcome = stage.run(n(10), n(1), n(1));
  REQUIRE(outcome);
  CHECK(outcome->value().as_integer() == 12);
  Exposed(stage.method).open();
  stage.method.takes_any_number = false;
  CHECK(!stage.run(n(10), n(1)));
}
