// SPDX-License-Identifier: Apache-2.0
// The page at /doc: asks for a key and shows the documents of models. It holds no data itself.
#pragma once
#include <string_view>

namespace parley::json2 {

inline constexpr std::string_view doc_script_path = "page.js";  // below /doc

/// Content-Security-Policy: its one script from this host, which writes texts and never markup.
inline constexpr std::string_view doc_page_policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view doc_page();
std::string_view doc_script();

}  // namespace parley::json2
