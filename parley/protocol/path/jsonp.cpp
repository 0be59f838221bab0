// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/jsonp.hpp"

#include <algorithm>

namespace parley::path {
namespace {

// Reserved in scripts of any kind, strict and module code too, sorted.
constexpr std::string_view reserved_words[] = {
    "arguments", "await",      "break",   "case",    "catch",      "class",     "const",
    "continue",  "debugger",   "default", "delete",  "do",         "else",      "enum",
    "eval",      "export",     "extends", "false",   "finally",    "for",       "function",
    "if",        "implements", "import",  "in",      "instanceof", "interface", "let",
    "new",       "null",       "package", "private", "protected",  "public",    "return",
    "static",    "super",      "switch",  "this",    "throw",      "true",      "try",
    "typeof",    "var",        "void",    "while",   "with",       "yield"};
static_assert(std::ranges::is_sorted(reserved_words));

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

bool is_name(std::string_view part) {
  if (part.empty() || !is_letter(part[0])) return false;
  auto may_follow = [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return std::ranges::all_of(part, may_follow) && !std::ranges::binary_search(reserved_words, part);
}

constexpr std::string_view line_separators = "\xE2\x80";  // the front of U+2028 and U+2029

/// What stands for the character at the front of `text`, and its bytes; "" = itself.
struct Escape {
  std::string_view text;
  std::size_t bytes = 0;
};
Escape escape_at(std::string_view text) {
  if (text[0] == '<') return {"\\u003c", 1};
  if (!text.starts_with(line_separators) || text.size() < 3) return {};
  if (text[2] == '\xA8') return {"\\u2028", 3};
  if (text[2] == '\xA9') return {"\\u2029", 3};
  return {};
}

/// How many bytes at the end of `text` may be the front of a line separator.
std::size_t open_bytes(std::string_view text) {
  if (text.ends_with(line_separators)) return 2;
  return text.ends_with(line_separators[0]) ? 1 : 0;
}

void put_escaped(std::string_view text, Output& out) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '<' && text[i] != line_separators[0]) {
      ++i;
      continue;
    }
    Escape escape = escape_at(text.substr(i));
    if (escape.bytes != 0) {
      out.put(text.substr(start, i - start));
      out.put(escape.text);
      start = i + escape.bytes;
    }
    i += std::max<std::size_t>(escape.bytes, 1);
  }
  out.put(text.substr(start));
}

}  // namespace

bool is_callback(std::string_view name) {
  if (name.size() > callback_bytes_max) return false;
  for (;;) {
    std::size_t dot = name.find('.');
    if (!is_name(name.substr(0, dot))) return false;
    if (dot == name.npos) return true;
    name.remove_prefix(dot + 1);
  }
}

ScriptOutput::ScriptOutput(Output& inner) : inner_(inner) {
  at_ = buffer_;
  end_ = buffer_ + buffer_bytes;
}

void ScriptOutput::make_room(std::size_t) { drain(); }

void ScriptOutput::drain() {
  std::string_view text(buffer_, static_cast<std::size_t>(at_ - buffer_));
  std::size_t kept = open_bytes(text);
  put_escaped(text.substr(0, text.size() - kept), inner_);
  std::copy(at_ - kept, at_, buffer_);
  at_ = buffer_ + kept;
  is_open_ = inner_.is_open();
}

void ScriptOutput::finish() {
  put_escaped({buffer_, static_cast<std::size_t>(at_ - buffer_)}, inner_);
  at_ = buffer_;
}

}  // namespace parley::path
