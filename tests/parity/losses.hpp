// SPDX-License-Identifier: Apache-2.0
// What becomes of a value on its way there and back, in the words of docs/protocols/parity.md.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/value.hpp"

namespace parley::parity {

/// One row of the table: what of which kind becomes what.
struct Loss {
  std::string protocol, kind, becomes;
  auto operator<=>(const Loss&) const = default;
};

/// loss -> the first case it was seen in.
using Losses = std::map<Loss, std::string>;

enum class Nulls { told, ignored };  // ignored: null and left out are the same

/// Finds how `heard` differs from `meant`.
///
/// gives:   pairs of kind and becomes; none when they are the same. A kind that became another and
///          reads back as what was meant is "date", "str"; what cannot be read back has words of
///          its own or is "changed"
std::set<std::pair<std::string, std::string>> compare(const Value& meant, const Value& heard, Nulls nulls, Arena& arena);

/// Whether this row says only that a kind becomes another one from which it can be read back.
bool is_notation(const std::string& kind);

/// The rows of the document. fails: a row without a reason, a row twice
Result<std::set<Loss>> read_table(const std::string& path);

/// What stands against each other in a line each: losses without a row, rows without a loss.
std::vector<std::string> differences(const std::set<Loss>& table, const Losses& losses);

/// A value as a person would write it, for reports.
std::string shown(const Value& value);

}  // namespace parley::parity
