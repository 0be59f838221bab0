// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/type.hpp"

#include <doctest/doctest.h>

#include "parley/registry/schema.hpp"

using namespace parley;

TEST_CASE("type: names are the words of the type table and of XML-RPC") {
  struct Row {
    Type type;
    std::string_view name, xml_rpc;
  };
  const Row rows[] = {{Type::any(), "any", "any"},
                      {Type::boolean(), "bool", "boolean"},
                      {Type::integer(), "int", "int"},
                      {Type::real(), "float", "double"},
                      {Type::decimal(), "decimal", "string"},
                      {Type::string(), "str", "string"},
                      {Type::bytes(), "bytes", "base64"},
                      {Type::datetime(), "datetime", "dateTime.iso8601"},
                      {Type::list(), "list", "array"},
                      {Type::dict(), "dict", "struct"},
                      {Type::enumeration({{"a", 1}}), "enum", "string"},
                      {Type::structure("p", {}), "struct", "struct"}};
  for (const Row& row : rows) {
    CHECK(row.type.name() == row.name);
    CHECK(row.type.xml_rpc_name() == row.xml_rpc);
  }
}

TEST_CASE("schema: a list says what its items are") {
  Arena arena;
  Value schema = Type::list(Type::date()).json_schema(arena);
  CHECK(schema.find("type")->text() == "array");
  CHECK(schema.find("items")->find("format")->text() == "date");
}

TEST_CASE("schema: anything is the empty schema") {
  Arena arena;
  CHECK(Type::any().json_schema(arena).size() == 0);
}

TEST_CASE("schema: an enumeration lists its names") {
  Arena arena;
  Value schema = Type::enumeration({{"red", 1}, {"green", 2}}).json_schema(arena);
  CHECK(schema.find("enum")->items()[1].text() == "green");
}

TEST_CASE("schema: parameters carry help and default, and name the required ones") {
  Arena arena;
  Method method;
  method.parameters.push_back({"id", "Which one.", Type::integer()});
  method.parameters.push_back({"lang", "", Type::string(), false, OwnedValue(Value::string("en"))});
  Value schema = parameters_schema(method, arena);
  CHECK(schema.find("type")->text() == "object");
  CHECK(schema.find("properties")->find("id")->find("description")->text() == "Which one.");
  CHECK(schema.find("properties")->find("lang")->find("default")->text() == "en");
  REQUIRE(schema.find("required")->size() == 1);
  CHECK(schema.find("required")->items()[0].text() == "id");
  CHECK(schema.find("additionalProperties")->is_false());
}
