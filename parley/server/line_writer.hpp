// SPDX-License-Identifier: Apache-2.0
// LineWriter: lines to a file descriptor, written a few milliseconds later, many at once.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace parley::server {

/// Any thread. Lines come out whole and in the order in which they were put. Those of the last
/// `gather_time` are lost when the process is killed or aborts. Who puts more than is read waits: beyond
/// 1 MiB everybody, with `now` at once. At the end a reader that takes nothing is given `end_time`.
class LineWriter {
 public:
  static constexpr std::chrono::milliseconds gather_time{5};
  static constexpr std::chrono::milliseconds end_time{2000};
  enum class When {
    soon,  // by a thread of its own
    now,   // before `put` returns, with all before it
  };
  /// `fd` is not closed.
  explicit LineWriter(int fd) : fd_(fd) {}
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// `line` without its end.
  void put(std::string_view line, When when);

 private:
  using Clock = std::chrono::steady_clock;
  bool has_thread();
  void run();
  void write_gathered();
  bool has_room() const;

  const int fd_;
  std::mutex writing_;  // taken before mutex_, held while lines go out
  std::mutex mutex_;    // of what follows
  std::condition_variable filled_, emptied_;
  std::string gathered_;
  std::thread thread_;  // begins with the first line that may wait
  bool is_over_ = false;
  std::atomic<Clock::time_point> ends_ = Clock::time_point::max();
  std::string written_;  // of writing_: kept for its memory
};

}  // namespace parley::server
