// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/xml/reader.hpp"

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "parley/codec/xml/document.hpp"

namespace parley::xml {
namespace {

enum : std::uint8_t { name_start = 1, name_more = 2, blank = 4 };

/// What an ASCII byte may be; bytes from 0x80 are looked at as characters.
constexpr auto classes = [] {
  std::array<std::uint8_t, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = name_start | name_more;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = name_start | name_more;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = name_more;
  for (char c : {'_', ':'}) table[static_cast<unsigned char>(c)] = name_start | name_more;
  for (char c : {'-', '.'}) table[static_cast<unsigned char>(c)] = name_more;
  for (char c : {' ', '\t', '\r', '\n'}) table[static_cast<unsigned char>(c)] = blank;
  return table;
}();

bool is(std::uint8_t what, char c) { return (classes[static_cast<unsigned char>(c)] & what) != 0; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

struct Range {
  char32_t first, last;
};
// NameStartChar and what NameChar adds, outside ASCII (XML 1.0 section 2.3, fifth edition).
constexpr std::array<Range, 12> start_ranges{{{0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D},
                                              {0x37F, 0x1FFF}, {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
                                              {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}}};
constexpr std::array<Range, 3> more_ranges{{{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}};

bool is_name_char(char32_t c, bool is_first) {
  auto holds = [c](Range r) { return c >= r.first && c <= r.last; };
  if (std::any_of(start_ranges.begin(), start_ranges.end(), holds)) return true;
  return !is_first && std::any_of(more_ranges.begin(), more_ranges.end(), holds);
}

/// The first byte of `<`, `&`, `]` or CR; `end` when there is none.
const char* find_markup(const char* p, const char* end) {
  while (end - p >= 16) {
    __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('<')),
                                              _mm_cmpeq_epi8(block, _mm_set1_epi8('&'))),
                                 _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(']')),
                                              _mm_cmpeq_epi8(block, _mm_set1_epi8('\r'))));
    if (unsigned mask = static_cast<unsigned>(_mm_movemask_epi8(found)); mask != 0)
      return p + std::countr_zero(mask);
    p += 16;
  }
  while (p != end && *p != '<' && *p != '&' && *p != ']' && *p != '\r') ++p;
  return p;
}

std::string_view view(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

constexpr std::string_view no_end_of_tag = "a tag needs its closing >";

}  // namespace

Result<Event> Reader::next() {
  if (is_empty_element_) {
    is_empty_element_ = false;
    return leave();
  }
  if (!open_.empty()) return inside();
  if (at_ == nullptr) PARLEY_CHECK(open());
  return outside();
}

Result<Event> Reader::next_tag() {
  if (!open_.empty() && !is_empty_element_) {
    skip_blanks();
    // A tag right here is the common case; anything else takes the long way.
    if (end_ - at_ > 1 && *at_ == '<' && at_[1] != '!' && at_[1] != '?') return tag();
  }
  PARLEY_TRY(Event event, next());
  if (event != Event::text) return event;
  auto is_blank = [](char c) { return is(blank, c); };
  if (std::all_of(text_.begin(), text_.end(), is_blank)) return next();
  Error refusal = fail(event_, "no text is allowed here");
  refusal.code = Code::invalid_call;
  return refusal;
}

bool Reader::skip_start(std::string_view name) {
  if (open_.empty() || is_empty_element_ || open_.size() >= depth_max_) return false;
  skip_blanks();
  if (static_cast<std::size_t>(end_ - at_) < name.size() + 2) return false;
  if (*at_ != '<' || at_[name.size() + 1] != '>' || std::memcmp(at_ + 1, name.data(), name.size()) != 0) return false;
  event_ = at_;
  name_ = view(at_ + 1, at_ + 1 + name.size());
  at_ += name.size() + 2;
  attributes_.clear();
  open_.push_back(name_);
  return true;
}

bool Reader::skip_end() {
  if (open_.empty() || is_empty_element_) return false;
  skip_blanks();
  if (end_of_element() == nullptr) return false;
  event_ = at_;
  at_ += open_.back().size() + 3;
  leave();
  return true;
}

/// The end of </name> for the innermost element, null when something else is here.
const char* Reader::end_of_element() const {
  std::string_view name = open_.back();
  const std::size_t length = name.size() + 3;
  if (static_cast<std::size_t>(end_ - at_) < length) return nullptr;
  if (at_[0] != '<' || at_[1] != '/' || at_[length - 1] != '>') return nullptr;
  return std::memcmp(at_ + 2, name.data(), name.size()) == 0 ? at_ + length : nullptr;
}

