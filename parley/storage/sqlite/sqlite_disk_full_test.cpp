// SPDX-License-Identifier: Apache-2.0
// A disk without room, or one that fails for a while: what writers are told, that reads go on, and
// that writes go on once there is room again; nothing is opened anew.
#include <sqlite3.h>

#include <atomic>
#include <optional>

#include "parley/storage/sqlite/database_for_test.hpp"
#include "parley/storage/sqlite/recording_vfs_for_test.hpp"

using namespace parley;
using namespace parley::sqlite::test;
using Operation = RecordingVfs::Operation;
using Place = RecordingVfs::Place;

namespace {

constexpr std::string_view no_room = "the database has no room left";

Result<void> add_large(Store& store) {
  PARLEY_TRY(auto work, store.begin(Mode::write, no_deadline));
  PARLEY_CHECK(add_book(*work, std::string(20'000, 'x')));
  return work->commit();
}

// A library on a disk that can be filled.
struct SmallDisk {
  explicit SmallDisk(const parley::sqlite::Options& options = {}) : library(options) {}
  void fill_up(Place place) { vfs.fail(Operation::write, 1, SQLITE_FULL, true, place); }
  void make_room() { vfs.fail(Operation::write, 0, SQLITE_OK, false); }
  RecordingVfs vfs{RecordingVfs::Syncs::kept};
  Library library;
};

// After the fault is over: writes go on at the first try, and the file is sound.
void check_recovered(SmallDisk& disk, std::int64_t books) {
  CHECK(count(*disk.library.store) == books);
  must(add_large(*disk.library.store));
  CHECK(count(*disk.library.store) == books + 1);
  must(disk.library.store->backup(disk.library.directory.path + "/verified"));
}

}  // namespace

TEST_CASE("sqlite: a disk that is full at the commit refuses it and keeps reading") {
  SmallDisk disk;
  must(add_large(*disk.library.store));
  disk.fill_up(Place::log);
  for (int i = 0; i < 3; ++i) {
    auto work = disk.library.begin(Mode::write);
    must(add_book(*work, "small"));  // held in memory until the commit
    auto refused = error_in(work->commit());
    CHECK(refused.code == Code::unavailable);
    CHECK(refused.message == no_room);
    CHECK(count(*disk.library.store) == 1);
  }
  disk.make_room();
  check_recovered(disk, 1);
}

TEST_CASE("sqlite: a disk that is full in the middle of a write refuses it and keeps reading") {
  SmallDisk disk({.cache_kib = 16});  // the pages of a large write go to the log before its commit
  must(add_large(*disk.library.store));
  disk.fill_up(Place::log);
  for (int i = 0; i < 3; ++i) {
    auto work = disk.library.begin(Mode::write);
    Result<void> outcome;
    for (int row = 0; outcome && row < 100; ++row) {
      auto added = add_book(*work, std::string(20'000, 'y'));
      if (!added) outcome = std::move(added).error();
    }
    auto refused = error_in(std::move(outcome));
    CHECK(refused.code == Code::unavailable);
    CHECK(refused.message == no_room);
    CHECK(count(*disk.library.store) == 1);
  }
  disk.make_room();
  check_recovered(disk, 1);
}

TEST_CASE("sqlite: one member that meets a full disk fails, the others of its group run again") {
  SmallDisk disk({.group_open_us = 60'000'000, .cache_kib = 16});
  std::atomic<bool> is_member = false;
  std::optional<Code> code;
  std::thread member([&] {
    auto work = disk.library.begin(Mode::write);
    must(add_book(*work, "member"));
    is_member = true;
    spin_until([&] { return disk.library.store->stats().waiting_writers > 0; });
    if (auto outcome = work->commit(); !outcome) code = outcome.error().code;
  });
  spin_until([&] { return is_member.load(); });
  {
    auto work = disk.library.begin(Mode::write);
    disk.fill_up(Place::log);
    Result<void> outcome;
    while (outcome) {
      auto added = add_book(*work, std::string(20'000, 'y'));
      if (!added) outcome = std::move(added).error();
    }
    CHECK(outcome.error().message == no_room);
  }
  disk.make_room();
  member.join();
  CHECK(code == Code::stale);
  check_recovered(disk, 0);
}

TEST_CASE("sqlite: a disk that is full at the checkpoint stops nobody until the log is full") {
  SmallDisk disk({.checkpoint_pages = 20, .log_pages_kept = 60, .log_pages_max = 200});
  disk.fill_up(Place::database);
  int added = 0;
  Result<void> outcome;
  while (added < 200 && (outcome = add_large(*disk.library.store))) ++added;
  CHECK(added > 20);
  auto log = std::filesystem::file_size(disk.library.file() + "-wal");
  for (int i = 0; i < 10; ++i) {
    auto refused = error_in(add_large(*disk.library.store));
    CHECK(refused.code == Code::unavailable);
    CHECK(refused.message == no_room);
    CHECK(count(*disk.library.store) == added);
  }
  CHECK(std::filesystem::file_size(disk.library.file() + "-wal") == log);
  disk.make_room();
  check_recovered(disk, added);
  CHECK(std::filesystem::file_size(disk.library.file() + "-wal") < log);
}

TEST_CASE("sqlite: a sync that fails refuses the whole group, and the next one is kept") {
  SmallDisk disk;
  disk.vfs.fail(Operation::sync, 1, SQLITE_IOERR_FSYNC, false, Place::log);
  auto refused = error_in(add_large(*disk.library.store));
  CHECK(refused.code == Code::unavailable);
  CHECK(refused.message == "the database's files cannot be used");
  CHECK(refused.cause.find("sqlite 1034") == 0);
  check_recovered(disk, 0);
}

TEST_CASE("sqlite: a database at its largest size refuses to grow, and takes writes that fit") {
  Library library({.pages_max = 40});
  std::string large(50'000, 'x');
  Result<void> outcome;
  for (int i = 0; outcome && i < 10; ++i) {
    auto work = library.begin(Mode::write);
    auto added = add_book(*work, large);
    outcome = added ? work->commit() : Result<void>(added.error());
  }
  auto refused = error_in(std::move(outcome));
  CHECK(refused.code == Code::unavailable);
  CHECK(refused.message == no_room);
  CHECK(!refused.cause.empty());
  auto work = library.begin(Mode::write);
  must(work->remove({"book", 0, {}}));
  must(work->commit());
  CHECK(count(*library.store) == 0);
  fill(*library.store, 10);
}

TEST_CASE("sqlite: a backup to a full disk fails, leaves nothing behind, and the next one is whole") {
  SmallDisk disk;
  fill(*disk.library.store, 100);
  auto file = disk.library.directory.path + "/copy";
  disk.fill_up(Place::database);
  auto refused = disk.library.store->backup(file);
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::unavailable);
  CHECK(!std::filesystem::exists(file));
  CHECK(!std::filesystem::exists(file + ".part"));
  disk.make_room();
  must(disk.library.store->backup(file));
  must(disk.library.engine.restore("again", file));
}
