// SPDX-License-Identifier: Apache-2.0
// Kills a writing process with SIGKILL again and again: whatever it acknowledged must be there.
//
//   parley_storage_sqlite_kill [rounds]
//
// The child's threads create rows and write each id into a pipe after commit() returned. The pipe
// outlives the child, so the parent knows what was promised.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "parley/storage/sqlite/copy.hpp"
#include "parley/storage/sqlite/engine.hpp"

using namespace parley;
using namespace parley::orm;

namespace {

constexpr int writers = 8;

Result<std::int64_t> create_row(Store& store) {
  PARLEY_TRY(auto work, store.begin(Mode::write, no_deadline));
  PARLEY_TRY(auto fresh, work->allocate_ids("promise", 1));
  Column columns[] = {{0, "id"}, {0, "words"}};
  Value values[] = {Value::integer(fresh), Value::string("kept in any case")};
  PARLEY_CHECK(work->insert({"promise", columns, values}));
  PARLEY_CHECK(work->commit());
  return fresh;
}

[[noreturn]] void write_until_killed(const std::string& directory, int pipe) {
  sqlite::SqliteEngine engine(directory, {}, {.checkpoint_pages = 50});
  auto store = engine.open("kill");
  if (!store) _exit(3);
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i)
    threads.emplace_back([&store, pipe] {
      for (;;) {
        auto made = create_row(**store);
        if (!made || write(pipe, &*made, sizeof *made) != sizeof *made) _exit(4);
      }
    });
  for (auto& thread : threads) thread.join();
  _exit(0);
}

bool is_kept(Transaction& work, std::int64_t row) {
  Query query{.table = "promise"};
  query.selected = {{{0, "id"}}};
  query.where = {.kind = Condition::Kind::compare, .column = {0, "id"}};
  query.where.value = Value::integer(row);
  auto rows = work.query(query);
  if (!rows) return false;
  auto found = (*rows)->step();
  return found && *found;
}

Result<void> prepare(sqlite::SqliteEngine& engine) {
  PARLEY_TRY(auto store, engine.create("kill"));
  PARLEY_TRY(auto work, store->begin(Mode::exclusive, no_deadline));
  PARLEY_CHECK(work->define({"promise", {{"words", ColumnType::text}}}));
  return work->commit();
}

// gives: how many promises were checked
Result<std::size_t> check(sqlite::SqliteEngine& engine, const std::string& directory,
                          const std::vector<std::int64_t>& promised) {
  PARLEY_TRY(auto store, engine.open("kill"));
  PARLEY_TRY(auto work, store->begin(Mode::read, no_deadline));
  for (auto row : promised)
    if (!is_kept(*work, row)) return Error(Code::internal, "lost row " + std::to_string(row));
  PARLEY_TRY(auto look, sqlite::Connection::open(directory + "/kill.sqlite",
                                                 sqlite::Connection::Role::tool, {}));
  PARLEY_CHECK(sqlite::verify(*look, "kill"));
  return promised.size();
}

// One life of a child, ended at a random moment after its first promise.
bool run_child(const std::string& directory, std::vector<std::int64_t>& promised,
               std::minstd_rand& random) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  auto child = fork();
  if (child == 0) {
    close(ends[0]);
    write_until_killed(directory, ends[1]);
  }
  close(ends[1]);
  std::int64_t row = 0;
  auto lives = 1 + random() % 200;  // promises
  while (lives-- > 0 && read(ends[0], &row, sizeof row) == sizeof row) promised.push_back(row);
  kill(child, SIGKILL);
  while (read(ends[0], &row, sizeof row) == sizeof row) promised.push_back(row);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = argc > 1 ? std::atoi(argv[1]) : 10;
  auto pattern = (std::filesystem::temp_directory_path() / "parley-kill-XXXXXX").string();
  std::string directory = mkdtemp(pattern.data());
  sqlite::SqliteEngine engine(directory, {});
  std::vector<std::int64_t> promised;
  std::minstd_rand random(12345);
  auto ready = prepare(engine);
  bool is_good = ready.has_value();
  for (int round = 0; is_good && round < rounds; ++round) {
    is_good = run_child(directory, promised, random);
    auto checked = check(engine, directory, promised);
    if (!checked) std::printf("round %d: %s\n", round, checked.error().message.c_str());
    is_good = is_good && checked;
  }
  std::printf("%d rounds, %zu promises: %s\n", rounds, promised.size(),
              is_good ? "kept" : "BROKEN");
  std::filesystem::remove_all(directory);
  return is_good ? 0 : 1;
}
