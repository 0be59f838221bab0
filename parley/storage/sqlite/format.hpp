// SPDX-License-Identifier: Apache-2.0
// The format version of a database's file: which this program knows, and how older ones become it.
// What modules keep is no part of it; see schema.hpp.
#pragma once
#include <span>
#include <string_view>

#include "parley/storage/sqlite/connection.hpp"

namespace parley::sqlite {

/// Makes a file of version `from` one of version `from + 1`; runs inside a transaction.
struct FormatStep {
  std::int64_t from;
  Result<void> (*run)(Connection& connection);
};

/// Whether the file is ours and no newer than this program.
/// fails:   rejected, naming the version
Result<void> check_format(Connection& connection, std::string_view database);

/// Brings an older file up to `wanted`, in one transaction with all `steps` it takes.
///
/// takes:   a writer's connection of a file that check_format let through
/// fails:   rejected when a step is missing, by name; what a step fails with: the file is as before
Result<void> upgrade_format(Connection& connection, std::string_view database, std::int64_t wanted,
                            std::span<const FormatStep> steps);
/// With this program's version and steps.
Result<void> upgrade_format(Connection& connection, std::string_view database);

}  // namespace parley::sqlite
