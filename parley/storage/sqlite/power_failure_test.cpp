// SPDX-License-Identifier: Apache-2.0
// Power failures at any moment of a writing load: what was acknowledged is there afterwards, what
// was not is there whole or not at all, and the file is sound.
//
//   parley_storage_sqlite_power_failure [seeds]
//
// Each seed ends the load at another write and keeps another part of what was not synced. The
// same load is then run on a disk whose syncs do nothing: unless that loses something, the test
// could not fail and says so.
#include <sqlite3.h>
#include <stdlib.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

#include "parley/storage/sqlite/copy.hpp"
#include "parley/storage/sqlite/engine.hpp"
#include "parley/storage/sqlite/recording_vfs_for_test.hpp"

using namespace parley;
using namespace parley::orm;
using sqlite::test::RecordingVfs;

namespace {

constexpr int writers = 4;
constexpr int rows_each = 3;  // of one transaction: it is kept whole or not at all
constexpr std::int64_t writes_max = 400;

const sqlite::Options small{
    .group_members_max = 4, .checkpoint_pages = 12, .log_pages_kept = 36, .log_pages_max = 60};

struct Promises {
  std::mutex mutex;
  std::vector<std::int64_t> first_rows;  // of transactions whose commit returned
};

Result<std::int64_t> create_rows(Store& store) {
  PARLEY_TRY(auto work, store.begin(Mode::write, no_deadline));
  PARLEY_TRY(auto first, work->allocate_ids("promise", rows_each));
  for (int i = 0; i < rows_each; ++i) {
    Column columns[] = {{0, "id"}, {0, "first"}, {0, "words"}};
    Value values[] = {Value::integer(first + i), Value::integer(first), Value::string(std::string_view("kept in any case"))};
    PARLEY_CHECK(work->insert({"promise", columns, values}));
  }
  PARLEY_CHECK(work->commit());
  return first;
}

Result<void> prepare(const std::string& directory) {
  sqlite::SqliteEngine engine(directory, {}, small);
  PARLEY_TRY(auto store, engine.create("power"));
  PARLEY_TRY(auto work, store->begin(Mode::exclusive, no_deadline));
  PARLEY_CHECK(work->define({"promise", {{"first", ColumnType::integer}, {"words", ColumnType::text}}}));
  return work->commit();
}

struct Failure {
  sqlite::test::Disk disk;
  std::vector<std::int64_t> promised;
};

/// Runs the load until the `writes`-th write; what the disk and the promises were then.
Result<Failure> run_until(std::int64_t writes, RecordingVfs& vfs, const std::string& directory) {
  sqlite::SqliteEngine engine(directory, {}, small);
  PARLEY_TRY(auto store, engine.open("power"));
  Promises promises;
  std::optional<Failure> failure;
  std::atomic<bool> is_over = false;
  vfs.at(writes, [&](const sqlite::test::Disk& disk) {
    std::lock_guard lock(promises.mutex);
    failure = Failure{disk, promises.first_rows};
    is_over = true;
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i)
    threads.emplace_back([&] {
      while (!is_over) {
        auto made = create_rows(*store);
        if (!made) return;
        std::lock_guard lock(promises.mutex);
        promises.first_rows.push_back(*made);
      }
    });
  for (auto& thread : threads) thread.join();
  vfs.at(0, {});
  if (!failure) return Error(Code::internal, "the load ended by itself");
  return std::move(*failure);
}

/// {rows there, transactions there in part}
Result<std::pair<std::vector<std::int64_t>, int>> rows_of(Store& store) {
  PARLEY_TRY(auto work, store.begin(Mode::read, no_deadline));
  Query query{.table = "promise"};
  query.selected = {{{0, "first"}}};
  PARLEY_TRY(auto rows, work->query(query));
  std::map<std::int64_t, int> counts;
  for (;;) {
    PARLEY_TRY(bool has_row, rows->step());
    if (!has_row) break;
    ++counts[rows->cell(0).integer];
  }
  std::pair<std::vector<std::int64_t>, int> found{{}, 0};
  for (const auto& [first, count] : counts) {
    found.first.push_back(first);
    if (count != rows_each) ++found.second;
  }
  return found;
}

Result<void> check(const Failure& failure, const std::string& directory) {
  PARLEY_TRY(auto look, sqlite::Connection::open(directory + "/power.sqlite", sqlite::Connection::Role::tool, {}));
  PARLEY_CHECK(sqlite::verify(*look, "power"));
  sqlite::SqliteEngine engine(directory, {}, small);
  PARLEY_TRY(auto store, engine.open("power"));
  PARLEY_TRY(auto found, rows_of(*store));
  if (found.second != 0) return Error(Code::internal, "a transaction is there in part");
  for (std::int64_t first : failure.promised)
    if (!std::binary_search(found.first.begin(), found.first.end(), first))
      return Error(Code::internal, "lost what was acknowledged: row " + std::to_string(first));
  PARLEY_TRY(std::int64_t next, create_rows(*store));  // it goes on, and gives no id twice
  if (std::binary_search(found.first.begin(), found.first.end(), next)) return Error(Code::internal, "gave an id twice");
  return {};
}

class Folder {
 public:
  Folder() {
    // Memory where there is some: what is durable is what the recording says, not what the disk does.
    std::string base = std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path().string();
    std::string pattern = base + "/parley-power-XXXXXX";
    path = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path;
};

Result<void> fail_once(unsigned seed, RecordingVfs::Syncs syncs, std::size_t& promised) {
  std::minstd_rand random(seed);
  Folder before, after;
  PARLEY_CHECK(prepare(before.path));
  Result<Failure> failure = [&] {
    RecordingVfs vfs(syncs);
    vfs.watch(before.path + "/power.sqlite");
    return run_until(1 + static_cast<std::int64_t>(random() % writes_max), vfs, before.path);
  }();
  if (!failure) return std::move(failure).error();
  promised += failure->promised.size();
  for (const auto& [path, bytes] : sqlite::test::after_power_failure(failure->disk, random)) {
    std::ofstream file(after.path + "/" + std::filesystem::path(path).filename().string(), std::ios::binary);
    file << bytes;
  }
  return check(*failure, after.path);
}

}  // namespace

int main(int argc, char** argv) {
  const int seeds = argc > 1 ? std::atoi(argv[1]) : 100;
  const int broken_max = 3;
  std::size_t promised = 0, unsafe = 0;
  int broken = 0, noticed = 0;
  for (int seed = 1; seed <= seeds && broken < broken_max; ++seed) {
    auto kept = fail_once(static_cast<unsigned>(seed), RecordingVfs::Syncs::kept, promised);
    if (kept) continue;
    ++broken;
    std::printf("seed %d: %s %s\n", seed, kept.error().message.c_str(), kept.error().cause.c_str());
  }
  const int without = std::max(10, seeds / 10);
  for (int seed = 1; seed <= without; ++seed)
    noticed += fail_once(static_cast<unsigned>(seed), RecordingVfs::Syncs::ignored, unsafe) ? 0 : 1;
  std::printf("%d power failures, %zu acknowledged transactions: %s; with syncs that do nothing %d of %d were noticed\n",
              seeds, promised, broken == 0 ? "kept" : "BROKEN", noticed, without);
  return broken == 0 && noticed > 0 ? 0 : 1;
}
