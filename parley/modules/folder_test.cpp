// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/folder.hpp"

#include <doctest/doctest.h>

namespace {

using namespace parley;
using namespace parley::modules;

constexpr const char* head = "name: shop\ntitle: Shop\nversion: \"1.0\"\ndepends: []\n";
constexpr const char* model = R"(- model: shop.item
  description: Item
  order: name, id desc
  fields:
    name: {type: char, string: Name, size: 20, default: 12345}
    count: {type: integer, default: 7}
    price: {type: float, digits: [12, 6], default: 0.01}
    total: {type: monetary, currency_field: other_id, default: 1.50}
    is_new: {type: boolean, default: true}
    kind: {type: selection, selection: [["1", One], [b, Two]], default: "1"}
    made: {type: date}
    extra: {type: json}
    owner: {type: many2one, relation: shop.item, default: {expr: uid}}
    other_id: {type: many2one, relation: shop.item, ondelete: restrict, default: first}
    more_ids: {type: many2many, relation: shop.item, table: shop_rel, left: a, right: b, default: [first, base.x]}
  constraints:
    - {name: name_uniq, unique: [name], message: "Once!"}
)";

Files shop(std::map<std::string, std::string> more = {}) {
  Files out = std::move(more);
  out.emplace("module.yaml", head);
  out.emplace("models/a.yaml", model);
  return out;
}

orm::Module read(const Files& files, const Modules& below = {}) {
  Result<orm::Module> module = read_module(files, below);
  INFO((module ? std::string() : module.error().message));
  REQUIRE(module);
  return std::move(module).value();
}

std::string failure(const Files& files, const Modules& below = {}) {
  Result<orm::Module> module = read_module(files, below);
  return module ? "(no error)" : module.error().message;
}

std::string field_failure(const std::string& field) {
  return failure({{"module.yaml", head},
                  {"models/a.yaml",
                   "- model: shop.item\n  description: Item\n  fields:\n    x: " + field + "\n"}});
}

std::string data_failure(const std::string& item) { return failure(shop({{"data/a.yaml", item}})); }

const orm::FieldSpec& field(const orm::Module& module, std::string_view name) {
  for (const orm::FieldSpec& spec : module.models.models.front().fields)
    if (spec.name == name) return spec;
  FAIL("no such field");
  return module.models.models.front().fields.front();
}

}  // namespace

TEST_CASE("modules: every folder that ships with the program loads") {
  Result<orm::ModuleSet> set = load_modules({});
  INFO((set ? std::string() : set.error().message));
  REQUIRE(set);
  for (const char* name : {"base", "note", "openacademy", "todo"}) {
    CAPTURE(name);
    REQUIRE(set->modules.contains(name));
    CHECK_FALSE(set->modules.find(name)->second.models.models.empty());
  }
  const orm::Module& base = set->modules.find("base")->second;
  for (const orm::ModelSpec& spec : base.models.models)
    for (const orm::FieldSpec& one : spec.fields)
      CHECK(one.is_write_only == (one.name == "password"));
  bool has_belgium = false;
  for (const orm::DataRow& row : base.data)
    if (row.external_id == "base.be") {
      has_belgium = true;
      CHECK(row.is_fixed);
      CHECK(row.values->find("currency_id")->text() == "base.EUR");
      CHECK(row.values->find("code")->text() == "BE");
      CHECK(row.values->find("phone_code")->as_integer() == 32);
    }
  CHECK(has_belgium);
}

TEST_CASE("modules: the folder on disk reads as the one built in") {
  Result<orm::ModuleSet> built_in = load_modules({});
  REQUIRE(built_in);
  Result<orm::Module> todo =
      read_module_folder(PARLEY_SOURCE_DIR "/modules/todo", built_in->modules);
  REQUIRE(todo);
  CHECK(todo->schema_hash == built_in->modules.find("todo")->second.schema_hash);
  std::string folders[] = {PARLEY_SOURCE_DIR "/modules"};
  Result<orm::ModuleSet> over = load_modules(folders);
  REQUIRE(over);
  CHECK(over->modules.size() == built_in->modules.size());
  std::string missing[] = {PARLEY_SOURCE_DIR "/no-such-folder"};
  CHECK_FALSE(load_modules(missing));
  CHECK_FALSE(read_module_folder(PARLEY_SOURCE_DIR "/no-such-folder"));
}

