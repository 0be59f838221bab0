// SPDX-License-Identifier: Apache-2.0
#include "parley/server/master_password.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace parley::server {
namespace {

constexpr std::string_view hash_start = "$argon2";

Error file_error(const std::string& path) {
  return Error(Code::unavailable, "the file of the master password cannot be written")
      .with_cause(path + ": " + std::strerror(errno));
}

Result<void> write_whole(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0) return file_error(path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(fd) == 0 ? Result<void>() : file_error(path);
}

Result<std::string> hashed(HashPool& pool, std::string& text) {
  if (text.empty() || text.starts_with(hash_start)) return std::move(text);
  auto out = pool.hash(text);
  sodium_memzero(text.data(), text.size());
  text.clear();
  return out;
}

Result<void> write_hash(const std::string& path, const std::string& stored) {
  const std::string part = path + ".new";
  ::unlink(part.c_str());
  int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return file_error(part);
  auto written = write_whole(fd, stored + "\n", part);
  ::close(fd);
  if (written && std::rename(part.c_str(), path.c_str()) != 0) written = file_error(path);
  if (written) return {};
  ::unlink(part.c_str());
  return std::move(written).error();
}

}  // namespace

Result<void> MasterPassword::load(Settings& settings) {
  file_ = settings.master_password_file;
  if (!file_.empty() && !settings.master_password.empty())
    return Error(Code::invalid_argument, "master-password and master-password-file: give one of them");
  std::string text = settings.master_password;  // a copy: what is moved from keeps the bytes of a short text
  sodium_memzero(settings.master_password.data(), settings.master_password.size());
  settings.master_password.clear();
  if (!file_.empty()) {
    std::ifstream file(file_);
    if (!file || !std::getline(file, text) || text.empty())
      return Error(Code::not_found, "master-password-file: " + file_ + " has no password in its first line");
    if (text.back() == '\r') text.pop_back();
  }
  PARLEY_TRY(std::string stored, hashed(pool_, text));
  std::lock_guard lock(mutex_);
  stored_ = std::move(stored);
  return {};
}

std::string MasterPassword::stored() const {
  std::lock_guard lock(mutex_);
  return stored_;
}

Result<void> MasterPassword::change(std::string_view password) {
  if (password.empty()) return Error(Code::rejected, "the new master password is empty", {}, "UserError");
  if (file_.empty())
    return Error(Code::rejected,
                 "the master password is given as a setting and cannot be changed by a call; start the server with "
                 "master-password-file",
                 {}, "UserError");
  PARLEY_TRY(std::string stored, pool_.hash(password));
  std::lock_guard lock(mutex_);  // of two changes at once the one in the file is the one that counts
  PARLEY_CHECK(write_hash(file_, stored));
  stored_ = std::move(stored);
  return {};
}

Result<std::string> write_password_file(HashPool& pool, const std::string& path, std::string_view password) {
  PARLEY_TRY(std::string stored, pool.hash(password));
  PARLEY_CHECK(write_hash(path, stored));
  return stored;
}

}  // namespace parley::server
