// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/registry.hpp"

#include <doctest/doctest.h>

using namespace parley;

namespace {

Method function(std::string name) {
  Method method;
  method.name = std::move(name);
  method.body = [](Invocation&) -> Result<Answer> { return Answer(Value::null()); };
  return method;
}

/// A model method that answers `mark` followed by what super says.
Method layer(std::string name, std::string mark) {
  Method method;
  method.name = std::move(name);
  method.binding = Binding::model;
  method.access = Access::open;
  method.body = [mark](Invocation& in) -> Result<Answer> {
    if (in.chain.size() == 1) return Answer(Value::string(in.arena().copy(mark)));
    PARLEY_TRY(Answer below, in.super());
    return Answer(Value::string(in.arena().join(mark, ">", below.value().text())));
  };
  return method;
}

struct World {
  Catalog catalog;
  std::vector<std::string> modules{"base", "sale", "stock"};
  std::vector<std::string> models{"res.partner", "x_note"};
  std::shared_ptr<const Registry> build() const {
    return Registry::build(catalog, modules, models);
  }
};

std::string run(const Registry& registry, std::string_view name) {
  Arena arena;
  Limits limits;
  Context context{arena, limits, "r1", "", ""};
  auto target = registry.find(name);
  REQUIRE(target);
  auto outcome = invoke(*target, Call{}, context);
  REQUIRE(outcome);
  return std::string(outcome->value().text());
}

void check_refused(const Registry& registry, std::string_view name, Code code,
                   std::string_view kind, std::string_view message) {
  auto target = registry.find(name);
  REQUIRE(!target);
  CHECK(target.error().code == code);
  CHECK(target.error().kind == kind);
  CHECK(target.error().message == message);
}

}  // namespace

TEST_CASE("registry: a function is found by its full name") {
  World world;
  REQUIRE(world.catalog.add_function("base", function("common.version")));
  auto registry = world.build();
  auto target = registry->find("common.version");
  REQUIRE(target);
  CHECK(target->model == "");
  CHECK(target->method().name == "common.version");
}

TEST_CASE("registry: a module that is not installed adds nothing") {
  World world;
  REQUIRE(world.catalog.add_function("crm", function("crm.score")));
  REQUIRE(world.catalog.add_method("crm", "res.partner", layer("score", "crm")));
  auto registry = world.build();
  CHECK(!registry->find("crm.score"));
  CHECK(!registry->find("res.partner.score"));
}

TEST_CASE("registry: later modules run first, then earlier ones, then what every model has") {
  World world;
  REQUIRE(world.catalog.add_method("stock", "res.partner", layer("search", "stock")));
  REQUIRE(world.catalog.add_method("base", "", layer("search", "every")));
  REQUIRE(world.catalog.add_method("sale", "res.partner", layer("search", "sale")));
  auto registry = world.build();
  CHECK(run(*registry, "res.partner.search") == "stock>sale>every");
  CHECK(run(*registry, "x_note.search") == "every");
}

TEST_CASE("registry: super below the last implementation is an error, not a crash") {
  World world;
  Method lonely = layer("go", "");
  lonely.body = [](Invocation& in) { return in.super(); };
  REQUIRE(world.catalog.add_method("base", "x_note", lonely));
  auto registry = world.build();
  Arena arena;
  Limits limits;
  Context context{arena, limits, "r1", "", ""};
  auto outcome = invoke(*registry->find("x_note.go"), Call{}, context);
  REQUIRE(!outcome);
  CHECK(outcome.error().code == Code::internal);
}

TEST_CASE("registry: what is unknown or private is refused in Odoo's words") {
  World world;
  REQUIRE(world.catalog.add_function("base", function("common.version")));
  REQUIRE(world.catalog.add_method("base", "", layer("search", "")));
  REQUIRE(world.catalog.add_method("base", "", layer("exists", "")));
  REQUIRE(world.catalog.add_method("base", "", layer("_secret", "")));
  auto registry = world.build();
  check_refused(*registry, "no.such.model.read", Code::unknown_method, "UserError",
                "Object no.such.model doesn't exist");
  check_refused(*registry, "res.partner.no_such_method", Code::unknown_method, "AttributeError",
                "The method 'res.partner.no_such_method' does not exist");
  check_refused(*registry, "res.partner._secret", Code::forbidden, "AccessError",
                "Private methods (such as 'res.partner._secret') cannot be called remotely.");
  check_refused(*registry, "res.partner.browse", Code::forbidden, "AccessError",
                "Private methods (such as 'res.partner.browse') cannot be called remotely.");
  check_refused(*registry, "xyz", Code::unknown_method, "Exception", "Method not found: xyz");
  check_refused(*registry, "common.xyz", Code::unknown_method, "Exception",
                "Method not found: xyz");
  CHECK(registry->find("res.partner.exists"));
}

TEST_CASE("registry: the same name twice from one module is a conflict") {
  Catalog catalog;
  REQUIRE(catalog.add_function("base", function("a.b")));
  auto again = catalog.add_function("base", function("a.b"));
  REQUIRE(!again);
  CHECK(again.error().code == Code::conflict);
  CHECK(catalog.add_function("sale", function("a.b")));
}

TEST_CASE("registry: a function cannot be added as a method, nor a method as a function") {
  Catalog catalog;
  CHECK(!catalog.add_method("base", "res.partner", function("go")));
  CHECK(!catalog.add_function("base", layer("go", "")));
  CHECK(!catalog.add_method("base", "res.partner", layer("a.b", "")));
}

TEST_CASE("registry: lists are sorted and hold own and base methods once") {
  World world;
  REQUIRE(world.catalog.add_function("base", function("common.version")));
  REQUIRE(world.catalog.add_method("base", "", layer("search", "")));
  REQUIRE(world.catalog.add_method("base", "", layer("read", "")));
  REQUIRE(world.catalog.add_method("sale", "res.partner", layer("search", "")));
  auto registry = world.build();
  CHECK(registry->list(false).size() == 1);
  auto all = registry->list(true);
  REQUIRE(all.size() == 5);
  CHECK(all[0].name == "common.version");
  CHECK(all[1].name == "res.partner.read");
  auto partner = registry->list_model("res.partner");
  REQUIRE(partner.size() == 2);
  CHECK(partner[1].name == "res.partner.search");
  CHECK(partner[1].method == &world.catalog.entries()[3].method);
  CHECK(registry->list_model("no.such").empty());
}

TEST_CASE("registry: a registry outlives the next one") {
  World world;
  REQUIRE(world.catalog.add_method("base", "", layer("search", "")));
  auto older = world.build();
  world.models.push_back("x_more");
  auto newer = world.build();
  CHECK(!older->has_model("x_more"));
  CHECK(newer->has_model("x_more"));
}
