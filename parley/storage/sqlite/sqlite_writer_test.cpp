// SPDX-License-Identifier: Apache-2.0
// The write lease and group commit: who waits, who runs again, what is durable.
#include <sqlite3.h>

#include <atomic>

#include "parley/storage/sqlite/recording_vfs_for_test.hpp"
#include "parley/storage/sqlite/work_for_test.hpp"

using namespace parley;
using namespace parley::sqlite::test;

TEST_CASE("sqlite: what is not committed is undone, and the lease goes on") {
  Library library;
  must(add_book(*library.begin(Mode::write), "gone"));
  auto work = library.begin(Mode::write);
  CHECK(must(add_book(*work, "kept")) == 1);
  must(work->commit());
  work = nullptr;
  CHECK(count(*library.store) == 1);
}

TEST_CASE("sqlite: 32 threads share commits, and every one is kept and counted") {
  Library library;
  constexpr int threads_count = 32, rows_each = 20;
  auto before = library.store->stats();
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < threads_count; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < rows_each; ++i) {
        auto work = library.store->begin(Mode::write, no_deadline);
        if (!work || !add_book(**work, "x") || !(*work)->commit()) ++failures;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(failures == 0);
  auto after = library.store->stats();
  CHECK(after.commits - before.commits == threads_count * rows_each);
  CHECK(after.groups - before.groups <= threads_count * rows_each);
  CHECK(after.largest_group > 1);
  CHECK(after.largest_group <= 64);
  library.store.reset();
  library.store = must(library.engine.open("library"));
  CHECK(count(*library.store) == threads_count * rows_each);
}

TEST_CASE("sqlite: where a sync takes long, writers who come back share it with those who waited") {
  RecordingVfs slow(RecordingVfs::Syncs::kept);
  Library library;
  slow.slow_down(std::chrono::milliseconds(20));
  constexpr int writers = 8, rows_each = 12;
  auto before = library.store->stats();
  std::vector<std::thread> threads;
  for (int t = 0; t < writers; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < rows_each; ++i) {
        auto work = library.begin(Mode::write);
        must(add_book(*work, "x"));
        must(work->commit());
      }
    });
  for (auto& thread : threads) thread.join();
  auto after = library.store->stats();
  CHECK(after.commits - before.commits == writers * rows_each);
  // Two halves that take turns would be groups of four.
  CHECK((after.commits - before.commits) > 5 * (after.groups - before.groups));
}

TEST_CASE("sqlite: a counter is what the table says after whatever was undone") {
  Library library;
  must(add_book(*library.begin(Mode::write), "undone"));
  auto work = library.begin(Mode::write);
  CHECK(must(work->allocate_ids("book", 10)) == 1);
  auto failed = work->attempt([&]() -> Result<void> {
    CHECK(must(work->allocate_ids("book", 5)) == 11);
    return Error(Code::conflict, "undone");
  });
  CHECK(!failed);
  CHECK(must(work->allocate_ids("book", 1)) == 11);
  must(work->commit());
  work = library.begin(Mode::write);
  Column columns[] = {id, title};
  Value values[] = {Value::integer(INT64_MAX - 3), Value::string("last")};
  must(work->insert({"book", columns, values}));
  CHECK(error_in(work->allocate_ids("book", 3)).code == Code::conflict);
  work = nullptr;
  work = library.begin(Mode::write);
  CHECK(must(work->allocate_ids("book", 1)) == 12);
}

TEST_CASE("sqlite: a counter is what the table says after a commit that failed") {
  RecordingVfs disk(RecordingVfs::Syncs::kept);
  Library library;
  disk.watch(library.file());
  disk.watch(library.file() + "-wal");
  auto work = library.begin(Mode::write);
  must(work->allocate_ids("book", 10));
  disk.fail(RecordingVfs::Operation::sync, 1, SQLITE_IOERR_FSYNC, false);
  CHECK(!work->commit());
  CHECK(disk.has_failed());
  work = library.begin(Mode::write);
  CHECK(must(work->allocate_ids("book", 1)) == 1);
}

TEST_CASE("sqlite: a member that rolls back takes nothing from the others of its group") {
  Library library;
  Member member(library);
  must(add_book(*library.begin(Mode::write), "undone"));
  member.thread.join();
  CHECK(!member.code);
  CHECK(count(*library.store) == 1);
  CHECK(library.store->stats().largest_group == 1);
}

