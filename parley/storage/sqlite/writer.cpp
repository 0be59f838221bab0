// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/writer.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace parley::sqlite {
namespace {

using orm::Mode;

constexpr std::chrono::milliseconds between_tries{5};  // of emptying a full log

// A group waits for writers who are on their way where a commit takes long: for an eighth of that.
constexpr std::chrono::milliseconds long_commit{1};
constexpr int share_of_commit = 8;

// A page of the log and the 24 bytes before it (sqlite.org/fileformat2.html, section 4.1).
std::int64_t frame_bytes(Connection& connection) {
  auto page_bytes = connection.number("PRAGMA page_size");
  return page_bytes ? *page_bytes + 24 : 0;
}

Error given_up(Waited why) {
  if (why == Waited::cancelled) return {Code::cancelled, "the request was given up"};
  return {Code::timeout, "the time for this call ended while it waited to write"};
}

Error lease_over() {
  return {Code::timeout, "the transaction kept other writers waiting for too long"};
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, ReadPool& readers, std::int64_t lease_ms,
               const Options& options)
    : options_(options),
      lease_ms_(lease_ms),
      readers_(readers),
      connection_(std::move(connection)),
      frame_bytes_(frame_bytes(*connection_)) {
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  {
    std::lock_guard lock(mutex_);
    PARLEY_ASSERT(queue_.empty() && members_.empty() && state_ != State::held);
    is_stopping_ = true;
    commit_wanted_.notify_one();
  }
  thread_.join();
}

Result<Lease> Writer::take(Mode mode, Deadline deadline) {
  Waiting me{&this_waiter(), mode};
  PARLEY_CHECK(wait_for_lease(me, deadline));
  auto lease = me.lease;
  auto opened = open_savepoint(std::min(deadline, lease.ends));
  if (opened) {
    leave(lease);
    return lease;
  }
  roll_back(lease);
  return std::move(opened).error();
}

// Who is granted the lease goes on without the mutex, which the granter still holds. It passes it
// once more when it leaves the savepoint, so its waiter outlives the granter's call of unpark.
Result<void> Writer::wait_for_lease(Waiting& me, Deadline deadline) {
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::idle && queue_.size() >= options_.writers_waiting_max)
      return Error(Code::overloaded, "too many transactions wait to write");
    queue_.push_back(&me);
    if (state_ == State::idle) hand_on();
  }
  while (!me.has_lease.load(std::memory_order_acquire)) {
    auto waited = me.waiter->park(deadline);
    if (waited == Waited::done) continue;
    std::lock_guard lock(mutex_);
    if (me.has_lease.load(std::memory_order_relaxed)) break;
    std::erase(queue_, &me);
    return given_up(waited);
  }
  return {};
}

Result<void> Writer::open_savepoint(Deadline deadline) {
  connection_->watch = {.stop_at = no_deadline};
  if (log_error_) return Error(*log_error_);
  has_savepoint_ = has_begun_;
  // The first of a group has no one before it to keep: what undoes it is ROLLBACK. A savepoint would
  // copy every page that it changes.
  if (!has_begun_) return begin_group(deadline);
  return connection_->run("SAVEPOINT member");
}

// Only another process can hold SQLite's own write lock here, for a short while.
Result<void> Writer::begin_group(Deadline deadline) {
  for (;;) {
    auto begun = connection_->run("BEGIN IMMEDIATE");
    has_begun_ = connection_->in_transaction();
    if (begun || (sqlite3_errcode(connection_->raw()) & 0xff) != SQLITE_BUSY) return begun;
    auto now = Clock::now();
    if (now >= deadline) return begun;
    auto waited = this_waiter().sleep(std::min(deadline, now + std::chrono::milliseconds(2)));
    if (waited == Waited::cancelled) return given_up(waited);
  }
}

Result<void> Writer::enter(const Lease& lease) {
  std::lock_guard lock(mutex_);
  if (lease_.number != lease.number || is_revoked_) return lease_over();
  if (uses_ == 0 && Clock::now() >= lease.ends) return lease_over();
  ++uses_;
  return {};
}

void Writer::leave(const Lease& lease) {
  std::lock_guard lock(mutex_);
  if (lease_.number == lease.number) --uses_;
}

void Writer::look_after_error(const Lease& lease) {
  std::lock_guard lock(mutex_);
  // Who lost the lease may not even look at the connection: somebody else works with it.
  if (lease_.number != lease.number || is_revoked_) return;
  if (connection_->in_transaction()) return;
  connection_->forget_kept();
  has_begun_ = false;
  lose_group();
}

