// SPDX-License-Identifier: Apache-2.0
#include "parley/server/line_writer.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace parley::server {
namespace {

constexpr std::size_t gathered_bytes_max = 1024 * 1024;
// A pipe that has room has room for so many (pipe(7), PIPE_BUF): no write hangs when the end comes.
constexpr std::size_t piece_bytes = 4096;
constexpr int look_ms = 100;  // between two looks whether the end has come

/// How many bytes go out next: whole lines, where others may write to the same descriptor.
std::size_t piece_of(std::string_view rest) {
  if (rest.size() <= piece_bytes) return rest.size();
  std::size_t end = rest.rfind('\n', piece_bytes - 1);
  return end == rest.npos ? piece_bytes : end + 1;
}

}  // namespace

LineWriter::~LineWriter() {
  {
    std::lock_guard lock(mutex_);
    ends_ = Clock::now() + end_time;
    is_over_ = true;
  }
  filled_.notify_one();
  if (thread_.joinable()) thread_.join();
  write_gathered();
}

void LineWriter::put(std::string_view line, When when) {
  {
    std::unique_lock lock(mutex_);
    emptied_.wait(lock, [this] { return gathered_.size() < gathered_bytes_max || !thread_.joinable(); });
    const bool is_first = gathered_.empty();
    gathered_.append(line) += '\n';
    if (when == When::soon && has_thread()) {
      if (is_first) filled_.notify_one();
      return;
    }
  }
  write_gathered();
}

// Without one, as the machine gives no more, each line is written at once.
bool LineWriter::has_thread() {
  if (thread_.joinable()) return true;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void LineWriter::run() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);  // signals are for the thread that waits for them
  std::unique_lock lock(mutex_);
  while (!is_over_) {
    filled_.wait(lock, [this] { return is_over_ || !gathered_.empty(); });
    // Under load this is one write for hundreds of lines.
    filled_.wait_for(lock, gather_time, [this] { return is_over_; });
    lock.unlock();
    write_gathered();
    lock.lock();
  }
}

void LineWriter::write_gathered() {
  std::lock_guard writing(writing_);
  {
    std::lock_guard lock(mutex_);
    written_.swap(gathered_);
  }
  emptied_.notify_all();
  std::string_view rest = written_;
  while (!rest.empty() && has_room()) {
    ssize_t n = ::write(fd_, rest.data(), piece_of(rest));
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) break;  // nobody to tell
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  written_.clear();
}

// Waits until the descriptor takes a piece. False: the end has come, and nobody reads.
bool LineWriter::has_room() const {
  pollfd room{fd_, POLLOUT, 0};
  while (::poll(&room, 1, look_ms) == 0)
    if (Clock::now() >= ends_.load()) return false;
  return true;
}

}  // namespace parley::server
