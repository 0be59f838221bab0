// SPDX-License-Identifier: Apache-2.0
// Databases as files: names, backup, restore, the lock of the directory.
#include <atomic>
#include <fstream>

#include "parley/storage/sqlite/data_lock.hpp"
#include "parley/storage/sqlite/database_for_test.hpp"

using namespace parley;
using namespace parley::sqlite::test;
using parley::sqlite::DataLock;
using parley::sqlite::is_database_name;
using parley::sqlite::SqliteEngine;

TEST_CASE("sqlite: a database name is no path") {
  for (auto name : {"a", "v8dev", "A.b_c-9", "9"}) CHECK(is_database_name(name));
  for (auto name : {"", ".", "..", "../x", "a/b", "-a", "_a", "a b", "ä", "a\n"})
    CHECK(!is_database_name(name));
  CHECK(is_database_name(std::string(63, 'a')));
  CHECK(!is_database_name(std::string(64, 'a')));
  CHECK(!is_database_name(std::string_view("a\0b", 3)));
}

TEST_CASE("sqlite: databases are created once, listed, dropped") {
  Directory directory;
  SqliteEngine engine(directory.path + "/deep/er", {});
  CHECK(must(engine.list()).empty());
  CHECK(error_in(engine.open("one")).code == Code::not_found);
  CHECK(error_in(engine.create("../one")).code == Code::invalid_argument);
  must(engine.create("two"));
  must(engine.create("one"));
  CHECK(error_in(engine.create("one")).code == Code::conflict);
  CHECK(must(engine.list()) == std::vector<std::string>{"one", "two"});
  CHECK(must(engine.exists("one")));
  must(engine.drop("one"));
  CHECK(error_in(engine.drop("one")).code == Code::not_found);
  CHECK(must(engine.list()) == std::vector<std::string>{"two"});
}

TEST_CASE("sqlite: the log of a lost database is not played into one that takes its name") {
  for (bool is_restored : {true, false}) {
    Library library;
    auto backup = library.directory.path + "/copy.backup";
    must(library.store->backup(backup));
    auto file = library.directory.path + "/library.sqlite", kept = library.directory.path + "/kept";
    fill(*library.store, 3);
    std::filesystem::copy_file(file + "-wal", kept);
    library.store = nullptr;
    std::filesystem::remove(file);
    std::filesystem::rename(kept, file + "-wal");
    if (is_restored) must(library.engine.restore("library", backup));
    else define_library(*must(library.engine.create("library")));
    CHECK(count(*must(library.engine.open("library"))) == 0);
  }
}

TEST_CASE("sqlite: a backup under load is one moment, verified, and restores") {
  Library library;
  fill(*library.store, 2'000);
  auto file = library.directory.path + "/copy.backup";
  std::atomic<bool> is_over = false;
  std::thread writer([&] {
    while (!is_over) fill(*library.store, 2);
  });
  must(library.store->backup(file));
  is_over = true;
  writer.join();
  CHECK(!std::filesystem::exists(file + ".part"));
  CHECK(!std::filesystem::exists(file + "-wal"));
  must(library.engine.restore("again", file));
  CHECK(error_in(library.engine.restore("again", file)).code == Code::conflict);
  auto again = must(library.engine.open("again"));
  auto rows = count(*again);
  CHECK(rows >= 2'000);
  CHECK(rows % 2 == 0);
  CHECK(rows <= count(*library.store));
  auto work = must(again->begin(Mode::write, no_deadline));
  CHECK(must(work->allocate_ids("book", 1)) == rows + 1);
}

TEST_CASE("sqlite: a backup overwrites no file, and a damaged one is not restored") {
  Library library;
  auto file = library.directory.path + "/copy.backup";
  std::ofstream(file) << "older";
  fill(*library.store, 500);
  auto taken = library.store->backup(file);
  REQUIRE(!taken);
  CHECK(taken.error().code == Code::conflict);
  CHECK(taken.error().message == "the file " + file + " exists already");
  CHECK(std::filesystem::file_size(file) == 5);
  CHECK(library.store->backup(library.file()).error().code == Code::conflict);  // least of all a database
  std::filesystem::remove(file);
  std::int64_t told = 0, pages = 0;
  must(library.engine.backup("library", file, [&](std::int64_t done, std::int64_t of) {
    CHECK(done >= told);
    told = done;
    pages = of;
  }));
  CHECK(told == pages);
  CHECK(pages > 3);
  CHECK(!library.engine.backup("nobody", file + "2", {}));
  CHECK(std::filesystem::file_size(file) > 8192);
  {
    std::fstream damage(file, std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 1; page < 5; ++page) {
      damage.seekp(4096 * page);
      damage << std::string(200, '\x7f');
    }
  }
  auto refused = library.engine.restore("again", file);
  REQUIRE(!refused);
  CHECK(!must(library.engine.exists("again")));
  CHECK(error_in(library.engine.restore("again", file + "x")).code == Code::not_found);
  CHECK(library.store->backup("/nonexistent/dir/x").error().code == Code::unavailable);
}

TEST_CASE("sqlite: the directory's lock has one exclusive holder or several shared ones") {
  Directory directory;
  {
    auto server = must(DataLock::try_lock(directory.path, DataLock::Kind::exclusive));
    auto refused = error_in(DataLock::try_lock(directory.path, DataLock::Kind::shared));
    CHECK(refused.code == Code::unavailable);
    CHECK(refused.message.find(directory.path) != std::string::npos);
  }
  auto one = must(DataLock::try_lock(directory.path, DataLock::Kind::shared));
  auto two = must(DataLock::try_lock(directory.path, DataLock::Kind::shared));
  CHECK(!DataLock::try_lock(directory.path, DataLock::Kind::exclusive));
  CHECK(!DataLock::try_lock(directory.path + "/none", DataLock::Kind::shared));
}
