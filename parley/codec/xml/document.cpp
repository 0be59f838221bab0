// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/xml/document.hpp"

#include <emmintrin.h>

#include <algorithm>
#include <bit>
#include <optional>

namespace parley::xml {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool same_name(std::string_view a, std::string_view upper) {
  return std::equal(a.begin(), a.end(), upper.begin(), upper.end(),
                    [](char x, char y) { return (x >= 'a' && x <= 'z' ? x - 32 : x) == y; });
}

/// The first byte that is neither printable ASCII nor tab, LF, CR or DEL; text.size() if none.
std::size_t skip_plain(std::string_view text, std::size_t at) {
  const __m128i low = _mm_set1_epi8(0x20);
  while (at + 16 <= text.size()) {
    __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    // Signed: bytes from 0x80 are below 0x20 too.
    unsigned odd = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmplt_epi8(block, low)));
    unsigned fine = static_cast<unsigned>(_mm_movemask_epi8(
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\r'))),
                     _mm_cmpeq_epi8(block, _mm_set1_epi8('\t')))));
    if (unsigned bad = odd & ~fine; bad != 0) return at + static_cast<unsigned>(std::countr_zero(bad));
    at += 16;
  }
  for (; at < text.size(); ++at) {
    auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80 || (c < 0x20 && c != '\n' && c != '\r' && c != '\t')) break;
  }
  return at;
}

Error not_of_encoding(std::string_view text, std::size_t at, std::string_view rule, std::string encoding) {
  return malformed_at(text, at, rule).breaking(Rule::format, {}, std::move(encoding));
}

/// fails:   malformed at the first byte that is not UTF-8 or not a character of XML
Result<void> check_characters(std::string_view text) {
  std::size_t at = 0;
  while ((at = skip_plain(text, at)) < text.size()) {
    char32_t c = 0;
    std::size_t length = decode_utf8(text, at, c);
    if (length == 0) return not_of_encoding(text, at, "the bytes are not UTF-8", "UTF-8");
    if (!is_xml_char(c)) return malformed_at(text, at, "a control character or non-character, which XML cannot hold");
    at += length;
  }
  return {};
}

std::string_view from_latin1(std::string_view bytes, Arena& arena) {
  char* begin = arena.allocate_array<char>(bytes.size() * 2 + 1);
  char* p = begin;
  for (char c : bytes) p += encode_utf8(static_cast<unsigned char>(c), p);
  return {begin, static_cast<std::size_t>(p - begin)};
}

Result<std::string_view> from_utf16(std::string_view bytes, std::endian order, Arena& arena) {
  if (bytes.size() % 2 != 0)
    return Error(Code::malformed, "the document is UTF-16 and ends within a character").breaking(Rule::format, {}, "UTF-16");
  std::size_t units = bytes.size() / 2;
  auto unit = [&](std::size_t i) -> char32_t {
    auto first = static_cast<unsigned char>(bytes[2 * i]), second = static_cast<unsigned char>(bytes[2 * i + 1]);
    return order == std::endian::big ? first << 8 | second : second << 8 | first;
  };
  char* begin = arena.allocate_array<char>(units * 3 + 1);
  char* p = begin;
  for (std::size_t i = 0; i < units; ++i) {
    char32_t c = unit(i);
    if (c >= 0xD800 && c < 0xE000) {
      char32_t low = i + 1 < units ? unit(i + 1) : 0;
      if (c >= 0xDC00 || low < 0xDC00 || low >= 0xE000)
        return not_of_encoding({begin, static_cast<std::size_t>(p - begin)}, static_cast<std::size_t>(p - begin),
                               "a UTF-16 surrogate stands alone", "UTF-16");
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      ++i;
    }
    p += encode_utf8(c, p);
  }
  return std::string_view(begin, static_cast<std::size_t>(p - begin));
}

struct Declaration {
  std::string_view encoding;  // "" = not given
  std::size_t end = 0;        // behind "?>"; 0 = there is no declaration
};

