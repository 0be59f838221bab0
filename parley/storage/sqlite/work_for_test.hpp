// SPDX-License-Identifier: Apache-2.0
// Work for the tests of reads, writes and the log: statements that never end, members of a group,
// a waiter that counts.
#pragma once
#include <atomic>
#include <functional>
#include <optional>

#include "parley/storage/sqlite/database_for_test.hpp"

namespace parley::sqlite::test {

// A statement that runs for minutes: it is there to be stopped.
inline Query endless_query() {
  Query query{.table = "book"};
  query.selected = {{{}, Aggregate::count}};
  for (std::uint16_t alias = 1; alias < 12; ++alias)
    query.joins.push_back({alias, "book", "title", title});
  return query;
}

// UPDATE book SET title = ... WHERE id IN (an endless query): a write that runs for minutes.
struct EndlessUpdate {
  EndlessUpdate() {
    query = endless_query();
    query.alias = 20;
    query.selected = {{{20, "id"}, Aggregate::sum}};
    for (auto& join : query.joins) {
      join.alias = static_cast<std::uint16_t>(join.alias + 20);
      join.left = {20, "title"};
    }
  }
  Update get() const {
    return {"book",
            0,
            columns,
            values,
            {.kind = Condition::Kind::in_query, .column = id, .query = &query}};
  }
  Query query;
  Column columns[1] = {title};
  Value values[1] = {Value::string("changed")};
};

// One transaction that waits in commit() for a group that stays open: another holds the lease.
struct Member {
  explicit Member(Library& library) : library_(library) {
    thread = std::thread([this] {
      auto work = must(library_.store->begin(Mode::write, no_deadline));
      must(add_book(*work, "member"));
      has_lease = true;
      spin_until([this] { return library_.store->stats().waiting_writers > 0; });
      auto outcome = work->commit();
      if (!outcome) code = outcome.error().code;
    });
    spin_until([this] { return has_lease.load(); });
  }
  ~Member() {
    if (thread.joinable()) thread.join();
  }
  Library& library_;
  std::atomic<bool> has_lease = false;
  std::optional<Code> code;
  std::thread thread;
};

// Counts how often the code that runs here waits; others may work each time it gives way.
class CountingWaiter final : public Waiter {
 public:
  explicit CountingWaiter(int cancelled_at = 0) : cancelled_at_(cancelled_at) {
    set_this_waiter(this);
  }
  ~CountingWaiter() override { set_this_waiter(nullptr); }
  Waited ready(int, Readiness, Deadline) override { return ++others, Waited::done; }
  Waited sleep(Deadline) override {
    ++sleeps;
    if (meanwhile) meanwhile();
    return sleeps == cancelled_at_ || is_cancelled() ? Waited::cancelled : Waited::done;
  }
  Waited park(Deadline) override {
    ++others;
    std::this_thread::yield();
    return Waited::done;
  }
  void unpark() override {}
  void cancel() override {}
  bool is_cancelled() const override { return ++looks >= cancelled_from_look && cancelled_from_look > 0; }
  int sleeps = 0, others = 0;     // others: ready and park
  int cancelled_from_look = 0;    // 0 = never
  mutable int looks = 0;
  std::function<void()> meanwhile;  // what the loop does while this task sleeps

 private:
  int cancelled_at_;
};

}  // namespace parley::sqlite::test
