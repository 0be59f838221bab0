// SPDX-License-Identifier: Apache-2.0
// What scripts cannot say: installing twice, failing, reopening, growing, and what is too much.
#include <doctest/doctest.h>

#include "parley/domain/repr.hpp"
#include "parley/orm/database.hpp"
#include "parley/orm/install.hpp"
#include "parley/orm/records.hpp"
#include "tests/orm/bench.hpp"

namespace parley::orm::test {
namespace {

Module with_item(std::vector<std::string> fields, std::string hash) {
  Result<Script> prelude = read_script(PARLEY_SOURCE_DIR "/tests/orm/prelude.orm");
  REQUIRE(prelude.has_value());
  Module module = std::move(prelude->module);
  ModelSpec item;
  item.name = "t.item";
  for (std::string& name : fields) {
    FieldSpec field;
    field.name = std::move(name);
    field.type = "char";
    item.fields.push_back(std::move(field));
  }
  module.models.models.push_back(std::move(item));
  module.schema_hash = std::move(hash);
  return module;
}

Statement call(std::string word, std::string arguments) {
  Statement out;
  out.word = std::move(word);
  out.model = "t.item";
  out.arguments = std::move(arguments);
  return out;
}

std::string answer(Bench& bench, const Statement& step) {
  Arena arena;
  Result<Value> got = bench.call(step, 1, Value::null(), arena);
  return got ? domain::repr(*got) : std::string(odoo_class(got.error())) + ": " + got.error().message;
}

}  // namespace

TEST_CASE("install: a second time installs nothing") {
  Bench bench("sqlite", with_item({"name"}, "1"));
  REQUIRE(bench.open().has_value());
  std::string wanted[] = {"base"};
  Result<std::vector<std::string>> again = bench.database().install(wanted, false);
  REQUIRE(again.has_value());
  CHECK(again->empty());
  CHECK(bench.database().installed() == std::vector<std::string>{"base"});
}

TEST_CASE("install: a record that fails leaves nothing behind, and its name is told") {
  Module module = with_item({"name"}, "1");
  Arena arena;
  DictBuilder values(arena);
  values.set("nope", Value::integer(1));
  module.data.push_back({"base.broken", "t.item", OwnedValue(values.done())});
  Bench bench("sqlite", std::move(module));
  Result<void> opened = bench.open();
  REQUIRE(!opened.has_value());
  CHECK(opened.error().where == "base.broken");
  CHECK(opened.error().message.find("Invalid field 'nope'") != std::string::npos);
  CHECK(bench.database().installed().empty());
  CHECK(bench.database().snapshot()->schema->find("t.item") == nullptr);
}

TEST_CASE("install: an unknown module is named with who wants it") {
  Bench bench("sqlite", with_item({"name"}, "1"));
  REQUIRE(bench.open().has_value());
  std::string wanted[] = {"nowhere"};
  Result<std::vector<std::string>> done = bench.database().install(wanted, false);
  REQUIRE(!done.has_value());
  CHECK(done.error().code == Code::not_found);
}

TEST_CASE("database: a module whose models changed gets its columns when it is opened again") {
  Bench bench("sqlite", with_item({"name"}, "1"));
  REQUIRE(bench.open().has_value());
  CHECK(answer(bench, call("create", "{'name': 'kept'}")) == "1");
  REQUIRE(bench.reopen(with_item({"name", "note"}, "2")).has_value());
  CHECK(answer(bench, call("read", "[1], ['name', 'note']")) == "[{'id': 1, 'name': 'kept', 'note': False}]");
  CHECK(answer(bench, call("write", "[1], {'note': 'x'}")) == "True");
  REQUIRE(bench.reopen(with_item({"name", "note"}, "2")).has_value());
  CHECK(answer(bench, call("search", "[('note', '=', 'x')]")) == "[1]");
}

TEST_CASE("limits: too many ids, records and terms are refused by number") {
  Bench bench("sqlite", with_item({"name"}, "1"));
  REQUIRE(bench.open().has_value());
  std::string ids, rows, terms;
  for (int i = 0; i < 1501; ++i) {
    ids += "1,";
    rows += "{},";
  }
  for (int i = 0; i < 10'001; ++i) terms += "('id','=',1),";
  CHECK(answer(bench, call("read", "[" + ids + "]")).find("1501 ids, at most 1500") != std::string::npos);
  CHECK(answer(bench, call("unlink", "[" + ids + "]")).find("1501 ids, at most 1500") != std::string::npos);
  CHECK(answer(bench, call("create", "[" + rows + "]")).find("1501 records, at most 1500") != std::string::npos);
  CHECK(answer(bench, call("search", "[" + terms + "]")).find("10000") != std::string::npos);
}

TEST_CASE("limits: more rows than one chunk are read in order, collections too") {
  Bench bench("sqlite", with_item({"name"}, "1"));
  REQUIRE(bench.open().has_value());
  std::string rows, ids;
  for (int i = 1; i <= 1201; ++i) {
    rows += "{'name': 'x'},";
    ids += std::to_string(1202 - i) + ",";
  }
  answer(bench, call("create", "[" + rows + "]"));
  Arena arena(1 << 20);
  Result<Value> got = bench.call(call("read", "[" + ids + "], ['name']"), 1, Value::null(), arena);
  REQUIRE(got.has_value());
  REQUIRE(got->size() == 1201);
  CHECK(got->items()[0].find("id")->as_integer() == 1201);
  CHECK(got->items()[1200].find("id")->as_integer() == 1);
}

TEST_CASE("limits: paths and nested domains that are too deep are refused") {
  Bench bench("sqlite", with_item({"name"}, "1"));
  REQUIRE(bench.open().has_value());
  std::string path, nested = "[('id', '=', 1)]";
  for (int i = 0; i < 300; ++i) path += "create_uid.";
  for (int i = 0; i < 90; ++i) nested = "[('create_uid', 'any', " + nested + ")]";
  CHECK(answer(bench, call("search", "[('" + path + "id', '=', 1)]")).find("ValueError") == 0);
  std::string deep = answer(bench, call("search", nested));
  CHECK(deep.find("Error") != std::string::npos);
}

}  // namespace parley::orm::test
