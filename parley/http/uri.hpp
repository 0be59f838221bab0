// SPDX-License-Identifier: Apache-2.0
// Percent escapes and query strings of request targets (RFC 3986 section 2.1, URL-encoded forms).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"

namespace parley::http {

enum class Plus : bool { is_plus, is_blank };  // '+' means a blank in queries and forms only

/// The text that `escaped` stands for; may hold any byte.
///
/// fails:   malformed: a '%' that two hex digits do not follow
Result<std::string> percent_decode(std::string_view escaped, Plus plus = Plus::is_plus);

/// Escapes every byte but the unreserved ones (letters, digits, "-._~").
std::string percent_encode(std::string_view text);

struct QueryItem {
  std::string name, value;  // decoded; a name without '=' has an empty value
};

/// The items of "a=1&b=two+words", in order; empty parts are skipped.
///
/// limits:  the head's (or body's) size bounds it
/// fails:   malformed
Result<std::vector<QueryItem>> parse_query(std::string_view query);

}  // namespace parley::http
