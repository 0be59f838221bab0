// SPDX-License-Identifier: Apache-2.0
#include "parley/server/line_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

namespace parley::server {
namespace {

constexpr auto gather_time = std::chrono::milliseconds(5);
constexpr std::size_t gathered_bytes_max = 1024 * 1024;

}  // namespace

LineWriter::~LineWriter() {
  {
    std::lock_guard lock(mutex_);
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
  while (!rest.empty()) {
    ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {  // who shares the descriptor made it so
      pollfd room{fd_, POLLOUT, 0};
      ::poll(&room, 1, -1);
      continue;
    }
    if (n <= 0) break;  // nobody to tell
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  written_.clear();
}

}  // namespace parley::server
