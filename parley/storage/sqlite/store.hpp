// SPDX-License-Identifier: Apache-2.0
// SqliteStore: one open database: a pool of readers and one writer.
#pragma once
#include <atomic>

#include "parley/orm/store.hpp"
#include "parley/storage/sqlite/read_pool.hpp"
#include "parley/storage/sqlite/writer.hpp"

namespace parley::sqlite {

/// Thread rule: any thread. Every transaction must be gone before its store.
class SqliteStore final : public orm::Store {
 public:
  SqliteStore(const std::string& path, std::unique_ptr<Connection> writer, const Limits& limits,
              const Options& options);
  Result<std::unique_ptr<orm::Transaction>> begin(orm::Mode mode, Deadline deadline) override;
  Result<void> backup(const std::string& path) override;
  orm::StoreStats stats() const override;

 private:
  const std::string path_;
  const Options options_;
  std::atomic<std::int64_t> reads_ = 0;
  ReadPool readers_;
  Writer writer_;
};

}  // namespace parley::sqlite
