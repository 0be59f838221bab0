// SPDX-License-Identifier: Apache-2.0
#include "parley/core/wait.hpp"

#include <poll.h>

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <thread>

namespace parley {

Deadline coarse_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);  // what steady_clock counts, in steps
  return Deadline(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

namespace {

// The waiter of a plain thread: it really blocks.
class ThreadWaiter final : public Waiter {
 public:
  Waited ready(int fd, Readiness what, Deadline deadline) override {
    using namespace std::chrono;
    pollfd entry{fd, static_cast<short>(what == Readiness::readable ? POLLIN : POLLOUT), 0};
    for (;;) {
      int wait_ms = -1;
      if (deadline != no_deadline) {
        auto left = duration_cast<milliseconds>(deadline - steady_clock::now()).count();
        wait_ms = static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30));
      }
      int n = poll(&entry, 1, wait_ms);
      if (n > 0) return Waited::done;
      if (n == 0) return Waited::timed_out;
    }
  }
  Waited sleep(Deadline until) override {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [this] { return is_cancelled_; });
    return is_cancelled_ ? Waited::cancelled : Waited::done;
  }
  Waited park(Deadline deadline) override {
    std::unique_lock lock(mutex_);
    auto woken = [this] { return has_token_ || is_cancelled_; };
    if (deadline == no_deadline) changed_.wait(lock, woken);
    else changed_.wait_until(lock, deadline, woken);
    if (has_token_) {
      has_token_ = false;
      return Waited::done;
    }
    return is_cancelled_ ? Waited::cancelled : Waited::timed_out;
  }
  void unpark() override {
    std::lock_guard lock(mutex_);
    has_token_ = true;
    changed_.notify_all();
  }
  void cancel() override {
    std::lock_guard lock(mutex_);
    is_cancelled_ = true;
    changed_.notify_all();
  }
  bool is_cancelled() const override {
    std::lock_guard lock(mutex_);
    return is_cancelled_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool has_token_ = false, is_cancelled_ = false;
};

thread_local Waiter* current_waiter = nullptr;

}  // namespace

// Not inlined: a task may resume on a frame whose compiler-cached address of the
// thread_local belongs to another thread.
[[gnu::noinline]] Waiter& this_waiter() {
  asm volatile("");
  if (current_waiter != nullptr) return *current_waiter;
  thread_local ThreadWaiter own;
  return own;
}

[[gnu::noinline]] void set_this_waiter(Waiter* waiter) {
  asm volatile("");
  current_waiter = waiter;
}

}  // namespace parley
