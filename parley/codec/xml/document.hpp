// SPDX-License-Identifier: Apache-2.0
// The outside of an XML document: its encoding, its declaration and its characters. The result
// is UTF-8 that the reader can walk without looking at characters again.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"

namespace parley::xml {

struct Document {
  std::string_view text;       // UTF-8 without a byte order mark, every character legal in XML 1.0
  std::size_t body_begin = 0;  // behind the XML declaration, 0 when there is none
};

/// Finds the encoding by byte order mark and declaration and converts to UTF-8.
///
/// gives:   a view into `bytes` when they are UTF-8 or US-ASCII, else into `arena`
/// fails:   malformed, with Rule::format where bytes are none of the encoding's; unsupported_media
///          for an encoding other than UTF-8, UTF-16, ISO-8859-1 (latin1) and US-ASCII (ASCII)
/// source:  XML 1.0 sections 2.2, 2.8, 4.3.3 and appendix F; names as IANA has them
Result<Document> open_document(std::string_view bytes, Arena& arena);

/// Char of XML 1.0, section 2.2.
constexpr bool is_xml_char(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c < 0xD800 || (c >= 0xE000 && c < 0xFFFE) || (c >= 0x10000 && c <= 0x10FFFF);
}

/// One character of UTF-8 at `at`: its length in bytes, or 0 when it is not well-formed.
/// `c` takes the code point.
std::size_t decode_utf8(std::string_view text, std::size_t at, char32_t& c);

/// Writes one code point to `out`, which has room for four bytes; gives the length.
std::size_t encode_utf8(char32_t c, char* out);

/// "line 3, column 7" of an offset into UTF-8; both count from 1, columns in characters.
std::string place_of(std::string_view text, std::size_t offset);

/// A malformed document: "line 3, column 7: <rule>".
Error malformed_at(std::string_view text, std::size_t offset, std::string_view rule);

}  // namespace parley::xml
