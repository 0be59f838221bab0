// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/copy.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "parley/storage/sqlite/format.hpp"

namespace parley::sqlite {
namespace {

// 100 pages are 400 KiB: well below a millisecond between two looks at other work.
constexpr int pages_a_step = 100;

Error file_error(const std::string& path, int number) {
  return Error(Code::unavailable, "the file " + path + " cannot be written")
      .with_cause(std::strerror(number));
}

Error exists_already(const std::string& path) {
  return {Code::conflict, "the file " + path + " exists already"};
}

Result<void> let_others_run() {
  if (this_waiter().sleep(std::chrono::steady_clock::now()) == Waited::cancelled)
    return Error(Code::cancelled, "the request was given up");
  return {};
}

// A read transaction on `from` keeps the pages of one moment for as long as the copy takes.
Result<void> copy_pages(Connection& from, const std::string& path, const orm::CopyProgress& progress) {
  sqlite3* to = nullptr;
  int code =
      sqlite3_open_v2(path.c_str(), &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> closing(to, sqlite3_close_v2);
  if (code != SQLITE_OK) return error_of(to, code, Stopped::no, "");
  auto* backup = sqlite3_backup_init(to, "main", from.raw(), "main");
  if (backup == nullptr) return error_of(to, sqlite3_errcode(to), Stopped::no, "");
  std::unique_ptr<sqlite3_backup, int (*)(sqlite3_backup*)> finishing(backup,
                                                                      sqlite3_backup_finish);
  for (;;) {
    code = sqlite3_backup_step(backup, pages_a_step);
    auto pages = sqlite3_backup_pagecount(backup);
    if (progress) progress(pages - sqlite3_backup_remaining(backup), pages);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
      return error_of(nullptr, code, Stopped::no, "");
    PARLEY_CHECK(let_others_run());
  }
}

Result<void> copy_and_verify(Connection& source, const std::string& part,
                             const std::string& database, const Options& options,
                             const orm::CopyProgress& progress) {
  source.watch = {.lets_others_run = true};
  PARLEY_CHECK(source.run("BEGIN"));
  PARLEY_TRY(auto tables, source.number("SELECT count(*) FROM sqlite_schema"));
  PARLEY_CHECK(copy_pages(source, part, progress));
  PARLEY_TRY(auto copy, Connection::open(part, Connection::Role::tool, options));
  copy->watch.lets_others_run = true;
  PARLEY_CHECK(copy->run("PRAGMA journal_mode = DELETE"));  // one file, without a log beside it
  PARLEY_CHECK(verify(*copy, database));
  PARLEY_TRY(auto copied, copy->number("SELECT count(*) FROM sqlite_schema"));
  if (copied != tables) return Error(Code::rejected, "the copy of " + database + " is not whole");
  return {};
}

}  // namespace

Result<void> sync(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return file_error(path, errno);
  int failed = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  if (failed != 0) return file_error(path, failed);
  return {};
}

// Atomic, and never over another file: some file systems know only one of the two ways.
Result<void> put_in_place(const std::string& part, const std::string& to) {
  PARLEY_CHECK(sync(part));
  if (::access(to.c_str(), F_OK) == 0) return exists_already(to);
  // The log of a file that was lost would be played into the one that takes its name.
  for (auto suffix : {"-wal", "-shm", "-journal"}) unlink((to + suffix).c_str());
  int failed = renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0 ? 0 : errno;
  if (failed == EINVAL || failed == ENOSYS) {
    failed = link(part.c_str(), to.c_str()) == 0 ? 0 : errno;
    if (failed == 0) unlink(part.c_str());
  }
  if (failed == EEXIST) return exists_already(to);
  if (failed != 0) return file_error(to, failed);
  auto directory = std::filesystem::path(to).parent_path().string();
  return sync(directory.empty() ? "." : directory);
}

Result<void> copy_database(const std::string& from, const std::string& to, const Options& options,
                           const orm::CopyProgress& progress) {
  std::error_code ignored;
  if (std::filesystem::exists(to, ignored)) return exists_already(to);  // before the work, and after it
  auto database = std::filesystem::path(from).stem().string();
  PARLEY_TRY(auto source, Connection::open(from, Connection::Role::tool, options));
  auto part = to + ".part";
  unlink(part.c_str());
  auto copied = copy_and_verify(*source, part, database, options, progress);
  if (copied) copied = put_in_place(part, to);
  if (!copied) unlink(part.c_str());
  return copied;
}

Result<void> verify(Connection& connection, std::string_view database) {
  PARLEY_CHECK(check_format(connection, database));
  PARLEY_TRY(auto check, connection.prepare("PRAGMA integrity_check(1)"));
  PARLEY_TRY(bool has_row, check.step());
  auto* text = has_row ? reinterpret_cast<const char*>(sqlite3_column_text(check.get(), 0)) : "";
  if (std::string_view(text) == "ok") return {};
  return Error(Code::rejected, "the file of " + std::string(database) + " is damaged")
      .with_cause(text);
}

}  // namespace parley::sqlite
