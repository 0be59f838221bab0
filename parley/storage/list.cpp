// SPDX-License-Identifier: Apache-2.0
// The one place where stores are registered: a line each.
#include <algorithm>

#include "parley/storage/sqlite/engine.hpp"
#include "parley/storage/storage.hpp"

namespace parley::storage {
namespace {

constexpr std::int64_t page_bytes = 4096;

sqlite::Options sqlite_options(const StoreLimits& limits) {
  sqlite::Options options;
  options.log_pages_max = std::max<std::int64_t>(1, limits.log_bytes_max / page_bytes);
  options.log_pages_kept = std::min(options.log_pages_kept, options.log_pages_max);
  options.checkpoint_pages = std::min(options.checkpoint_pages, options.log_pages_max);
  options.snapshot_ms = limits.snapshot_ms;
  return options;
}

}  // namespace

std::unique_ptr<orm::StoreEngine> make_engine(std::string_view name, const std::string& location,
                                              const Limits& limits, const StoreLimits& more) {
  if (name == "sqlite")
    return std::make_unique<sqlite::SqliteEngine>(location, limits, sqlite_options(more));
  return nullptr;
}

}  // namespace parley::storage
