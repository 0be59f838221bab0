// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/connection.hpp"

#include <sqlite3.h>

#include <mutex>

#include "parley/storage/sqlite/dialect.hpp"

namespace parley::sqlite {
namespace {

constexpr int steps_between_looks = 2'000;

}  // namespace

Prepared& Prepared::operator=(Prepared&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  connection_ = std::exchange(other.connection_, nullptr);
  statement_ = std::exchange(other.statement_, nullptr);
  in_use_ = std::exchange(other.in_use_, nullptr);
  return *this;
}

Result<bool> Prepared::step(std::string_view table) {
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  auto error = connection_->error(code, table);
  sqlite3_reset(statement_);
  return error;
}

void Prepared::reset() { sqlite3_reset(statement_); }

void Prepared::give_back() {
  if (statement_ == nullptr) return;
  if (in_use_ == nullptr) {
    sqlite3_finalize(statement_);
  } else {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    *in_use_ = false;
  }
  statement_ = nullptr;
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Role role,
                                                     const Options& options) {
  auto connection = std::make_unique<Connection>(options);
  int code = sqlite3_open_v2(path.c_str(), &connection->db_,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) return connection->error(code);
  PARLEY_CHECK(connection->set_up(role));
  return connection;
}

Result<void> Connection::set_up(Role role) {
  sqlite3_extended_result_codes(db_, 1);
  // Short, because it blocks the thread; who meets a busy file waits through core/wait.
  sqlite3_busy_timeout(db_, 5);
  sqlite3_progress_handler(db_, steps_between_looks, on_progress, this);
  if (int code = add_functions(db_); code != SQLITE_OK) return error(code);
  if (role != Role::tool) PARLEY_CHECK(run("PRAGMA journal_mode = WAL"));
  if (role == Role::writer && sqlite3_db_readonly(db_, "main") != 0)
    return Error(Code::unavailable, "the database is read only");
  // Off: checkpoints are made between groups of writers, by the commit thread.
  PARLEY_CHECK(run("PRAGMA wal_autocheckpoint = 0"));
  PARLEY_CHECK(run("PRAGMA synchronous = FULL"));
  PARLEY_CHECK(run("PRAGMA foreign_keys = ON"));
  PARLEY_CHECK(run("PRAGMA case_sensitive_like = ON"));
  PARLEY_CHECK(run("PRAGMA secure_delete = FAST"));
  PARLEY_CHECK(run("PRAGMA trusted_schema = OFF"));
  PARLEY_CHECK(run("PRAGMA mmap_size = " + std::to_string(options_.mmap_bytes)));
  auto cache_kib = options_.cache_kib * (role == Role::writer ? 4 : 1);
  PARLEY_CHECK(run("PRAGMA cache_size = -" + std::to_string(cache_kib)));
  if (role == Role::reader) PARLEY_CHECK(run("PRAGMA query_only = ON"));
  if (role == Role::writer) sqlite3_wal_hook(db_, on_commit, this);
  if (role == Role::writer && options_.pages_max > 0)
    PARLEY_CHECK(run("PRAGMA max_page_count = " + std::to_string(options_.pages_max)));
  return {};
}

Connection::~Connection() {
  for (auto& kept : kept_) sqlite3_finalize(kept.statement);
  sqlite3_close_v2(db_);
}

namespace {
constexpr std::size_t text_kept_bytes_max = 8 * 1024;
}  // namespace

bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

Result<sqlite3_stmt*> Connection::compile(std::string_view text) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v3(db_, text.data(), static_cast<int>(text.size()),
                                SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error(code);
  return statement;
}

void Connection::drop_oldest() {
  for (auto at = kept_.end(); at != kept_.begin();) {
    --at;
    if (at->in_use) continue;
    sqlite3_finalize(at->statement);
    by_text_.erase(at->text);
    kept_.erase(at);
    return;
  }
}

Result<Prepared> Connection::prepare(std::string_view text) {
  Prepared prepared;
  prepared.connection_ = this;
  auto found = by_text_.find(text);
  if (found == by_text_.end()) {
    // A long text is rarely seen twice, and compiled it takes many times its size.
    if (text.size() > text_kept_bytes_max) {
      PARLEY_TRY(prepared.statement_, compile(text));
      return prepared;
    }
    if (kept_.size() >= options_.statements_max) drop_oldest();
    PARLEY_TRY(auto* statement, compile(text));
    kept_.push_front({std::string(text), statement});
    found = by_text_.emplace(kept_.front().text, kept_.begin()).first;
  } else if (found->second->in_use) {  // nested use of one text: the second is compiled apart
    PARLEY_TRY(prepared.statement_, compile(text));
    return prepared;
  } else {
    kept_.splice(kept_.begin(), kept_, found->second);
  }
  auto& kept = *found->second;
  kept.in_use = true;
  prepared.statement_ = kept.statement;
  prepared.in_use_ = &kept.in_use;
  return prepared;
}

Result<void> Connection::run(std::string_view text) {
  PARLEY_TRY(auto prepared, prepare(text));
  for (;;) {
    PARLEY_TRY(bool has_row, prepared.step());
    if (!has_row) return {};
  }
}

Result<std::int64_t> Connection::number(std::string_view text) {
  PARLEY_TRY(auto prepared, prepare(text));
  PARLEY_TRY(bool has_row, prepared.step());
  return has_row ? sqlite3_column_int64(prepared.get(), 0) : 0;
}

int Connection::on_progress(void* self) {
  auto& connection = *static_cast<Connection*>(self);
  auto& watch = connection.watch;
  auto now = std::chrono::steady_clock::now();
  auto stop = [&watch](Stopped reason) {
    watch.stopped = reason;
    return 1;
  };
  if (now >= watch.stop_at) return stop(watch.reason_at_stop);
  if (connection.snapshot.must_end.load(std::memory_order_relaxed)) return stop(Stopped::snapshot_over);
  if (!watch.lets_others_run) return 0;
  if (now - watch.slice_began < std::chrono::microseconds(connection.options_.slice_us) * watch.slices) return 0;
  // Parking gives way even when the request was given up, and no wake-up can be lost by it: whoever
  // is within a statement has asked nobody to be woken.
  if (watch.must_finish)
    (void)this_waiter().park(now);
  else if (this_waiter().sleep(now) == Waited::cancelled)
    return stop(Stopped::cancelled);
  watch.slice_began = std::chrono::steady_clock::now();
  return 0;
}

int Connection::on_commit(void* self, sqlite3*, const char*, int pages) {
  static_cast<Connection*>(self)->log_pages = pages;
  return SQLITE_OK;
}

void prepare_process() {
  static std::once_flag once;
  // What a savepoint keeps in memory before it goes to a file stays at SQLite's 64 KiB: with 128 KiB and
  // more the file is written in pieces that its unix layer cuts to nothing, and takes for a full disk.
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace parley::sqlite
