// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/engine.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "parley/storage/sqlite/copy.hpp"
#include "parley/storage/sqlite/format.hpp"
#include "parley/storage/sqlite/schema.hpp"
#include "parley/storage/sqlite/store.hpp"

namespace parley::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".sqlite";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Error missing(std::string_view database) {
  return {Code::not_found, "there is no database " + std::string(database)};
}

// For who starts a program: which of several files is meant.
Error naming(const std::string& path, Error error) {
  if (error.message.find("format version") == std::string::npos) error.message += ": " + path;
  return error;
}

Error unusable(const std::string& path, const std::string& why) {
  return Error(Code::unavailable, "the file " + path + " cannot be used").with_cause(why);
}

// The log first: without its database it would be played into the next one of this name.
// gives:   0, or why the database is still there
int remove_files(const std::string& path) {
  for (auto suffix : {"-wal", "-shm", "-journal"}) unlink((path + suffix).c_str());
  return unlink(path.c_str()) == 0 || errno == ENOENT ? 0 : errno;
}

// A whole, empty database under a passing name, so that no other process meets half of one.
Result<void> build(const std::string& part, const Options& options) {
  remove_files(part);
  int fd = ::open(part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (fd < 0) return unusable(part, std::strerror(errno));
  close(fd);
  PARLEY_TRY(auto connection, Connection::open(part, Connection::Role::writer, options));
  PARLEY_CHECK(connection->run("PRAGMA application_id = " + std::to_string(application_id)));
  PARLEY_CHECK(connection->run("PRAGMA user_version = " + std::to_string(format_version)));
  return create_own_tables(*connection);
}

Result<std::unique_ptr<Connection>> open_writer(const std::string& path, std::string_view database,
                                                const Options& options) {
  {  // before a connection that turns the file's log on
    PARLEY_TRY(auto look, Connection::open(path, Connection::Role::tool, options));
    PARLEY_CHECK(check_format(*look, database));
  }
  PARLEY_TRY(auto writer, Connection::open(path, Connection::Role::writer, options));
  PARLEY_CHECK(upgrade_format(*writer, database));
  return writer;
}

}  // namespace

bool is_database_name(std::string_view name) {
  constexpr std::size_t chars_max = 63;
  if (name.empty() || name.size() > chars_max || !is_letter_or_digit(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-';
  });
}

SqliteEngine::SqliteEngine(std::string directory, const Limits& limits, const Options& options)
    : directory_(std::move(directory)), limits_(limits), options_(options) {
  prepare_process();
}

Result<std::string> SqliteEngine::path_of(std::string_view database) const {
  if (is_database_name(database))
    return (fs::path(directory_) / (std::string(database) + std::string(extension))).string();
  return Error(Code::invalid_argument,
               "a database name has 1 to 63 letters, digits, '_', '.' or '-' and begins with a "
               "letter or a digit");
}

Result<std::vector<std::string>> SqliteEngine::list() const {
  std::vector<std::string> names;
  std::error_code failed;
  fs::directory_iterator entries(directory_, failed);
  if (failed == std::errc::no_such_file_or_directory) return names;
  for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
    auto file = entries->path().filename();
    if (file.extension() != extension) continue;
    if (auto name = file.stem().string(); is_database_name(name)) names.push_back(name);
  }
  if (failed) return unusable(directory_, failed.message());
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> SqliteEngine::exists(std::string_view database) const {
  PARLEY_TRY(auto path, path_of(database));
  std::error_code failed;
  bool is_there = fs::exists(path, failed);
  if (failed) return unusable(path, failed.message());
  return is_there;
}

Result<std::unique_ptr<orm::Store>> SqliteEngine::create(std::string_view database) {
  PARLEY_TRY(auto path, path_of(database));
  PARLEY_TRY(bool is_there, exists(database));
  auto taken = Error(Code::conflict, "database " + std::string(database) + " exists already");
  if (is_there) return taken;
  std::error_code failed;
  fs::create_directories(directory_, failed);
  if (failed) return unusable(directory_, failed.message());
  auto part = path + ".new";
  auto built = build(part, options_);
  if (built) built = put_in_place(part, path);
  remove_files(part);
  if (!built && built.error().code == Code::conflict) return taken;
  if (!built) return std::move(built).error();
  return open(database);
}

Result<std::unique_ptr<orm::Store>> SqliteEngine::open(std::string_view database) {
  PARLEY_TRY(auto path, path_of(database));
  PARLEY_TRY(bool is_there, exists(database));
  if (!is_there) return missing(database);
  auto writer = open_writer(path, database, options_);
  if (!writer) return naming(path, std::move(writer).error());
  return std::unique_ptr<orm::Store>(
      std::make_unique<SqliteStore>(path, std::move(writer).value(), limits_, options_));
}

Result<void> SqliteEngine::drop(std::string_view database) {
  PARLEY_TRY(auto path, path_of(database));
  PARLEY_TRY(bool is_there, exists(database));
  if (!is_there) return missing(database);
  if (int failed = remove_files(path); failed != 0) return unusable(path, std::strerror(failed));
  return sync(directory_);
}

Result<void> SqliteEngine::backup(std::string_view database, const std::string& path,
                                  const orm::CopyProgress& progress) {
  PARLEY_TRY(auto from, path_of(database));
  PARLEY_TRY(bool is_there, exists(database));
  if (!is_there) return missing(database);
  return copy_database(from, path, options_, progress);
}

Result<void> SqliteEngine::restore(std::string_view database, const std::string& path) {
  PARLEY_TRY(auto to, path_of(database));
  PARLEY_TRY(bool is_there, exists(database));
  if (is_there)
    return Error(Code::conflict, "database " + std::string(database) + " exists already");
  std::error_code failed;
  if (!fs::is_regular_file(path, failed))
    return Error(Code::not_found, "there is no backup file " + path);
  fs::create_directories(directory_, failed);
  {
    PARLEY_TRY(auto look, Connection::open(path, Connection::Role::tool, options_));
    look->watch.lets_others_run = true;
    PARLEY_CHECK(verify(*look, path));
  }
  return copy_database(path, to, options_);
}

}  // namespace parley::sqlite
