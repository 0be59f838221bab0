// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/xml/writer.hpp"

#include <emmintrin.h>

#include <bit>

#include "parley/codec/xml/document.hpp"

namespace parley::xml {
namespace {

enum class Place { text, attribute };

bool is_plain(char c, Place place) {
  auto u = static_cast<unsigned char>(c);
  if (u < 0x20) return place == Place::text && (c == '\t' || c == '\n');
  return u < 0x80 && c != '&' && c != '<' && c != '>' && (place == Place::text || c != '"');
}

/// The first byte that may not go out as it is. Stops too often in its fast part (any control
/// character, any quote) and then looks byte by byte.
std::size_t skip_plain(std::string_view text, std::size_t at, Place place) {
  while (true) {
    while (at + 16 <= text.size()) {
      __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
      __m128i odd = _mm_or_si128(_mm_or_si128(_mm_cmplt_epi8(block, _mm_set1_epi8(0x20)),
                                              _mm_cmpeq_epi8(block, _mm_set1_epi8('&'))),
                                 _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('<')),
                                                           _mm_cmpeq_epi8(block, _mm_set1_epi8('>'))),
                                              _mm_cmpeq_epi8(block, _mm_set1_epi8('"'))));
      if (unsigned mask = static_cast<unsigned>(_mm_movemask_epi8(odd)); mask != 0) {
        at += static_cast<unsigned>(std::countr_zero(mask));
        break;
      }
      at += 16;
    }
    if (at >= text.size() || !is_plain(text[at], place)) return at;
    ++at;
  }
}

/// The escape of an ASCII character; empty = U+FFFD.
std::string_view escape_of(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#13;";
    case '\t': return "&#9;";
    case '\n': return "&#10;";
    default: return {};
  }
}

void write_escaped(std::string_view text, Output& out, Place place) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::size_t written = 0;
  std::size_t at = 0;
  while ((at = skip_plain(text, at, place)) < text.size()) {
    char32_t c = 0;
    std::size_t length = decode_utf8(text, at, c);
    if (length > 1 && is_xml_char(c)) {
      at += length;  // stays part of the run
      continue;
    }
    out.put(text.substr(written, at - written));
    std::string_view escape = length == 1 ? escape_of(text[at]) : std::string_view();
    out.put(escape.empty() ? replacement : escape);
    at += length == 0 ? 1 : length;
    written = at;
  }
  out.put(text.substr(written));
}

}  // namespace

void write_text(std::string_view utf8, Output& out) { write_escaped(utf8, out, Place::text); }
void write_attribute_value(std::string_view utf8, Output& out) { write_escaped(utf8, out, Place::attribute); }

}  // namespace parley::xml
