// SPDX-License-Identifier: Apache-2.0
// Files that are newer, older, damaged or somebody else's: what open says of each.
#include <sqlite3.h>

#include <fstream>

#include "parley/storage/sqlite/database_for_test.hpp"
#include "parley/storage/sqlite/format.hpp"

using namespace parley;
using namespace parley::sqlite::test;
using parley::sqlite::Connection;
using parley::sqlite::FormatStep;
using parley::sqlite::upgrade_format;

namespace {

// A library with some books that is closed, for its file to be changed.
struct Closed : Library {
  Closed() {
    fill(*store, 200);
    store.reset();
  }
  void run(const char* text) const {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file().c_str(), &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, text, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(db);
  }
  Error refusal() { return error_in(engine.open("library")); }
  bool is_named_in(const Error& error) const { return error.message.find(file()) != std::string::npos; }
  std::unique_ptr<Connection> writer() { return must(Connection::open(file(), Connection::Role::writer, {})); }
};

Result<void> add_shelf(Connection& connection) { return connection.run("CREATE TABLE shelf(id INTEGER PRIMARY KEY)"); }
Result<void> add_room(Connection& connection) { return connection.run("ALTER TABLE shelf ADD COLUMN room TEXT"); }
Result<void> add_shelf_and_fail(Connection& connection) {
  PARLEY_CHECK(add_shelf(connection));
  return Error(Code::unavailable, "on purpose");
}

std::int64_t version(Connection& connection) { return must(connection.number("PRAGMA user_version")); }
std::int64_t shelves(Connection& connection) {
  return must(connection.number("SELECT count(*) FROM sqlite_schema WHERE name = 'shelf'"));
}

}  // namespace

TEST_CASE("sqlite: a newer format is refused by name") {
  Closed library;
  library.run("PRAGMA user_version = 7");
  auto newer = library.refusal();
  CHECK(newer.code == Code::rejected);
  CHECK(newer.message == "database library has format version 7; this program knows versions up to 1");
  CHECK(!must(library.engine.exists("other")));
  library.run("PRAGMA user_version = 1");
  CHECK(count(*must(library.engine.open("library"))) == 200);
}

TEST_CASE("sqlite: an older format is brought up step by step, once, with all it holds") {
  Closed library;
  auto writer = library.writer();
  const FormatStep steps[] = {{2, add_room}, {1, add_shelf}};
  must(upgrade_format(*writer, "library", 3, steps));
  CHECK(version(*writer) == 3);
  must(writer->run("INSERT INTO shelf(room) VALUES ('a room')"));
  must(upgrade_format(*writer, "library", 3, steps));
  CHECK(must(writer->number("SELECT count(*) FROM shelf")) == 1);
  CHECK(must(writer->number("SELECT count(*) FROM book")) == 200);
}

TEST_CASE("sqlite: a step to a newer format that fails leaves the file as it was") {
  Closed library;
  auto writer = library.writer();
  const FormatStep failing[] = {{1, add_shelf_and_fail}};
  CHECK(upgrade_format(*writer, "library", 2, failing).error().message == "on purpose");
  CHECK(version(*writer) == 1);
  CHECK(shelves(*writer) == 0);
  const FormatStep missing[] = {{1, add_shelf}};
  auto refused = upgrade_format(*writer, "library", 3, missing);
  CHECK(refused.error().code == Code::rejected);
  CHECK(refused.error().message == "database library has format version 2; this program cannot bring it up to 3");
  CHECK(version(*writer) == 1);
  CHECK(shelves(*writer) == 0);
  writer.reset();
  CHECK(count(*must(library.engine.open("library"))) == 200);
}

TEST_CASE("sqlite: a format from before the first is refused by name") {
  Closed library;
  library.run("PRAGMA user_version = 0");
  CHECK(library.refusal().message ==
        "database library has format version 0; this program cannot bring it up to 1");
}

TEST_CASE("sqlite: somebody else's file is refused, named and left alone") {
  Closed library;
  library.run("PRAGMA application_id = 1; PRAGMA journal_mode = DELETE");
  auto before = std::filesystem::last_write_time(library.file());
  auto foreign = library.refusal();
  CHECK(foreign.code == Code::rejected);
  CHECK(foreign.message.find("not one of Parley's") != std::string::npos);
  CHECK(library.is_named_in(foreign));
  CHECK(std::filesystem::last_write_time(library.file()) == before);
  CHECK(!std::filesystem::exists(library.file() + "-wal"));
  std::ofstream(library.file(), std::ios::binary | std::ios::trunc);
  auto empty = library.refusal();
  CHECK(empty.code == Code::rejected);
  CHECK(library.is_named_in(empty));
}

TEST_CASE("sqlite: a file that is no database, a folder and a cut file are refused and named") {
  Closed library;
  std::filesystem::resize_file(library.file(), 5000);
  auto cut = library.refusal();
  CHECK(cut.code == Code::unavailable);
  CHECK(library.is_named_in(cut));
  std::ofstream(library.file(), std::ios::binary) << std::string(8192, 'x');
  auto text = library.refusal();
  CHECK(text.code == Code::unavailable);
  CHECK(text.message == "the database's file is damaged: " + library.file());
  std::filesystem::remove(library.file());
  std::filesystem::create_directory(library.file());
  auto folder = library.refusal();
  CHECK(folder.code == Code::unavailable);
  CHECK(library.is_named_in(folder));
}

TEST_CASE("sqlite: a page damaged under an open database fails what reads it, and names the file in the log") {
  Closed library;
  {
    std::fstream damage(library.file(), std::ios::in | std::ios::out | std::ios::binary);
    auto writer = library.writer();
    auto page = must(writer->number("SELECT rootpage FROM sqlite_schema WHERE name = 'book'"));
    writer.reset();
    damage.seekp(4096 * (page - 1));
    damage << std::string(4096, '\x7f');
  }
  library.store = must(library.engine.open("library"));
  auto work = library.begin(Mode::read);
  Query query{.table = "book"};
  query.selected = {{title}};
  auto rows = work->query(query);
  auto error = rows ? error_in((*rows)->step()) : std::move(rows).error();
  CHECK(error.code == Code::unavailable);
  CHECK(error.message == "the database's file is damaged");  // a client need not know where
  CHECK(error.cause.find(library.file()) != std::string::npos);
  rows = Error(Code::internal, "");
  work = nullptr;
  CHECK(count(*library.store, "author") == 0);  // other tables are read
}
