// SPDX-License-Identifier: Apache-2.0
#include "parley/http/media.hpp"

#include <algorithm>
#include <array>

#include "parley/http/message.hpp"

namespace parley::http {
namespace {

constexpr auto token_characters = [] {
  std::array<bool, 256> is{};
  for (std::size_t c = '!'; c <= '~'; ++c) is[c] = true;
  for (char c : std::string_view("\"(),/:;<=>?@[\\]{}")) is[static_cast<unsigned char>(c)] = false;
  return is;
}();

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return token_characters[static_cast<unsigned char>(c)]; });
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
}

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes one parameter value, quoted or not, from the front; escapes in quotes stay as they are.
bool take_value(std::string_view& rest, std::string_view& value) {
  if (!rest.empty() && rest[0] == '"') {
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
    if (end >= rest.size()) return false;
    value = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    skip_blanks(rest);
    return rest.empty() || rest[0] == ';';
  }
  std::size_t end = std::min(rest.find(';'), rest.size());
  value = trim_end(rest.substr(0, end));
  rest.remove_prefix(end);
  return is_token(value);
}

}  // namespace

bool MediaType::is(std::string_view other) const { return same_letters(name, other); }

bool MediaType::is_utf8() const {
  return charset.empty() || same_letters(charset, "utf-8") || same_letters(charset, "utf8") ||
         same_letters(charset, "us-ascii");
}

Result<MediaType> parse_media_type(std::string_view value) {
  auto refuse = [value](const char* why) {
    return Error(Code::malformed, "media type " + std::string(value.substr(0, 100)) + ": " + why);
  };
  MediaType media;
  std::string_view rest = value;
  skip_blanks(rest);
  std::size_t end = std::min(rest.find(';'), rest.size());
  media.name = trim_end(rest.substr(0, end));
  rest.remove_prefix(end);
  std::size_t slash = media.name.find('/');
  if (slash == std::string_view::npos || !is_token(media.name.substr(0, slash)) || !is_token(media.name.substr(slash + 1)))
    return refuse("a type and a subtype with a slash between are needed");
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    skip_blanks(rest);
    if (rest.empty() || rest[0] == ';') continue;
    std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos || !is_token(rest.substr(0, equals))) return refuse("a parameter needs a name and a value");
    std::string_view name = rest.substr(0, equals), text;
    rest.remove_prefix(equals + 1);
    if (!take_value(rest, text)) return refuse("a parameter needs a name and a value");
    if (same_letters(name, "charset") && media.charset.empty()) media.charset = text;
    if (same_letters(name, "boundary") && media.boundary.empty()) media.boundary = text;
  }
  return media;
}

}  // namespace parley::http
