// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sql/render.hpp"

#include <doctest/doctest.h>

using namespace parley;
using namespace parley::orm;
using sql::Statement;

namespace {

// A dialect whose every decision can be seen in the text.
class Plain final : public sql::Dialect {
 public:
  void placeholder(std::string& out, std::size_t number) const override {
    out += "$" + std::to_string(number);
  }
  void no_index(std::string& out) const override { out += "~"; }
  void constant(std::string& out, bool value) const override { out += value ? "TRUE" : "FALSE"; }
  void in_array(std::string& out, std::size_t, ColumnType, std::size_t number) const override {
    out += " = ANY($" + std::to_string(number) + ")";
  }
  void select_array(std::string& out, std::size_t number) const override {
    out += "SELECT unnest($" + std::to_string(number) + ")";
  }
  void as_text(std::string& out, std::size_t from, ColumnType type) const override {
    if (type == ColumnType::text) return;
    out.insert(from, "text(");
    out += ')';
  }
  void match(std::string& out, std::size_t, std::size_t number, bool is_folded) const override {
    out += (is_folded ? " ILIKE $" : " LIKE $") + std::to_string(number);
  }
};

std::string text_of(const Query& query) {
  Statement out;
  REQUIRE(sql::render(query, Plain{}, out));
  return out.text;
}

std::string where_of(const Condition& condition) {
  Query query{.table = "book"};
  query.where = condition;
  auto text = text_of(query);
  auto at = text.find(" WHERE ");
  return at == std::string::npos ? "" : text.substr(at + 7);
}

const Column id{0, "id", ColumnType::integer};
const Column title{0, "title", ColumnType::text};

}  // namespace

TEST_CASE("sql: a query is rendered whole, with its parameters in order") {
  Condition parts[2];
  parts[0] = {.kind = Condition::Kind::compare, .op = Condition::Op::ge, .column = id};
  parts[0].value = Value::integer(7);
  parts[1] = {.kind = Condition::Kind::match, .is_folded = true, .column = title};
  parts[1].value = Value::string("%a%");
  Query query{.table = "book"};
  query.selected = {{id}, {{1, "name", ColumnType::text}}};
  query.joins = {{1, "author", "id", {0, "author_id"}}};
  query.where = {.kind = Condition::Kind::all, .parts = parts};
  query.order = {{title, true}, {id}};
  query.limit = 80;
  Statement out;
  REQUIRE(sql::render(query, Plain{}, out));
  CHECK(
      out.text ==
      "SELECT t0.\"id\", t1.\"name\" FROM \"book\" AS t0 LEFT JOIN \"author\" AS t1 ON t1.\"id\" = "
      "t0.\"author_id\" WHERE (t0.\"id\" >= $1 AND t0.\"title\" ILIKE $2) ORDER BY t0.\"title\" "
      "DESC NULLS FIRST, t0.\"id\" LIMIT $3 OFFSET $4");
  REQUIRE(out.parameters.size() == 4);
  CHECK(out.parameters[0].value.as_integer() == 7);
  CHECK(out.parameters[1].value.text() == "%a%");
  CHECK(out.parameters[2].value.as_integer() == 80);
  CHECK(out.parameters[3].value.as_integer() == 0);
}

TEST_CASE("sql: an offset passes over ids alone, and a broad column asks for no index") {
  Query query{.table = "book"};
  query.selected = {{id}, {{1, "name", ColumnType::text}}};
  query.joins = {{1, "author", "id", {0, "author_id"}}};
  query.where = {.kind = Condition::Kind::compare, .column = {0, "active", ColumnType::boolean, true}};
  query.where.value = Value::boolean(true);
  query.order = {{id}};
  query.offset = 20;
  CHECK(text_of(query) ==
        "SELECT t0.\"id\", t1.\"name\" FROM (SELECT t0.\"id\" AS id FROM \"book\" AS t0 LEFT JOIN "
        "\"author\" AS t1 ON t1.\"id\" = t0.\"author_id\" WHERE ~t0.\"active\" = $1 ORDER BY t0.\"id\" "
        "LIMIT $2 OFFSET $3) AS page JOIN \"book\" AS t0 ON t0.\"id\" = page.id LEFT JOIN \"author\" AS "
        "t1 ON t1.\"id\" = t0.\"author_id\" ORDER BY t0.\"id\"");
}

TEST_CASE("sql: groups and aggregates") {
  Query query{.table = "book"};
  query.selected = {
      {title}, {{}, Aggregate::count}, {id, Aggregate::count_distinct}, {id, Aggregate::sum}};
  query.group = {title};
  query.order = {{id}};
  CHECK(text_of(query) ==
        "SELECT t0.\"title\", COUNT(*), COUNT(DISTINCT t0.\"id\"), SUM(t0.\"id\") FROM \"book\" AS "
        "t0 "
        "GROUP BY t0.\"title\" ORDER BY t0.\"id\" NULLS LAST");
}

