// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/lexer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "parley/core/utf8.hpp"
#include "parley/domain/ast.hpp"

namespace parley::domain {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

/// The letters of a number token without its underscores.
std::string without_underscores(std::string_view text) {
  std::string out(text);
  std::erase(out, '_');
  return out;
}

/// Reads `digits` hexadecimal digits at `at` and moves behind them.
std::optional<char32_t> hex(std::string_view text, std::size_t& at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  std::uint32_t value = 0;
  const char* first = text.data() + at;
  auto end = std::from_chars(first, first + digits, value, 16);
  if (end.ec != std::errc{} || end.ptr != first + digits) return std::nullopt;
  at += digits;
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return std::nullopt;
  return value;
}

/// Resolves the escape whose letter stands at `at` and moves behind it; false when it is broken.
bool append_escape(std::string& out, std::string_view text, std::size_t& at) {
  constexpr std::string_view letters = "\\'\"abfnrtv";
  constexpr std::string_view meanings = "\\'\"\a\b\f\n\r\t\v";
  const char c = text[at++];
  if (auto found = letters.find(c); found != std::string_view::npos) {
    out += meanings[found];
    return true;
  }
  if (c == '\n') return true;  // a backslash at a line's end joins the lines
  if (c >= '0' && c <= '7') {
    char32_t value = static_cast<char32_t>(c - '0');
    for (int i = 0; i < 2 && at < text.size() && text[at] >= '0' && text[at] <= '7'; ++i)
      value = value * 8 + static_cast<char32_t>(text[at++] - '0');
    append_utf8(out, value);
    return true;
  }
  if (c == 'x' || c == 'u' || c == 'U') {
    auto value = hex(text, at, c == 'x' ? 2 : c == 'u' ? 4 : 8);
    if (value) append_utf8(out, *value);
    return value.has_value();
  }
  if (c == 'N') return false;
  out += '\\';  // an unknown escape stands for itself
  out += c;
  return true;
}

}  // namespace

Error Lexer::error(std::string message, std::size_t at) const {
  return ast::located(Error(Code::invalid_argument, std::move(message)), source_, at);
}

void Lexer::skip_blanks() {
  while (at_ < source_.size()) {
    const char c = source_[at_];
    if (c == '#') {
      while (at_ < source_.size() && source_[at_] != '\n') ++at_;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else {
      return;
    }
  }
}

Result<Token> Lexer::next() {
  skip_blanks();
  const auto start = static_cast<std::uint32_t>(at_);
  if (at_ == source_.size()) return Token{.at = start};
  const char c = peek();
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
  if (c == '\'' || c == '"') return string();
  if ((c == 'r' || c == 'R' || c == 'u' || c == 'U') && (peek(1) == '\'' || peek(1) == '"'))
    return string();
  if (is_name_start(c)) {
    while (is_name_part(peek())) ++at_;
    return Token{.kind = Token::Kind::name, .at = start, .text = source_.substr(start, at_ - start)};
  }
  return symbol();
}

Result<Token> Lexer::number() {
  const std::size_t start = at_;
  int base = 10;
  if (peek() == '0') {
    const char mark = static_cast<char>(peek(1) | 0x20);
    base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
  }
  bool is_real = false;
  while (is_name_part(peek()) || (base == 10 && peek() == '.')) {
    const char c = peek();
    if (base == 10 && (c == '.' || c == 'e' || c == 'E')) is_real = true;
    ++at_;
    if (base == 10 && (c == 'e' || c == 'E') && (peek() == '+' || peek() == '-')) ++at_;
  }
  const std::string_view text = source_.substr(start, at_ - start);
  const auto bad = [&] { return error("malformed number " + std::string(text), start); };
  if (text.back() == '_' || text.find("__") != std::string_view::npos) return bad();
  const std::string digits = without_underscores(base == 10 ? text : text.substr(2));
  const char* end = digits.data() + digits.size();
  Token token{.at = static_cast<std::uint32_t>(start), .text = text};
  if (is_real) {
    token.kind = Token::Kind::real;
    auto read = std::from_chars(digits.data(), end, token.real);
    if (read.ec == std::errc::result_out_of_range) return error("number beyond the range of a float", start);
    if (read.ec != std::errc{} || read.ptr != end) return bad();
    return token;
  }
  token.kind = Token::Kind::integer;
  auto read = std::from_chars(digits.data(), end, token.integer, base);
  if (read.ec == std::errc::result_out_of_range) return error("integer beyond 64 bits", start);
  if (read.ec != std::errc{} || read.ptr != end) return bad();
  if (base == 10 && digits.size() > 1 && digits[0] == '0' && token.integer != 0) return bad();
  return token;
}

Result<Token> Lexer::string() {
  const std::size_t start = at_;
  const bool is_raw = peek() == 'r' || peek() == 'R';
  if (peek() != '\'' && peek() != '"') ++at_;
  const char quote = source_[at_++];
  const std::size_t from = at_;
  bool has_escape = false;
  while (at_ < source_.size() && source_[at_] != quote && source_[at_] != '\n') {
    if (source_[at_] == '\\') {
      has_escape = true;
      ++at_;
      if (at_ == source_.size()) break;
    }
    ++at_;
  }
  if (peek() != quote) return error("text without its closing quote", start);
  const std::string_view body = source_.substr(from, at_ - from);
  ++at_;
  Token token{.kind = Token::Kind::string, .at = static_cast<std::uint32_t>(start), .text = body};
  if (!has_escape || is_raw) return token;
  std::string out;
  for (std::size_t i = 0; i < body.size();) {
    if (body[i] != '\\') {
      out += body[i++];
      continue;
    }
    const std::size_t escape = i++;
    if (!append_escape(out, body, i)) return error("malformed escape in a text", from + escape);
  }
  token.text = arena_.copy(out);
  return token;
}

Result<Token> Lexer::symbol() {
  constexpr std::array<std::string_view, 25> symbols{"**", "//", "<=", ">=", "==", "!=", "(", ")", "[",
                                                     "]",  "{",  "}",  ",",  ":",  ".",  "+", "-", "*",
                                                     "/",  "%",  "<",  ">",  "=",  "|",  "&"};
  const std::string_view rest = source_.substr(at_);
  for (std::string_view symbol : symbols)
    if (rest.starts_with(symbol)) {
      Token token{.kind = Token::Kind::symbol, .at = static_cast<std::uint32_t>(at_), .text = symbol};
      at_ += symbol.size();
      return token;
    }
  std::size_t end = at_;
  next_char(source_, end);
  return error("unexpected character '" + std::string(source_.substr(at_, end - at_)) + "'", at_);
}

}  // namespace parley::domain
