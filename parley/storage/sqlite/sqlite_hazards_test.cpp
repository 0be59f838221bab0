// SPDX-License-Identifier: Apache-2.0
// What sharing one SQLite transaction among writers could break: first the facts about SQLite that
// the writer leans on, then what its members notice of them.
#include <sqlite3.h>

#include <random>
#include <set>

#include "parley/storage/sqlite/connection.hpp"
#include "parley/storage/sqlite/work_for_test.hpp"

using namespace parley;
using namespace parley::sqlite::test;
using parley::sqlite::Connection;

namespace {

constexpr auto endless = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n) ";

// The library's file under a bare connection: a group with Alice's savepoint released.
struct Group {
  Group() {
    library.store.reset();
    connection = must(Connection::open(library.file(), Connection::Role::writer, {}));
    must(connection->run("CREATE TABLE late(id INTEGER PRIMARY KEY, "
                         "author INTEGER REFERENCES author DEFERRABLE INITIALLY DEFERRED) STRICT"));
    must(connection->run("BEGIN IMMEDIATE"));
    must(connection->run("SAVEPOINT alice"));
    must(connection->run("INSERT INTO author VALUES (1, 'alice')"));
    must(connection->run("RELEASE alice"));
    must(connection->run("SAVEPOINT bob"));
  }
  std::int64_t authors() { return must(connection->number("SELECT count(*) FROM author")); }
  void stop_soon() { connection->watch.stop_at = std::chrono::steady_clock::now(); }
  void go_on() { connection->watch.stop_at = no_deadline; }
  Library library;
  std::unique_ptr<Connection> connection;
};

Result<void> refuse() { return Error(Code::rejected, "on purpose"); }

