// SPDX-License-Identifier: Apache-2.0
// Store: the port a database engine implements. One Store is one open database.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/wait.hpp"
#include "parley/orm/query.hpp"
#include "parley/orm/statements.hpp"

namespace parley::orm {

/// One column of the current row; views are valid until the next step.
/// boolean, integer, date (days), datetime (microseconds) and decimal (units at the column's
/// scale) come as integer; text and json as text.
struct Cell {
  enum class Kind : std::uint8_t { null, integer, real, text, blob };
  Kind kind = Kind::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;
};

/// The rows of one query, made one by one. Destroying it ends the query.
class Rows {
 public:
  virtual ~Rows() = default;
  /// fails:   timeout, cancelled, unavailable
  virtual Result<bool> step() = 0;
  virtual Cell cell(int column) const = 0;
};

/// Foreign key of a column.
struct Reference {
  enum class OnDelete : std::uint8_t { set_null, restrict, cascade };
  std::string table;  // its "id"
  OnDelete on_delete = OnDelete::set_null;
};

struct ColumnSpec {
  std::string name;
  ColumnType type = ColumnType::text;
  int scale = 0;  // of decimals
  std::optional<Reference> references;
  bool is_indexed = false;
};

/// A table with an `id` integer primary key (unless `key` names two columns: a link table).
struct TableSpec {
  std::string name;
  std::vector<ColumnSpec> columns;          // without id
  std::vector<std::string> key;             // link tables: both columns; else empty
  struct Unique {
    std::string name;
    std::vector<std::string> columns;
  };
  std::vector<Unique> uniques;
};

/// One transaction; one task at a time.
///
/// Errors of constraints: Code::conflict, `where` = "unique:table.column,table.column",
/// "foreign_key:", "not_null:table.column" or "check:..." for the object layer to translate.
/// After any error of a write transaction the only legal call is its destruction.
/// Destroying an uncommitted transaction rolls it back and never waits.
class Transaction {
 public:
  virtual ~Transaction() = default;
  virtual Result<std::unique_ptr<Rows>> query(const Query& query) = 0;
  virtual Result<void> insert(const Insert& insert) = 0;
  /// gives:   rows changed
  virtual Result<std::int64_t> update(const Update& update) = 0;
  virtual Result<std::int64_t> remove(const Remove& remove) = 0;
  /// Takes `count` ids of `table` from its counter; gives the first. Never reused, even after
  /// a delete; an id inserted explicitly moves the counter behind it.
  virtual Result<std::int64_t> allocate_ids(std::string_view table, std::int64_t count) = 0;
  /// Runs `body` so that its failure undoes what it did and nothing else.
  virtual Result<void> attempt(const std::function<Result<void>()>& body) = 0;
  /// Creates the table, or adds to an existing one the columns, indexes and uniques it lacks.
  /// Only in exclusive transactions.
  virtual Result<void> define(const TableSpec& table) = 0;
  virtual Result<void> drop_table(std::string_view table) = 0;
  virtual Result<void> drop_column(std::string_view table, std::string_view column) = 0;
  /// Numbers that every process sees change: "schema", "access". 0 before the first set.
  virtual Result<std::int64_t> epoch(std::string_view name) = 0;
  virtual Result<void> advance_epoch(std::string_view name) = 0;
  /// Returns when the changes are durable. fails: stale (run the whole transaction again),
  /// conflict (deferred constraints), unavailable (disk full, I/O), timeout
  virtual Result<void> commit() = 0;
  /// Has the statements from here on told to `statements`, which outlives the transaction.
  virtual void watch(Statements& statements) = 0;
};

enum class Mode : std::uint8_t {
  read,       // a snapshot; writing asserts
  write,      // serialised with other writers of the database where the engine needs it
  exclusive,  // alone: schema changes
};

struct StoreStats {
  std::int64_t commits = 0, groups = 0, largest_group = 0, reads = 0, waiting_writers = 0;
  std::int64_t log_bytes = 0;    // of committed changes that are not yet in the database's file
  std::int64_t log_waits = 0;    // times that writers waited because it was full
  std::int64_t reads_ended = 0;  // because they kept it from being emptied
  std::int64_t readers = 0, waiting_readers = 0;  // reading transactions at this moment
};

/// Hears how much of a copy is made; both are pages of the file.
using CopyProgress = std::function<void(std::int64_t done, std::int64_t of)>;

class Store {
 public:
  virtual ~Store() = default;
  /// Waits (through core/wait) until its turn. fails: timeout, cancelled, unavailable, overloaded
  virtual Result<std::unique_ptr<Transaction>> begin(Mode mode, Deadline deadline) = 0;
  /// Writes a consistent copy to `path` while others work, then verifies it.
  /// fails:   conflict when there is a file; nothing is left behind then
  virtual Result<void> backup(const std::string& path) = 0;
  virtual StoreStats stats() const = 0;
};

/// One kind of store: "sqlite", "postgresql".
class StoreEngine {
 public:
  virtual ~StoreEngine() = default;
  virtual std::string_view name() const = 0;
  /// Names of the databases at the engine's location, sorted.
  virtual Result<std::vector<std::string>> list() const = 0;
  virtual Result<bool> exists(std::string_view database) const = 0;
  /// fails:   conflict when it exists, invalid_argument for a bad name
  virtual Result<std::unique_ptr<Store>> create(std::string_view database) = 0;
  /// fails:   not_found, unavailable, and rejected for a newer format version, by name
  virtual Result<std::unique_ptr<Store>> open(std::string_view database) = 0;
  virtual Result<void> drop(std::string_view database) = 0;
  /// As Store::backup, of a database that another process may have open.
  virtual Result<void> backup(std::string_view database, const std::string& path, const CopyProgress& progress) = 0;
  /// Makes `database` from a backup file after verifying it.
  virtual Result<void> restore(std::string_view database, const std::string& path) = 0;
};

}  // namespace parley::orm
