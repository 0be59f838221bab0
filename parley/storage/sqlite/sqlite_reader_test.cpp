// SPDX-License-Identifier: Apache-2.0
// Read transactions: snapshots, giving way, deadlines, the pool.
#include <atomic>

#include "parley/storage/sqlite/work_for_test.hpp"

using namespace parley;
using namespace parley::sqlite::test;

TEST_CASE("sqlite: all statements of a read transaction see one moment") {
  Library library;
  fill(*library.store, 1);
  auto reading = library.begin(Mode::read);
  CHECK(count(*reading) == 1);
  fill(*library.store, 1);
  CHECK(count(*reading) == 1);
  CHECK(count(*library.store) == 2);
  must(reading->commit());
  reading = library.begin(Mode::read);
  CHECK(count(*reading) == 2);
}

TEST_CASE("sqlite: a long read gives way again and again, a short one never") {
  Library library({.slice_us = 0});
  fill(*library.store, 300);
  CountingWaiter waiter;
  auto reading = library.begin(Mode::read);
  CHECK(count(*reading) == 300);
  CHECK(waiter.sleeps == 0);
  Query query{.table = "book"};
  query.selected = {{{}, Aggregate::count}};
  query.joins = {{1, "book", "title", title}};
  auto rows = must(reading->query(query));
  REQUIRE(must(rows->step()));
  CHECK(rows->cell(0).integer == 90'000);
  CHECK(waiter.sleeps > 10);
}

TEST_CASE("sqlite: rows pulled one by one give way too") {
  Library library({.slice_us = 0});
  fill(*library.store, 2'000);
  CountingWaiter waiter;
  auto reading = library.begin(Mode::read);
  Query query{.table = "book"};
  query.selected = {{id}, {title}};
  auto rows = must(reading->query(query));
  while (must(rows->step())) {
  }
  CHECK(waiter.sleeps > 2);
}

TEST_CASE("sqlite: each time a long scan gives way a point read on its loop is answered whole") {
  Library library({.slice_us = 0});
  fill(*library.store, 300);
  CountingWaiter waiter;
  int point_reads = 0;
  waiter.meanwhile = [&] {
    if (point_reads == 20) return;
    Query point{.table = "book"};
    point.selected = {{id}};
    point.where = {.kind = Condition::Kind::compare, .column = id};
    point.where.value = Value::integer(1 + point_reads);
    auto reading = library.begin(Mode::read);
    auto rows = must(reading->query(point));
    REQUIRE(must(rows->step()));
    CHECK(rows->cell(0).integer == 1 + point_reads++);
  };
  auto scanning = library.begin(Mode::read);
  Query scan{.table = "book"};
  scan.selected = {{{}, Aggregate::count}};
  scan.joins = {{1, "book", "title", title}};
  auto rows = must(scanning->query(scan));
  REQUIRE(must(rows->step()));
  CHECK(rows->cell(0).integer == 90'000);
  CHECK(point_reads == 20);
  CHECK(waiter.sleeps > 20);  // the point reads themselves never gave way
}

TEST_CASE("sqlite: a long write gives way and ends all the same, a short one and its undoing never wait") {
  Library library({.slice_us = 0});
  fill(*library.store, 300);
  Query pairs{.table = "book", .alias = 20};
  pairs.selected = {{{20, "id"}, Aggregate::sum}};
  pairs.joins = {{21, "book", "title", {20, "title"}}};
  Column columns[] = {title};
  Value values[] = {Value::string("changed")};
  Update update{"book", 0, columns, values, {.kind = Condition::Kind::in_query, .column = id, .query = &pairs}};
  CountingWaiter waiter;
  auto work = library.begin(Mode::write);
  const int before = waiter.others;
  waiter.cancelled_from_look = waiter.looks + 2;  // the client leaves once the statement runs
  must(work->update(update));
  CHECK(waiter.others > before + 10);
  CHECK(error_in(work->query(pairs)).code == Code::cancelled);
  waiter.cancelled_from_look = 0;
  const int after = waiter.others;
  work = nullptr;  // undone
  CHECK(waiter.others == after);
  CHECK(count(*library.store) == 300);
}

TEST_CASE("sqlite: under the write lease nothing is waited for before a slice of time is over") {
  Library library({.slice_us = 60'000'000});
  fill(*library.store, 300);
  CountingWaiter waiter;
  auto work = library.begin(Mode::write);
  int before = waiter.others;  // the lease itself may have been waited for
  Query query{.table = "book"};
  query.selected = {{{}, Aggregate::count}};
  query.joins = {{1, "book", "title", title}};
  auto rows = must(work->query(query));
  REQUIRE(must(rows->step()));
  rows = nullptr;
  must(add_book(*work, "more"));
  (void)work->attempt([&]() -> Result<void> {
    must(add_book(*work, "undone"));
    return Error(Code::rejected, "no");
  });
  must(work->remove({"book", 0, {}}));
  CHECK(waiter.sleeps == 0);
  CHECK(waiter.others == before);
  work = nullptr;  // nor for the undoing
  CHECK(waiter.others == before);
}

TEST_CASE("sqlite: a read stops at its deadline and when it is cancelled") {
  Library library({.slice_us = 0});
  fill(*library.store, 100);
  auto reading = library.begin(Mode::read, deadline_in(std::chrono::milliseconds(50)));
  auto rows = must(reading->query(endless_query()));
  CHECK(error_in(rows->step()).code == Code::timeout);
  CHECK(!rows->step());
  rows = nullptr;
  CHECK(!reading->query(endless_query()));
  CountingWaiter waiter(3);
  reading = library.begin(Mode::read);
  rows = must(reading->query(endless_query()));
  CHECK(error_in(rows->step()).code == Code::cancelled);
  rows = nullptr;
  reading = library.begin(Mode::read);
  CHECK(count(*reading) == 100);
}

TEST_CASE("sqlite: readers beyond the pool wait for a connection, in order") {
  Library library({.readers_max = 1});
  fill(*library.store, 1);
  auto reading = library.begin(Mode::read);
  CHECK(count(*reading) == 1);
  auto past = std::chrono::steady_clock::now();
  CHECK(error_in(library.store->begin(Mode::read, past)).code == Code::timeout);
  std::atomic<bool> is_started = false;
  std::int64_t seen = 0;
  std::thread other([&] {
    is_started = true;
    seen = count(*library.store);
  });
  spin_until([&] { return is_started.load(); });
  reading = nullptr;
  other.join();
  CHECK(seen == 1);
}

TEST_CASE("sqlite: readers and writers at once") {
  Library library({.readers_max = 3});
  std::atomic<bool> is_over = false;
  std::atomic<int> odd = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 5; ++i)
    readers.emplace_back([&] {
      do {
        auto work = must(library.store->begin(Mode::read, no_deadline));
        auto first = count(*work);
        if (first % 2 != 0 || first != count(*work)) ++odd;
      } while (!is_over);
    });
  for (int i = 0; i < 50; ++i) fill(*library.store, 2);
  is_over = true;
  for (auto& reader : readers) reader.join();
  CHECK(odd == 0);
  CHECK(count(*library.store) == 100);
}
