// SPDX-License-Identifier: Apache-2.0
// SqliteEngine: databases as files <directory>/<name>.sqlite.
#pragma once
#include <string>

#include "parley/core/limits.hpp"
#include "parley/orm/store.hpp"
#include "parley/storage/sqlite/options.hpp"

namespace parley::sqlite {

/// 1 to 63 of A-Z a-z 0-9 _ . - that begin with a letter or a digit: never a path.
bool is_database_name(std::string_view name);

/// Const from any thread; see data_lock.hpp for several processes.
class SqliteEngine final : public orm::StoreEngine {
 public:
  SqliteEngine(std::string directory, const Limits& limits, const Options& options = {});
  std::string_view name() const override { return "sqlite"; }
  Result<std::vector<std::string>> list() const override;
  Result<bool> exists(std::string_view database) const override;
  Result<std::unique_ptr<orm::Store>> create(std::string_view database) override;
  Result<std::unique_ptr<orm::Store>> open(std::string_view database) override;
  /// The database must not be open.
  Result<void> drop(std::string_view database) override;
  Result<void> backup(std::string_view database, const std::string& path,
                      const orm::CopyProgress& progress) override;
  Result<void> restore(std::string_view database, const std::string& path) override;

 private:
  Result<std::string> path_of(std::string_view database) const;

  std::string directory_;
  Limits limits_;
  Options options_;
};

}  // namespace parley::sqlite
