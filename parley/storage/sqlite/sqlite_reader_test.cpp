// SPDX-License-Identifier: Apache-2.0
// Read transactions: snapshots, giving way, deadlines, the pool.
#include <atomic>

#include "parley/storage/sqlite/database_for_test.hpp"

using namespace parley;
using namespace parley::sqlite::test;

namespace {

// Counts how often the code that runs here gives way; cancelled at the n-th time when asked.
class CountingWaiter final : public Waiter {
 public:
  explicit CountingWaiter(int cancelled_at = 0) : cancelled_at_(cancelled_at) {
    set_this_waiter(this);
  }
  ~CountingWaiter() override { set_this_waiter(nullptr); }
  Waited ready(int, Readiness, Deadline) override { return Waited::done; }
  Waited sleep(Deadline) override {
    ++sleeps;
    return sleeps == cancelled_at_ ? Waited::cancelled : Waited::done;
  }
  Waited park(Deadline) override {
    std::this_thread::yield();
    return Waited::done;
  }
  void unpark() override {}
  void cancel() override {}
  bool is_cancelled() const override { return false; }
  int sleeps = 0;

 private:
  int cancelled_at_;
};

Query endless_query() {
  Query query{.table = "book"};
  query.selected = {{{}, Aggregate::count}};
  for (std::uint16_t alias = 1; alias < 12; ++alias)
    query.joins.push_back({alias, "book", "title", title});
  return query;
}

void fill(Store& store, int rows) {
  auto work = must(store.begin(Mode::write, no_deadline));
  for (int i = 0; i < rows; ++i) must(add_book(*work, "same"));
  must(work->commit());
}

}  // namespace

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

TEST_CASE("sqlite: under the write lease nothing gives way") {
  Library library({.slice_us = 0});
  fill(*library.store, 300);
  CountingWaiter waiter;
  auto work = library.begin(Mode::write);
  Query query{.table = "book"};
  query.selected = {{{}, Aggregate::count}};
  query.joins = {{1, "book", "title", title}};
  auto rows = must(work->query(query));
  REQUIRE(must(rows->step()));
  CHECK(waiter.sleeps == 0);
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