TEST_CASE("modules: the head of a module is read") {
  orm::Module module = read(shop());
  CHECK(module.name == "shop");
  CHECK(module.title == "Shop");
  CHECK(module.version == "1.0");
  CHECK(module.models.module == "shop");
  CHECK(module.schema_hash.size() == 16);
}

TEST_CASE("modules: a head with faults is refused") {
  CHECK(failure({}) == "module.yaml: a module folder must have this file");
  CHECK(failure({{"module.yaml", "name: shop\ntitle: S\nversion: 1.0\ndepends: []\n"}}) ==
        "shop/module.yaml:3: the version is a text: put it in quotes");
  CHECK(failure({{"module.yaml", "name: shop\ntitle: S\nversion: \"1\"\n"}}) ==
        "shop/module.yaml:1: module: key 'depends' is missing");
  CHECK(failure({{"module.yaml", std::string(head) + "colour: red\n"}}) ==
        "shop/module.yaml:5: module: unknown key 'colour'");
  CHECK(failure({{"module.yaml", std::string(head) + "name: shop\n"}}) ==
        "shop/module.yaml:5: module: key 'name' occurs twice");
  CHECK(failure({{"module.yaml", "name: shop\ntitle: S\nversion: \"1\"\ndepends: [base]\n"}}) ==
        "module shop depends on module 'base', which is not known");
  CHECK(failure({{"module.yaml", "name: a.b\ntitle: S\nversion: \"1\"\ndepends: []\n"}})
            .find("'a.b' is no module name") != std::string::npos);
}

TEST_CASE("modules: a file that is no YAML, no UTF-8 or no list is refused with its line") {
  CHECK(failure(shop({{"data/a.yaml", "- {a: b\n- c"}}))
            .starts_with("shop/data/a.yaml:2: no YAML: "));
  CHECK(failure(shop({{"data/a.yaml", "- \xff"}})) == "shop/data/a.yaml:1: the file is not UTF-8");
  CHECK(failure(shop({{"data/a.yaml", "a: b"}})) ==
        "shop/data/a.yaml:1: the file must hold one list");
  CHECK(failure(shop({{"data/a.yaml", "- a\n---\n- b\n"}})) ==
        "shop/data/a.yaml:1: one document is expected, not 2");
}

TEST_CASE("modules: a YAML file where none belongs is refused, other files are left alone") {
  CHECK(failure(shop({{"model/a.yaml", "[]"}}))
            .starts_with("shop/model/a.yaml: a module has module.yaml"));
  CHECK(failure(shop({{"data/deep/a.yaml", "[]"}})).starts_with("shop/data/deep/a.yaml: "));
  CHECK(failure(shop({{"README.md", "text"}, {"static/page.html", "<p>"}})) == "(no error)");
}

TEST_CASE("modules: defaults have the type of their field") {
  orm::Module module = read(shop());
  CHECK(field(module, "name").fallback->text() == "12345");
  CHECK(field(module, "name").size == 20);
  CHECK(field(module, "count").fallback->as_integer() == 7);
  CHECK(field(module, "price").fallback->as_real() == 0.01);
  CHECK(field(module, "price").scale == 6);
  CHECK(to_string(field(module, "total").fallback->as_decimal()) == "1.50");
  CHECK(field(module, "is_new").fallback->is_true());
  CHECK(field(module, "made").fallback->is_unset());
  CHECK(field(module, "owner").fallback_expression == "uid");
  CHECK(field(module, "other_id").fallback_references == std::vector<std::string>{"shop.first"});
  CHECK(field(module, "more_ids").fallback_references ==
        std::vector<std::string>{"shop.first", "base.x"});
  CHECK(field(module, "other_id").on_delete == orm::Reference::OnDelete::restrict);
  CHECK(module.models.models.front().uniques.front().message == "Once!");
}

