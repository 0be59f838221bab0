// SPDX-License-Identifier: Apache-2.0
// The files of web/explorer this program was built with; tools/embed.py writes the function.
#pragma once
#include <functional>
#include <map>
#include <string>

namespace parley::server {

/// File name -> bytes.
using PageFiles = std::map<std::string, std::string, std::less<>>;
const PageFiles& page_files();

}  // namespace parley::server
