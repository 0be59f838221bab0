// SPDX-License-Identifier: Apache-2.0
// Durable creates a second through the Store port: one by one, and by 32 threads that share syncs.
//
//   durable_creates [seconds] [threads] [directory]
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "parley/storage/storage.hpp"

using namespace parley;
using namespace parley::orm;

namespace {

Result<void> create_row(Store& store) {
  PARLEY_TRY(auto work, store.begin(Mode::write, no_deadline));
  PARLEY_TRY(auto fresh, work->allocate_ids("partner", 1));
  Column columns[] = {{0, "id"}, {0, "name"}, {0, "city"}, {0, "is_active"}};
  Value values[] = {Value::integer(fresh), Value::string("Azure Interior"),
                    Value::string("Fremont"), Value::boolean(true)};
  PARLEY_CHECK(work->insert({"partner", columns, values}));
  return work->commit();
}

Result<void> define(Store& store) {
  PARLEY_TRY(auto work, store.begin(Mode::exclusive, no_deadline));
  TableSpec partner{"partner",
                    {{"name", ColumnType::text, 0, {}, true},
                     {"city", ColumnType::text},
                     {"is_active", ColumnType::boolean}}};
  PARLEY_CHECK(work->define(partner));
  return work->commit();
}

void measure(Store& store, int threads_count, double seconds) {
  std::atomic<bool> is_over = false;
  std::atomic<std::int64_t> made = 0, failed = 0;
  auto before = store.stats();
  auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < threads_count; ++i)
    threads.emplace_back([&] {
      while (!is_over) ++(create_row(store) ? made : failed);
    });
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  is_over = true;
  for (auto& thread : threads) thread.join();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  auto groups = std::max<std::int64_t>(1, store.stats().groups - before.groups);
  std::printf("%2d threads: %8.0f creates/s, %5.1f a group, %lld failed\n", threads_count,
              static_cast<double>(made) / took.count(),
              static_cast<double>(made) / static_cast<double>(groups),
              static_cast<long long>(failed.load()));
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 0.2;
  int threads = argc > 2 ? std::atoi(argv[2]) : 32;
  std::string place = argc > 3 ? argv[3] : std::filesystem::temp_directory_path().string();
  auto pattern = place + "/parley-bench-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) return 1;
  auto engine = storage::make_engine("sqlite", pattern, Limits{});
  int status = 1;
  if (auto store = engine->create("bench"); store && define(**store)) {
    measure(**store, 1, seconds);
    measure(**store, threads, seconds);
    status = 0;
  }
  std::filesystem::remove_all(pattern);
  return status;
}