TEST_CASE("modules: a default that does not fit its field is refused") {
  CHECK(field_failure("{type: integer, default: many}") ==
        "shop/models/a.yaml:4: x must be a whole number");
  CHECK(field_failure("{type: integer, default: \"7\"}") ==
        "shop/models/a.yaml:4: x must be a whole number");
  CHECK(field_failure("{type: boolean, default: yes}") ==
        "shop/models/a.yaml:4: x must be true or false");
  CHECK(field_failure("{type: float, default: much}") ==
        "shop/models/a.yaml:4: x: 'much' is no float");
  CHECK(field_failure("{type: selection, selection: [[a, A]], default: b}") ==
        "shop/models/a.yaml:4: x: 'b' is none of the values");
  CHECK(field_failure("{type: many2one, relation: shop.item, default: \"a-b\"}") ==
        "shop/models/a.yaml:4: 'a-b' is no external id");
  CHECK(field_failure("{type: integer, default: {expr: \"1 +\"}}")
            .starts_with("shop/models/a.yaml:4: no expression: "));
  CHECK(field_failure("{type: integer, default: 1, default_expr: uid}") ==
        "shop/models/a.yaml:4: x: default and default_expr exclude each other");
  CHECK(field_failure("{type: integer, default_expr: uid}") == "(no error)");
}

TEST_CASE("modules: a field with unknown, missing or foreign keys is refused") {
  CHECK(field_failure("{type: chars}") == "shop/models/a.yaml:4: x: unknown type 'chars'");
  CHECK(field_failure("{string: X}") == "shop/models/a.yaml:4: field x: key 'type' is missing");
  CHECK(field_failure("{type: char, sise: 3}") ==
        "shop/models/a.yaml:4: field x: unknown key 'sise'");
  CHECK(field_failure("{type: text, size: 3}") == "shop/models/a.yaml:4: x: a text has no 'size'");
  CHECK(field_failure("{type: many2one}") ==
        "shop/models/a.yaml:4: x: a many2one needs 'relation'");
  CHECK(field_failure("{type: one2many, relation: a.b}") ==
        "shop/models/a.yaml:4: x: a one2many needs 'inverse'");
  CHECK(field_failure("{type: many2one, relation: a.b, required: true}") ==
        "shop/models/a.yaml:4: x: a required many2one needs ondelete restrict or cascade");
  CHECK(field_failure("{type: many2one, relation: a.b, ondelete: maybe}") ==
        "shop/models/a.yaml:4: x: ondelete is set null, restrict or cascade, not 'maybe'");
  CHECK(field_failure("{type: selection, selection: [[a, A], [a, B]]}") ==
        "shop/models/a.yaml:4: x: selection value 'a' occurs twice");
  CHECK(field_failure("{type: selection, selection: [[a]]}") ==
        "shop/models/a.yaml:4: x: a selection pair is [value, label]");
  CHECK(field_failure("{type: float, digits: [2, 3]}").find("digits are at most 30") !=
        std::string::npos);
  CHECK(field_failure("{type: char, required: yes}") ==
        "shop/models/a.yaml:4: 'required' must be true or false");
  CHECK(field_failure("char") == "shop/models/a.yaml:4: field x: a map is expected");
}

TEST_CASE("modules: flags and groups of a field are read") {
  orm::Module module =
      read({{"module.yaml", head},
            {"models/a.yaml",
             "- model: shop.item\n  description: Item\n  fields:\n"
             "    x: {type: char, write_only: true, copy: false, groups: 'one, base.two'}\n"}});
  const orm::FieldSpec& x = field(module, "x");
  CHECK(x.is_write_only);
  CHECK(x.is_copied == std::optional<bool>(false));
  CHECK(x.groups == std::vector<std::string>{"shop.one", "base.two"});
}

TEST_CASE("modules: a model with faults is refused") {
  auto of = [](const std::string& text) {
    return failure({{"module.yaml", head}, {"models/a.yaml", text}});
  };
  CHECK(of("- model: Shop\n  description: x\n") == "shop/models/a.yaml:1: 'Shop' is no model name");
  CHECK(of("- model: shop.item\n") == "shop/models/a.yaml:1: model: key 'description' is missing");
  CHECK(of("- model: a.b\n  inherit: a.b\n  description: x\n") ==
        "shop/models/a.yaml:1: a model has either 'model' or 'inherit'");
  CHECK(of("- model: a.b\n  description: x\n  table: t\n") ==
        "shop/models/a.yaml:3: model: unknown key 'table'");
  CHECK(of("- {model: a.b, description: x}\n- {model: a.b, description: x}\n") ==
        "shop/models/a.yaml:2: model 'a.b' exists already");
  CHECK(of("- {inherit: a.b}\n").find("no module it depends on defines it") != std::string::npos);
  CHECK(of("- {model: a.b, description: x, fields: {Name: {type: char}}}\n") ==
        "shop/models/a.yaml:1: 'Name' is no field name");
  CHECK(of("- {model: a.b, description: x, constraints: [{name: u, unique: [], message: m}]}\n") ==
        "shop/models/a.yaml:1: constraint u: unique names no field");
}

