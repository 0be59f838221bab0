// SPDX-License-Identifier: Apache-2.0
// Apart: a thread of its own for the few works that take seconds and cannot pause (making a
// database, copying one). One at a time, in the order they were asked for.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "parley/core/error.hpp"
#include "parley/core/wait.hpp"

namespace parley::server {

/// Thread rule: any thread; a task that waits for its work is suspended.
class Apart {
 public:
  using Work = std::function<Result<std::string>()>;

  explicit Apart(std::size_t waiting_max = 16) : waiting_max_(waiting_max), thread_([this] { run_all(); }) {}
  /// Ends the work under way; those that wait are not begun.
  ~Apart();
  Apart(const Apart&) = delete;
  Apart& operator=(const Apart&) = delete;

  /// Runs `work`, which owns all that it needs: it goes on when its asker has left.
  ///
  /// gives:   what it gave
  /// fails:   as the work; overloaded when too many wait; timeout, cancelled: the work goes on
  Result<std::string> run(Work work, Deadline deadline);
  /// How many wait for their turn.
  std::int64_t waiting() const;

 private:
  struct Job;
  void run_all();

  std::size_t waiting_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job>> waiting_;  // shared with who asked, until one of the two is done
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace parley::server
