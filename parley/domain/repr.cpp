// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/repr.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace parley::domain {
namespace {

constexpr int nesting_max = 200;

void append_quoted(std::string& out, std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  out += quote;
  for (char c : text) {
    // Far beyond the limit nothing can show; `repr` cuts the rest.
    if (out.size() > repr_bytes_max + 8) break;
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      char escaped[5];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      out += escaped;
    } else {
      out += c;
    }
  }
  out += quote;
}

void append_hex(std::string& out, const Uuid& uuid) {
  constexpr char digits[] = "0123456789abcdef";
  out += '\'';
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += digits[uuid[i] >> 4];
    out += digits[uuid[i] & 15];
  }
  out += '\'';
}

void append(std::string& out, const Value& value, int depth);

void append_items(std::string& out, const Value& list, int depth, char open, char close) {
  out += open;
  bool first = true;
  for (const Value& item : list.items()) {
    if (out.size() > repr_bytes_max) break;
    if (!first) out += ", ";
    first = false;
    append(out, item, depth + 1);
  }
  if (open == '(' && list.size() == 1) out += ',';
  out += close;
}

void append_members(std::string& out, const Value& dict, int depth) {
  out += '{';
  for (std::size_t i = 0; i < dict.size() && out.size() <= repr_bytes_max; ++i) {
    if (i != 0) out += ", ";
    append_quoted(out, dict.keys()[i]);
    out += ": ";
    append(out, dict.values()[i], depth + 1);
  }
  out += '}';
}

// One flat switch: a line for each kind.
void append(std::string& out, const Value& value, int depth) {
  if (out.size() > repr_bytes_max) return;
  if (depth > nesting_max) {
    out += "...";
    return;
  }
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset: out += "None"; return;
    case Kind::boolean: out += value.as_boolean() ? "True" : "False"; return;
    case Kind::integer: out += std::to_string(value.as_integer()); return;
    case Kind::bigint:
    case Kind::number: out += value.text(); return;
    case Kind::real: out += repr(value.as_real()); return;
    case Kind::decimal: out += to_string(value.as_decimal()); return;
    case Kind::string: append_quoted(out, value.text()); return;
    case Kind::bytes:
      out += "<" + std::to_string(value.text().size()) + " bytes>";
      return;
    case Kind::date: append_quoted(out, to_string(value.as_date())); return;
    case Kind::time: append_quoted(out, to_string(value.as_time())); return;
    case Kind::datetime: append_quoted(out, to_string(value.as_datetime(), ' ')); return;
    case Kind::uuid: append_hex(out, value.as_uuid()); return;
    case Kind::list: append_items(out, value, depth, '[', ']'); return;
    case Kind::dict: append_members(out, value, depth); return;
  }
}

std::string cut(std::string text) {
  if (text.size() <= repr_bytes_max) return text;
  std::size_t end = repr_bytes_max;
  // Not inside a character: step back over continuation bytes.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  text += "...";
  return text;
}

}  // namespace

std::string repr(const Value& value) {
  std::string out;
  append(out, value, 0);
  return cut(std::move(out));
}

std::string repr_tuple(const Value& value) {
  if (!value.is_list()) return repr(value);
  std::string out;
  append_items(out, value, 0, '(', ')');
  return cut(std::move(out));
}

std::string repr(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return cut(std::move(out));
}

std::string repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[64];
  const double size = std::fabs(value);
  const bool is_fixed = size == 0 || (size >= 1e-4 && size < 1e16);
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value,
                           is_fixed ? std::chars_format::fixed : std::chars_format::scientific);
  std::string out(buffer, end.ptr);
  if (is_fixed && out.find('.') == std::string::npos) out += ".0";
  return out;
}

}  // namespace parley::domain