/// Walks `name = "value"` pairs of the declaration.
class DeclarationReader {
 public:
  explicit DeclarationReader(std::string_view text) : text_(text), at_(5) {}

  Result<Declaration> read() {
    Declaration result;
    PARLEY_TRY(auto version, attribute("version"));
    if (!version || !is_version(*version)) return fail("the XML declaration must begin with version=\"1.0\"");
    PARLEY_TRY(auto encoding, attribute("encoding"));
    if (encoding) {
      if (!is_encoding_name(*encoding)) return fail("the encoding of the XML declaration is no encoding name");
      result.encoding = *encoding;
    }
    PARLEY_TRY(auto standalone, attribute("standalone"));
    if (standalone && *standalone != "yes" && *standalone != "no")
      return fail("standalone in the XML declaration must be \"yes\" or \"no\"");
    skip_blanks();
    if (!text_.substr(at_).starts_with("?>"))
      return fail("the XML declaration holds version, encoding and standalone, in this order, and ends with ?>");
    result.end = at_ + 2;
    return result;
  }

 private:
  /// The value of the attribute if it comes next.
  Result<std::optional<std::string_view>> attribute(std::string_view name) {
    std::size_t begin = at_;
    if (!skip_blanks() || !text_.substr(at_).starts_with(name)) {
      at_ = begin;
      return std::optional<std::string_view>();
    }
    at_ += name.size();
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '=') return fail("an attribute of the XML declaration needs a value");
    ++at_;
    skip_blanks();
    char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'') return fail("a value in the XML declaration needs quotes");
    std::size_t end = text_.find(quote, at_ + 1);
    if (end == text_.npos) return fail("a value in the XML declaration needs its closing quote");
    auto value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return std::optional(value);
  }

  bool skip_blanks() {
    std::size_t begin = at_;
    at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
    return at_ != begin;
  }

  static bool is_version(std::string_view v) {
    return v.size() > 2 && v.starts_with("1.") && v.find_first_not_of("0123456789", 2) == v.npos;
  }

  static bool is_encoding_name(std::string_view v) {
    auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (v.empty() || !is_letter(v[0])) return false;
    return std::all_of(v.begin(), v.end(), [&](char c) {
      return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    });
  }

  Error fail(std::string_view rule) const { return malformed_at(text_, at_, rule); }

  std::string_view text_;
  std::size_t at_;
};

Result<Declaration> read_declaration(std::string_view text) {
  if (!text.starts_with("<?xml") || text.size() == 5 || blanks.find(text[5]) == blanks.npos) return Declaration{};
  return DeclarationReader(text).read();
}

Error unsupported(std::string_view encoding) {
  return Error(Code::unsupported_media, "the encoding '" + std::string(encoding.substr(0, 40)) +
                                            "' is not served: use UTF-8, UTF-16, ISO-8859-1 or US-ASCII");
}

Result<Document> open_utf16(std::string_view bytes, std::endian order, Arena& arena) {
  PARLEY_TRY(std::string_view text, from_utf16(bytes, order, arena));
  PARLEY_CHECK(check_characters(text));
  PARLEY_TRY(Declaration declaration, read_declaration(text));
  std::string_view name = declaration.encoding;
  bool is_fitting = name.empty() || same_name(name, "UTF-16") ||
                    same_name(name, order == std::endian::big ? "UTF-16BE" : "UTF-16LE");
  if (!is_fitting) return malformed_at(text, 0, "the document is UTF-16 and its declaration names another encoding");
  return Document{text, declaration.end};
}

