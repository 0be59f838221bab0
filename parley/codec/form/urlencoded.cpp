// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/form/form.hpp"
#include "parley/core/utf8.hpp"

namespace parley::form {
namespace {

// The value of a hex digit, or -1.
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The text `escaped` stands for; `start` is where it stands in the form.
Result<std::string_view> decode(std::string_view escaped, std::size_t start, Arena& arena) {
  std::string_view text = escaped;
  if (escaped.find_first_of("%+") != std::string_view::npos) {
    char* begin = arena.allocate_array<char>(escaped.size());
    char* to = begin;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
      char c = escaped[i];
      if (c == '%') {
        int high = i + 2 < escaped.size() ? hex_digit(escaped[i + 1]) : -1;
        int low = i + 2 < escaped.size() ? hex_digit(escaped[i + 2]) : -1;
        if (high < 0 || low < 0)
          return Error(Code::malformed, "form: two hex digits must follow the % at byte " +
                                            std::to_string(start + i));
        *to++ = static_cast<char>(high * 16 + low);
        i += 2;
      } else {
        *to++ = c == '+' ? ' ' : c;
      }
    }
    text = {begin, static_cast<std::size_t>(to - begin)};
  }
  if (!is_utf8(text))
    return Error(Code::malformed,
                 "form: the text at byte " + std::to_string(start) + " is not UTF-8");
  return text;
}

}  // namespace

Result<std::vector<Field>> read_urlencoded(std::string_view text, const Limits& limits,
                                           Arena& arena) {
  std::vector<Field> fields;
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = std::min(text.find('&', start), text.size());
    std::string_view part = text.substr(start, end - start);
    std::size_t at = start;
    start = end + 1;
    if (part.empty()) continue;
    if (fields.size() >= limits.values_max)
      return Error(Code::too_large,
                   "form: more than " + std::to_string(limits.values_max) + " fields");
    std::size_t equals = part.find('=');
    Field field;
    PARLEY_TRY(field.name, decode(part.substr(0, equals), at, arena));
    if (field.name.find('\0') != std::string_view::npos)
      return Error(Code::malformed,
                   "form: the name at byte " + std::to_string(at) + " holds a NUL");
    if (equals != std::string_view::npos) {
      PARLEY_TRY(std::string_view value, decode(part.substr(equals + 1), at + equals + 1, arena));
      field.value = Value::string(value);
    }
    fields.push_back(field);
  }
  return fields;
}

}  // namespace parley::form
