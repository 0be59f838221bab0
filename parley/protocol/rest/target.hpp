// SPDX-License-Identifier: Apache-2.0
// The path of a request as the name of a function.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/protocol/rest/format.hpp"

namespace parley::rest {

struct Target {
  std::string name;               // "persons.get", "res.partner.search_read"; "" = the root
  std::string shown;              // "persons/get", escaped, as errors show it
  std::optional<Format> suffix = {};
};

/// "/ws/persons/get.json" under the prefix "/ws". Slashes around the path do not count; of its end
/// first .json and then .xml are cut, once each, and the first one cut says the format.
///
/// fails:   malformed: a broken escape
Result<Target> read_target(std::string_view path, std::string_view prefix);

}  // namespace parley::rest