Result<void> Writer::commit(const Lease& lease) {
  PARLEY_CHECK(enter(lease));  // from here on the holder cannot be revoked
  auto& connection = *connection_;
  connection.watch = {.stop_at = no_deadline};
  int open_references = 0, unused = 0;
  sqlite3_db_status(connection.raw(), SQLITE_DBSTATUS_DEFERRED_FKS, &open_references, &unused, 0);
  Result<void> released;
  if (open_references != 0)
    released = Error(Code::conflict, "a reference would point at no row", "foreign_key:");
  else if (has_savepoint_)
    released = connection.run("RELEASE member");
  if (!released) {
    look_after_error(lease);
    leave(lease);
    return released;  // the transaction's destruction rolls back
  }
  Member me{&this_waiter()};
  {
    std::lock_guard lock(mutex_);
    members_.push_back(&me);
    if (group_size_++ == 0) first_release_ = Clock::now();
    hand_on(Next::of_this_thread);  // which is about to wait for the group
  }
  return wait_until_durable(me);
}

Result<void> Writer::wait_until_durable(Member& me) {
  std::unique_lock lock(mutex_);
  while (!me.is_done) {
    lock.unlock();
    auto waited = me.waiter->park(no_deadline);
    lock.lock();
    if (me.is_done || waited != Waited::cancelled) continue;
    std::erase(members_, &me);  // its changes share the fate of the group all the same
    return Error(Code::cancelled,
                 "the request was given up while its changes were written; they may be kept");
  }
  return std::move(me.result);
}

// Leaves the connection either in the group without the savepoint, or outside any transaction.
void Writer::undo() {
  auto& connection = *connection_;
  connection.watch = {.stop_at = no_deadline};
  connection.forget_kept();
  if (!has_begun_) return;
  // An empty group is not worth a COMMIT; a group that cannot be undone in part is undone whole.
  bool is_undone = group_size_ > 0 && connection.in_transaction() &&
                   connection.run("ROLLBACK TO member") && connection.run("RELEASE member");
  if (is_undone) return;
  if (connection.in_transaction()) (void)connection.run("ROLLBACK");
  has_begun_ = false;
}

void Writer::roll_back(const Lease& lease) {
  {
    std::lock_guard lock(mutex_);
    if (lease_.number != lease.number || is_revoked_) return;
    ++uses_;
  }
  undo();  // group_size_ is the holder's to read: only holders change it
  std::lock_guard lock(mutex_);
  if (!has_begun_) lose_group();
  hand_on();
}

void Writer::grant_next(Next next) {
  uses_ = 1;  // until take() has opened the savepoint
  is_revoked_ = false;
  lease_.number += 1;
  if (queue_.empty()) {
    state_ = State::idle;
    return;
  }
  grant(has_begun_ && next == Next::of_this_thread ? next_of_this_thread() : queue_.begin());
}

// Within a group the lease stays on its thread as long as somebody there waits: every change of
// threads wakes one that sleeps and moves the pages between two caches. The first of a group is
// the one that has waited longest, so nobody waits for more than the group under way; and whoever
// runs alone is not overtaken.
std::deque<Writer::Waiting*>::iterator Writer::next_of_this_thread() {
  auto alone = [](const Waiting* one) { return one->mode == Mode::exclusive; };
  auto end = std::find_if(queue_.begin(), queue_.end(), alone);
  auto here = [thread = std::this_thread::get_id()](const Waiting* one) { return one->thread == thread; };
  auto found = std::find_if(queue_.begin(), end, here);
  return found == end ? queue_.begin() : found;
}

void Writer::grant(std::deque<Waiting*>::iterator chosen) {
  auto* next = *chosen;
  queue_.erase(chosen);
  state_ = State::held;
  mode_ = next->mode;
  lease_.ends = Clock::now() + lease_ms_;
  next->lease = lease_;
  auto* waiter = next->waiter;  // `next` is its owner's again once it has the lease
  next->has_lease.store(true, std::memory_order_release);
  waiter->unpark();
}

bool Writer::group_must_close() const {
  if (group_size_ == 0) return false;
  if (mode_ == Mode::exclusive || (!queue_.empty() && queue_.front()->mode == Mode::exclusive) ||
      group_size_ >= static_cast<std::int64_t>(options_.group_members_max) ||
      Clock::now() - first_release_ >= std::chrono::microseconds(options_.group_open_us))
    return true;
  return queue_.empty() && !expects_more();
}

// Those whom the last commit answered mostly come back with their next write while this group is under
// way. Without a moment's patience two halves would take turns, each waiting for the other's sync.
bool Writer::expects_more() const { return commit_took_ >= long_commit && group_size_ < writers_lately_; }

void Writer::hand_on(Next next) {
  // A full log that could not be emptied is tried again before each writer.
  if (!group_must_close() && !log_error_) {
    grant_next(next);
    if (!is_group_waiting()) return;
    group_closes_ = std::min(Clock::now() + commit_took_ / share_of_commit,
                             first_release_ + std::chrono::microseconds(options_.group_open_us));
  } else {
    state_ = State::committing;
    lease_.number += 1;
  }
  commit_wanted_.notify_one();
}

