// SPDX-License-Identifier: Apache-2.0
// SQLite's result codes as errors of the Store port.
#pragma once
#include <string_view>

#include "parley/core/error.hpp"

struct sqlite3;

namespace parley::sqlite {

/// Why a running statement was stopped by us.
enum class Stopped : std::uint8_t { no, timed_out, cancelled, lease_over, snapshot_over };

/// Of a read that was ended because it kept the log from being emptied.
Error snapshot_over();

/// The error of the connection's last call.
///
/// takes:   code: the call's result; table: of the statement, "" when it has none
/// gives:   SQLite's own text only in `cause`
Error error_of(sqlite3* db, int code, Stopped stopped, std::string_view table);

}  // namespace parley::sqlite
