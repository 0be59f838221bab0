// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/format.hpp"

#include <algorithm>

namespace parley::sqlite {
namespace {

// Version 1 is the first. A change of create_own_tables(), of how a column type is kept or of what
// the header says raises format_version and puts the way from the version before it here.
constexpr std::span<const FormatStep> own_steps{};

Error of_version(std::string_view database, std::int64_t version, const std::string& rest) {
  return {Code::rejected, "database " + std::string(database) + " has format version " +
                              std::to_string(version) + "; " + rest};
}

Result<std::int64_t> version_of(Connection& connection) {
  return connection.number("PRAGMA user_version");
}

Result<void> run_steps(Connection& connection, std::string_view database, std::int64_t wanted,
                       std::span<const FormatStep> steps) {
  PARLEY_TRY(auto version, version_of(connection));  // another process may have been first
  for (; version < wanted; ++version) {
    auto step = std::find_if(steps.begin(), steps.end(),
                             [=](const FormatStep& one) { return one.from == version; });
    if (step == steps.end())
      return of_version(database, version, "this program cannot bring it up to " + std::to_string(wanted));
    PARLEY_CHECK(step->run(connection));
  }
  return connection.run("PRAGMA user_version = " + std::to_string(version));
}

}  // namespace

Result<void> check_format(Connection& connection, std::string_view database) {
  PARLEY_TRY(auto id, connection.number("PRAGMA application_id"));
  if (id != application_id)
    return Error(Code::rejected,
                 "the file of " + std::string(database) + " is not one of Parley's");
  PARLEY_TRY(auto version, version_of(connection));
  if (version > format_version)
    return of_version(database, version,
                      "this program knows versions up to " + std::to_string(format_version));
  return {};
}

Result<void> upgrade_format(Connection& connection, std::string_view database, std::int64_t wanted,
                            std::span<const FormatStep> steps) {
  PARLEY_TRY(auto version, version_of(connection));
  if (version >= wanted) return {};
  PARLEY_CHECK(connection.run("BEGIN IMMEDIATE"));
  auto done = run_steps(connection, database, wanted, steps);
  if (done) done = connection.run("COMMIT");
  if (!done && connection.in_transaction()) (void)connection.run("ROLLBACK");
  return done;
}

Result<void> upgrade_format(Connection& connection, std::string_view database) {
  return upgrade_format(connection, database, format_version, own_steps);
}

}  // namespace parley::sqlite
