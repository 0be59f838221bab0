// SPDX-License-Identifier: Apache-2.0
// The one hook by which blocking code waits. In a task it suspends the task; in a plain
// thread (tools, tests) it blocks the thread. Nothing else in the tree may block a loop.
#pragma once
#include <chrono>
#include <cstdint>

namespace parley {

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();
inline Deadline deadline_in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

/// The kernel's last tick: some milliseconds old (4 at 250 ticks a second) and five times cheaper to ask
/// for. A sum of many short differences of it is right on average, a single one is not.
Deadline coarse_now();

enum class Waited : std::uint8_t {
  done,       // what was waited for has come
  timed_out,  // the deadline passed first
  cancelled,  // the request was given up (client gone, server stopping)
};

enum class Readiness : std::uint8_t { readable, writable };

/// One waiter belongs to one running task (or plain thread).
///
/// Thread rule: ready, sleep and park only by its own task; unpark and cancel from any thread.
/// `unpark` before `park` is not lost: the next park returns at once.
/// No mutex and no thread_local reference may be kept over any of the three waits.
class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual Waited ready(int fd, Readiness what, Deadline deadline) = 0;
  virtual Waited sleep(Deadline until) = 0;
  virtual Waited park(Deadline deadline) = 0;
  virtual void unpark() = 0;
  virtual void cancel() = 0;
  virtual bool is_cancelled() const = 0;
};

/// The waiter of the code that runs here: the task's, else one of this plain thread.
Waiter& this_waiter();

/// Set by the task scheduler around every switch; null restores the plain thread's own.
void set_this_waiter(Waiter* waiter);

}  // namespace parley
