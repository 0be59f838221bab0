// SPDX-License-Identifier: Apache-2.0
#include "parley/http/uri.hpp"

namespace parley::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

Result<std::string> percent_decode(std::string_view escaped, Plus plus) {
  const bool has_blank = plus == Plus::is_blank && escaped.find('+') != escaped.npos;
  if (!has_blank && escaped.find('%') == escaped.npos) return std::string(escaped);
  std::string text;
  text.reserve(escaped.size());
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    char c = escaped[i];
    if (c == '%') {
      int high = i + 2 < escaped.size() ? hex_digit(escaped[i + 1]) : -1;
      int low = i + 2 < escaped.size() ? hex_digit(escaped[i + 2]) : -1;
      if (high < 0 || low < 0)
        return Error(Code::malformed, std::string("percent escape at character ").append(std::to_string(i)) + ": two hex digits must follow %");
      text.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      text.push_back(c == '+' && plus == Plus::is_blank ? ' ' : c);
    }
  }
  return text;
}

std::string percent_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string escaped;
  escaped.reserve(text.size());
  for (char c : text) {
    if (is_unreserved(c)) {
      escaped.push_back(c);
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    escaped.push_back('%');
    escaped.push_back(digits[byte >> 4]);
    escaped.push_back(digits[byte & 15]);
  }
  return escaped;
}

Result<std::vector<QueryItem>> parse_query(std::string_view query) {
  std::vector<QueryItem> items;
  while (!query.empty()) {
    std::size_t end = query.find('&');
    std::string_view part = query.substr(0, end), value;
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (part.empty()) continue;
    std::size_t equals = part.find('=');
    if (equals != std::string_view::npos) value = part.substr(equals + 1);
    PARLEY_TRY(std::string name, percent_decode(part.substr(0, equals), Plus::is_blank));
    PARLEY_TRY(std::string text, percent_decode(value, Plus::is_blank));
    items.push_back({std::move(name), std::move(text)});
  }
  return items;
}

}  // namespace parley::http
