// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/writer.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "parley/codec/xml/writer.hpp"
#include "parley/core/base64.hpp"

namespace parley::xmlrpc {
namespace {

/// UTC "19980717T14:08:55"; the standard has neither zone nor fraction.
std::string compact(const DateTime& value) {
  std::string text = to_odoo_string(value);  // "1998-07-17 14:08:55"
  return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2) + "T" + text.substr(11);
}

std::string dashed(const Uuid& value) {
  std::string hex = to_hex({reinterpret_cast<const char*>(value.data()), value.size()});
  for (std::size_t at : {8, 13, 18, 23}) hex.insert(at, "-");
  return hex;
}

}  // namespace

void ValueWriter::put(std::string_view tag, std::string_view text) {
  out_.put("<value><");
  out_.put(tag);
  out_.put('>');
  out_.put(text);
  out_.put("</");
  out_.put(tag);
  out_.put("></value>");
  close();
}

void ValueWriter::close() {
  if (!is_dict_.empty() && is_dict_.back()) out_.put("</member>\n");
}

void ValueWriter::null() {
  if (nulls_ == Nulls::are_refused && !failure_)
    failure_ = Error(Code::internal, "cannot marshal None unless allow_none is enabled", {}, "TypeError");
  out_.put("<value><nil/></value>");
  close();
}

void ValueWriter::boolean(bool v) { put("boolean", v ? "1" : "0"); }

void ValueWriter::integer(std::int64_t v) {
  char digits[24];
  char* end = std::to_chars(digits, digits + sizeof digits, v).ptr;
  bool is_small = v >= std::numeric_limits<std::int32_t>::min() && v <= std::numeric_limits<std::int32_t>::max();
  put(is_small ? "int" : "i8", {digits, static_cast<std::size_t>(end - digits)});
}

void ValueWriter::bigint(std::string_view digits) { put("biginteger", digits); }

void ValueWriter::number(std::string_view token) {
  const char* end = token.data() + token.size();
  if (token.find_first_of(".eE") != token.npos) {
    double value = 0;
    if (std::from_chars(token.data(), end, value).ec == std::errc()) return real(value);
    return string(token);
  }
  std::int64_t value = 0;
  if (std::from_chars(token.data(), end, value).ec == std::errc()) return integer(value);
  bigint(token);
}

void ValueWriter::real(double v) {
  if (!std::isfinite(v)) {
    std::string_view name = std::isnan(v) ? "nan" : v > 0 ? "inf" : "-inf";
    if (style_ == Style::standard && !failure_)
      failure_ = Error(Code::internal, "the result holds " + std::string(name) + ", which XML-RPC cannot carry");
    return put("double", name);
  }
  char digits[400];  // the smallest double has 324 places and 17 digits
  char* end = std::to_chars(digits, digits + sizeof digits - 2, v, std::chars_format::fixed).ptr;
  std::string_view text(digits, static_cast<std::size_t>(end - digits));
  if (text.find('.') == text.npos) {
    *end++ = '.';
    *end++ = '0';
    text = {digits, static_cast<std::size_t>(end - digits)};
  }
  put("double", text);
}

void ValueWriter::decimal(const Decimal& v) {
  std::string text = to_string(v);
  if (style_ == Style::standard) return put("string", text);
  if (text.find('.') == text.npos) text += ".0";
  put("double", text);
}

void ValueWriter::string(std::string_view utf8) {
  out_.put("<value><string>");
  xml::write_text(utf8, out_);
  out_.put("</string></value>");
  close();
}

void ValueWriter::bytes(std::string_view octets) { put(style_ == Style::odoo ? "string" : "base64", to_base64(octets)); }
void ValueWriter::date(Date v) { put("string", to_string(v)); }
void ValueWriter::time(Time v) { put("string", to_string(v)); }

void ValueWriter::datetime(const DateTime& v) {
  if (style_ == Style::odoo) put("string", to_odoo_string(v));
  else put("dateTime.iso8601", compact(v));
}

void ValueWriter::uuid(const Uuid& v) { put("string", dashed(v)); }

void ValueWriter::begin_list() {
  out_.put("<value><array><data>\n");
  is_dict_.push_back(false);
}

void ValueWriter::end_list() {
  is_dict_.pop_back();
  out_.put("</data></array></value>\n");
  close();
}

void ValueWriter::begin_dict() {
  out_.put("<value><struct>\n");
  is_dict_.push_back(true);
}

void ValueWriter::key(std::string_view name) {
  out_.put("<member><name>");
  xml::write_text(name, out_);
  out_.put("</name>");
}

void ValueWriter::end_dict() {
  is_dict_.pop_back();
  out_.put("</struct></value>\n");
  close();
}

}  // namespace parley::xmlrpc
