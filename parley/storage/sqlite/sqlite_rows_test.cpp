// SPDX-License-Identifier: Apache-2.0
// Rows in and out: values, conditions, ids, epochs, constraints.
#include <algorithm>

#include "parley/storage/sqlite/database_for_test.hpp"

using namespace parley;
using namespace parley::sqlite::test;

namespace {

std::vector<std::int64_t> ids_where(Transaction& work, const Condition& where) {
  Query query{.table = "book"};
  query.selected = {{id}};
  query.where = where;
  query.order = {{id}};
  auto rows = must(work.query(query));
  std::vector<std::int64_t> found;
  while (must(rows->step())) found.push_back(rows->cell(0).integer);
  return found;
}

using Ids = std::vector<std::int64_t>;
using K = Condition::Kind;

}  // namespace

TEST_CASE("sqlite: every column type comes back as it was written") {
  Library library;
  Arena arena;
  auto work = library.begin(Mode::write);
  Column columns[] = {id,
                      title,
                      {0, "price"},
                      {0, "day"},
                      {0, "seen"},
                      {0, "is_out"},
                      {0, "weight"},
                      {0, "cover"},
                      {0, "author_id"}};
  Value values[] = {Value::integer(7),
                    Value::string("Émile\0x"),
                    Value::decimal({1250, 2}, arena),
                    Value::date(Date{20000}),
                    Value::datetime(DateTime{.micros = -1}),
                    Value::boolean(true),
                    Value::real(0.5),
                    Value::bytes(std::string_view("\0\xff", 2)),
                    Value::null()};
  must(work->insert({"book", columns, values}));
  Query query{.table = "book"};
  for (const auto& column : columns) query.selected.push_back({column});
  auto rows = must(work->query(query));
  REQUIRE(must(rows->step()));
  CHECK(rows->cell(0).integer == 7);
  CHECK(rows->cell(1).text == "Émile");
  CHECK(rows->cell(2).integer == 1250);
  CHECK(rows->cell(3).integer == 20000);
  CHECK(rows->cell(4).integer == -1);
  CHECK(rows->cell(5).integer == 1);
  CHECK(rows->cell(6).real == 0.5);
  CHECK(rows->cell(7).kind == Cell::Kind::blob);
  CHECK(rows->cell(7).text == std::string_view("\0\xff", 2));
  CHECK(rows->cell(8).kind == Cell::Kind::null);
  CHECK(!must(rows->step()));
  CHECK(!must(rows->step()));
}

TEST_CASE("sqlite: conditions select what they say") {
  Library library;
  auto work = library.begin(Mode::write);
  Column columns[] = {
      id, title, {0, "day", ColumnType::date}, {0, "is_out", ColumnType::boolean}, {0, "cover"}};
  Value values[] = {Value::integer(1),
                    Value::string("Ärger"),
                    Value::date(Date{0}),
                    Value::boolean(false),
                    Value::bytes("a"),
                    Value::integer(2),
                    Value::string("ärger_2"),
                    Value::date(Date{365}),
                    Value::boolean(true),
                    Value::bytes("b"),
                    Value::integer(3),
                    Value::null(),
                    Value::null(),
                    Value::null(),
                    Value::bytes("c")};
  must(work->insert({"book", columns, values}));
  auto match = [&](Column column, std::string_view pattern, bool is_folded) {
    return ids_where(*work, {.kind = K::match,
                             .is_folded = is_folded,
                             .column = column,
                             .value = Value::string(pattern)});
  };
  CHECK(match(title, "ä%", true) == Ids{1, 2});
  CHECK(match(title, "ä%", false) == Ids{2});
  CHECK(match(title, "%\\_%", false) == Ids{2});
  CHECK(match(title, "%\\_%", true) == Ids{2});
  CHECK(match(columns[2], "1971-%", true) == Ids{2});
  CHECK(match(columns[3], "TRUE", true) == Ids{2});
  CHECK(match(id, "3", false) == Ids{3});
  Condition null{.kind = K::is_null, .column = title};
  CHECK(ids_where(*work, null) == Ids{3});
  CHECK(ids_where(*work, {.kind = K::negation, .parts = {&null, 1}}) == Ids{1, 2});
  Condition named{.kind = K::compare, .column = title, .value = Value::string("Ärger")};
  CHECK(ids_where(*work, {.kind = K::negation, .parts = {&named, 1}}) == Ids{2, 3});
  Value texts[] = {Value::string("Ärger"), Value::string("\"\\\n"), Value::null()};
  CHECK(ids_where(*work, {.kind = K::in, .column = title, .value = Value::list(texts)}) == Ids{1});
  Value octets[] = {Value::bytes("a"), Value::bytes("c")};
  CHECK(ids_where(*work, {.kind = K::in,
                          .column = {0, "cover", ColumnType::blob},
                          .value = Value::list(octets)}) == Ids{1, 3});
  Value days[] = {Value::date(Date{0}), Value::date(Date{365})};
  CHECK(ids_where(*work, {.kind = K::in, .column = columns[2], .value = Value::list(days)}) ==
        Ids{1, 2});
}