// `members` transactions, the first of which holds the lease until all others wait for it.
void commit_together(Library& library, int members) {
  auto first = library.begin(Mode::write);
  must(add_book(*first, "first"));
  std::vector<std::thread> threads;
  for (int i = 1; i < members; ++i)
    threads.emplace_back([&library] {
      auto work = must(library.store->begin(Mode::write, no_deadline));
      must(add_book(*work, "other"));
      must(work->commit());
    });
  spin_until([&] { return library.store->stats().waiting_writers == members - 1; });
  must(first->commit());
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("sqlite fact: an interrupted write statement ends the whole transaction") {
  Group group;
  group.stop_soon();
  auto stopped = group.connection->run(std::string("INSERT INTO author(name) ") + "SELECT hex(i) FROM (" +
                                       endless + "SELECT i FROM n)");
  CHECK(error_in(std::move(stopped)).code == Code::timeout);
  group.go_on();
  CHECK(!group.connection->in_transaction());
  CHECK(group.authors() == 0);  // Alice's, too
}

TEST_CASE("sqlite fact: an interrupted read leaves the transaction as it was") {
  Group group;
  group.stop_soon();
  CHECK(!group.connection->run(std::string(endless) + "SELECT sum(i) FROM n"));
  group.go_on();
  CHECK(group.connection->in_transaction());
  must(group.connection->run("ROLLBACK TO bob"));
  must(group.connection->run("COMMIT"));
  CHECK(group.authors() == 1);
}

TEST_CASE("sqlite fact: a deferred reference passes RELEASE and fails everybody's COMMIT") {
  Group group;
  must(group.connection->run("INSERT INTO late VALUES (1, 999)"));
  int open_references = 0, unused = 0;
  sqlite3_db_status(group.connection->raw(), SQLITE_DBSTATUS_DEFERRED_FKS, &open_references, &unused, 0);
  CHECK(open_references == 1);  // what the writer looks at before RELEASE
  must(group.connection->run("RELEASE bob"));
  CHECK(!group.connection->run("COMMIT"));
  must(group.connection->run("ROLLBACK"));
  CHECK(group.authors() == 0);
}

TEST_CASE("sqlite fact: savepoints are a stack, so an earlier one takes later ones with it") {
  Group group;
  must(group.connection->run("INSERT INTO author VALUES (2, 'bob')"));
  must(group.connection->run("SAVEPOINT carol"));
  must(group.connection->run("INSERT INTO author VALUES (3, 'carol')"));
  must(group.connection->run("ROLLBACK TO bob"));
  CHECK(!group.connection->run("RELEASE carol"));
  must(group.connection->run("COMMIT"));
  CHECK(group.authors() == 1);
}

TEST_CASE("sqlite: members of a group that died run again, and are then kept once") {
  Library library({.group_open_us = 60'000'000}, {.lease_ms = 1'000});
  fill(*library.store, 60);
  std::atomic<int> tries = 0;
  std::atomic<bool> is_in_group = false;
  std::thread alice([&] {
    Result<void> outcome;
    do {
      auto work = must(library.store->begin(Mode::write, no_deadline));
      must(add_book(*work, "alice"));
      if (++tries == 1) {
        is_in_group = true;
        spin_until([&] { return library.store->stats().waiting_writers > 0; });
      }
      outcome = work->commit();
    } while (!outcome && outcome.error().code == Code::stale);
    must(std::move(outcome));
  });
  spin_until([&] { return is_in_group.load(); });
  {
    auto bob = library.begin(Mode::write);
    EndlessUpdate update;
    CHECK(error_in(bob->update(update.get())).code == Code::timeout);
  }
  alice.join();
  CHECK(tries == 2);
  CHECK(count(*library.store) == 61);
}

TEST_CASE("sqlite: the time limit of a member's call stops none of its write statements") {
  Library library({.group_open_us = 60'000'000});
  fill(*library.store, 60);
  Member member(library);
  {
    auto work = library.begin(Mode::write, deadline_in(std::chrono::milliseconds(500)));
    EndlessUpdate update;
    update.query.joins.resize(2);  // 216,000 rows: long enough to be running at the deadline
    for (;;) {
      auto done = work->update(update.get());
      if (done) continue;
      CHECK(done.error().code == Code::timeout);
      CHECK(done.error().cause.empty());  // refused before it began: SQLite interrupted nothing
      break;
    }
    CHECK(!work->commit());
  }
  member.thread.join();
  CHECK(!member.code);
  CHECK(count(*library.store) == 61);
}

TEST_CASE("sqlite: a member's read under the lease ends with its call's time or its client") {
  Library library({.group_open_us = 60'000'000});
  fill(*library.store, 60);
  Member member(library);
  {
    auto work = library.begin(Mode::write, deadline_in(std::chrono::milliseconds(500)));
    auto rows = must(work->query(endless_query()));
    CHECK(error_in(rows->step()).message == "the time for this call is over");
  }
  member.thread.join();
  CHECK(!member.code);
  Member other(library);
  {
    CountingWaiter waiter;
    auto work = library.begin(Mode::write);
    waiter.cancelled_from_look = waiter.looks + 5;
    auto rows = must(work->query(endless_query()));
    CHECK(error_in(rows->step()).code == Code::cancelled);
  }
  other.thread.join();
  CHECK(!other.code);
  CHECK(count(*library.store) == 62);
}

TEST_CASE("sqlite: savepoints of members never interleave: what rolled back is gone, the rest is there") {
  Library library;
  constexpr int threads_count = 8, turns = 40;
  std::mutex mutex;
  std::set<std::int64_t> kept;
  std::vector<std::thread> threads;
  for (int t = 0; t < threads_count; ++t)
    threads.emplace_back([&, t] {
      std::minstd_rand random(static_cast<unsigned>(t + 1));
      for (int i = 0; i < turns; ++i) {
        auto work = must(library.store->begin(Mode::write, no_deadline));
        auto book = must(add_book(*work, "whole"));
        auto way = random() % 3;
        if (way == 0) continue;  // rolls back
        if (way == 1) (void)work->attempt([&] {
            must(add_book(*work, "undone"));
            return refuse();
          });
        must(work->commit());
        std::lock_guard lock(mutex);
        kept.insert(book);
      }
    });
  for (auto& thread : threads) thread.join();
  auto work = library.begin(Mode::read);
  Query query{.table = "book"};
  query.selected = {{id}, {title}};
  auto rows = must(work->query(query));
  std::set<std::int64_t> found;
  while (must(rows->step())) {
    found.insert(rows->cell(0).integer);
    CHECK(rows->cell(1).text == "whole");
  }
  CHECK(found == kept);
  CHECK(!kept.empty());
}

TEST_CASE("sqlite: a group closes when it has as many members as allowed") {
  Library library({.group_members_max = 3, .group_open_us = 60'000'000});
  auto before = library.store->stats();
  commit_together(library, 8);
  auto after = library.store->stats();
  CHECK(after.largest_group == 3);
  CHECK(after.groups - before.groups == 3);
  CHECK(count(*library.store) == 8);
}

TEST_CASE("sqlite: a group closes its time after the first release, however many wait") {
  for (std::int64_t open_us : {0, 60'000'000}) {
    CAPTURE(open_us);
    Library library({.group_open_us = open_us});
    auto before = library.store->stats();
    commit_together(library, 8);
    CHECK(library.store->stats().groups - before.groups == (open_us == 0 ? 8 : 1));
  }
}

TEST_CASE("sqlite: a group closes at once when nobody waits") {
  Library library({.group_open_us = 60'000'000});
  auto before = library.store->stats();
  for (int i = 0; i < 5; ++i) fill(*library.store, 1);
  CHECK(library.store->stats().groups - before.groups == 5);
}

TEST_CASE("sqlite: an exclusive transaction shares its group with nobody, however many write") {
  Library library({.group_open_us = 60'000'000});
  std::atomic<bool> is_over = false;
  std::atomic<int> sharing_writers = 0, sharing_exclusives = 0;
  // What a transaction finds but no reader does is another member's, not yet durable.
  auto shares = [&](Transaction& work) { return count(work) != count(*library.store); };
  std::vector<std::thread> writers;
  for (int t = 0; t < 6; ++t)
    writers.emplace_back([&] {
      while (!is_over) {
        auto work = must(library.store->begin(Mode::write, no_deadline));
        if (shares(*work)) ++sharing_writers;
        must(add_book(*work, "x"));
        must(work->commit());
      }
    });
  int exclusives = 0;
  for (; exclusives < 20 || sharing_writers < 20; ++exclusives) {
    auto groups = [&] { return library.store->stats().groups; };
    auto alone = library.begin(Mode::exclusive);
    auto at_begin = groups();
    if (shares(*alone)) ++sharing_exclusives;
    must(add_book(*alone, "alone"));
    must(alone->define({"t" + std::to_string(exclusives % 5), {{"name", ColumnType::text}}}));
    CHECK(groups() == at_begin);
    must(alone->commit());
  }
  is_over = true;
  for (auto& writer : writers) writer.join();
  CHECK(sharing_exclusives == 0);
  CHECK(sharing_writers >= 20);  // those who are not exclusive do share: the look can tell
}

TEST_CASE("sqlite: whoever holds the lease too long is told so, and those behind go on") {
  Library library({}, {.lease_ms = 1'000});
  auto slow = library.begin(Mode::write);
  must(add_book(*slow, "slow"));
  std::vector<std::thread> others;
  for (int i = 0; i < 4; ++i) others.emplace_back([&] { fill(*library.store, 1); });
  for (auto& other : others) other.join();
  auto late = error_in(add_book(*slow, "late"));
  CHECK(late.code == Code::timeout);
  CHECK(late.message == "the transaction kept other writers waiting for too long");
  CHECK(error_in(slow->commit()).code != Code::stale);  // it would be late again
  slow = nullptr;
  CHECK(count(*library.store) == 4);
}
