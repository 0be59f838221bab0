// SPDX-License-Identifier: Apache-2.0
// Connection: one SQLite connection with our settings, its prepared statements and its watch.
#pragma once
#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "parley/core/error.hpp"
#include "parley/core/wait.hpp"
#include "parley/storage/sql/render.hpp"
#include "parley/storage/sqlite/errors.hpp"
#include "parley/storage/sqlite/options.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace parley::sqlite {

class Connection;

using Clock = std::chrono::steady_clock;

/// "PRLY" in the file's header, and the number of its layout.
inline constexpr std::int64_t application_id = 0x50524C59;
inline constexpr std::int64_t format_version = 1;

/// What a running statement minds; asked every 2,000 steps of SQLite's machine.
struct Watch {
  Deadline stop_at = no_deadline;
  bool lets_others_run = false;  // in its task; not where a destructor or the commit thread runs it
  int slices = 1;                // of time in a row, before others run
  bool must_finish = false;      // although nobody waits any more: stopped, it would end its group
  Stopped reason_at_stop = Stopped::timed_out;
  Stopped stopped = Stopped::no;
  Deadline slice_began = {};
};

/// A prepared statement on loan; giving it back resets it and forgets its parameters.
class Prepared {
 public:
  Prepared() = default;
  Prepared(Prepared&& other) noexcept { *this = std::move(other); }
  Prepared& operator=(Prepared&& other) noexcept;
  ~Prepared() { give_back(); }
  sqlite3_stmt* get() const { return statement_; }
  /// One step. gives: true with a row, false at the end
  Result<bool> step(std::string_view table = {});
  void reset();
  void give_back();

 private:
  friend class Connection;
  Connection* connection_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  bool* in_use_ = nullptr;  // null: not from the cache
};

/// Thread rule: one thread at a time; who that is, is decided by the pool or the write lease.
class Connection {
 public:
  enum class Role : std::uint8_t { reader, writer, tool };

  /// Opens an existing file. fails: unavailable
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Role role,
                                                  const Options& options);
  explicit Connection(const Options& options) : options_(options) {}  // closed; see open()
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  Result<Prepared> prepare(std::string_view text);
  /// Prepares and runs to the end; rows are dropped.
  Result<void> run(std::string_view text);
  /// The first column of the first row; 0 when there is none.
  Result<std::int64_t> number(std::string_view text);

  sqlite3* raw() const { return db_; }
  bool in_transaction() const;
  Error error(int code, std::string_view table = {}) const {
    return error_of(db_, code, watch.stopped, table);
  }

  /// The epochs as they were at SQLite's data version; see SqliteTransaction::epoch.
  struct Epochs {
    std::int64_t data_version = -1;  // -1: not read yet, or changed on this connection
    std::vector<std::pair<std::string, std::int64_t>> values;
  };

  /// After anything on this connection was undone: what is kept of it may be what was undone.
  void forget_kept() {
    epochs.data_version = -1;
    counters.clear();
  }

  /// When the snapshot of a read connection began; zero while it has none.
  struct Snapshot {
    std::atomic<Clock::time_point> began = Clock::time_point();
    std::atomic<bool> must_end = false;  // set by others: it keeps the log from being emptied
  };

  Watch watch;
  Snapshot snapshot;
  Epochs epochs;
  std::map<std::string, std::int64_t, std::less<>> counters;  // of a write connection: table -> its next id in parley_sequence
  sql::Statement scratch;      // for rendering
  std::int64_t log_pages = 0;  // in the write-ahead log after this connection's last commit

 private:
  struct Kept {
    std::string text;
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
  };

  Result<void> set_up(Role role);
  Result<sqlite3_stmt*> compile(std::string_view text);
  void drop_oldest();
  static int on_progress(void* self);
  static int on_commit(void* self, sqlite3*, const char*, int pages);

  Options options_;
  sqlite3* db_ = nullptr;
  std::list<Kept> kept_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Kept>::iterator> by_text_;
};

/// SQLite's process-wide settings; the first call counts, before any connection.
void prepare_process();

}  // namespace parley::sqlite
