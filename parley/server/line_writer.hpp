// SPDX-License-Identifier: Apache-2.0
// LineWriter: lines to a file descriptor, written a few milliseconds later, many at once.
#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace parley::server {

/// Any thread. Lines come out whole and in the order in which they were put; none is lost unless the
/// process is killed within `gather_time` of it. Who puts more than can be written waits.
class LineWriter {
 public:
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
  bool has_thread();
  void run();
  void write_gathered();

  const int fd_;
  std::mutex writing_;  // taken before mutex_, held while lines go out
  std::mutex mutex_;    // of what follows
  std::condition_variable filled_, emptied_;
  std::string gathered_;
  std::thread thread_;  // begins with the first line that may wait
  bool is_over_ = false;
  std::string written_;  // of writing_: kept for its memory
};

}  // namespace parley::server
