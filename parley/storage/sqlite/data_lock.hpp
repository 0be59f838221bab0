// SPDX-License-Identifier: Apache-2.0
// DataLock: which processes use a directory of databases. The server and every tool that writes
// hold it exclusively; tools that only read need none.
#pragma once
#include <string>

#include "parley/core/error.hpp"

namespace parley::sqlite {

/// Advisory (flock on <directory>/parley.lock); the kernel gives it back when a process dies.
class DataLock {
 public:
  enum class Kind : std::uint8_t { shared, exclusive };
  /// Never waits. fails: unavailable when another process is in the way, or the directory is
  static Result<DataLock> try_lock(const std::string& directory, Kind kind);
  DataLock(DataLock&& other) noexcept;
  DataLock& operator=(DataLock&& other) noexcept;
  ~DataLock();

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace parley::sqlite
