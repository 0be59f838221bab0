// SPDX-License-Identifier: Apache-2.0
// Reader: a strict pull reader of XML 1.0 without DTDs. It gives start, text, end, start ...;
// namespaces are text, comments and processing instructions are skipped.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"

namespace parley::xml {

enum class Event : std::uint8_t {
  start,  // <name ...>; an empty element gives an end next
  text,   // everything between two tags as one text, never empty
  end,    // </name>
  done,   // the document is over
};

struct Attribute {
  std::string_view name;
  std::string_view value;  // references replaced, white space as blanks
};

/// Walks one document.
///
/// takes:   whole documents; encodings as in document.hpp
/// gives:   views into the bytes where nothing had to be decoded, else into the arena
/// limits:  depth_max elements within each other; attributes_max (100) an element
/// fails:   malformed with line and column; invalid_call for a DTD; too_large beyond a limit;
///          unsupported_media. The reader is then finished and must be dropped
/// source:  XML 1.0 (fifth edition); DTDs are refused as a whole, so there are no other
///          entities than the five predefined ones
class Reader {
 public:
  static constexpr std::size_t attributes_max = 100;

  Reader(std::string_view bytes, Arena& arena, std::size_t depth_max)
      : bytes_(bytes), arena_(arena), depth_max_(depth_max) {}

  Result<Event> next();
  /// As `next` where an element may hold no text: skips blanks.
  /// fails:   as next; invalid_call on other text
  Result<Event> next_tag();

  // The short way through tags written plainly, which is how programs write them. Each step is
  // taken whole or not at all (blanks aside, where an element may hold no text); after a false,
  // `next` or `next_tag` tell what is there.

  /// Blanks and the start tag <name>.
  bool skip_start(std::string_view name);
  /// Blanks and the end tag of the innermost element.
  bool skip_end();
  /// One element of plain text, <name>text</name>; it is then the one that just ended.
  bool skip_leaf();
  /// The same behind blanks, and only when it has this name.
  bool skip_leaf(std::string_view name);

  /// Of the element that just started or ended.
  std::string_view name() const { return name_; }
  std::string_view text() const { return text_; }
  /// Of the element that just started; valid until `next`.
  std::span<const Attribute> attributes() const { return attributes_; }
  /// "line 3, column 7" of the last event's begin, for messages about what it means.
  std::string place() const;

 private:
  Result<void> open();
  Result<Event> outside();
  Result<Event> inside();
  Result<Event> broken_text(const char* begin);
  Result<void> skip_or_decode_special();
  Result<Event> tag();
  Result<Event> start_tag();
  Result<void> rest_of_start_tag();
  Result<Event> end_tag();
  Event leave();
  Result<void> attribute();
  Result<std::string_view> attribute_value(char quote);
  Result<std::string_view> read_name();
  Result<void> reference();
  Result<void> numeric_reference();
  Result<void> skip_comment();
  Result<void> skip_instruction();
  Result<void> cdata();
  bool skip_blanks();
  bool skip_leaf_named(std::string_view name);
  const char* end_of_element() const;
  /// Appends to buffer_ with CR LF and CR as LF.
  void append_lines(const char* begin, const char* end);
  bool follows(std::string_view what) const {
    return std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(what);
  }
  /// The byte `n` ahead; NUL, which no document holds, at its end.
  char ahead(std::size_t n) const { return static_cast<std::size_t>(end_ - at_) > n ? at_[n] : '\0'; }
  /// The first `what` from at_ + from on, null when there is none.
  const char* find(std::string_view what, std::size_t from) const;
  Error fail(const char* at, std::string_view rule) const;
  Error fail_element(std::string_view rule, std::string_view name) const;

  std::string_view bytes_;
  Arena& arena_;
  std::size_t depth_max_;
  std::string_view document_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  const char* event_ = nullptr;  // where the last event begins
  bool has_root_ = false;
  bool is_empty_element_ = false;  // its end is still to be told
  std::string_view name_;
  std::string_view text_;
  std::vector<Attribute> attributes_;
  std::vector<std::string_view> open_;  // names of the elements around here, outermost first
  std::string buffer_;
};

}  // namespace parley::xml
