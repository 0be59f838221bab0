// SPDX-License-Identifier: Apache-2.0
// SqliteTransaction: reads on a pooled connection, or reads and writes under the write lease.
#pragma once
#include <atomic>
#include <vector>

#include "parley/orm/store.hpp"
#include "parley/storage/sqlite/read_pool.hpp"
#include "parley/storage/sqlite/writer.hpp"

namespace parley::sqlite {

class SqliteRows;

/// Thread rule: one task at a time.
class SqliteTransaction final : public orm::Transaction {
 public:
  SqliteTransaction(ReadPool& pool, std::unique_ptr<Connection> connection, Deadline deadline,
                    std::atomic<std::int64_t>& reads);
  SqliteTransaction(Writer& writer, const Lease& lease, orm::Mode mode, Deadline deadline);
  ~SqliteTransaction() override;

  Result<std::unique_ptr<orm::Rows>> query(const orm::Query& query) override;
  Result<void> insert(const orm::Insert& insert) override;
  Result<std::int64_t> update(const orm::Update& update) override;
  Result<std::int64_t> remove(const orm::Remove& remove) override;
  Result<std::int64_t> allocate_ids(std::string_view table, std::int64_t count) override;
  Result<void> attempt(const std::function<Result<void>()>& body) override;
  Result<void> define(const orm::TableSpec& table) override;
  Result<void> drop_table(std::string_view table) override;
  Result<void> drop_column(std::string_view table, std::string_view column) override;
  Result<std::int64_t> epoch(std::string_view name) override;
  Result<void> advance_epoch(std::string_view name) override;
  Result<void> commit() override;
  void watch(orm::Statements& statements) override { statements_ = &statements; }

 private:
  friend class SqliteRows;
  enum class Kind : std::uint8_t { reads, writes };
  // One use of the connection; under the lease it keeps the lease from being taken away.
  class Use;

  bool is_writing() const { return writer_ != nullptr; }
  bool connection_must_end() const {
    return connection_.snapshot.must_end.load(std::memory_order_relaxed);
  }
  Result<Use> use(Kind kind);
  void set_watch(Kind kind);
  Result<void> begin_reading();
  Result<void> read_epochs();
  Error failed(Error error);
  Result<void> change(std::string_view table, std::int64_t* changed);
  Result<void> insert_rows(const orm::Insert& insert);
  Result<void> move_counter(const orm::Insert& insert);
  Result<std::int64_t> counter(std::string_view table);
  Result<void> set_counter(std::string_view table, std::int64_t next);
  void end_rows();

  ReadPool* pool_ = nullptr;
  Writer* writer_ = nullptr;
  std::unique_ptr<Connection> own_;  // of readers
  Connection& connection_;
  Lease lease_;
  orm::Mode mode_;
  Deadline deadline_;
  bool has_begun_ = false;    // of readers: the snapshot
  bool has_epochs_ = false;   // connection_.epochs is as this transaction sees it
  bool has_failed_ = false;   // only destruction, or the end of attempt(), is legal
  bool is_finished_ = false;  // committed
  orm::Statements* statements_ = nullptr;  // null: nobody asks what they take
  std::vector<SqliteRows*> live_rows_;
  // The last allocation: ids below `allocated_end_` of this table need no move of its counter.
  std::string allocated_table_;
  std::int64_t allocated_end_ = 0;
};

}  // namespace parley::sqlite
