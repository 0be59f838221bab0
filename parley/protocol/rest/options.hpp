// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "parley/protocol/protocol.hpp"

namespace parley::rest {

/// The settings of REST.
struct Options {
  std::string prefix;                // "/ws"; "" = the root
  bool nests_result = false;         // {"result": ...}
  bool is_debug = false;             // debuginfo
  std::vector<std::string> origins;  // whose pages may read answers; "*" = all
};

Options options_of(const ProtocolSettings& settings);
std::span<const ProtocolSetting> rest_settings();

}  // namespace parley::rest
