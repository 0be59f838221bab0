// SPDX-License-Identifier: Apache-2.0
// Settings of the SQLite store beyond the process-wide Limits.
#pragma once
#include <cstddef>
#include <cstdint>

namespace parley::sqlite {

struct Options {
  std::size_t readers_max = 64;              // read transactions at once; more wait
  std::size_t writers_waiting_max = 10'000;  // for the write lease; more are refused
  std::size_t statements_max = 256;          // prepared and kept, per connection
  std::size_t group_members_max = 64;        // write transactions that share one sync
  std::int64_t group_open_us = 5'000;        // after the first release nobody joins any more
  std::int64_t slice_us = 500;               // a read runs this long before it lets others run
  std::int64_t mmap_bytes = 0;               // 0 = none: an I/O error on mapped pages is a signal
  std::int64_t cache_kib = 2'000;            // page cache of a read connection; the writer has 4x
  std::int64_t checkpoint_pages = 1'000;     // of the log, between two checkpoints
  std::int64_t log_pages_kept = 16'000;      // beyond, the log is emptied, and not only copied
  std::int64_t log_pages_max = 262'144;      // beyond, writers wait until the log is emptied
  std::int64_t snapshot_ms = 30'000;         // a read that keeps a log from being emptied may last
  std::int64_t pages_max = 0;                // of the database file; 0 = no limit
};

}  // namespace parley::sqlite
