// SPDX-License-Identifier: Apache-2.0
// ReadPool: the read connections of a database, one per read transaction in flight, and how old
// their snapshots are.
#pragma once
#include <deque>
#include <mutex>
#include <vector>

#include "parley/core/wait.hpp"
#include "parley/orm/store.hpp"
#include "parley/storage/sqlite/connection.hpp"

namespace parley::sqlite {

/// Thread rule: any thread. Connections are opened when needed and kept.
class ReadPool {
 public:
  ReadPool(std::string path, const Options& options) : path_(std::move(path)), options_(options) {}
  ~ReadPool() { PARLEY_ASSERT(lent_.empty()); }
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  /// Waits while `readers_max` are lent. fails: timeout, cancelled, unavailable
  Result<std::unique_ptr<Connection>> take(Deadline deadline);
  /// Never waits. takes: a connection that is still in its snapshot is closed, not lent again
  void give_back(std::unique_ptr<Connection> connection);
  /// Tells the readers whose snapshot began before `moment` to end it. gives: how many were told
  /// just now; they do so when they next look at the store
  std::int64_t end_snapshots(Deadline moment);
  /// Adds how many read, and how many wait for a connection.
  void tell(orm::StoreStats& stats) const;

 private:
  struct Waiting {
    Waiter* waiter;
    bool has_turn = false;
    std::unique_ptr<Connection> connection = nullptr;
  };
  Result<void> wait_for_turn(std::unique_lock<std::mutex>& lock, Waiting& me, Deadline deadline);
  void pass_on(std::unique_ptr<Connection> connection);

  const std::string path_;
  const Options options_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::deque<Waiting*> queue_;
  std::vector<Connection*> lent_;
  std::size_t opening_ = 0;  // places of connections that are being opened
};

}  // namespace parley::sqlite
