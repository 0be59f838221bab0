// SPDX-License-Identifier: Apache-2.0
#include "parley/core/utf8.hpp"

#include <algorithm>
#include <cstring>

#include "parley/core/utf8_fold_table.hpp"

namespace parley {
namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080u;
constexpr char32_t replacement = 0xFFFD;

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}
bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

char32_t fold_ascii(char32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

// The bytes from `at` on that are ASCII for certain, in steps of eight.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & high_bits) != 0) break;
  }
  return at;
}

// Length of the well-formed sequence of two to four bytes at `at`; 0 when there is none.
// The bounds of the second byte exclude overlong forms, surrogates and what is above U+10FFFF
// (Unicode 15, table 3-7).
std::size_t sequence_at(std::string_view text, std::size_t at) {
  unsigned char lead = byte_at(text, at);
  if (lead < 0xC2 || lead > 0xF4) return 0;
  std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() - at < length) return 0;
  unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  unsigned char second = byte_at(text, at + 1);
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (!is_continuation(byte_at(text, at + i))) return 0;
  return length;
}

// One element of a LIKE pattern.
struct Element {
  enum class What { any_run, any_char, letter } what;
  char32_t letter = 0;
};

// Reads the element at `at` of the pattern; a lone escape at the end stands for itself.
Element next_element(std::string_view pattern, std::size_t& at, Case letters) {
  if (pattern[at] == '%') return ++at, Element{Element::What::any_run};
  if (pattern[at] == '_') return ++at, Element{Element::What::any_char};
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  char32_t c = next_char(pattern, at);
  return {Element::What::letter, letters == Case::folded ? fold(c) : c};
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0;;) {
    at = skip_ascii(text, at);
    if (at >= text.size()) return true;
    if (byte_at(text, at) < 0x80) {
      ++at;
      continue;
    }
    std::size_t length = sequence_at(text, at);
    if (length == 0) return false;
    at += length;
  }
}

std::size_t count_chars(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// On malformed text one byte is taken as U+FFFD, so that a caller always moves on.
char32_t next_char(std::string_view text, std::size_t& at) {
  unsigned char lead = byte_at(text, at);
  if (lead < 0x80) return ++at, lead;
  std::size_t length = sequence_at(text, at);
  if (length == 0) return ++at, replacement;
  char32_t c = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) c = c << 6 | (byte_at(text, at + i) & 0x3Fu);
  at += length;
  return c;
}

void append_utf8(std::string& out, char32_t c) {
  auto put = [&](char32_t bits) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(bits)));
  };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

char32_t fold(char32_t c) {
  if (c < 0x80) return fold_ascii(c);
  auto ranges = fold_ranges();
  auto after = std::upper_bound(ranges.begin(), ranges.end(), c,
                                [](char32_t x, const FoldRange& range) { return x < range.first; });
  if (after == ranges.begin()) return c;
  const FoldRange& range = *(after - 1);
  if (c > range.last || (c - range.first) % static_cast<char32_t>(range.step) != 0) return c;
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + range.delta);
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) append_utf8(out, fold(next_char(text, at)));
  return out;
}

// Only the last `%` is ever returned to: what stands before it is matched at its earliest place
// already, and a later one cannot help. So the worst case is text times pattern, not exponential.
bool like(std::string_view text, std::string_view pattern, Case letters) {
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t in_text = 0, in_pattern = 0;
  std::size_t retry_text = 0, retry_pattern = none;
  while (in_text < text.size()) {
    bool is_match = false;
    if (in_pattern < pattern.size()) {
      std::size_t after_pattern = in_pattern;
      Element element = next_element(pattern, after_pattern, letters);
      if (element.what == Element::What::any_run) {
        if (after_pattern == pattern.size()) return true;
        retry_pattern = in_pattern = after_pattern;
        retry_text = in_text;
        continue;
      }
      std::size_t after_text = in_text;
      char32_t c = next_char(text, after_text);
      if (letters == Case::folded) c = fold(c);
      is_match = element.what == Element::What::any_char || element.letter == c;
      if (is_match) {
        in_text = after_text;
        in_pattern = after_pattern;
      }
    }
    if (is_match) continue;
    if (retry_pattern == none) return false;
    next_char(text, retry_text);
    in_text = retry_text;
    in_pattern = retry_pattern;
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '%') ++in_pattern;
  return in_pattern == pattern.size();
}

}  // namespace parley
