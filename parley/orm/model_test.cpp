// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/model.hpp"

#include <doctest/doctest.h>

#include "parley/orm/module.hpp"

namespace parley::orm {
namespace {

FieldSpec field(std::string name, std::string type, std::string relation = {}) {
  FieldSpec out;
  out.name = std::move(name);
  out.type = std::move(type);
  out.relation = std::move(relation);
  return out;
}

ModelSpec model(std::string name, std::vector<FieldSpec> fields) {
  ModelSpec out;
  out.name = std::move(name);
  out.fields = std::move(fields);
  return out;
}

Result<std::shared_ptr<const Schema>> build(std::vector<ModelSpec> models, std::vector<ModelSpec> more = {}) {
  ModuleModels first{"one", std::move(models)}, second{"two", std::move(more)};
  const ModuleModels* both[] = {&first, &second};
  return Schema::build(both);
}

std::string refusal(const Result<std::shared_ptr<const Schema>>& result) {
  REQUIRE(!result.has_value());
  CHECK(result.error().code == Code::rejected);
  return result.error().message;
}

std::string order_error(const RuntimeModel& model, std::string_view text) {
  auto terms = parse_order(model, text);
  REQUIRE(!terms.has_value());
  return terms.error().message;
}

ModuleSet modules(std::vector<std::pair<std::string, std::vector<std::string>>> depends) {
  ModuleSet out;
  for (auto& [name, needs] : depends) {
    Module module;
    module.name = name;
    module.depends = std::move(needs);
    out.modules[name] = std::move(module);
  }
  return out;
}

}  // namespace

TEST_CASE("schema: fields are resolved, id and display_name come first") {
  auto schema = build({model("a.b", {field("name", "char"), field("parent_id", "many2one", "a.b")})});
  REQUIRE(schema.has_value());
  const RuntimeModel* made = (*schema)->find("a.b");
  REQUIRE(made != nullptr);
  CHECK(made->table == "a_b");
  CHECK(made->id_field().name == "id");
  CHECK(made->find("display_name")->index == 1);
  CHECK(made->rec_name == made->find("name"));
  CHECK(made->parent == made->find("parent_id"));
  CHECK(made->find("parent_id")->comodel == made);
  CHECK(made->find("parent_id")->label == "Parent");
  CHECK((*schema)->find("a.c") == nullptr);
}

TEST_CASE("schema: what does not fit is refused by module, model and field") {
  CHECK(refusal(build({model("a", {field("x", "colour")})})) == "one: a.x: unknown field type 'colour'");
  CHECK(refusal(build({model("a", {field("x", "many2one", "b")})})) == "one: a.x: unknown model 'b'");
  CHECK(refusal(build({model("a", {field("x", "char"), field("x", "char")})})) == "one: a.x: declared twice");
  CHECK(refusal(build({model("a", {field("id", "char")})})) == "one: a.id: the name is taken by every model");
  CHECK(refusal(build({model("a", {field("x", "one2many", "a")})})).find("is no many2one of a to a") != std::string::npos);
  CHECK(refusal(build({model("a", {})}, {model("a", {})})) == "two: a: declared by module one already");
  ModelSpec extension = model("b", {});
  extension.is_extension = true;
  CHECK(refusal(build({model("a", {})}, {extension})).find("extends a model that no module") != std::string::npos);
  ModelSpec named = model("a", {});
  named.rec_name = "nope";
  CHECK(refusal(build({named})) == "one: a.nope: rec_name names no field");
  ModelSpec unique = model("a", {});
  unique.uniques.push_back({"u", {"nope"}, "text"});
  CHECK(refusal(build({unique})).find("the constraint u needs a stored field") != std::string::npos);
  ModelSpec ordered = model("a", {});
  ordered.order = "nope";
  CHECK(!build({ordered}).has_value());
}

TEST_CASE("schema: an extension adds and replaces, but changes no type") {
  ModelSpec extension = model("a", {field("y", "integer")});
  extension.is_extension = true;
  auto schema = build({model("a", {field("x", "char")})}, {extension});
  REQUIRE(schema.has_value());
  CHECK((*schema)->find("a")->find("y")->module == "two");
  extension.fields = {field("x", "integer")};
  CHECK(refusal(build({model("a", {field("x", "char")})}, {extension})) == "two: a.x: is a char in module one");
}

TEST_CASE("schema: a link table belongs to the two sides of one relation") {
  auto sides = build({model("a", {field("b_ids", "many2many", "b")}), model("b", {field("a_ids", "many2many", "a")})});
  REQUIRE(sides.has_value());
  CHECK((*sides)->tables().size() == 3);
  CHECK(refusal(build({model("a", {field("x", "many2many", "b"), field("y", "many2many", "b")}), model("b", {})}))
            .find("shares the link table a_b_rel with a.x") != std::string::npos);
  CHECK(refusal(build({model("a", {field("x", "many2many", "a")})})).find("one name") != std::string::npos);
}

TEST_CASE("schema: a required many2one restricts unless it cascades") {
  FieldSpec must = field("m", "many2one", "a");
  must.is_required = true;
  FieldSpec gone = must;
  gone.name = "c";
  gone.on_delete = Reference::OnDelete::cascade;
  auto schema = build({model("a", {must, gone, field("s", "many2one", "a")})});
  REQUIRE(schema.has_value());
  auto columns = (*schema)->tables().front().columns;
  CHECK(columns[0].references->on_delete == Reference::OnDelete::restrict);
  CHECK(columns[1].references->on_delete == Reference::OnDelete::cascade);
  CHECK(columns[2].references->on_delete == Reference::OnDelete::set_null);
}

TEST_CASE("order: directions and nulls are read in any case") {
  auto schema = build({model("a", {field("name", "char"), field("qty", "integer")})});
  REQUIRE(schema.has_value());
  const RuntimeModel& a = *(*schema)->find("a");
  auto terms = parse_order(a, " qty DESC nulls LAST ,name,id asc");
  REQUIRE(terms.has_value());
  REQUIRE(terms->size() == 3);
  CHECK((*terms)[0].field == a.find("qty"));
  CHECK((*terms)[0].is_descending);
  CHECK((*terms)[0].nulls == Ordering::Nulls::last);
  CHECK(!(*terms)[2].is_descending);
}

TEST_CASE("order: what cannot be ordered by is refused") {
  auto schema = build({model("a", {field("name", "char")})});
  REQUIRE(schema.has_value());
  const RuntimeModel& a = *(*schema)->find("a");
  for (const char* text : {"", ",", "name,", "name sideways", "name desc x", "name nulls", "name nulls middle"})
    CHECK(order_error(a, text).find("Invalid \"order\" specified") == 0);
  CHECK(order_error(a, "nope") == "Invalid field 'nope' on model 'a'");
  CHECK(order_error(a, "display_name").find("not stored") != std::string::npos);
}

TEST_CASE("modules: dependencies come first, each once") {
  ModuleSet set = modules({{"a", {"b", "c"}}, {"b", {"d"}}, {"c", {"d", "b"}}, {"d", {}}});
  std::string wanted[] = {"a", "d"};
  auto order = set.in_order(wanted);
  REQUIRE(order.has_value());
  CHECK(*order == std::vector<std::string>{"d", "b", "c", "a"});
}

TEST_CASE("modules: a cycle and an unknown module are named") {
  std::string wanted[] = {"a"};
  auto cycle = modules({{"a", {"b"}}, {"b", {"a"}}}).in_order(wanted);
  REQUIRE(!cycle.has_value());
  CHECK(cycle.error().code == Code::rejected);
  auto self = modules({{"a", {"a"}}}).in_order(wanted);
  CHECK(!self.has_value());
  auto unknown = modules({{"a", {"z"}}}).in_order(wanted);
  REQUIRE(!unknown.has_value());
  CHECK(unknown.error().message == "unknown module 'z', wanted by module 'a'");
}

}  // namespace parley::orm
