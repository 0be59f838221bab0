// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/form/form.hpp"
#include "parley/core/utf8.hpp"

namespace parley::form {
namespace {

using std::string_view;
constexpr std::size_t none = string_view::npos;
constexpr std::size_t boundary_chars_max = 70;  // RFC 2046 section 5.1.1
constexpr string_view line_end = "\r\n";

Error malformed(std::string what) { return {Code::malformed, "multipart: " + std::move(what)}; }
Error unsupported(std::string what) {
  return {Code::unsupported_media, "multipart: " + std::move(what)};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_same(string_view a, string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

string_view trimmed(string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// token of RFC 9110 section 5.6.2
bool is_token_char(char c) {
  return is_letter_or_digit(c) || string_view("!#$%&'*+-.^_`|~").find(c) != none;
}

bool is_boundary(string_view text) {
  return !text.empty() && text.size() <= boundary_chars_max && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter_or_digit(c) || string_view("'()+_,-./:=? ").find(c) != none;
         });
}

// The front of `rest` up to what is no token character; taken off.
string_view take_token(string_view& rest) {
  auto end = std::find_if_not(rest.begin(), rest.end(), is_token_char);
  string_view token = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(token.size());
  return token;
}

// A quoted string behind its first quote; `rest` is moved behind the last.
Result<string_view> take_quoted(string_view& rest, Arena& arena) {
  std::size_t end = 0;
  bool is_escaped = false;
  for (; end < rest.size() && rest[end] != '"'; ++end) {
    if (rest[end] == '%') is_escaped = true;
    if (rest[end] != '\\') continue;
    is_escaped = true;
    ++end;
  }
  if (end >= rest.size()) return malformed("a quoted parameter does not end");
  string_view text = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  if (!is_escaped) return text;

  char* begin = arena.allocate_array<char>(text.size());
  char* to = begin;
  for (std::size_t i = 0; i < text.size(); ++i) {
    string_view here = text.substr(i, 3);
    char c = text[i];
    if (c == '\\' && (text[i + 1] == '"' || text[i + 1] == '\\')) {
      c = text[++i];
    } else if (here == "%22" || is_same(here, "%0D") || is_same(here, "%0A")) {
      c = here[1] == '2' ? '"' : lower(here[2]) == 'd' ? '\r' : '\n';
      i += 2;
    }
    *to++ = c;
  }
  return string_view(begin, static_cast<std::size_t>(to - begin));
}

// The parameter `name=value` in front of `rest`, which is behind the ';'; taken off.
struct Parameter {
  string_view name, value;
};
Result<Parameter> take_parameter(string_view& rest, Arena& arena) {
  rest = trimmed(rest);
  Parameter parameter{take_token(rest), {}};
  if (parameter.name.empty() || !rest.starts_with('='))
    return malformed("a header's parameter is not name=value");
  rest.remove_prefix(1);
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    PARLEY_TRY(parameter.value, take_quoted(rest, arena));
  } else {
    // Names in other scripts come without quotes too: up to where the next parameter begins.
    parameter.value = trimmed(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
    if (parameter.value.empty() || parameter.value.find('"') != none)
      return malformed("a header's parameter is not name=value");
  }
  rest = trimmed(rest);
  if (!is_utf8(parameter.value)) return malformed("a header's parameter is not UTF-8");
  if (!rest.empty() && rest.front() != ';') return malformed("text behind a quoted parameter");
  return parameter;
}

// What the head of one part says.
struct Head {
  bool is_form_data = false;
  std::optional<string_view> name, filename;
  string_view type;     // its Content-Type as sent, "" when there is none
  string_view charset;  // "" when there is none
};

Result<void> set_once(std::optional<string_view>& to, const Parameter& parameter) {
  if (to) return malformed("the parameter " + std::string(parameter.name) + " is given twice");
  to = parameter.value;
  return {};
}

Result<void> read_disposition(string_view value, Arena& arena, Head& head) {
  if (head.is_form_data) return malformed("a part has two Content-Disposition headers");
  if (!is_same(take_token(value), "form-data"))
    return malformed("the Content-Disposition of a part is not form-data");
  head.is_form_data = true;
  for (value = trimmed(value); !value.empty();) {
    if (value.front() != ';') return malformed("a Content-Disposition that cannot be read");
    value.remove_prefix(1);
    PARLEY_TRY(Parameter parameter, take_parameter(value, arena));
    if (is_same(parameter.name, "name")) PARLEY_CHECK(set_once(head.name, parameter));
    if (is_same(parameter.name, "filename")) PARLEY_CHECK(set_once(head.filename, parameter));
    if (is_same(parameter.name, "filename*"))  // RFC 7578 section 4.2
      return malformed("filename* must not be used in a form");
  }
  return {};
}

Result<void> read_type(string_view value, Arena& arena, Head& head) {
  if (!head.type.empty()) return malformed("a part has two Content-Type headers");
  head.type = value;
  string_view type = take_token(value);
  bool has_slash = value.starts_with('/');
  if (has_slash) value.remove_prefix(1);
  if (type.empty() || !has_slash || take_token(value).empty())
    return malformed("the Content-Type of a part is none");
  if (is_same(type, "multipart")) return unsupported("a multipart inside a part is not read");
  for (value = trimmed(value); !value.empty();) {
    if (value.front() != ';') return malformed("a Content-Type that cannot be read");
    value.remove_prefix(1);
    if (trimmed(value).empty()) break;  // "text/plain;" is common
    PARLEY_TRY(Parameter parameter, take_parameter(value, arena));
    if (is_same(parameter.name, "charset")) head.charset = parameter.value;
  }
  return {};
}

Result<void> read_header(string_view line, Arena& arena, Head& head) {
  if (line.find_first_of(string_view("\r\n\0", 3)) != none)
    return malformed("a control character in a header");
  string_view name = take_token(line);
  if (name.empty() || !line.starts_with(':')) return malformed("a header is not name: value");
  string_view value = trimmed(line.substr(1));
  if (!is_utf8(value)) return malformed("a header is not UTF-8");
  if (is_same(name, "Content-Disposition")) return read_disposition(value, arena, head);
  if (is_same(name, "Content-Type")) return read_type(value, arena, head);
  if (is_same(name, "Content-Transfer-Encoding") && !is_same(value, "7bit") &&
      !is_same(value, "8bit") && !is_same(value, "binary"))
    return unsupported("the transfer encoding " + std::string(value) + " is not read");
  return {};  // RFC 7578 section 4.8: others mean nothing here
}

// Takes the head off `part`, with the empty line behind it.
Result<Head> take_head(string_view& part, const Limits& limits, Arena& arena) {
  Head head;
  std::size_t size = part.size(), headers = 0;
  while (true) {
    std::size_t end = part.substr(0, limits.head_bytes_max).find(line_end);
    if (end == none || size - part.size() + end > limits.head_bytes_max) {
      if (size > limits.head_bytes_max)
        return Error(Code::too_large, "multipart: the head of a part is longer than " +
                                          std::to_string(limits.head_bytes_max) + " bytes");
      return malformed("a part has no empty line behind its headers");
    }
    string_view line = part.substr(0, end);
    part.remove_prefix(end + line_end.size());
    if (line.empty()) break;
    if (++headers > limits.headers_max)
      return Error(Code::too_large, "multipart: a part has more than " +
                                        std::to_string(limits.headers_max) + " headers");
    PARLEY_CHECK(read_header(line, arena, head));
  }
  if (!head.name) return malformed("a part has no Content-Disposition with a name");
  return head;
}

Result<Field> read_part(string_view part, const Limits& limits, Arena& arena) {
  PARLEY_TRY(Head head, take_head(part, limits, arena));
  if (head.name->find('\0') != none) return malformed("a NUL in a name");
  if (head.filename) {
    static constexpr string_view keys[] = {"filename", "contenttype", "content"};
    Value* values = arena.allocate_array<Value>(3);
    values[0] = Value::string(*head.filename);
    values[1] = Value::string(head.type.empty() ? "text/plain" : head.type);
    values[2] = Value::bytes(part);
    return Field{*head.name, Value::dict(keys, values, arena)};
  }
  if (!head.charset.empty() && !is_same(head.charset, "utf-8") &&
      !is_same(head.charset, "us-ascii"))
    return unsupported("the charset " + std::string(head.charset) + " is not read");
  if (!is_utf8(part)) return malformed(std::string(*head.name) + ": the text is not UTF-8");
  return Field{*head.name, Value::string(part)};
}

// Finds the lines that consist of the boundary.
class Delimiters {
 public:
  Delimiters(string_view body, string_view boundary)
      : body_(body), delimiter_("\r\n--" + std::string(boundary)) {
    string_view first = string_view(delimiter_).substr(line_end.size());
    if (body.starts_with(first)) {  // no line before it, so no CRLF either
      begin_ = 0;
      behind_ = first.size();
    } else if ((begin_ = body.find(delimiter_)) != none) {
      behind_ = begin_ + delimiter_.size();
    }
  }

  bool is_there() const { return begin_ != none; }
  /// Where the line of the boundary starts: the CRLF before it belongs to it.
  std::size_t begin() const { return begin_; }
  /// Reads the rest of the line. Gives whether it was the last boundary.
  Result<bool> end_line() {
    bool is_last = body_.substr(behind_, 2) == "--";
    std::size_t at = behind_ + (is_last ? 2 : 0);
    while (at < body_.size() && is_blank(body_[at])) ++at;  // transport padding
    if (is_last && at == body_.size()) return true;
    if (body_.substr(at, line_end.size()) != line_end)
      return malformed("the line of the boundary at byte " + std::to_string(begin_) +
                       " does not end with it");
    behind_ = at + line_end.size();
    return is_last;
  }
  /// Where the part behind the line just read begins.
  std::size_t behind() const { return behind_; }
  /// The next one; the CRLF that ended the last line may be the one in front of it.
  void next() {
    begin_ = body_.find(delimiter_, behind_ - line_end.size());
    if (begin_ != none) behind_ = begin_ + delimiter_.size();
  }

 private:
  string_view body_;
  std::string delimiter_;  // CRLF "--" boundary
  std::size_t begin_ = none, behind_ = 0;
};

}  // namespace

Result<std::vector<Field>> read_multipart(string_view body, string_view boundary,
                                          const Limits& limits, Arena& arena) {
  if (!is_boundary(boundary)) return malformed("the boundary is none");
  std::vector<Field> fields;
  Delimiters delimiters(body, boundary);
  if (!delimiters.is_there()) return malformed("the boundary is not in the body");
  while (true) {
    PARLEY_TRY(bool is_last, delimiters.end_line());
    if (is_last) return fields;
    if (fields.size() >= limits.values_max)
      return Error(Code::too_large,
                   "multipart: more than " + std::to_string(limits.values_max) + " fields");
    std::size_t start = delimiters.behind();
    delimiters.next();
    if (!delimiters.is_there()) return malformed("the last boundary is missing");
    if (delimiters.begin() < start) return malformed("a part is empty");
    PARLEY_TRY(Field field,
               read_part(body.substr(start, delimiters.begin() - start), limits, arena));
    fields.push_back(field);
  }
}

}  // namespace parley::form