TEST_CASE("sqlite: a chain of ten thousand terms is not too deep") {
  Library library;
  auto work = library.begin(Mode::write);
  must(add_book(*work, "x"));
  std::vector<Condition> parts(10'000);
  for (std::size_t i = 0; i < parts.size(); ++i)
    parts[i] = {.kind = K::compare, .column = id, .value = Value::integer(static_cast<int>(i))};
  CHECK(ids_where(*work, {.kind = K::any, .parts = parts}) == Ids{1});
}

TEST_CASE("sqlite: a condition nested deeper than SQLite's parser is too large") {
  Library library;
  auto nested = [&](std::size_t levels) {
    std::vector<std::array<Condition, 2>> chain(levels);
    for (std::size_t i = 0; i < levels; ++i) {
      for (auto& part : chain[i]) part = {.kind = K::is_null, .column = title};
      if (i + 1 == levels) break;
      chain[i][1].kind = i % 2 == 0 ? K::all : K::any;
      chain[i][1].parts = chain[i + 1];
    }
    Query query{.table = "book"};
    query.where = {.kind = K::any, .parts = chain[0]};
    return library.begin(Mode::read)->query(query);
  };
  CHECK(nested(25));
  CHECK(error_in(nested(100)).code == Code::too_large);
}

TEST_CASE("sqlite: in_tree follows parents down and up, and survives a cycle") {
  Library library;
  {
    auto work = library.begin(Mode::exclusive);
    must(work->define({"book", {{"up", ColumnType::integer}}}));
    must(work->commit());
  }
  auto work = library.begin(Mode::write);
  Column columns[] = {id, {0, "up"}};
  auto row = [](int a, int b) {
    return std::array{Value::integer(a), b == 0 ? Value::null() : Value::integer(b)};
  };
  for (auto values : {row(1, 0), row(2, 1), row(3, 2), row(4, 0), row(5, 6), row(6, 5)})
    must(work->insert({"book", columns, values}));
  auto tree = [&](int seed, Condition::Direction direction) {
    Value seeds[] = {Value::integer(seed)};
    return ids_where(*work, {.kind = K::in_tree,
                             .direction = direction,
                             .column = id,
                             .value = Value::list(seeds),
                             .table = "book",
                             .parent = "up"});
  };
  CHECK(tree(1, Condition::Direction::descendants) == Ids{1, 2, 3});
  CHECK(tree(3, Condition::Direction::ancestors) == Ids{1, 2, 3});
  CHECK(tree(5, Condition::Direction::descendants) == Ids{5, 6});
}

TEST_CASE("sqlite: order by code point, nulls as asked, windows") {
  Library library;
  auto work = library.begin(Mode::write);
  for (auto name : {"b", "a", "B"}) must(add_book(*work, name));
  Column columns[] = {id};
  Value values[] = {Value::integer(must(work->allocate_ids("book", 1)))};
  must(work->insert({"book", columns, values}));
  auto ordered = [&](Ordering ordering, std::optional<std::int64_t> limit, std::int64_t offset) {
    Query query{.table = "book"};
    query.selected = {{id}};
    query.order = {ordering};
    query.limit = limit;
    query.offset = offset;
    auto rows = must(work->query(query));
    Ids found;
    while (must(rows->step())) found.push_back(rows->cell(0).integer);
    return found;
  };
  CHECK(ordered({title}, {}, 0) == Ids{3, 2, 1, 4});
  CHECK(ordered({title, true}, {}, 0) == Ids{4, 1, 2, 3});
  CHECK(ordered({title, false, Ordering::Nulls::first}, {}, 0) == Ids{4, 3, 2, 1});
  CHECK(ordered({title}, 2, 1) == Ids{2, 1});
  CHECK(ordered({title}, {}, 3) == Ids{4});
  CHECK(ordered({title}, 0, 0).empty());
}

TEST_CASE("sqlite: update and remove say how many rows they changed") {
  Library library;
  auto work = library.begin(Mode::write);
  for (auto name : {"a", "b", "c"}) must(add_book(*work, name));
  Value two[] = {Value::integer(1), Value::integer(2)};
  Condition some{.kind = K::in, .column = id, .value = Value::list(two)};
  Column columns[] = {title};
  Value values[] = {Value::string("z")};
  CHECK(must(work->update({"book", 0, columns, values, some})) == 2);
  CHECK(must(work->remove({"book", 0, some})) == 2);
  CHECK(must(work->remove({"book", 0, some})) == 0);
  CHECK(count(*work) == 1);
}

TEST_CASE("sqlite: ids are never reused, and an explicit id moves the counter") {
  Library library;
  {
    auto work = library.begin(Mode::write);
    CHECK(must(work->allocate_ids("book", 3)) == 1);
    CHECK(must(work->allocate_ids("book", 1)) == 4);
    CHECK(must(work->allocate_ids("author", 1)) == 1);
    Column columns[] = {id};
    Value values[] = {Value::integer(40)};
    must(work->insert({"book", columns, values}));
    must(work->remove({"book", 0, {}}));
    must(work->commit());
  }
  library.store.reset();
  library.store = must(library.engine.open("library"));
  auto work = library.begin(Mode::write);
  CHECK(must(work->allocate_ids("book", 1)) == 41);
}

TEST_CASE("sqlite: an epoch is 0 before it is advanced, and all see it after the commit") {
  Library library;
  auto work = library.begin(Mode::write);
  CHECK(must(work->epoch("schema")) == 0);
  must(work->advance_epoch("schema"));
  must(work->advance_epoch("schema"));
  CHECK(must(work->epoch("schema")) == 2);
  CHECK(must(library.begin(Mode::read)->epoch("schema")) == 0);
  must(work->commit());
  CHECK(must(library.begin(Mode::read)->epoch("schema")) == 2);
}

TEST_CASE("sqlite: broken constraints are conflicts that name table and column") {
  Library library;
  Column names[] = {{0, "name"}};
  Value same[] = {Value::string("Ann"), Value::string("Ann")};
  auto work = library.begin(Mode::write);
  auto unique = error_in(work->insert({"author", names, same}));
  CHECK(unique.code == Code::conflict);
  CHECK(unique.where == "unique:author.name");
  work = nullptr;
  work = library.begin(Mode::write);
  Column columns[] = {{0, "author_id"}};
  Value values[] = {Value::integer(99)};
  CHECK(error_in(work->insert({"book", columns, values})).where == "foreign_key:book");
  work = nullptr;
  work = library.begin(Mode::write);
  Column author_id[] = {id};
  Value one[] = {Value::integer(1)};
  must(work->insert({"author", author_id, one}));
  must(work->insert({"book", columns, one}));
  auto restricted = error_in(work->remove({"author", 0, {}}));
  CHECK(restricted.code == Code::conflict);
  CHECK(restricted.where == "foreign_key:author");
  work = nullptr;
  work = library.begin(Mode::write);
  Column half[] = {{0, "book_id"}};
  CHECK(error_in(work->insert({"book_tag", half, one})).where == "not_null:book_tag.tag_id");
  work = nullptr;
  work = library.begin(Mode::write);
  Column day[] = {{0, "day"}};
  CHECK(error_in(work->insert({"book", day, {same, 1}})).code == Code::invalid_argument);
}

TEST_CASE("sqlite: links that exist already are left alone when asked") {
  Library library;
  auto work = library.begin(Mode::write);
  Column columns[] = {{0, "book_id"}, {0, "tag_id"}};
  Value values[] = {Value::integer(1), Value::integer(2), Value::integer(1), Value::integer(2)};
  must(work->insert({"book_tag", columns, values, true}));
  CHECK(count(*work, "book_tag") == 1);
  CHECK(error_in(work->insert({"book_tag", columns, values, false})).where ==
        "unique:book_tag.book_id,book_tag.tag_id");
}

TEST_CASE("sqlite: numbers that fit no column are refused") {
  Library library;
  Arena arena;
  auto work = library.begin(Mode::write);
  Column columns[] = {{0, "price"}};
  Value values[] = {Value::decimal({static_cast<Int128>(INT64_MAX) + 1, 2}, arena)};
  CHECK(error_in(work->insert({"book", columns, values})).code == Code::invalid_argument);
}

TEST_CASE("sqlite: one text may run twice at a time, and rows may outlive their transaction") {
  Library library;
  auto work = library.begin(Mode::write);
  for (auto name : {"a", "b"}) must(add_book(*work, name));
  must(work->commit());
  work = library.begin(Mode::read);
  Query query{.table = "book"};
  query.selected = {{title}};
  query.order = {{id}};
  auto outer = must(work->query(query)), inner = must(work->query(query));
  REQUIRE(must(outer->step()));
  REQUIRE(must(inner->step()));
  REQUIRE(must(inner->step()));
  CHECK(outer->cell(0).text == "a");
  CHECK(inner->cell(0).text == "b");
  inner = nullptr;
  work = nullptr;
  CHECK(error_in(outer->step()).code == Code::internal);
}

TEST_CASE("sqlite: define adds what is missing and refuses another type") {
  Library library;
  auto work = library.begin(Mode::write);
  must(add_book(*work, "kept"));
  must(work->commit());
  work = library.begin(Mode::exclusive);
  TableSpec more{"book",
                 {{"title", ColumnType::text, 0, {}, true},
                  {"isbn", ColumnType::text},
                  {"editor_id", ColumnType::integer, 0, Reference{"author"}}},
                 {},
                 {{"isbn", {"isbn"}}}};
  must(work->define(more));
  must(work->define(more));
  more.uniques[0].columns = {"isbn", "title"};
  must(work->define(more));
  must(work->drop_column("book", "isbn"));
  must(work->drop_column("book", "editor_id"));
  must(work->drop_table("author"));
  CHECK(count(*work) == 1);
  must(work->commit());
  work = library.begin(Mode::exclusive);
  auto refused = error_in(work->define({"book", {{"title", ColumnType::integer}}}));
  CHECK(refused.code == Code::rejected);
  CHECK(refused.where == "book.title");
}

TEST_CASE("sqlite: more statements than are kept only cost time") {
  Library library({.statements_max = 4});
  auto work = library.begin(Mode::write);
  must(add_book(*work, "x"));
  for (std::uint16_t alias = 0; alias < 20; ++alias) {
    Query query{.table = "book", .alias = alias};
    query.selected = {{{alias, "title", ColumnType::text}}};
    auto rows = must(work->query(query));
    REQUIRE(must(rows->step()));
    CHECK(rows->cell(0).text == "x");
  }
}