bool Reader::skip_leaf() {
  if (open_.empty() || is_empty_element_ || open_.size() >= depth_max_ || ahead(0) != '<') return false;
  const char* name = at_ + 1;
  const char* p = name;
  if (p == end_ || !is(name_start, *p)) return false;
  while (p != end_ && is(name_more, *p)) ++p;
  return p != end_ && *p == '>' && skip_leaf_named(view(name, p));
}

bool Reader::skip_leaf(std::string_view name) {
  if (open_.empty() || is_empty_element_ || open_.size() >= depth_max_) return false;
  skip_blanks();
  if (static_cast<std::size_t>(end_ - at_) < name.size() + 2) return false;
  if (*at_ != '<' || at_[name.size() + 1] != '>' || std::memcmp(at_ + 1, name.data(), name.size()) != 0) return false;
  return skip_leaf_named(view(at_ + 1, at_ + 1 + name.size()));
}

/// At <name>: goes behind </name> when there is only plain text before it.
bool Reader::skip_leaf_named(std::string_view name) {
  const char* text = name.data() + name.size() + 1;
  const char* stop = find_markup(text, end_);
  const std::size_t length = name.size() + 3;
  if (static_cast<std::size_t>(end_ - stop) < length || stop[0] != '<' || stop[1] != '/' || stop[length - 1] != '>')
    return false;
  if (std::memcmp(stop + 2, name.data(), name.size()) != 0) return false;
  event_ = stop;
  name_ = name;
  text_ = view(text, stop);
  at_ = stop + length;
  attributes_.clear();
  return true;
}

std::string Reader::place() const {
  return place_of(document_, event_ == nullptr ? 0 : static_cast<std::size_t>(event_ - document_.data()));
}

Result<void> Reader::open() {
  PARLEY_TRY(Document document, open_document(bytes_, arena_));
  // An empty view may have a null pointer, which `next` takes for a document not opened yet.
  document_ = document.text.empty() ? std::string_view("") : document.text;
  at_ = document_.data() + document.body_begin;
  end_ = document_.data() + document_.size();
  open_.reserve(16);
  return {};
}

Result<Event> Reader::outside() {
  while (true) {
    skip_blanks();
    event_ = at_;
    if (at_ == end_) {
      if (!has_root_) return fail(at_, "the document has no element");
      return Event::done;
    }
    if (*at_ != '<') return fail(at_, has_root_ ? "text after the root element" : "text before the root element");
    if (follows("<!--")) {
      PARLEY_CHECK(skip_comment());
    } else if (ahead(1) == '?') {
      PARLEY_CHECK(skip_instruction());
    } else if (follows("<!DOCTYPE")) {
      Error refusal = fail(at_, "a document type declaration (DTD) is not allowed");
      refusal.code = Code::invalid_call;
      return refusal;
    } else if (has_root_) {
      return fail(at_, "a document has one root element");
    } else {
      has_root_ = true;
      return tag();
    }
  }
}

Result<Event> Reader::inside() {
  const char* begin = at_;
  at_ = find_markup(at_, end_);
  if (at_ == end_ || *at_ != '<' || ahead(1) == '!' || ahead(1) == '?') return broken_text(begin);
  if (at_ == begin) return tag();
  event_ = begin;
  text_ = view(begin, at_);
  return Event::text;
}

/// Text that is not one plain run: collects its parts up to the next tag.
Result<Event> Reader::broken_text(const char* begin) {
  event_ = begin;
  buffer_.assign(begin, at_);
  while (true) {
    if (at_ == end_) return fail_element("the document ends within", open_.back());
    if (*at_ == '<' && ahead(1) != '!' && ahead(1) != '?') break;
    PARLEY_CHECK(skip_or_decode_special());
    const char* run = at_;
    at_ = find_markup(at_, end_);
    buffer_.append(run, at_);
  }
  if (buffer_.empty()) return tag();
  text_ = arena_.copy(buffer_);
  return Event::text;
}

/// What stopped find_markup, other than a tag.
Result<void> Reader::skip_or_decode_special() {
  switch (*at_) {
    case '&': return reference();
    case '\r':
      buffer_ += '\n';
      at_ += ahead(1) == '\n' ? 2 : 1;
      return {};
    case ']':
      if (follows("]]>")) return fail(at_, "]]> must be written as ]]&gt; in text");
      buffer_ += *at_++;
      return {};
    default: break;
  }
  if (ahead(1) == '?') return skip_instruction();
  if (follows("<!--")) return skip_comment();
  if (follows("<![CDATA[")) return cdata();
  return fail(at_, "a declaration is not allowed within an element");
}

