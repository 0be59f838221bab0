// SPDX-License-Identifier: Apache-2.0
// Writer: the one write connection of a database, its first-come lease, and group commit.
//
// A write transaction takes the lease, works on its own thread inside a savepoint (the first of a
// group needs none), releases it and hands the lease on; the group of such savepoints becomes
// durable by one COMMIT on the commit thread. The connection belongs to the holder of the lease, or
// to the commit thread between two.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "parley/core/limits.hpp"
#include "parley/orm/store.hpp"
#include "parley/storage/sqlite/connection.hpp"
#include "parley/storage/sqlite/read_pool.hpp"

namespace parley::sqlite {

/// One holding of the lease; `number` is never used twice.
struct Lease {
  std::uint64_t number = 0;
  Deadline ends = no_deadline;
};

/// Thread rule: any thread; the functions after take() only with the lease one holds.
class Writer {
 public:
  Writer(std::unique_ptr<Connection> connection, ReadPool& readers, std::int64_t lease_ms,
         const Options& options);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Waits for the lease and opens a savepoint.
  /// fails:   timeout, cancelled, overloaded, unavailable
  Result<Lease> take(orm::Mode mode, Deadline deadline);
  /// Before each use of the connection; nests. fails: timeout when the lease is over
  Result<void> enter(const Lease& lease);
  void leave(const Lease& lease);
  /// After a failed statement: when it ended the whole group, its members run again.
  void look_after_error(const Lease& lease);
  /// Ends the savepoint, hands the lease on and waits until the group is durable.
  /// fails:   stale, conflict, unavailable, timeout, cancelled (it may have been kept)
  Result<void> commit(const Lease& lease);
  /// Undoes the savepoint and hands the lease on; never waits.
  void roll_back(const Lease& lease);

  Connection& connection() { return *connection_; }
  orm::StoreStats stats() const;

 private:
  struct Waiting {
    Waiter* waiter;
    orm::Mode mode;
    std::thread::id thread = std::this_thread::get_id();
    Lease lease = {};
    std::atomic<bool> has_lease = false;
  };
  struct Member {
    Waiter* waiter;
    bool is_done = false;
    Result<void> result = {};
  };
  enum class State : std::uint8_t { idle, held, committing };

  Result<void> wait_for_lease(Waiting& me, Deadline deadline);
  Result<void> open_savepoint(Deadline deadline);
  Result<void> begin_group(Deadline deadline);
  Result<void> wait_until_durable(Member& me);
  void undo();
  // With mutex_ held:
  enum class Next : std::uint8_t { longest_waiting, of_this_thread };
  void grant_next(Next next = Next::longest_waiting);
  void grant(std::deque<Waiting*>::iterator chosen);
  std::deque<Waiting*>::iterator next_of_this_thread();
  void hand_on(Next next = Next::longest_waiting);
  bool group_must_close() const;
  bool expects_more() const;
  // Nobody holds the lease and nobody waits for it, but the group is still open.
  bool is_group_waiting() const { return state_ == State::idle && group_size_ > 0; }
  void lose_group();
  void wake_members(const Result<void>& result);
  bool lease_ran_out() const;
  // The commit thread:
  void run();
  void commit_group(std::unique_lock<std::mutex>& lock);
  Result<void> commit_now();
  bool needs_checkpoint();
  void checkpoint(std::unique_lock<std::mutex>& lock);
  int copy_log(int how, std::unique_lock<std::mutex>& lock);

  const Options options_;
  const std::chrono::milliseconds lease_ms_;
  ReadPool& readers_;
  std::unique_ptr<Connection> connection_;  // of the holder, or of the commit thread
  bool has_begun_ = false;                  // BEGIN was said; as connection_
  bool has_savepoint_ = false;              // of the holder: all but the first of a group have one
  std::int64_t pages_checkpointed_ = 0;     // of the log; the commit thread's
  std::optional<Error> log_error_;          // why a full log cannot be emptied; as connection_
  const std::int64_t frame_bytes_;           // of the log

  mutable std::mutex mutex_;
  std::condition_variable commit_wanted_;
  State state_ = State::idle;
  Lease lease_;
  orm::Mode mode_ = orm::Mode::write;
  int uses_ = 0;                  // enter() without leave()
  bool is_revoked_ = false;       // the holder was too slow; its savepoint is gone
  std::deque<Waiting*> queue_;    // in the order they came
  std::vector<Member*> members_;  // released and waiting for the COMMIT
  std::int64_t group_size_ = 0;   // released savepoints, also of those who stopped waiting
  Deadline first_release_ = {};
  Clock::duration commit_took_ = {};  // the last one
  std::int64_t writers_lately_ = 0;   // in the last group or waiting when it was durable
  Deadline group_closes_ = {};        // of a group that waits
  bool is_stopping_ = false;
  orm::StoreStats stats_;
  std::thread thread_;
};

}  // namespace parley::sqlite
