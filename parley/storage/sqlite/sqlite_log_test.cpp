// SPDX-License-Identifier: Apache-2.0
// The write-ahead log stays small: it is copied, emptied, and waited for when readers keep it.
#include <atomic>

#include "parley/storage/sqlite/work_for_test.hpp"

using namespace parley;
using namespace parley::sqlite::test;

namespace {

constexpr std::int64_t frame_bytes = 4096 + 24;

std::int64_t log_bytes(const Library& library) {
  return static_cast<std::int64_t>(std::filesystem::file_size(library.file() + "-wal"));
}

Result<void> add_large(Store& store, Deadline deadline = no_deadline) {
  PARLEY_TRY(auto work, store.begin(Mode::write, deadline));
  PARLEY_CHECK(add_book(*work, std::string(20'000, 'x')));
  return work->commit();
}

// Readers that always overlap: at any moment some snapshot needs the log.
class EndlessReaders {
 public:
  explicit EndlessReaders(Library& library) {
    for (int i = 0; i < 2; ++i)
      threads_.emplace_back([this, &library] {
        auto current = library.begin(Mode::read);
        while (!is_over_) {
          auto next = library.begin(Mode::read);
          count(*next);
          current = std::move(next);
          ++rounds_;
        }
      });
    spin_until([this] { return rounds_ > 4; });
  }
  ~EndlessReaders() {
    is_over_ = true;
    for (auto& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> is_over_ = false;
  std::atomic<int> rounds_ = 0;
  std::vector<std::thread> threads_;
};

constexpr int rows_added = 150;  // large ones, each of 6 pages and more

// The largest the log's file was while rows were added beside endless readers.
std::int64_t peak_beside_readers(const parley::sqlite::Options& options) {
  Library library(options);
  EndlessReaders readers(library);
  std::int64_t peak = 0;
  for (int i = 0; i < rows_added; ++i) {
    must(add_large(*library.store));
    peak = std::max(peak, log_bytes(library));
  }
  return peak;
}

// The same beside one reader that is always a transaction behind, so that the log is never copied whole.
std::int64_t peak_beside_one_behind(const parley::sqlite::Options& options) {
  Library library(options);
  std::int64_t peak = 0;
  std::unique_ptr<Transaction> current;
  for (int i = 0; i < rows_added; ++i) {
    auto next = library.begin(Mode::read);
    count(*next);
    must(add_large(*library.store));
    current = std::move(next);
    peak = std::max(peak, log_bytes(library));
  }
  return peak;
}

}  // namespace

TEST_CASE("sqlite: the log is copied and begun again, so it stays small") {
  Library library({.checkpoint_pages = 20, .log_pages_kept = 60});
  for (int i = 0; i < 100; ++i) must(add_large(*library.store));
  CHECK(log_bytes(library) < 100 * frame_bytes);
  CHECK(library.store->stats().log_bytes < 100 * frame_bytes);
  CHECK(library.store->stats().log_bytes > 0);
}

TEST_CASE("sqlite: under endless readers the log stays below its limit, and without one it does not") {
  constexpr std::int64_t pages_max = 100;
  CHECK(peak_beside_readers({.checkpoint_pages = 20, .log_pages_kept = 60, .log_pages_max = pages_max}) <
        (pages_max + 20) * frame_bytes);
  CHECK(peak_beside_one_behind({.checkpoint_pages = 20, .log_pages_kept = 100'000, .log_pages_max = 100'000}) >
        5 * pages_max * frame_bytes);
}

TEST_CASE("sqlite: a read that is too old for a full log is ended, and the log is emptied") {
  Library library({.checkpoint_pages = 20, .log_pages_kept = 60, .log_pages_max = 100, .snapshot_ms = 0});
  fill(*library.store, 60);
  std::optional<Error> ended;
  std::atomic<bool> is_reading = false;
  std::thread reader([&] {
    auto work = library.begin(Mode::read);
    count(*work);
    is_reading = true;
    ended = error_in(must(work->query(endless_query()))->step());
  });
  spin_until([&] { return is_reading.load(); });
  std::int64_t peak = 0;
  for (int i = 0; i < 60; ++i) {
    must(add_large(*library.store));
    peak = std::max(peak, log_bytes(library));
  }
  reader.join();
  CHECK(ended->code == Code::timeout);
  CHECK(ended->message == "the read lasted too long while the database's log had to be emptied");
  CHECK(peak < 120 * frame_bytes);
  CHECK(library.store->stats().reads_ended == 1);
  CHECK(count(*library.store) == 120);
}

TEST_CASE("sqlite: writers wait for a full log that a sleeping reader keeps, no longer than their time") {
  Library library({.checkpoint_pages = 20, .log_pages_kept = 60, .log_pages_max = 100, .snapshot_ms = 0});
  fill(*library.store, 10);
  auto reading = library.begin(Mode::read);
  Query query{.table = "book"};
  query.selected = {{id}};
  auto rows = must(reading->query(query));
  REQUIRE(must(rows->step()));
  int added = 0;
  Result<void> outcome;
  do {
    outcome = add_large(*library.store, deadline_in(std::chrono::milliseconds(200)));
    added += outcome ? 1 : 0;
  } while (added < 200 && (library.store->stats().log_waits == 0 || outcome));
  CHECK(error_in(std::move(outcome)).code == Code::timeout);
  CHECK(log_bytes(library) < 120 * frame_bytes);
  CHECK(library.store->stats().log_waits == 1);
  CHECK(count(*library.store) == 10 + added);  // reads go on
  auto ended = error_in(rows->step());  // it is old, and told so when it wakes
  CHECK(ended.code == Code::timeout);
  rows = nullptr;
  reading = nullptr;
  must(add_large(*library.store));
  CHECK(count(*library.store) == 11 + added);
  CHECK(log_bytes(library) < 20 * frame_bytes);
}

TEST_CASE("sqlite: a young read is not ended for the log's sake") {
  Library library({.checkpoint_pages = 20, .log_pages_kept = 60, .snapshot_ms = 3'600'000});
  fill(*library.store, 10);
  auto reading = library.begin(Mode::read);
  CHECK(count(*reading) == 10);
  for (int i = 0; i < 60; ++i) must(add_large(*library.store));
  CHECK(log_bytes(library) > 200 * frame_bytes);
  CHECK(count(*reading) == 10);
  reading = nullptr;
  for (int i = 0; i < 10; ++i) must(add_large(*library.store));
  CHECK(log_bytes(library) < 100 * frame_bytes);  // and back it comes
  CHECK(library.store->stats().reads_ended == 0);
}

TEST_CASE("sqlite: one transaction larger than the log's limit is kept, and the log comes back") {
  Library library({.checkpoint_pages = 20, .log_pages_kept = 60, .log_pages_max = 100});
  {
    auto work = library.begin(Mode::write);
    for (int i = 0; i < 100; ++i) must(add_book(*work, std::string(20'000, 'x')));
    must(work->commit());
  }
  must(add_large(*library.store));
  CHECK(log_bytes(library) < 100 * frame_bytes);
  CHECK(count(*library.store) == 101);
}
