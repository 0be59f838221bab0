// SPDX-License-Identifier: Apache-2.0
// UTF-8: validity, code points, and the one case folding table that ilike uses everywhere.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley {

/// Well-formed UTF-8 as in RFC 3629: no surrogates, no overlong forms, at most U+10FFFF.
bool is_utf8(std::string_view text);
/// Number of code points of well-formed text.
std::size_t count_chars(std::string_view text);
/// The code point at `at` of well-formed text; moves `at` behind it.
char32_t next_char(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, char32_t c);
/// Simple (one to one) Unicode case folding of one code point.
/// source: Unicode CaseFolding.txt, statuses C and S
char32_t fold(char32_t c);
/// `text` with every code point folded.
std::string fold(std::string_view text);

/// SQL LIKE: `%` any run, `_` any one code point, `\` escapes. Anchored at both ends.
enum class Case { kept, folded };
bool like(std::string_view text, std::string_view pattern, Case letters);

}  // namespace parley
