// SPDX-License-Identifier: Apache-2.0
// What the client halves of protocols share: which headers name the caller and the database, and
// one failure for all calls of a request.
#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/protocol/protocol.hpp"

namespace parley {

/// Authorization and X-Odoo-Database as `header_credentials` and `header_database` read them back.
///
/// fails:   invalid_call: calls of several callers or databases, a uid with its password, a
///          session, a login with a colon
/// source:  RFC 7617 section 2, RFC 6750 section 2.1
Result<std::vector<std::pair<std::string, std::string>>> caller_headers(std::span<const Call> calls);

/// The outcomes of `count` calls whose request was answered as a whole.
std::vector<Outcome> all_failed(const Error& error, std::size_t count);

/// Whether every number within `value` is one: false for NaN and infinity, which few notations have.
bool is_finite(const Value& value);

/// The row of the table whose name this is, or null: "invalid_argument".
const ErrorRow* row_named(std::string_view name);

}  // namespace parley
