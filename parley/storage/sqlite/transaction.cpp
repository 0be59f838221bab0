// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/transaction.hpp"

#include <sqlite3.h>

#include "parley/storage/sqlite/dialect.hpp"
#include "parley/storage/sqlite/rows.hpp"
#include "parley/storage/sqlite/schema.hpp"

namespace parley::sqlite {
namespace {

constexpr int slices_of_writers = 4;

Result<void> bind_all(const Prepared& statement, const std::vector<sql::Parameter>& parameters,
                      Keep keep) {
  int number = 0;
  for (const auto& parameter : parameters) {
    ++number;
    PARLEY_CHECK(parameter.is_array ? bind_array(statement.get(), number, parameter.value.items())
                                    : bind(statement.get(), number, parameter.value, keep));
  }
  return {};
}

}  // namespace

namespace {

/// Tells what a statement took while it lives. Without anybody to tell it asks no clock.
class Timed {
 public:
  Timed(orm::Statements* to, const Prepared& statement, std::int64_t runs = 1) : to_(to), statement_(statement.get()), runs_(runs) {
    if (to_ != nullptr) began_ = coarse_now();
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  ~Timed() {
    if (to_ != nullptr) to_->add(sqlite3_sql(statement_), coarse_now() - began_, runs_);
  }

 private:
  orm::Statements* to_;
  sqlite3_stmt* statement_;
  std::int64_t runs_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace

class SqliteTransaction::Use {
 public:
  Use(Writer* writer, const Lease& lease) : writer_(writer), lease_(lease) {}
  Use(Use&& other) noexcept
      : writer_(std::exchange(other.writer_, nullptr)), lease_(other.lease_) {}
  Use& operator=(Use&&) = delete;
  ~Use() {
    if (writer_ != nullptr) writer_->leave(lease_);
  }
  /// Somebody else says leave().
  void pass_on() { writer_ = nullptr; }

 private:
  Writer* writer_;
  Lease lease_;
};

SqliteTransaction::SqliteTransaction(ReadPool& pool, std::unique_ptr<Connection> connection,
                                     Deadline deadline, std::atomic<std::int64_t>& reads)
    : pool_(&pool),
      own_(std::move(connection)),
      connection_(*own_),
      mode_(orm::Mode::read),
      deadline_(deadline) {
  reads.fetch_add(1, std::memory_order_relaxed);
}

SqliteTransaction::SqliteTransaction(Writer& writer, const Lease& lease, orm::Mode mode,
                                     Deadline deadline)
    : writer_(&writer),
      connection_(writer.connection()),
      lease_(lease),
      mode_(mode),
      deadline_(deadline) {}

SqliteTransaction::~SqliteTransaction() {
  end_rows();
  if (is_writing()) {
    if (!is_finished_) writer_->roll_back(lease_);
    return;
  }
  connection_.watch = {.stop_at = no_deadline};
  connection_.snapshot.began = Clock::time_point();
  if (connection_.in_transaction()) (void)connection_.run("COMMIT");
  pool_->give_back(std::move(own_));
}

Result<SqliteTransaction::Use> SqliteTransaction::use(Kind kind) {
  PARLEY_ASSERT(kind == Kind::reads || is_writing());
  if (has_failed_ || is_finished_)
    return Error(Code::internal, "a statement was tried on a transaction that has ended");
  auto now = std::chrono::steady_clock::now();
  if (now >= deadline_) return failed(Error(Code::timeout, "the time for this call is over"));
  if (this_waiter().is_cancelled())
    return failed(Error(Code::cancelled, "the request was given up"));
  if (connection_must_end()) return failed(snapshot_over());
  if (is_writing()) {
    if (auto entered = writer_->enter(lease_); !entered) return failed(std::move(entered).error());
  }
  Use use(writer_, lease_);
  set_watch(kind);
  connection_.watch.slice_began = now;
  if (!is_writing() && !has_begun_) PARLEY_CHECK(begin_reading());
  return use;
}

// Whoever holds the lease gives way too, so that a bulk of writes does not keep its loop from
// everything else; but less often, as other writers wait for the lease meanwhile.
// A write statement that is stopped ends the whole group, so only the end of the lease stops one;
// a read statement can be stopped for its own call's sake.
void SqliteTransaction::set_watch(Kind kind) {
  auto& watch = connection_.watch;
  watch.stopped = Stopped::no;
  watch.lets_others_run = true;
  watch.slices = is_writing() ? slices_of_writers : 1;
  watch.must_finish = kind == Kind::writes;
  bool lease_is_first = is_writing() && (kind == Kind::writes || lease_.ends < deadline_);
  watch.stop_at = lease_is_first ? lease_.ends : deadline_;
  watch.reason_at_stop = lease_is_first ? Stopped::lease_over : Stopped::timed_out;
}

// The snapshot is that of the first statement; all statements of the transaction share it.
Result<void> SqliteTransaction::begin_reading() {
  if (auto begun = connection_.run("BEGIN"); !begun) return failed(std::move(begun).error());
  connection_.snapshot.began = connection_.watch.slice_began;
  has_begun_ = true;
  return {};
}

Error SqliteTransaction::failed(Error error) {
  has_failed_ = true;
  if (is_writing()) writer_->look_after_error(lease_);
  return error;
}

Result<std::unique_ptr<orm::Rows>> SqliteTransaction::query(const orm::Query& query) {
  PARLEY_TRY(auto use, this->use(Kind::reads));
  PARLEY_CHECK(sql::render(query, SqliteDialect{}, connection_.scratch));
  auto prepared = connection_.prepare(connection_.scratch.text);
  if (!prepared) return failed(std::move(prepared).error());
  PARLEY_CHECK(bind_all(*prepared, connection_.scratch.parameters, Keep::copy));
  use.pass_on();
  return std::unique_ptr<orm::Rows>(
      std::make_unique<SqliteRows>(*this, std::move(prepared).value()));
}

// Runs connection_.scratch.
Result<void> SqliteTransaction::change(std::string_view table, std::int64_t* changed) {
  auto prepared = connection_.prepare(connection_.scratch.text);
  if (!prepared) return failed(std::move(prepared).error());
  PARLEY_CHECK(bind_all(*prepared, connection_.scratch.parameters, Keep::view));
  Timed timed(statements_, *prepared);
  if (auto done = prepared->step(table); !done) return failed(std::move(done).error());
  *changed = sqlite3_changes64(connection_.raw());
  return {};
}

Result<std::int64_t> SqliteTransaction::update(const orm::Update& update) {
  PARLEY_TRY(auto use, this->use(Kind::writes));
  PARLEY_CHECK(sql::render(update, SqliteDialect{}, connection_.scratch));
  std::int64_t changed = 0;
  PARLEY_CHECK(change(update.table, &changed));
  return changed;
}

Result<std::int64_t> SqliteTransaction::remove(const orm::Remove& remove) {
  PARLEY_TRY(auto use, this->use(Kind::writes));
  PARLEY_CHECK(sql::render(remove, SqliteDialect{}, connection_.scratch));
  std::int64_t changed = 0;
  PARLEY_CHECK(change(remove.table, &changed));
  return changed;
}

Result<void> SqliteTransaction::insert(const orm::Insert& insert) {
  PARLEY_TRY(auto use, this->use(Kind::writes));
  PARLEY_CHECK(insert_rows(insert));
  return move_counter(insert);
}

// Row by row through one prepared statement: the text stays one for any number of rows.
Result<void> SqliteTransaction::insert_rows(const orm::Insert& insert) {
  auto width = insert.columns.size();
  PARLEY_ASSERT(width > 0 && insert.values.size() % width == 0);
  sql::render(insert, 1, SqliteDialect{}, connection_.scratch);
  auto prepared = connection_.prepare(connection_.scratch.text);
  if (!prepared) return failed(std::move(prepared).error());
  Timed timed(statements_, *prepared, static_cast<std::int64_t>(insert.values.size() / width));
  for (std::size_t at = 0; at < insert.values.size(); at += width) {
    for (std::size_t i = 0; i < width; ++i)
      if (auto bound =
              bind(prepared->get(), static_cast<int>(i) + 1, insert.values[at + i], Keep::view);
          !bound)
        return failed(std::move(bound).error());
    if (auto done = prepared->step(insert.table); !done) return failed(std::move(done).error());
  }
  return {};
}

Result<void> SqliteTransaction::move_counter(const orm::Insert& insert) {
  auto width = insert.columns.size();
  auto at = std::find_if(insert.columns.begin(), insert.columns.end(),
                         [](const orm::Column& column) { return column.name == "id"; });
  if (at == insert.columns.end()) return {};
  std::int64_t largest = 0;
  for (auto i = static_cast<std::size_t>(at - insert.columns.begin()); i < insert.values.size();
       i += width)
    if (insert.values[i].is_integer()) largest = std::max(largest, insert.values[i].as_integer());
  bool is_allocated = insert.table == allocated_table_ && largest < allocated_end_;
  if (largest <= 0 || largest == INT64_MAX || is_allocated) return {};
  PARLEY_TRY(std::int64_t next, counter(insert.table));
  return next > largest ? Result<void>() : set_counter(insert.table, largest + 1);
}

// The next id of a table. The write connection alone moves counters, so it reads each once; a statement
// that reads and moves in one costs three times as much.
Result<std::int64_t> SqliteTransaction::counter(std::string_view table) {
  if (auto kept = connection_.counters.find(table); kept != connection_.counters.end()) return kept->second;
  auto prepared = connection_.prepare("SELECT next FROM parley_sequence WHERE name = ?");
  if (!prepared) return failed(std::move(prepared).error());
  PARLEY_CHECK(bind(prepared->get(), 1, Value::string(table), Keep::view));
  auto found = prepared->step();
  if (!found) return failed(std::move(found).error());
  const std::int64_t next = *found ? sqlite3_column_int64(prepared->get(), 0) : 1;
  connection_.counters.emplace(table, next);
  return next;
}

Result<void> SqliteTransaction::set_counter(std::string_view table, std::int64_t next) {
  for (const char* text : {"UPDATE parley_sequence SET next = ?2 WHERE name = ?1",
                           "INSERT INTO parley_sequence(name, next) VALUES (?1, ?2)"}) {
    auto prepared = connection_.prepare(text);
    if (!prepared) return failed(std::move(prepared).error());
    PARLEY_CHECK(bind(prepared->get(), 1, Value::string(table), Keep::view));
    PARLEY_CHECK(bind(prepared->get(), 2, Value::integer(next), Keep::view));
    Timed timed(statements_, *prepared);
    if (auto done = prepared->step(); !done) return failed(std::move(done).error());
    if (sqlite3_changes64(connection_.raw()) > 0) break;
  }
  if (auto kept = connection_.counters.find(table); kept != connection_.counters.end()) kept->second = next;
  return {};
}

Result<std::int64_t> SqliteTransaction::allocate_ids(std::string_view table, std::int64_t count) {
  PARLEY_ASSERT(count > 0);
  PARLEY_TRY(auto use, this->use(Kind::writes));
  PARLEY_TRY(std::int64_t first, counter(table));
  if (count > INT64_MAX - first) return failed(Error(Code::conflict, std::string(table) + ": no ids are left"));
  PARLEY_CHECK(set_counter(table, first + count));
  allocated_table_ = table;
  allocated_end_ = first + count;
  return first;
}

Result<void> SqliteTransaction::attempt(const std::function<Result<void>()>& body) {
  if (!is_writing()) return body();
  {
    PARLEY_TRY(auto use, this->use(Kind::writes));
    if (auto opened = connection_.run("SAVEPOINT attempt"); !opened)
      return failed(std::move(opened).error());
  }
  auto outcome = body();
  if (outcome && has_failed_)
    outcome = Error(Code::internal, "an attempt succeeded after one of its statements failed");
  // The lease may be gone or the group ended: then nothing is left to undo here.
  auto entered = writer_->enter(lease_);
  if (!entered || !connection_.in_transaction()) {
    if (entered) writer_->leave(lease_);
    has_failed_ = true;
    if (outcome) outcome = Error(Code::timeout, "the transaction's time is over");
    return outcome;
  }
  Use use(writer_, lease_);
  set_watch(Kind::writes);
  if (!outcome) {
    allocated_table_.clear();
    connection_.forget_kept();
    has_epochs_ = false;
    if (auto undone = connection_.run("ROLLBACK TO attempt"); !undone)
      return failed(std::move(undone).error());
    has_failed_ = false;
  }
  if (auto closed = connection_.run("RELEASE attempt"); !closed)
    return failed(std::move(closed).error());
  return outcome;
}

Result<void> SqliteTransaction::define(const orm::TableSpec& table) {
  PARLEY_ASSERT(mode_ == orm::Mode::exclusive);
  PARLEY_TRY(auto use, this->use(Kind::writes));
  if (auto done = define_table(connection_, table); !done) return failed(std::move(done).error());
  return {};
}

Result<void> SqliteTransaction::drop_table(std::string_view table) {
  PARLEY_ASSERT(mode_ == orm::Mode::exclusive);
  PARLEY_TRY(auto use, this->use(Kind::writes));
  if (auto done = sqlite::drop_table(connection_, table); !done)
    return failed(std::move(done).error());
  return {};
}

Result<void> SqliteTransaction::drop_column(std::string_view table, std::string_view column) {
  PARLEY_ASSERT(mode_ == orm::Mode::exclusive);
  PARLEY_TRY(auto use, this->use(Kind::writes));
  if (auto done = sqlite::drop_column(connection_, table, column); !done)
    return failed(std::move(done).error());
  return {};
}

// Asked at the start of every transaction, so the rows are read again only when another
// connection has committed since: SQLite's data version tells, for a third of the price.
Result<std::int64_t> SqliteTransaction::epoch(std::string_view name) {
  if (!has_epochs_) {
    PARLEY_TRY(auto use, this->use(Kind::reads));
    PARLEY_CHECK(read_epochs());
    has_epochs_ = true;
  }
  for (const auto& [known, value] : connection_.epochs.values)
    if (known == name) return value;
  return 0;
}

Result<void> SqliteTransaction::read_epochs() {
  Connection::Epochs& epochs = connection_.epochs;
  auto version = connection_.number("PRAGMA data_version");
  if (!version) return failed(std::move(version).error());
  if (*version == epochs.data_version) return {};
  connection_.forget_kept();
  epochs = {};
  auto prepared = connection_.prepare("SELECT name, value FROM parley_epoch");
  if (!prepared) return failed(std::move(prepared).error());
  for (;;) {
    auto stepped = prepared->step();
    if (!stepped) return failed(std::move(stepped).error());
    if (!*stepped) break;
    epochs.values.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(prepared->get(), 0)),
                               sqlite3_column_int64(prepared->get(), 1));
  }
  epochs.data_version = *version;
  return {};
}

Result<void> SqliteTransaction::advance_epoch(std::string_view name) {
  PARLEY_TRY(auto use, this->use(Kind::writes));
  connection_.epochs.data_version = -1;
  has_epochs_ = false;
  auto prepared = connection_.prepare(
      "INSERT INTO parley_epoch(name, value) VALUES (?, 1) "
      "ON CONFLICT(name) DO UPDATE SET value = value + 1");
  if (!prepared) return failed(std::move(prepared).error());
  PARLEY_CHECK(bind(prepared->get(), 1, Value::string(name), Keep::view));
  if (auto done = prepared->step(); !done) return failed(std::move(done).error());
  return {};
}

Result<void> SqliteTransaction::commit() {
  end_rows();
  if (!is_writing()) {
    is_finished_ = true;
    return {};
  }
  { PARLEY_TRY(auto use, this->use(Kind::writes)); }
  auto committed = writer_->commit(lease_);
  is_finished_ = true;
  // When the savepoint could not be released the lease is still held, and this gives it back;
  // otherwise it is somebody else's by now and nothing happens.
  if (!committed) writer_->roll_back(lease_);
  return committed;
}

void SqliteTransaction::end_rows() {
  while (!live_rows_.empty()) live_rows_.back()->end();
}

SqliteRows::SqliteRows(SqliteTransaction& transaction, Prepared statement)
    : transaction_(&transaction), statement_(std::move(statement)) {
  transaction.live_rows_.push_back(this);
}

void SqliteRows::end() {
  if (transaction_ == nullptr) return;
  if (transaction_->statements_ != nullptr) transaction_->statements_->add(sqlite3_sql(statement_.get()), took_);
  statement_.give_back();
  std::erase(transaction_->live_rows_, this);
  if (transaction_->is_writing()) transaction_->writer_->leave(transaction_->lease_);
  transaction_ = nullptr;
}

Result<bool> SqliteRows::step() {
  if (is_done_) return false;
  if (transaction_ == nullptr || transaction_->has_failed_)
    return Error(Code::internal, "a row was asked of a transaction that has ended");
  // Rows may be pulled slowly; their snapshot ends in time all the same.
  const auto began = coarse_now();
  if (began >= transaction_->deadline_)
    return transaction_->failed(Error(Code::timeout, "the time for this call is over"));
  if (transaction_->connection_must_end()) return transaction_->failed(snapshot_over());
  transaction_->set_watch(SqliteTransaction::Kind::reads);
  auto stepped = statement_.step();
  if (transaction_->statements_ != nullptr) took_ += coarse_now() - began;
  if (!stepped) return transaction_->failed(std::move(stepped).error());
  is_done_ = !*stepped;
  return stepped;
}

orm::Cell SqliteRows::cell(int column) const {
  using Kind = orm::Cell::Kind;
  auto* row = statement_.get();
  auto octets = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(row, column)); };
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
      return {Kind::integer, sqlite3_column_int64(row, column)};
    case SQLITE_FLOAT:
      return {Kind::real, 0, sqlite3_column_double(row, column)};
    case SQLITE_TEXT: {
      auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
      return {Kind::text, 0, 0, {text, octets()}};
    }
    case SQLITE_BLOB: {
      auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
      return {Kind::blob, 0, 0, {bytes == nullptr ? "" : bytes, octets()}};
    }
    default:
      return {};
  }
}

}  // namespace parley::sqlite
