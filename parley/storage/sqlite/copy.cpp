// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/copy.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace parley::sqlite {
namespace {

// 100 pages are 400 KiB: well below a millisecond between two looks at other work.
constexpr int pages_a_step = 100;

Error file_error(const std::string& path, int number) {
  return Error(Code::unavailable, "the file " + path + " cannot be written")
      .with_cause(std::strerror(number));
}

Result<void> sync(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return file_error(path, errno);
  int failed = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  if (failed != 0) return file_error(path, failed);
  return {};
}

Result<void> let_others_run() {
  if (this_waiter().sleep(std::chrono::steady_clock::now()) == Waited::cancelled)
    return Error(Code::cancelled, "the request was given up");
  return {};
}

// A read transaction on `from` keeps the pages of one moment for as long as the copy takes.
Result<void> copy_pages(Connection& from, const std::string& path) {
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
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
      return error_of(nullptr, code, Stopped::no, "");
    PARLEY_CHECK(let_others_run());
  }
}

Result<void> copy_and_verify(Connection& source, const std::string& part,
                             const std::string& database, const Options& options) {
  source.watch = {.lets_others_run = true};
  PARLEY_CHECK(source.run("BEGIN"));
  PARLEY_TRY(auto tables, source.number("SELECT count(*) FROM sqlite_schema"));
  PARLEY_CHECK(copy_pages(source, part));
  PARLEY_TRY(auto copy, Connection::open(part, Connection::Role::tool, options));
  copy->watch.lets_others_run = true;
  PARLEY_CHECK(copy->run("PRAGMA journal_mode = DELETE"));  // one file, without a log beside it
  PARLEY_CHECK(verify(*copy, database));
  PARLEY_TRY(auto copied, copy->number("SELECT count(*) FROM sqlite_schema"));
  if (copied != tables) return Error(Code::rejected, "the copy of " + database + " is not whole");
  return {};
}

}  // namespace

Result<void> put_in_place(const std::string& part, const std::string& to, Existing existing) {
  PARLEY_CHECK(sync(part));
  if (existing == Existing::replace) {
    if (rename(part.c_str(), to.c_str()) != 0) return file_error(to, errno);
  } else {
    if (link(part.c_str(), to.c_str()) != 0) {
      if (errno == EEXIST) return Error(Code::conflict, "the file " + to + " exists already");
      return file_error(to, errno);
    }
    unlink(part.c_str());
  }
  auto directory = std::filesystem::path(to).parent_path().string();
  return sync(directory.empty() ? "." : directory);
}

Result<void> copy_database(const std::string& from, const std::string& to, Existing existing,
                           const Options& options) {
  auto database = std::filesystem::path(from).stem().string();
  PARLEY_TRY(auto source, Connection::open(from, Connection::Role::tool, options));
  auto part = to + ".part";
  unlink(part.c_str());
  auto copied = copy_and_verify(*source, part, database, options);
  if (copied) copied = put_in_place(part, to, existing);
  if (!copied) unlink(part.c_str());
  return copied;
}

Result<void> check_format(Connection& connection, std::string_view database) {
  PARLEY_TRY(auto id, connection.number("PRAGMA application_id"));
  if (id != application_id)
    return Error(Code::rejected,
                 "the file of " + std::string(database) + " is not one of Parley's");
  PARLEY_TRY(auto version, connection.number("PRAGMA user_version"));
  if (version > format_version)
    return Error(Code::rejected, "database " + std::string(database) + " has format version " +
                                     std::to_string(version) +
                                     "; this program knows versions up to " +
                                     std::to_string(format_version));
  return {};
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
