// SPDX-License-Identifier: Apache-2.0
// Copies of a database file that are whole, checked and durable before they get their name.
#pragma once
#include <string>

#include "parley/storage/sqlite/connection.hpp"

namespace parley::sqlite {

/// Copies the database at `from` as it is at one moment, while others read and write it.
///
/// gives:   `to` holds a verified copy in one file; it is replaced at once or not at all
/// fails:   unavailable, cancelled, rejected when the copy does not verify
enum class Existing : std::uint8_t { replace, refuse };
Result<void> copy_database(const std::string& from, const std::string& to, Existing existing,
                           const Options& options);

/// Whether the file is ours and its format is known.
/// fails:   rejected, naming the version
Result<void> check_format(Connection& connection, std::string_view database);
/// check_format, and SQLite's integrity_check. fails: rejected
Result<void> verify(Connection& connection, std::string_view database);

/// Makes the name `to` for the finished file `part` durable, which goes away.
/// fails:   conflict when `to` exists and is to be refused
Result<void> put_in_place(const std::string& part, const std::string& to, Existing existing);

}  // namespace parley::sqlite
