// SPDX-License-Identifier: Apache-2.0
// The n-th read, write or sync of the disk fails, for ever greater n until none does (each of the
// first 15, then about one of 16): each call ends with an error or with its whole effect, and the
// store works on once the disk does.
#include <sqlite3.h>

#include <vector>

#include "parley/storage/sqlite/copy.hpp"
#include "parley/storage/sqlite/database_for_test.hpp"
#include "parley/storage/sqlite/recording_vfs_for_test.hpp"

using namespace parley;
using namespace parley::sqlite::test;
using Operation = RecordingVfs::Operation;

namespace {

struct Fault {
  const char* name;
  Operation operation;
  int code;
  bool lasts;
};
constexpr Fault faults[] = {
    {"one read fails", Operation::read, SQLITE_IOERR_READ, false},
    {"one write fails", Operation::write, SQLITE_IOERR_WRITE, false},
    {"one sync fails", Operation::sync, SQLITE_IOERR_FSYNC, false},
    {"the disk is full for a moment", Operation::write, SQLITE_FULL, false},
    {"the disk is full", Operation::write, SQLITE_FULL, true},
    {"nothing can be read any more", Operation::read, SQLITE_IOERR_READ, true},
    {"nothing can be written any more", Operation::write, SQLITE_IOERR_WRITE, true},
};

Result<std::int64_t> add_one(Store& store) {
  PARLEY_TRY(auto work, store.begin(Mode::write, no_deadline));
  PARLEY_TRY(std::int64_t made, add_book(*work, std::string(3000, 'x')));
  PARLEY_CHECK(work->commit());
  return made;
}

bool is_expected(const Error& error) {
  return error.code == Code::unavailable || error.code == Code::stale;
}

/// Some work that reads and writes; counts what was promised.
std::vector<std::int64_t> work_on(Store& store) {
  std::vector<std::int64_t> kept;
  for (int i = 0; i < 6; ++i) {
    auto made = add_one(store);
    if (made) kept.push_back(*made);
    else CHECK_MESSAGE(is_expected(made.error()), made.error().message << " | " << made.error().cause);
    auto reading = store.begin(Mode::read, no_deadline);
    if (!reading) {
      CHECK(is_expected(reading.error()));
      continue;
    }
    Query query{.table = "book"};
    query.selected = {{title}};
    auto rows = (*reading)->query(query);
    while (rows) {
      auto more = (*rows)->step();
      if (more && *more) continue;
      if (!more) CHECK_MESSAGE(is_expected(more.error()), more.error().message << " | " << more.error().cause);
      break;
    }
  }
  return kept;
}

bool is_there(Store& store, std::int64_t book) {
  auto work = must(store.begin(Mode::read, no_deadline));
  Query query{.table = "book"};
  query.selected = {{id}};
  query.where = {.kind = Condition::Kind::compare, .column = id};
  query.where.value = Value::integer(book);
  auto rows = must(work->query(query));
  return must(rows->step());
}

/// One turn of one fault. False when the work ended before it came.
bool survives(const Fault& fault, std::int64_t turn) {
  RecordingVfs vfs(RecordingVfs::Syncs::kept);
  Library library({.statements_max = 4, .cache_kib = 16, .checkpoint_pages = 8});
  vfs.fail(fault.operation, turn, fault.code, fault.lasts);
  std::vector<std::int64_t> kept = work_on(*library.store);
  const bool has_failed = vfs.has_failed();
  vfs.fail(fault.operation, 0, SQLITE_OK, false);
  // The disk is well again: nothing is lost and work goes on, without opening anything anew.
  for (std::int64_t book : kept) CHECK(is_there(*library.store, book));
  std::int64_t made = must(add_one(*library.store));
  CHECK(is_there(*library.store, made));
  auto look = must(parley::sqlite::Connection::open(library.file(), parley::sqlite::Connection::Role::tool, {}));
  must(parley::sqlite::verify(*look, "library"));
  return has_failed;
}

}  // namespace

TEST_CASE("sqlite: whichever read, write or sync fails, nothing that was acknowledged is lost") {
  for (const Fault& fault : faults) {
    CAPTURE(fault.name);
    constexpr std::int64_t turns_max = 2000;
    std::int64_t turn = 1;
    while (turn < turns_max && survives(fault, turn)) turn += 1 + turn / 16;
    CHECK(turn > 3);  // some turns came
    CHECK(turn < turns_max);
  }
}
