// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/store.hpp"

#include "parley/storage/sqlite/copy.hpp"
#include "parley/storage/sqlite/transaction.hpp"

namespace parley::sqlite {

SqliteStore::SqliteStore(const std::string& path, std::unique_ptr<Connection> writer,
                         const Limits& limits, const Options& options)
    : path_(path),
      options_(options),
      readers_(path, options),
      writer_(std::move(writer), readers_, limits.lease_ms, options) {}

Result<std::unique_ptr<orm::Transaction>> SqliteStore::begin(orm::Mode mode, Deadline deadline) {
  std::unique_ptr<orm::Transaction> transaction;
  if (mode == orm::Mode::read) {
    PARLEY_TRY(auto connection, readers_.take(deadline));
    transaction =
        std::make_unique<SqliteTransaction>(readers_, std::move(connection), deadline, reads_);
  } else {
    PARLEY_TRY(auto lease, writer_.take(mode, deadline));
    transaction = std::make_unique<SqliteTransaction>(writer_, lease, mode, deadline);
  }
  return transaction;
}

Result<void> SqliteStore::backup(const std::string& path) {
  return copy_database(path_, path, options_);
}

orm::StoreStats SqliteStore::stats() const {
  auto stats = writer_.stats();
  stats.reads = reads_.load(std::memory_order_relaxed);
  readers_.tell(stats);
  return stats;
}

}  // namespace parley::sqlite