Result<Event> Reader::tag() {
  event_ = at_;
  ++at_;
  if (ahead(0) == '/') return end_tag();
  return start_tag();
}

Result<Event> Reader::start_tag() {
  const char* begin = at_;
  if (at_ != end_ && is(name_start, *at_)) {
    do ++at_;
    while (at_ != end_ && is(name_more, *at_));
  }
  attributes_.clear();
  if (at_ != begin && at_ != end_ && *at_ == '>') {
    name_ = view(begin, at_);
  } else {
    at_ = begin;
    PARLEY_CHECK(rest_of_start_tag());
  }
  ++at_;
  if (open_.size() >= depth_max_) {
    Error refusal = fail(event_, "elements are nested deeper than " + std::to_string(depth_max_));
    refusal.code = Code::too_large;
    return refusal;
  }
  open_.push_back(name_);
  return Event::start;
}

/// The name and attributes of a start tag that is more than <name>; stops at its >.
Result<void> Reader::rest_of_start_tag() {
  PARLEY_TRY(name_, read_name());
  while (ahead(0) != '>') {
    bool has_blanks = skip_blanks();
    if (at_ == end_) return fail(event_, no_end_of_tag);
    if (*at_ == '>') break;
    if (*at_ == '/') {
      if (ahead(1) != '>') return fail(at_, "/ in a tag is only allowed before its closing >");
      is_empty_element_ = true;
      ++at_;
      break;
    }
    if (!has_blanks) return fail(at_, "attributes need white space before them");
    PARLEY_CHECK(attribute());
  }
  if (at_ == end_) return fail(event_, no_end_of_tag);
  return {};
}

Result<Event> Reader::end_tag() {
  ++at_;
  if (open_.empty()) return fail(event_, "an end tag without a start tag");
  std::string_view expected = open_.back();
  if (!follows(expected)) return fail_element("the end tag here does not close", expected);
  at_ += expected.size();
  if (ahead(0) != '>') {
    if (!skip_blanks()) return fail_element("the end tag here does not close", expected);
    if (ahead(0) != '>') return fail(event_, no_end_of_tag);
  }
  ++at_;
  return leave();
}

Event Reader::leave() {
  name_ = open_.back();
  open_.pop_back();
  return Event::end;
}

Result<void> Reader::attribute() {
  const char* begin = at_;
  PARLEY_TRY(std::string_view name, read_name());
  skip_blanks();
  if (ahead(0) != '=') return fail(at_, "an attribute needs a value");
  ++at_;
  skip_blanks();
  char quote = ahead(0);
  if (quote != '"' && quote != '\'') return fail(at_, "the value of an attribute needs quotes");
  ++at_;
  PARLEY_TRY(std::string_view value, attribute_value(quote));
  auto same = [&](const Attribute& other) { return other.name == name; };
  if (std::any_of(attributes_.begin(), attributes_.end(), same))
    return fail(begin, "the attribute '" + std::string(name.substr(0, 40)) + "' is given twice");
  if (attributes_.size() >= attributes_max) {
    Error refusal = fail(begin, "an element has more than " + std::to_string(attributes_max) + " attributes");
    refusal.code = Code::too_large;
    return refusal;
  }
  attributes_.push_back({name, value});
  return {};
}

Result<std::string_view> Reader::attribute_value(char quote) {
  const char* begin = at_;
  auto is_plain = [quote](char c) {
    return c != quote && c != '<' && c != '&' && c != '\t' && c != '\n' && c != '\r';
  };
  while (at_ != end_ && is_plain(*at_)) ++at_;
  if (ahead(0) == quote) return view(begin, at_++);
  buffer_.assign(begin, at_);
  while (at_ != end_ && *at_ != quote) {
    if (*at_ == '<') return fail(at_, "< must be written as &lt; in the value of an attribute");
    if (*at_ == '&') {
      PARLEY_CHECK(reference());
      continue;
    }
    if (follows("\r\n")) ++at_;
    buffer_ += is(blank, *at_) ? ' ' : *at_;
    ++at_;
  }
  if (at_ == end_) return fail(begin, "the value of an attribute needs its closing quote");
  ++at_;
  return arena_.copy(buffer_);
}