TEST_CASE("sql: every condition has its text") {
  Value one[] = {Value::integer(1)}, two[] = {Value::integer(1), Value::integer(2)};
  Value gap[] = {Value::null(), Value::integer(2)};
  Query inner{.table = "loan", .alias = 5};
  using K = Condition::Kind;
  Condition null{.kind = K::is_null, .column = title};
  Condition in_one{.kind = K::in, .column = id, .value = Value::list(one)};
  Condition in_two{.kind = K::in, .column = id, .value = Value::list(two)};
  Condition in_gap{.kind = K::in, .column = id, .value = Value::list(gap)};
  Condition in_none{.kind = K::in, .column = id, .value = Value::list({})};
  Condition tree{
      .kind = K::in_tree, .column = id, .value = Value::list(two), .table = "cat", .parent = "up"};
  Condition up = tree;
  up.direction = Condition::Direction::ancestors;
  Condition day{
      .kind = K::match, .column = {0, "day", ColumnType::date}, .value = Value::string("2026%")};
  Condition same{.kind = K::same, .column = id, .other = {5, "book_id"}};
  CHECK(where_of({}) == "");
  CHECK(where_of({.kind = K::all}) == "");
  CHECK(where_of({.kind = K::any}) == "FALSE");
  CHECK(where_of({.is_true = false}) == "FALSE");
  CHECK(where_of(null) == "t0.\"title\" IS NULL");
  CHECK(where_of({.kind = K::negation, .parts = {&null, 1}}) == "t0.\"title\" IS NOT NULL");
  CHECK(where_of({.kind = K::negation, .parts = {&same, 1}}) ==
        "(t0.\"id\" = t5.\"book_id\") IS NOT TRUE");
  CHECK(where_of(in_none) == "FALSE");
  CHECK(where_of(in_one) == "t0.\"id\" = $1");
  CHECK(where_of(in_gap) == "t0.\"id\" = $1");
  CHECK(where_of(in_two) == "t0.\"id\" = ANY($1)");
  CHECK(where_of(day) == "text(t0.\"day\") LIKE $1");
  CHECK(where_of(same) == "t0.\"id\" = t5.\"book_id\"");
  CHECK(where_of({.kind = K::exists, .query = &inner}) == "EXISTS (SELECT 1 FROM \"loan\" AS t5)");
  CHECK(where_of({.kind = K::in_query, .column = id, .query = &inner}) ==
        "t0.\"id\" IN (SELECT 1 FROM \"loan\" AS t5)");
  CHECK(where_of(tree) ==
        "t0.\"id\" IN (WITH RECURSIVE tree(id) AS (SELECT unnest($1) UNION SELECT node.\"id\" FROM "
        "\"cat\" AS node JOIN tree ON node.\"up\" = tree.id) SELECT id FROM tree)");
  CHECK(
      where_of(up) ==
      "t0.\"id\" IN (WITH RECURSIVE tree(id) AS (SELECT unnest($1) UNION SELECT node.\"up\" FROM "
      "\"cat\" AS node JOIN tree ON node.\"id\" = tree.id WHERE node.\"up\" IS NOT NULL) SELECT id "
      "FROM tree)");
}

TEST_CASE("sql: lists of different lengths share one text") {
  std::vector<Value> few(3, Value::integer(1)), many(3000, Value::integer(1));
  Condition a{.kind = Condition::Kind::in, .column = id, .value = Value::list(few)};
  Condition b{.kind = Condition::Kind::in, .column = id, .value = Value::list(many)};
  CHECK(where_of(a) == where_of(b));
}

TEST_CASE("sql: insert, update and remove") {
  Statement out;
  Column columns[] = {id, title};
  Value values[] = {Value::integer(1), Value::string("x")};
  Insert insert{"link", columns, values, true};
  sql::render(insert, 2, Plain{}, out);
  CHECK(
      out.text ==
      "INSERT INTO \"link\" (\"id\", \"title\") VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
  Update update{
      "book", 3, columns, values, {.kind = Condition::Kind::is_null, .column = {3, "due"}}};
  REQUIRE(sql::render(update, Plain{}, out));
  CHECK(out.text ==
        "UPDATE \"book\" AS t3 SET \"id\" = $1, \"title\" = $2 WHERE t3.\"due\" IS NULL");
  CHECK(out.parameters.size() == 2);
  Remove remove{"book", 0, {}};
  REQUIRE(sql::render(remove, Plain{}, out));
  CHECK(out.text == "DELETE FROM \"book\" AS t0");
}

TEST_CASE("sql: a quote in a name cannot end the name") {
  std::string out;
  sql::append_identifier(out, "a\"; drop table b; --\"");
  CHECK(out == "\"a\"\"; drop table b; --\"\"\"");
}

TEST_CASE("sql: nesting up to the limit is rendered, one level more is too large") {
  auto nested = [](int levels, Statement& out) {
    std::vector<Condition> chain(static_cast<std::size_t>(levels));
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
      chain[i].kind = Condition::Kind::negation;
      chain[i].parts = {&chain[i + 1], 1};
    }
    Query query{.table = "book"};
    query.where = chain[0];
    return sql::render(query, Plain{}, out);
  };
  Statement out;
  CHECK(nested(sql::depth_max - 1, out));
  auto refused = nested(sql::depth_max, out);
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::too_large);
}

TEST_CASE("sql: a long chain is split so that it is not as deep as it is long") {
  std::vector<Condition> parts(10'000);
  for (auto& part : parts) part = {.kind = Condition::Kind::is_null, .column = id};
  auto text = where_of({.kind = Condition::Kind::any, .parts = parts});
  CHECK(text.starts_with("((((((("));
}
