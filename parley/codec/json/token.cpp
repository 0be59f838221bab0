// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/json/token.hpp"

#include <emmintrin.h>

#include <bit>
#include <cstdint>
#include <cstring>

#include "parley/codec/json/reader.hpp"

namespace parley::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The first quote or backslash from `at` on, or `end`.
const char* find_quote(const char* at, const char* end) {
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  for (; end - at >= 16; at += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
    auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (mask != 0) return at + std::countr_zero(mask);
  }
  while (at != end && *at != '"' && *at != '\\') ++at;
  return at;
}

// The four hexadecimal digits at `at`; -1 when they are not.
int read_hex(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    char c = at[i];
    int digit = is_digit(c)            ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

char* put_utf8(char* to, std::uint32_t c) {
  auto put = [&](std::uint32_t bits) { *to++ = static_cast<char>(bits); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return to;
}

// The digits behind "\u", with the second half of a surrogate pair; null and `error` on failure.
const char* unescape_unicode(const char* at, const char* end, char*& to, const char*& error) {
  int unit = read_hex(at, end);
  if (unit < 0) return error = "\\u needs four hexadecimal digits", nullptr;
  at += 4;
  auto c = static_cast<std::uint32_t>(unit);
  if (unit >= 0xD800 && unit < 0xE000) {
    bool is_pair = unit < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u';
    int low = is_pair ? read_hex(at + 2, end) : -1;
    if (low < 0xDC00 || low > 0xDFFF) return error = "a surrogate stands alone", nullptr;
    c = 0x10000 + ((c - 0xD800) << 10) + static_cast<std::uint32_t>(low - 0xDC00);
    at += 6;
  }
  to = put_utf8(to, c);
  return at;
}

// One escape; `at` is behind the backslash. Behind the escape, or null and `error` on failure.
const char* unescape(const char* at, const char* end, char*& to, const char*& error) {
  switch (at == end ? '\0' : *at) {
    case '"':
      *to++ = '"';
      break;
    case '\\':
      *to++ = '\\';
      break;
    case '/':
      *to++ = '/';
      break;
    case 'b':
      *to++ = '\b';
      break;
    case 'f':
      *to++ = '\f';
      break;
    case 'n':
      *to++ = '\n';
      break;
    case 'r':
      *to++ = '\r';
      break;
    case 't':
      *to++ = '\t';
      break;
    case 'u':
      return unescape_unicode(at + 1, end, to, error);
    default:
      error = "no such escape";
      return nullptr;
  }
  return at + 1;
}

// The closing quote of the string `at` is inside of, or `end`; so that its copy has enough room.
const char* find_closing_quote(const char* at, const char* end) {
  for (;;) {
    at = find_quote(at, end);
    if (at == end || *at == '"') return at;
    if (end - at < 2) return end;
    at += 2;
  }
}

}  // namespace

NumberToken scan_number(std::string_view text) {
  const char* at = text.data();
  const char* end = at + text.size();
  auto digits = [&] {
    const char* start = at;
    while (at != end && is_digit(*at)) ++at;
    return at != start;
  };
  NumberToken token;
  if (at != end && *at == '-') ++at;
  if (at != end && *at == '0')
    ++at;
  else if (!digits())
    return {};
  if (at != end && *at == '.') {
    ++at;
    token.is_whole = false;
    if (!digits()) return {};
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    token.is_whole = false;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!digits()) return {};
  }
  token.length = static_cast<std::size_t>(at - text.data());
  return token;
}

bool is_number(std::string_view text) {
  return !text.empty() && scan_number(text).length == text.size();
}

StringToken read_string(const char* at, const char* end, Arena& arena) {
  StringToken token;
  const char* start = at;
  at = find_quote(at, end);
  if (at != end && *at == '"') {
    token.text = {start, static_cast<std::size_t>(at - start)};
    return token;
  }
  const char* close = find_closing_quote(at, end);
  if (close == end) return token.error = "the string does not end", token;
  // What an escape stands for is never longer than the escape.
  char* text = static_cast<char*>(arena.allocate(static_cast<std::size_t>(close - start), 1));
  char* to = text;
  for (;;) {
    std::memcpy(to, start, static_cast<std::size_t>(at - start));
    to += at - start;
    if (at == close) break;
    start = unescape(at + 1, close, to, token.error);
    if (start == nullptr) return token;
    at = find_quote(start, close);
  }
  token.text = {text, static_cast<std::size_t>(to - text)};
  return token;
}

}  // namespace parley::json