Result<std::string_view> Reader::read_name() {
  const char* begin = at_;
  if (at_ == end_ || (is_ascii(*at_) && !is(name_start, *at_))) return fail(at_, "a name is expected here");
  while (at_ != end_) {
    if (is(name_more, *at_)) {
      ++at_;
      continue;
    }
    if (is_ascii(*at_)) break;
    char32_t c = 0;
    std::size_t length = decode_utf8(view(at_, end_), 0, c);
    if (!is_name_char(c, at_ == begin)) return fail(at_, "a character that names cannot hold");
    at_ += length;
  }
  return view(begin, at_);
}

Result<void> Reader::reference() {
  if (ahead(1) == '#') return numeric_reference();
  struct Entity {
    std::string_view text;
    char c;
  };
  constexpr std::array<Entity, 5> entities{{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  for (const auto& entity : entities) {
    if (!follows(entity.text)) continue;
    buffer_ += entity.c;
    at_ += entity.text.size();
    return {};
  }
  return fail(at_, "& begins &lt; &gt; &amp; &quot; &apos; or a character reference; write &amp; for itself");
}

Result<void> Reader::numeric_reference() {
  const char* begin = at_;
  bool is_hex = ahead(2) == 'x';
  at_ += is_hex ? 3 : 2;
  char32_t value = 0;
  const char* digits = at_;
  for (; at_ != end_ && *at_ != ';'; ++at_) {
    char c = *at_, lower = static_cast<char>(c | 0x20);
    char32_t digit = c >= '0' && c <= '9' ? static_cast<char32_t>(c - '0')
                     : is_hex && lower >= 'a' && lower <= 'f' ? static_cast<char32_t>(lower - 'a' + 10)
                                                              : 99;
    if (digit == 99) return fail(begin, "a character reference holds digits and ends with ;");
    // Saturates, so that no number of digits wraps round to a legal character.
    value = std::min<char32_t>(value * (is_hex ? 16 : 10) + digit, 0x110000);
  }
  if (at_ == end_ || at_ == digits) return fail(begin, "a character reference holds digits and ends with ;");
  ++at_;
  if (!is_xml_char(value)) return fail(begin, "a reference to a character that XML cannot hold");
  char utf8[4];
  buffer_.append(utf8, encode_utf8(value, utf8));
  return {};
}

Result<void> Reader::skip_comment() {
  const char* end = find("--", 4);
  if (end == nullptr) return fail(at_, "a comment needs its closing -->");
  if (end + 2 == end_ || end[2] != '>') return fail(end, "-- is not allowed within a comment");
  at_ = end + 3;
  return {};
}

Result<void> Reader::skip_instruction() {
  const char* begin = at_;
  at_ += 2;
  PARLEY_TRY(std::string_view target, read_name());
  auto is_letter = [&](std::size_t i, char lower) { return (target[i] | 0x20) == lower; };
  if (target.size() == 3 && is_letter(0, 'x') && is_letter(1, 'm') && is_letter(2, 'l'))
    return fail(begin, "the XML declaration is only allowed at the very beginning");
  if (!follows("?>") && !skip_blanks()) return fail(at_, "a processing instruction needs white space after its name");
  const char* end = find("?>", 0);
  if (end == nullptr) return fail(begin, "a processing instruction needs its closing ?>");
  at_ = end + 2;
  return {};
}

Result<void> Reader::cdata() {
  const char* end = find("]]>", 9);
  if (end == nullptr) return fail(at_, "a CDATA section needs its closing ]]>");
  append_lines(at_ + 9, end);
  at_ = end + 3;
  return {};
}

bool Reader::skip_blanks() {
  const char* begin = at_;
  while (at_ != end_ && is(blank, *at_)) ++at_;
  return at_ != begin;
}

void Reader::append_lines(const char* begin, const char* end) {
  while (const void* found = begin == end ? nullptr : std::memchr(begin, '\r', static_cast<std::size_t>(end - begin))) {
    const char* cr = static_cast<const char*>(found);
    buffer_.append(begin, cr);
    buffer_ += '\n';
    begin = cr + 1;
    if (begin != end && *begin == '\n') ++begin;
  }
  buffer_.append(begin, end);
}

const char* Reader::find(std::string_view what, std::size_t from) const {
  std::string_view rest = view(at_, end_);
  std::size_t found = rest.find(what, from);
  return found == rest.npos ? nullptr : at_ + found;
}

Error Reader::fail(const char* at, std::string_view rule) const {
  return malformed_at(document_, static_cast<std::size_t>(at - document_.data()), rule);
}

Error Reader::fail_element(std::string_view rule, std::string_view name) const {
  return fail(at_, std::string(rule) + " <" + std::string(name.substr(0, 40)) + ">");
}

}  // namespace parley::xml