TEST_CASE("modules: records keep texts as written and qualify external ids") {
  orm::Module module = read(
      shop({{"data/a.yaml", R"(- id: first
  model: shop.item
  db_id: 7
  values: {name: 12345, made: 2030-03-04, other_id: null, owner: base.be, more_ids: [first, base.fr], price: 2}
- model: shop.item
  noupdate: true
  columns: [id, name, other_id, is_new]
  rows:
  - [second, no, first, false]
  - [other.third, "yes", null, true]
)"},
            {"demo/a.yaml",
             "- {id: d, model: shop.item, values: {extra: {a: [1, 2.5, true, text, null]}}}"}}));
  REQUIRE(module.data.size() == 3);
  const orm::DataRow& first = module.data[0];
  CHECK(first.external_id == "shop.first");
  CHECK(first.id == 7);
  CHECK_FALSE(first.is_fixed);
  CHECK(first.values->find("name")->text() == "12345");
  CHECK(first.values->find("made")->text() == "2030-03-04");
  CHECK(first.values->find("other_id")->is_null());
  CHECK(first.values->find("owner")->text() == "base.be");
  CHECK(first.values->find("more_ids")->items()[0].text() == "shop.first");
  CHECK(first.values->find("price")->as_real() == 2);
  CHECK(module.data[1].is_fixed);
  CHECK(module.data[1].values->find("name")->text() == "no");
  CHECK(module.data[1].values->find("other_id")->text() == "shop.first");
  CHECK(module.data[2].external_id == "other.third");
  REQUIRE(module.demo.size() == 1);
  CHECK(module.demo[0].values->find("extra")->find("a")->items()[1].as_real() == 2.5);
}

TEST_CASE("modules: records with faults are refused") {
  CHECK(data_failure("- {model: shop.item, values: {}}") ==
        "shop/data/a.yaml:1: record: key 'id' is missing");
  CHECK(data_failure("- {id: a, model: shop.thing, values: {}}") ==
        "shop/data/a.yaml:1: 'shop.thing' is no model of this module or of one it depends on");
  CHECK(data_failure("- {id: a, model: shop.item, values: {nam: x}}") ==
        "shop/data/a.yaml:1: shop.item has no field 'nam'");
  CHECK(data_failure("- {id: a, model: shop.item, values: {}, nodate: true}") ==
        "shop/data/a.yaml:1: record: unknown key 'nodate'");
  CHECK(data_failure("- {id: a, model: shop.item, db_id: 0, values: {}}") ==
        "shop/data/a.yaml:1: 'db_id' is a number from 1");
  CHECK(data_failure("- {id: a b, model: shop.item, values: {}}") ==
        "shop/data/a.yaml:1: 'a b' is no external id");
  CHECK(data_failure("- {id: a, model: shop.item, values: {more_ids: first}}") ==
        "shop/data/a.yaml:1: more_ids: 'first' is no many2many");
  CHECK(data_failure(
            "- {id: a, model: shop.item, values: {}}\n- {id: a, model: shop.item, values: {}}") ==
        "module shop defines external id 'shop.a' twice");
  CHECK(data_failure("- model: shop.item\n  columns: [id, name]\n  rows:\n  - [a]") ==
        "shop/data/a.yaml:4: a row has 2 values, as there are columns");
  CHECK(data_failure("- {model: shop.item, columns: [name], rows: []}") ==
        "shop/data/a.yaml:1: column 'id' is missing");
  CHECK(data_failure("- {model: shop.item, columns: [id, id], rows: []}") ==
        "shop/data/a.yaml:1: column 'id' occurs twice");
}

TEST_CASE("modules: a json value that refers to itself many times is refused") {
  std::string bomb =
      "- id: a\n  model: shop.item\n  values:\n    extra:\n    - &a [1, 1, 1, 1, 1, 1, 1, 1, 1, "
      "1]\n";
  for (char name = 'b'; name < 'h'; ++name) {
    std::string before(1, static_cast<char>(name - 1));
    bomb += std::string("    - &") + name + " [";
    for (int i = 0; i < 10; ++i) bomb += (i > 0 ? ", *" : "*") + before;
    bomb += "]\n";
  }
  CHECK(data_failure(bomb).find("a json value is nested or repeated too much") !=
        std::string::npos);
}

