// SPDX-License-Identifier: Apache-2.0
// SqliteRows: one running query of a transaction.
#pragma once
#include <chrono>

#include "parley/orm/store.hpp"
#include "parley/storage/sqlite/connection.hpp"

namespace parley::sqlite {

class SqliteTransaction;

class SqliteRows final : public orm::Rows {
 public:
  SqliteRows(SqliteTransaction& transaction, Prepared statement);
  ~SqliteRows() override { end(); }
  Result<bool> step() override;
  orm::Cell cell(int column) const override;
  /// Ends the query before its transaction goes; step() then fails.
  void end();

 private:
  SqliteTransaction* transaction_;  // null once ended
  Prepared statement_;
  bool is_done_ = false;
  std::chrono::nanoseconds took_{0};  // of its steps, when somebody asks for it
};

}  // namespace parley::sqlite
