// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace parley::sqlite {

Result<DataLock> DataLock::try_lock(const std::string& directory, Kind kind) {
  auto path = directory + "/parley.lock";
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0)
    return Error(Code::unavailable, "the data directory " + directory + " cannot be used")
        .with_cause(std::strerror(errno));
  DataLock lock(fd);
  if (flock(fd, (kind == Kind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0)
    return Error(Code::unavailable,
                 "the data directory " + directory + " is in use by another process of Parley")
        .with_hint("stop the running server, or let it do the work");
  return lock;
}

DataLock::DataLock(DataLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DataLock& DataLock::operator=(DataLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

DataLock::~DataLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace parley::sqlite
