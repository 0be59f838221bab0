// SPDX-License-Identifier: Apache-2.0
// The module folders this program was built with; tools/embed.py writes the function.
#pragma once
#include <map>
#include <string>

namespace parley::modules {

/// Module name -> path inside its folder -> bytes.
std::map<std::string, std::map<std::string, std::string>> embedded_modules();

}  // namespace parley::modules