Result<Document> open_octets(std::string_view bytes, bool has_mark, Arena& arena) {
  PARLEY_TRY(Declaration declaration, read_declaration(bytes));
  std::string_view name = declaration.encoding;
  if (name.empty() || same_name(name, "UTF-8")) {
    PARLEY_CHECK(check_characters(bytes));
    return Document{bytes, declaration.end};
  }
  if (same_name(name, "UTF-16") || same_name(name, "UTF-16LE") || same_name(name, "UTF-16BE"))
    return malformed_at(bytes, 0, "the declaration says UTF-16 and the document is not");
  const bool is_ascii = same_name(name, "US-ASCII") || same_name(name, "ASCII");
  if (!same_name(name, "ISO-8859-1") && !same_name(name, "LATIN1") && !is_ascii) return unsupported(name);
  if (has_mark) return malformed_at(bytes, 0, "the byte order mark says UTF-8 and the declaration another encoding");
  if (is_ascii) {
    auto bad = std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (bad != bytes.end())
      return not_of_encoding(bytes, static_cast<std::size_t>(bad - bytes.begin()), "a byte outside US-ASCII", "US-ASCII");
  } else {
    bytes = from_latin1(bytes, arena);
  }
  PARLEY_CHECK(check_characters(bytes));
  return Document{bytes, declaration.end};
}

}  // namespace

std::size_t decode_utf8(std::string_view text, std::size_t at, char32_t& c) {
  auto byte = [&](std::size_t i) -> char32_t {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  auto is_tail = [](char32_t b) { return (b & 0xC0) == 0x80; };
  char32_t b0 = byte(0), b1 = byte(1), b2 = byte(2), b3 = byte(3);
  if (b0 < 0x80) {
    c = b0;
    return at < text.size() ? 1 : 0;
  }
  if (b0 < 0xE0) {
    c = (b0 & 31) << 6 | (b1 & 63);
    return b0 >= 0xC2 && is_tail(b1) ? 2 : 0;
  }
  if (b0 < 0xF0) {
    c = (b0 & 15) << 12 | (b1 & 63) << 6 | (b2 & 63);
    return is_tail(b1) && is_tail(b2) && c >= 0x800 && (c < 0xD800 || c > 0xDFFF) ? 3 : 0;
  }
  c = (b0 & 7) << 18 | (b1 & 63) << 12 | (b2 & 63) << 6 | (b3 & 63);
  return b0 < 0xF5 && is_tail(b1) && is_tail(b2) && is_tail(b3) && c >= 0x10000 && c <= 0x10FFFF ? 4 : 0;
}

std::size_t encode_utf8(char32_t c, char* p) {
  auto tail = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 63)); };
  if (c < 0x80) {
    p[0] = static_cast<char>(c);
    return 1;
  }
  if (c < 0x800) {
    p[0] = static_cast<char>(0xC0 | c >> 6);
    p[1] = tail(0);
    return 2;
  }
  if (c < 0x10000) {
    p[0] = static_cast<char>(0xE0 | c >> 12);
    p[1] = tail(6);
    p[2] = tail(0);
    return 3;
  }
  p[0] = static_cast<char>(0xF0 | c >> 18);
  p[1] = tail(12);
  p[2] = tail(6);
  p[3] = tail(0);
  return 4;
}

std::string place_of(std::string_view text, std::size_t offset) {
  std::string_view before = text.substr(0, offset);
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  std::string_view tail = before.substr(before.rfind('\n') + 1);
  auto column = 1 + std::count_if(tail.begin(), tail.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

Error malformed_at(std::string_view text, std::size_t offset, std::string_view rule) {
  return Error(Code::malformed, place_of(text, offset) + ": " + std::string(rule));
}

Result<Document> open_document(std::string_view bytes, Arena& arena) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xEF\xBB\xBF")) return open_octets(bytes.substr(3), true, arena);
  if (bytes.starts_with("\xFF\xFE")) return open_utf16(bytes.substr(2), std::endian::little, arena);
  if (bytes.starts_with("\xFE\xFF")) return open_utf16(bytes.substr(2), std::endian::big, arena);
  if (bytes.starts_with("<\0"sv)) return open_utf16(bytes, std::endian::little, arena);
  if (bytes.starts_with("\0<"sv)) return open_utf16(bytes, std::endian::big, arena);
  return open_octets(bytes, false, arena);
}

}  // namespace parley::xml