TEST_CASE("modules: access rows become records of ir.model.access") {
  orm::Module module = read(shop(
      {{"access.yaml",
        R"(- {id: a, name: A, model: shop.item, group: users, read: 1, write: 0, create: 0, unlink: 0}
- {id: b, name: B, model: shop.item, group: null, read: 1, write: 1, create: true, unlink: false}
)"}}));
  REQUIRE(module.data.size() == 2);
  CHECK(module.data[0].model == "ir.model.access");
  CHECK(module.data[0].external_id == "shop.a");
  CHECK(module.data[0].values->find("model_id")->text() == "model:shop.item");
  CHECK(module.data[0].values->find("group_id")->text() == "shop.users");
  CHECK(module.data[0].values->find("perm_read")->is_true());
  CHECK(module.data[0].values->find("perm_write")->is_false());
  CHECK(module.data[1].values->find("group_id")->is_null());
  auto of = [](const std::string& row) { return failure(shop({{"access.yaml", row}})); };
  CHECK(of("- {id: a, name: A, model: shop.item, group: g, read: 1}") ==
        "shop/access.yaml:1: access: key 'write' is missing");
  CHECK(of("- {id: a, name: A, model: shop.item, read: 1, write: 0, create: 0, unlink: 0}") ==
        "shop/access.yaml:1: access: key 'group' is missing");
  CHECK(of("- {id: a, name: A, model: shop.item, group: g, read: 2, write: 0, create: 0, unlink: "
           "0}") == "shop/access.yaml:1: read must be true or false");
}

TEST_CASE("modules: rules become records of ir.rule") {
  orm::Module module = read(shop(
      {{"rules.yaml",
        R"(- {id: r, name: R, model: shop.item, domain: "[('id', '=', user.id)]", groups: [g, base.h], unlink: false}
- {id: s, name: S, model: shop.item, domain: "[]", groups: []}
)"}}));
  REQUIRE(module.data.size() == 2);
  CHECK(module.data[0].model == "ir.rule");
  CHECK(module.data[0].values->find("domain_force")->text() == "[('id', '=', user.id)]");
  CHECK(module.data[0].values->find("groups")->items()[0].text() == "shop.g");
  CHECK(module.data[0].values->find("groups")->items()[1].text() == "base.h");
  CHECK(module.data[0].values->find("perm_read")->is_true());
  CHECK(module.data[0].values->find("perm_unlink")->is_false());
  CHECK(module.data[1].values->find("groups")->size() == 0);
  CHECK(failure(shop({{"rules.yaml", "- {id: r, name: R, model: shop.item, domain: \"[(\"}"}}))
            .starts_with("shop/rules.yaml:1: no expression: "));
}

TEST_CASE("modules: models of modules below can be extended and filled") {
  Modules below;
  below.emplace("shop", read(shop()));
  std::string top = "name: more\ntitle: More\nversion: \"1.0\"\ndepends: [shop]\n";
  orm::Module more = read(
      {{"module.yaml", top},
       {"models/a.yaml",
        "- {inherit: shop.item, fields: {extra_id: {type: many2one, relation: shop.item}}}"},
       {"data/a.yaml", "- {id: x, model: shop.item, values: {other_id: shop.first, extra_id: y}}"}},
      below);
  CHECK(more.models.models.front().is_extension);
  CHECK(more.data.front().values->find("other_id")->text() == "shop.first");
  CHECK(more.data.front().values->find("extra_id")->text() == "more.y");
  CHECK(
      failure({{"module.yaml", top}, {"models/a.yaml", "- {model: shop.item, description: Again}"}},
              below)
          .find("use 'inherit'") != std::string::npos);
}

TEST_CASE("modules: the schema hash follows the models and nothing else") {
  std::string before = read(shop()).schema_hash;
  CHECK(read(shop({{"data/a.yaml", "- {id: a, model: shop.item, values: {}}"}})).schema_hash ==
        before);
  CHECK(read(shop({{"models/b.yaml", "- {model: shop.other, description: Other}"}})).schema_hash !=
        before);
}