void Writer::lose_group() {
  group_size_ = 0;
  wake_members(Error(Code::stale, "the transaction shared a group that failed; run it again"));
}

void Writer::wake_members(const Result<void>& result) {
  for (auto* member : members_) {
    if (!result) member->result = Error(result.error());
    member->is_done = true;
    member->waiter->unpark();
  }
  members_.clear();
}

bool Writer::lease_ran_out() const {
  return state_ == State::held && !is_revoked_ && uses_ == 0 && Clock::now() >= lease_.ends;
}

void Writer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (state_ == State::committing) {
      commit_group(lock);
    } else if (lease_ran_out()) {
      is_revoked_ = true;
      lock.unlock();
      undo();
      lock.lock();
      if (!has_begun_) lose_group();
      hand_on();
    } else if (is_group_waiting()) {
      if (Clock::now() >= group_closes_) state_ = State::committing;
      else commit_wanted_.wait_until(lock, group_closes_);
    } else if (is_stopping_) {
      return;
    } else {  // a lease is granted without waking this thread, so it looks now and then
      commit_wanted_.wait_for(lock, std::max(lease_ms_ / 2, std::chrono::milliseconds(5)));
    }
  }
}

void Writer::commit_group(std::unique_lock<std::mutex>& lock) {
  Result<void> result;
  if (group_size_ > 0) {
    lock.unlock();
    const auto began = Clock::now();
    result = commit_now();
    const auto took = Clock::now() - began;
    lock.lock();
    commit_took_ = took;
    writers_lately_ = group_size_ + static_cast<std::int64_t>(queue_.size());
  }
  if (result && group_size_ > 0) {
    stats_.commits += group_size_;
    stats_.groups += 1;
    stats_.largest_group = std::max(stats_.largest_group, group_size_);
  }
  group_size_ = 0;
  bool is_checkpoint_due = needs_checkpoint();
  if (!is_checkpoint_due) grant_next();  // the next writer works while these are woken
  wake_members(result);
  if (is_checkpoint_due) {
    checkpoint(lock);  // still State::committing: nobody else touches the connection
    grant_next();
  }
}

Result<void> Writer::commit_now() {
  auto& connection = *connection_;
  connection.watch = {.stop_at = no_deadline};
  auto result = connection.run("COMMIT");
  if (!result) connection.forget_kept();
  if (connection.in_transaction()) (void)connection.run("ROLLBACK");
  has_begun_ = false;
  return result;
}

bool Writer::needs_checkpoint() {
  auto pages = connection_->log_pages;
  if (pages < pages_checkpointed_) pages_checkpointed_ = 0;
  stats_.log_bytes = pages * frame_bytes_;
  return log_error_ || pages - pages_checkpointed_ >= options_.checkpoint_pages;
}

// Copies the log into the database. Passive waits for nobody: once all is copied and no reader
// needs the log, the next writer starts it from its front. Under readers without end that moment
// never comes, so a log beyond `log_pages_kept` is emptied while no writer may begin: readers that
// come then read the database alone, and those that need the log are told to end when they are
// old. Up to `log_pages_max` that is tried once and writers go on; beyond, they wait for it.
void Writer::checkpoint(std::unique_lock<std::mutex>& lock) {
  auto pages = pages_checkpointed_ = connection_->log_pages;
  log_error_.reset();
  if (pages < options_.log_pages_kept) return (void)copy_log(SQLITE_CHECKPOINT_PASSIVE, lock);
  const bool is_full = pages >= options_.log_pages_max;
  int code = copy_log(SQLITE_CHECKPOINT_TRUNCATE, lock);
  stats_.log_waits += is_full && code == SQLITE_BUSY ? 1 : 0;
  while ((code & 0xff) == SQLITE_BUSY) {
    auto moment = Clock::now() - std::chrono::milliseconds(options_.snapshot_ms);
    stats_.reads_ended += readers_.end_snapshots(moment);
    if (!is_full || is_stopping_) return;
    commit_wanted_.wait_for(lock, between_tries);
    code = copy_log(SQLITE_CHECKPOINT_TRUNCATE, lock);
  }
  if (code == SQLITE_OK)
    pages_checkpointed_ = connection_->log_pages = stats_.log_bytes = 0;
  else if (is_full)
    log_error_ = connection_->error(code);
}

int Writer::copy_log(int how, std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  int code = sqlite3_wal_checkpoint_v2(connection_->raw(), nullptr, how, nullptr, nullptr);
  lock.lock();
  return code;
}

orm::StoreStats Writer::stats() const {
  std::lock_guard lock(mutex_);
  auto stats = stats_;
  stats.waiting_writers = static_cast<std::int64_t>(queue_.size());
  return stats;
}

}  // namespace parley::sqlite
