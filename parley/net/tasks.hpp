// SPDX-License-Identifier: Apache-2.0
// Stackful tasks: plain blocking code that waits without blocking its loop's thread.
// A task starts and ends on one loop; what it waits for may come from any thread.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "parley/core/wait.hpp"
#include "parley/net/loop.hpp"

namespace parley::net {

class Tasks;

/// One task; code inside it reaches it as `this_waiter()`.
///
/// Its memory lives as long as its Tasks, so an unpark that comes after the task's end is
/// harmless; such an unpark may end a later park early, so a park belongs into a loop over its
/// condition. Threads that unpark must be stopped before the Tasks (the Server) goes.
/// `ready` makes the descriptor non-blocking.
class Task final : public Waiter {
 public:
  explicit Task(Tasks& owner);
  ~Task() override;

  Waited ready(int fd, Readiness what, Deadline deadline) override;
  Waited sleep(Deadline until) override;
  Waited park(Deadline deadline) override;
  void unpark() override;
  void cancel() override;
  bool is_cancelled() const override { return is_cancelled_.load(std::memory_order_acquire); }

  /// Until when the task may wait for its client; see Hold.
  Deadline held_until() const { return held_until_; }

  // For callbacks of the loop (loop thread only): the task calls begin_wait, starts an
  // operation whose callback calls end_wait with the number it got, and calls wait.
  std::uint64_t begin_wait();
  Waited wait();
  void end_wait(std::uint64_t number, Waited how);

 private:
  friend class Tasks;
  friend class Hold;
  struct Stack;  // the context, its memory, and what sanitizers must be told
  enum class Wait : std::uint8_t { none, operation, cancellable, parked };

  Waited wait_until(Wait kind, Deadline deadline);
  void start_timer(Deadline deadline);
  void yield();
  void signalled();
  void resume();
  void suspend();

  Tasks& owner_;
  std::unique_ptr<Stack> stack_;
  std::function<void()> body_;
  std::atomic<bool> has_token_ = false;
  std::atomic<bool> is_cancelled_ = false;
  // Loop thread only from here on.
  Wait wait_ = Wait::none;
  Waited result_ = Waited::done;
  std::uint64_t wait_number_ = 0;
  bool is_done_ = false, is_quitting_ = false;
  Deadline held_until_ = no_deadline;
};

/// While it lives, its task holds something scarce (a transaction) and waits for its client until
/// `deadline` at most, however steadily the client takes bytes. Outside of tasks it does nothing.
class Hold {
 public:
  explicit Hold(Deadline deadline);
  ~Hold();
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  Task* task_;
  Deadline before_ = no_deadline;
};

/// The tasks of one loop. Thread rule: loop thread only.
class Tasks {
 public:
  static constexpr std::size_t default_stack_bytes = 256 * 1024;
  /// limits:  at most `idle_stacks_max` stacks are kept for reuse; running tasks are limited by
  ///          whoever spawns them
  explicit Tasks(Loop& loop, std::size_t stack_bytes = default_stack_bytes, std::size_t idle_stacks_max = 128);
  /// All tasks must have ended.
  ~Tasks();
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;

  /// Runs `body` in a task at once, until it ends or first waits. Exceptions must not leave it.
  void spawn(std::function<void()> body);
  void cancel_all();
  std::size_t running() const { return running_; }
  /// The task that runs on this thread, or null outside of tasks.
  static Task* current();

 private:
  friend class Task;
  void ended(Task& task);

  Loop& loop_;
  std::size_t stack_bytes_, idle_stacks_max_;
  std::size_t running_ = 0;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::vector<Task*> idle_;   // with a stack
  std::vector<Task*> empty_;  // without
};

}  // namespace parley::net
