// SPDX-License-Identifier: Apache-2.0
// ReadPool: the read connections of a database, one per read transaction in flight.
#pragma once
#include <deque>
#include <mutex>
#include <vector>

#include "parley/core/wait.hpp"
#include "parley/storage/sqlite/connection.hpp"

namespace parley::sqlite {

/// Thread rule: any thread. Connections are opened when needed and kept.
class ReadPool {
 public:
  ReadPool(std::string path, const Options& options) : path_(std::move(path)), options_(options) {}
  ~ReadPool() { PARLEY_ASSERT(lent_ == 0); }
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  /// Waits while `readers_max` are lent. fails: timeout, cancelled, unavailable
  Result<std::unique_ptr<Connection>> take(Deadline deadline);
  /// Never waits.
  void give_back(std::unique_ptr<Connection> connection);

 private:
  struct Waiting {
    Waiter* waiter;
    bool has_turn = false;
    std::unique_ptr<Connection> connection = nullptr;
  };
  Result<void> wait_for_turn(std::unique_lock<std::mutex>& lock, Waiting& me, Deadline deadline);

  const std::string path_;
  const Options options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::deque<Waiting*> queue_;
  std::size_t lent_ = 0;
};

}  // namespace parley::sqlite