TEST_CASE("sqlite: a member may change more pages than a savepoint keeps in memory") {
  Library library;
  constexpr int books = 400;
  {
    auto work = library.begin(Mode::write);
    for (int i = 0; i < books; ++i) must(add_book(*work, std::string(20'000, 'x')));
    must(work->commit());
  }
  Member member(library);
  auto work = library.begin(Mode::write);  // behind the member, hence in a savepoint
  Column columns[] = {title};
  Value values[] = {Value::string("changed")};
  CHECK(must(work->update({"book", 0, columns, values, {}})) == books + 1);
  must(work->commit());
  member.thread.join();
  CHECK(!member.code);
}

TEST_CASE("sqlite: a broken constraint of one member leaves its group alone") {
  Library library;
  Member member(library);
  {
    auto work = library.begin(Mode::write);
    Column columns[] = {{0, "author_id"}};
    Value values[] = {Value::integer(99)};
    CHECK(error_in(work->insert({"book", columns, values})).code == Code::conflict);
  }
  member.thread.join();
  CHECK(!member.code);
  CHECK(count(*library.store) == 1);
}

TEST_CASE("sqlite: a write stopped by the lease's end ends the group, whose members run again") {
  Library library({.group_open_us = 60'000'000}, {.lease_ms = 300});
  fill(*library.store, 60);
  Member member(library);
  {
    auto work = library.begin(Mode::write);
    EndlessUpdate endless;
    CHECK(error_in(work->update(endless.get())).code == Code::timeout);
    CHECK(!work->commit());
  }
  member.thread.join();
  CHECK(member.code == Code::stale);
  CHECK(count(*library.store) == 60);
  fill(*library.store, 1);
  CHECK(count(*library.store) == 61);
}

TEST_CASE("sqlite: a read stopped under the lease leaves the group alone") {
  Library library({.group_open_us = 60'000'000}, {.lease_ms = 300});
  fill(*library.store, 60);
  Member member(library);
  {
    auto work = library.begin(Mode::write);
    auto rows = must(work->query(endless_query()));
    CHECK(error_in(rows->step()).code == Code::timeout);
  }
  member.thread.join();
  CHECK(!member.code);
  CHECK(count(*library.store) == 61);
}

TEST_CASE("sqlite: a lease that is over is taken from a holder who does nothing with it") {
  Library library({}, {.lease_ms = 20});
  auto slow = library.begin(Mode::write);
  must(add_book(*slow, "slow"));
  auto quick = library.begin(Mode::write);  // waits until the slow one is undone
  must(add_book(*quick, "quick"));
  must(quick->commit());
  CHECK(error_in(slow->commit()).code == Code::timeout);
  slow = nullptr;
  CHECK(count(*library.store) == 1);
}

TEST_CASE("sqlite: an exclusive transaction closes the group before it and runs alone") {
  Library library({.group_open_us = 60'000'000});
  std::atomic<bool> may_commit = false, is_committed = false;
  std::thread first([&] {
    auto work = must(library.store->begin(Mode::write, no_deadline));
    must(add_book(*work, "first"));
    may_commit = true;
    spin_until([&] { return library.store->stats().waiting_writers == 1; });
    must(work->commit());
    is_committed = true;
  });
  spin_until([&] { return may_commit.load(); });
  auto before = library.store->stats().groups;
  auto alone = library.begin(Mode::exclusive);
  CHECK(library.store->stats().groups == before + 1);
  first.join();
  CHECK(is_committed);
  must(alone->define({"more", {{"name", ColumnType::text}}}));
  must(alone->commit());
  CHECK(library.store->stats().groups == before + 2);
  CHECK(count(*library.store, "more") == 0);
}

TEST_CASE("sqlite: who waits for the lease can be cancelled or run out of time") {
  Library library;
  auto holder = library.begin(Mode::write);
  auto past = std::chrono::steady_clock::now();
  CHECK(error_in(library.store->begin(Mode::write, past)).code == Code::timeout);
  std::atomic<Waiter*> waiter = nullptr;
  std::optional<Code> code;
  std::thread waiting([&] {
    waiter = &this_waiter();
    code = error_in(library.store->begin(Mode::write, no_deadline)).code;
  });
  spin_until([&] { return library.store->stats().waiting_writers == 1; });
  waiter.load()->cancel();
  waiting.join();
  CHECK(code == Code::cancelled);
  CHECK(library.store->stats().waiting_writers == 0);
  must(add_book(*holder, "x"));
  must(holder->commit());
}

TEST_CASE("sqlite: more waiting writers than allowed are refused") {
  Library library({.writers_waiting_max = 0});
  auto holder = library.begin(Mode::write);
  CHECK(error_in(library.store->begin(Mode::write, no_deadline)).code == Code::overloaded);
}

TEST_CASE("sqlite: attempt undoes its failure and nothing else") {
  Library library;
  auto work = library.begin(Mode::write);
  must(add_book(*work, "before"));
  auto failed = work->attempt([&]() -> Result<void> {
    must(add_book(*work, "inside"));
    must(work->attempt([&]() -> Result<void> {
      must(add_book(*work, "nested"));
      return {};
    }));
    Column columns[] = {{0, "author_id"}};
    Value values[] = {Value::integer(99)};
    return work->insert({"book", columns, values});
  });
  CHECK(error_in(std::move(failed)).where == "foreign_key:book");
  CHECK(count(*work) == 1);
  must(work->attempt([&]() -> Result<void> {
    must(add_book(*work, "after"));
    return {};
  }));
  must(work->commit());
  CHECK(count(*library.store) == 2);
}

TEST_CASE("sqlite: a deferred reference to no row is found before the savepoint is released") {
  Library library;
  library.store.reset();
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(library.file().c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db,
                       "CREATE TABLE late(id INTEGER PRIMARY KEY, p INTEGER REFERENCES author(id) "
                       "DEFERRABLE INITIALLY DEFERRED) STRICT",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  library.store = must(library.engine.open("library"));
  Member member(library);
  {
    auto work = library.begin(Mode::write);
    Column columns[] = {{0, "p"}};
    Value values[] = {Value::integer(99)};
    must(work->insert({"late", columns, values}));
    CHECK(error_in(work->commit()).code == Code::conflict);
  }
  member.thread.join();
  CHECK(!member.code);
  CHECK(count(*library.store) == 1);
  CHECK(count(*library.store, "late") == 0);
}

TEST_CASE("sqlite: a writer of another process is waited for") {
  Library library;
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(library.file().c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  CHECK(error_in(library.store->begin(Mode::write, soon)).code == Code::unavailable);
  std::atomic<bool> is_waiting = false;
  std::thread other([&] {
    is_waiting = true;
    auto work = must(library.store->begin(Mode::write, no_deadline));
    must(add_book(*work, "x"));
    must(work->commit());
  });
  spin_until([&] { return is_waiting.load(); });
  REQUIRE(sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
  other.join();
  sqlite3_close(db);
  CHECK(count(*library.store) == 1);
}
