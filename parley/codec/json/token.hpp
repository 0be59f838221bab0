// SPDX-License-Identifier: Apache-2.0
// The parts of JSON that have characters inside: numbers, literals, strings. Only for reader.cpp.
#pragma once
#include <cstddef>
#include <string_view>

#include "parley/core/arena.hpp"

namespace parley::json {

/// The number at the front of a text: its length in bytes, 0 when there is none.
struct NumberToken {
  std::size_t length = 0;
  bool is_whole = true;  // neither fraction nor exponent
};
NumberToken scan_number(std::string_view text);

/// What the string says that starts at `at`, behind its opening quote.
struct StringToken {
  std::string_view text;        // views the document, or `arena` when there was an escape
  const char* error = nullptr;  // what is wrong, null when nothing is
};
/// takes:   well-formed UTF-8 without raw control characters inside strings
StringToken read_string(const char* at, const char* end, Arena& arena);

}  // namespace parley::json
