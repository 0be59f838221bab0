// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/json/writer.hpp"

#include <emmintrin.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "parley/codec/json/reader.hpp"
#include "parley/core/base64.hpp"
#include "parley/core/utf8.hpp"

namespace parley::json {
namespace {

// Texts up to this size are copied to the output first and looked at there, sixteen bytes at a
// time: the room behind them belongs to the output. Output::reserve gives at most 4096 bytes.
constexpr std::size_t short_text_bytes = 2048;

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// One bit for each of the sixteen bytes at `at` that is a quote, a backslash, a control
// character or beyond ASCII. The compare is signed: bytes beyond ASCII are negative.
unsigned special_bytes(const char* at) {
  __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, backslash))));
}

// The same without the bytes beyond ASCII.
unsigned escaped_bytes(const char* at) {
  __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return special_bytes(at) & ~static_cast<unsigned>(_mm_movemask_epi8(bytes));
}

bool is_escaped(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

void put_escape(char c, Output& out) {
  switch (c) {
    case '"':
      return out.put("\\\"");
    case '\\':
      return out.put("\\\\");
    case '\b':
      return out.put("\\b");
    case '\f':
      return out.put("\\f");
    case '\n':
      return out.put("\\n");
    case '\r':
      return out.put("\\r");
    case '\t':
      return out.put("\\t");
    default: {
      char text[6] = {
          '\\', 'u', '0', '0', hex_digits[static_cast<unsigned char>(c) >> 4], hex_digits[c & 15]};
      out.put(std::string_view(text, sizeof text));
    }
  }
}

// Well-formed text: runs that need no escape are copied whole.
void put_escaped(std::string_view text, Output& out) {
  const char* at = text.data();
  const char* end = at + text.size();
  const char* run = at;
  while (at != end) {
    if (end - at >= 16) {
      unsigned found = escaped_bytes(at);
      if (found == 0) {
        at += 16;
        continue;
      }
      at += std::countr_zero(found);
    } else if (!is_escaped(*at)) {
      ++at;
      continue;
    }
    out.put(std::string_view(run, static_cast<std::size_t>(at - run)));
    put_escape(*at, out);
    run = ++at;
  }
  out.put(std::string_view(run, static_cast<std::size_t>(at - run)));
}

// Text that is not UTF-8: each byte that belongs to no character is replaced.
void put_repaired(std::string_view text, Output& out) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t start = at;
    next_char(text, at);
    std::string_view one = text.substr(start, at - start);
    if (is_utf8(one))
      put_escaped(one, out);
    else
      out.put(replacement);
  }
}

// Whether none of the `size` bytes at `at` needs a second look; reads up to 15 bytes more.
bool is_plain(const char* at, std::size_t size) {
  for (; size > 16; at += 16, size -= 16)
    if (special_bytes(at) != 0) return false;
  return size == 0 || (special_bytes(at) & (0xFFFFu >> (16 - size))) == 0;
}

// A double as Python's repr writes it: digits up to 1e16, an exponent beyond.
char* print_real(double v, char* to, char* end) {
  double size = std::fabs(v);
  bool is_digits = size == 0 || (size >= 1e-4 && size < 1e16);
  char* start = to;
  to = std::to_chars(to, end, v,
                     is_digits ? std::chars_format::fixed : std::chars_format::scientific)
           .ptr;
  if (is_digits && std::memchr(start, '.', static_cast<std::size_t>(to - start)) == nullptr) {
    *to++ = '.';
    *to++ = '0';
  }
  return to;
}

// What `print_to` prints (at most datetime_chars_max bytes), in quotes.
template <class Print>
void put_printed(Output& out, Print print_to) {
  char* start = out.reserve(datetime_chars_max + 2);
  *start = '"';
  char* end = print_to(start + 1);
  *end = '"';
  out.advance(static_cast<std::size_t>(end + 1 - start));
}

}  // namespace

void Writer::put_quoted(std::string_view text) {
  if (text.size() <= short_text_bytes) {
    char* to = out_.reserve(text.size() + 32);
    *to = '"';
    if (!text.empty()) std::memcpy(to + 1, text.data(), text.size());
    if (is_plain(to + 1, text.size())) {
      to[text.size() + 1] = '"';
      return out_.advance(text.size() + 2);
    }
  }
  out_.put('"');
  if (is_utf8(text))
    put_escaped(text, out_);
  else
    put_repaired(text, out_);
  out_.put('"');
}

void Writer::key(std::string_view name) {
  separate();
  put_quoted(name);
  out_.put(colon_);
  needs_comma_ = false;
}

void Writer::string(std::string_view utf8) {
  separate();
  put_quoted(utf8);
}

void Writer::integer(std::int64_t v) {
  separate();
  char* to = out_.reserve(24);
  out_.advance(static_cast<std::size_t>(std::to_chars(to, to + 24, v).ptr - to));
}

void Writer::number(std::string_view token) {
  if (is_number(token)) return put_word(token);
  std::string_view text = token.starts_with('+') ? token.substr(1) : token;
  if (is_number(text)) return put_word(text);
  double v = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), v);
  bool is_all = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return is_all ? real(v) : string(token);
}

void Writer::real(double v) {
  if (std::isfinite(v)) {
    separate();
    char* to = out_.reserve(40);
    return out_.advance(static_cast<std::size_t>(print_real(v, to, to + 38) - to));
  }
  if (options_.nan == NanAs::null) return null();
  put_word(std::isnan(v) ? "NaN" : v > 0 ? "Infinity" : "-Infinity");
}

void Writer::decimal(const Decimal& v) {
  if (options_.decimals == DecimalAs::real) return real(to_double(v));
  put_word(to_string(v));
}

void Writer::bytes(std::string_view octets) {
  separate();
  out_.put('"');
  out_.put(to_base64(octets));
  out_.put('"');
}

void Writer::date(Date v) {
  separate();
  put_printed(out_, [&](char* to) { return print(v, to); });
}

void Writer::time(Time v) {
  separate();
  put_printed(out_, [&](char* to) { return print(v, to); });
}

void Writer::datetime(const DateTime& v) {
  separate();
  bool is_odoo = options_.datetimes == DateTimeAs::odoo;
  put_printed(out_, [&](char* to) { return is_odoo ? print_odoo(v, to) : print(v, 'T', to); });
}

void Writer::uuid(const Uuid& v) {
  separate();
  char* to = out_.reserve(38);
  *to++ = '"';
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = hex_digits[v[i] >> 4];
    *to++ = hex_digits[v[i] & 15];
  }
  *to = '"';
  out_.advance(38);
}

std::string to_json(const Value& value, WriteOptions options) {
  StringOutput out;
  Writer writer(out, options);
  write(value, writer);
  return out.take();
}

}  // namespace parley::json
