// SPDX-License-Identifier: Apache-2.0
// Copies of a database file that are whole, checked and durable before they get their name.
#pragma once
#include <string>

#include "parley/orm/store.hpp"
#include "parley/storage/sqlite/connection.hpp"

namespace parley::sqlite {

/// Copies the database at `from` as it is at one moment, while others read and write it.
///
/// gives:   `to` holds a verified copy in one file, made at once or not at all
/// fails:   conflict when `to` exists; unavailable, cancelled, rejected when the copy does not verify
Result<void> copy_database(const std::string& from, const std::string& to, const Options& options,
                           const orm::CopyProgress& progress = {});

/// check_format of format.hpp, and SQLite's integrity_check. fails: rejected
Result<void> verify(Connection& connection, std::string_view database);

/// What a file or folder holds outlives the power.
Result<void> sync(const std::string& path);

/// Makes the name `to` for the finished file `part` durable, which goes away.
/// fails:   conflict when `to` exists
Result<void> put_in_place(const std::string& part, const std::string& to);

}  // namespace parley::sqlite
