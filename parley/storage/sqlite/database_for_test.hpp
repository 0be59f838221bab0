// SPDX-License-Identifier: Apache-2.0
// What the tests of this folder share: a directory that goes away, a few tables, short words.
#pragma once
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <thread>

#include "parley/storage/sqlite/engine.hpp"

namespace parley::sqlite::test {

using namespace orm;

class Directory {
 public:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "parley-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~Directory() { std::filesystem::remove_all(path); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string path;
};

template <class T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().message << " | " << result.error().cause);
  return std::move(result).value();
}
inline void must(Result<void> result) {
  if (!result) FAIL(result.error().message << " | " << result.error().cause);
}
template <class T>
Error error_in(Result<T> result) {
  REQUIRE(!result.has_value());
  return std::move(result).error();
}

inline const Column id{0, "id", ColumnType::integer};
inline const Column title{0, "title", ColumnType::text};

/// author(id, name unique), book(id, title, author_id -> author, price, day, seen, is_out, note).
inline void define_library(Store& store) {
  auto work = must(store.begin(Mode::exclusive, no_deadline));
  TableSpec author{"author", {{"name", ColumnType::text}}, {}, {{"name", {"name"}}}};
  TableSpec book{"book",
                 {{"title", ColumnType::text},
                  {"author_id", ColumnType::integer, 0,
                   Reference{"author", Reference::OnDelete::restrict}, true},
                  {"price", ColumnType::decimal, 2},
                  {"day", ColumnType::date},
                  {"seen", ColumnType::datetime},
                  {"is_out", ColumnType::boolean},
                  {"weight", ColumnType::real},
                  {"cover", ColumnType::blob}}};
  TableSpec link{"book_tag",
                 {{"book_id", ColumnType::integer}, {"tag_id", ColumnType::integer}},
                 {"book_id", "tag_id"}};
  must(work->define(author));
  must(work->define(book));
  must(work->define(link));
  must(work->commit());
}

/// Inserts a book with a fresh id, which it gives.
inline Result<std::int64_t> add_book(Transaction& work, std::string_view name) {
  PARLEY_TRY(auto fresh, work.allocate_ids("book", 1));
  Column columns[] = {id, title};
  Value values[] = {Value::integer(fresh), Value::string(name)};
  PARLEY_CHECK(work.insert({"book", columns, values}));
  return fresh;
}

inline std::int64_t count(Transaction& work, std::string_view table = "book") {
  Query query{.table = table};
  query.selected = {{{}, Aggregate::count}};
  auto rows = must(work.query(query));
  REQUIRE(must(rows->step()));
  return rows->cell(0).integer;
}

inline std::int64_t count(Store& store, std::string_view table = "book") {
  auto work = must(store.begin(Mode::read, no_deadline));
  return count(*work, table);
}

/// Adds `rows` books of one title in one transaction.
inline void fill(Store& store, int rows) {
  auto work = must(store.begin(Mode::write, no_deadline));
  for (int i = 0; i < rows; ++i) must(add_book(*work, "same"));
  must(work->commit());
}

/// A library on a directory of its own.
struct Library {
  explicit Library(const Options& options = {}, const Limits& limits = {})
      : engine(directory.path, limits, options), store(must(engine.create("library"))) {
    define_library(*store);
  }
  std::unique_ptr<Transaction> begin(Mode mode, Deadline deadline = no_deadline) {
    return must(store->begin(mode, deadline));
  }
  std::string file() const { return directory.path + "/library.sqlite"; }
  Directory directory;
  SqliteEngine engine;
  std::unique_ptr<Store> store;
};

/// Waits for other threads without a clock.
template <class Condition>
void spin_until(Condition condition) {
  while (!condition()) std::this_thread::yield();
}

}  // namespace parley::sqlite::test
