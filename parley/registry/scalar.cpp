// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/scalar.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "parley/core/base64.hpp"

namespace parley {
namespace {

using Scalar = std::optional<Value>;

/// Texts are not numbers, nor trimmed.
bool is_exact(Policy policy) { return policy == Policy::strict || policy == Policy::typed; }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  for (std::string_view word : words)
    if (std::equal(text.begin(), text.end(), word.begin(), word.end(), same)) return true;
  return false;
}

/// `[+-]digits` of any length; blanks around it are not part of it.
Scalar int_from_text(std::string_view text, Arena& arena) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  const bool is_number =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return {};
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  std::string_view signed_text = is_negative ? arena.join("-", text) : text;
  std::int64_t number = 0;
  auto end = signed_text.data() + signed_text.size();
  if (std::from_chars(signed_text.data(), end, number).ec == std::errc{})
    return Value::integer(number);
  return Value::bigint(is_negative ? signed_text : arena.copy(text));
}

/// A decimal whose fraction is zero.
Scalar int_from_decimal(const Decimal& value, Arena& arena) {
  auto whole = rescale(value, 0);
  if (!whole || compare(*whole, value) != 0) return {};
  return int_from_text(to_string(*whole), arena);
}

Scalar int_from_token(std::string_view token, Arena& arena) {
  if (auto plain = int_from_text(token, arena)) return plain;
  auto value = parse_decimal(token);
  return value ? int_from_decimal(*value, arena) : Scalar{};
}

Scalar int_from_real(double value, Arena& arena) {
  if (!std::isfinite(value) || std::trunc(value) != value) return {};
  if (std::fabs(value) < 9.2e18) return Value::integer(static_cast<std::int64_t>(value));
  char digits[320];
  int size = std::snprintf(digits, sizeof digits, "%.0f", value);
  return int_from_text({digits, static_cast<std::size_t>(size)}, arena);
}

Scalar to_integer(const Value& value, Policy policy, Arena& arena) {
  switch (value.kind()) {
    case Kind::integer:
    case Kind::bigint:
      return value;
    case Kind::number:
      return int_from_token(value.text(), arena);
    case Kind::real:
      return int_from_real(value.as_real(), arena);
    case Kind::decimal:
      return int_from_decimal(value.as_decimal(), arena);
    case Kind::string:
      if (policy == Policy::typed) return {};
      return int_from_text(policy == Policy::strict ? value.text() : trimmed(value.text()), arena);
    case Kind::boolean:
      if (policy == Policy::odoo) return Value::integer(value.as_boolean() ? 1 : 0);
      return {};
    default:
      return {};
  }
}

/// Decimal or exponent notation; "nan", "inf" and hexadecimal are refused.
Scalar real_from_text(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() ||
      std::string_view("0123456789.").find(digits.front()) == std::string_view::npos)
    return {};
  double number = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return {};
  return Value::real(number);
}

/// source: XML Schema 1.0 part 2, section 3.2.5
Scalar xml_special(std::string_view text) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "NaN") return Value::real(std::numeric_limits<double>::quiet_NaN());
  if (text == "INF" || text == "-INF") return Value::real(text == "INF" ? infinity : -infinity);
  return {};
}

Scalar to_real(const Value& value, Policy policy) {
  switch (value.kind()) {
    case Kind::real:
      return value;
    case Kind::integer:
      return Value::real(static_cast<double>(value.as_integer()));
    case Kind::bigint:
    case Kind::number:
      return real_from_text(value.text());
    case Kind::decimal:
      return Value::real(to_double(value.as_decimal()));
    case Kind::string:
      if (is_exact(policy)) return {};
      if (auto special = policy == Policy::rest_xml ? xml_special(trimmed(value.text())) : Scalar{}) return special;
      return real_from_text(trimmed(value.text()));
    case Kind::boolean:
      if (policy == Policy::odoo) return Value::real(value.as_boolean() ? 1.0 : 0.0);
      return {};
    default:
      return {};
  }
}

Scalar to_decimal(const Value& value, Policy policy, Arena& arena) {
  auto kept = [&arena](Result<Decimal> parsed) {
    return parsed ? Scalar(Value::decimal(*parsed, arena)) : Scalar{};
  };
  switch (value.kind()) {
    case Kind::decimal:
      return value;
    case Kind::integer:
      return Value::decimal({value.as_integer(), 0}, arena);
    case Kind::bigint:
    case Kind::number:
      return kept(parse_decimal(value.text()));
    case Kind::real:
      return kept(decimal_from(value.as_real()));
    case Kind::string:
      return kept(parse_decimal(is_exact(policy) ? value.text() : trimmed(value.text())));
    default:
      return {};
  }
}

Scalar to_boolean(const Value& value, Policy policy) {
  if (value.is(Kind::boolean)) return value;
  if (policy == Policy::odoo) return Value::boolean(is_truthy(value));
  if (is_rest(policy) && value.is_integer()) return Value::boolean(value.as_integer() != 0);
  if (is_exact(policy) || !value.is_string()) return {};
  std::string_view text = trimmed(value.text());
  const bool has_letters = is_rest(policy);  // WSME knows the single letters as well
  if (is_one_of(text, {"true", "1", "yes", "on"}) || (has_letters && is_one_of(text, {"t", "y"})))
    return Value::boolean(true);
  if (is_one_of(text, {"false", "0", "no", "off"}) || (has_letters && is_one_of(text, {"f", "n"})))
    return Value::boolean(false);
  return {};
}

/// A double as Python's str() writes it, exponents' widths aside: 5.0 stays "5.0".
std::string_view text_of(double value, Arena& arena) {
  char buffer[40];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  bool is_whole = text.find_first_not_of("-0123456789") == std::string_view::npos;
  return arena.join(text, is_whole ? ".0" : "");
}

/// Odoo's text fields take numbers and dates, and read null and false as empty.
Scalar odoo_string(const Value& value, Arena& arena) {
  switch (value.kind()) {
    case Kind::null:
      return Value::string("");
    case Kind::boolean:
      return value.as_boolean() ? Scalar{} : Value::string("");
    case Kind::integer:
      return Value::string(arena.copy(std::to_string(value.as_integer())));
    case Kind::bigint:
    case Kind::number:
      return Value::string(value.text());
    case Kind::real:
      return Value::string(text_of(value.as_real(), arena));
    case Kind::decimal:
      return Value::string(arena.copy(to_string(value.as_decimal())));
    case Kind::date:
      return Value::string(arena.copy(to_string(value.as_date())));
    case Kind::time:
      return Value::string(arena.copy(to_string(value.as_time())));
    case Kind::datetime:
      return Value::string(arena.copy(to_odoo_string(value.as_datetime())));
    default:
      return {};
  }
}

/// Base64 with all of its padding, as Python wants it; blanks aside.
std::optional<std::string> padded_base64(std::string_view text) {
  auto count = [&text](std::string_view chars) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [chars](char c) { return chars.find(c) != chars.npos; }));
  };
  const std::size_t padding = count("="), digits = text.size() - count("= \t\r\n");
  if (digits % 4 == 1 || padding < (4 - digits % 4) % 4) return {};
  while (!text.empty() && (text.back() == '=' || is_blank(text.back()))) text.remove_suffix(1);
  return from_base64(text);
}

Scalar to_bytes(const Value& value, Policy policy, Arena& arena) {
  if (value.is(Kind::bytes)) return value;
  if (!value.is_string()) return {};
  auto octets = is_rest(policy) ? padded_base64(value.text()) : from_base64(value.text());
  return octets ? Scalar(Value::bytes(arena.copy(*octets))) : Scalar{};
}

/// Whether each character of `text` is of the form: 0 = a digit, anything else itself.
bool is_of_form(std::string_view text, std::string_view form) {
  auto fits = [](char c, char f) { return f == '0' ? c >= '0' && c <= '9' : c == f; };
  return std::equal(text.begin(), text.end(), form.begin(), form.end(), fits);
}

/// A time as REST writes it: hh:mm:ss[.f][Z|+hh:mm|+hhmm], the offset with its colon; none else.
std::optional<std::string> rest_time(std::string_view text) {
  if (!is_of_form(text.substr(0, 8), "00:00:00")) return {};
  std::string time(text);
  const std::size_t zone = text.find_first_of("+-", 8);
  if (zone != text.npos && is_of_form(text.substr(zone + 1), "0000")) time.insert(zone + 3, ":");
  return time;
}

/// A date and a time with T between them.
std::optional<std::string> rest_datetime(std::string_view text) {
  if (text.size() < 11 || !is_of_form(text.substr(0, 11), "0000-00-00T")) return {};
  auto time = rest_time(text.substr(11));
  return time ? std::optional(std::string(text.substr(0, 11)) + *time) : std::nullopt;
}

Scalar to_date(const Value& value, Policy policy) {
  if (value.is(Kind::date)) return value;
  const bool is_odoo = policy == Policy::odoo;  // which drops the time of day
  if (value.is(Kind::datetime)) {
    Date day = day_of(value.as_datetime());
    if (is_odoo || at_midnight(day).micros == value.as_datetime().micros) return Value::date(day);
    return {};
  }
  if (!value.is_string() || (is_rest(policy) && !is_of_form(value.text(), "0000-00-00"))) return {};
  if (auto day = parse_date(value.text())) return Value::date(*day);
  if (!is_odoo) return {};
  auto instant = parse_datetime(value.text());
  return instant ? Scalar(Value::date(day_of(*instant))) : Scalar{};
}

Scalar to_time(const Value& value, Policy policy) {
  if (value.is(Kind::time)) return value;
  if (!value.is_string()) return {};
  auto text = is_rest(policy) ? rest_time(value.text()) : std::string(value.text());
  if (!text) return {};
  auto time = is_rest(policy) ? parse_zoned_time(*text) : parse_time(*text);
  return time ? Scalar(Value::time(*time)) : Scalar{};
}

Scalar to_datetime(const Value& value, Policy policy) {
  if (value.is(Kind::datetime)) return value;
  const bool is_odoo = policy == Policy::odoo;  // where a day alone means its midnight
  if (value.is(Kind::date) && is_odoo) return Value::datetime(at_midnight(value.as_date()));
  if (!value.is_string()) return {};
  auto text = is_rest(policy) ? rest_datetime(value.text()) : std::string(value.text());
  if (!text) return {};
  if (auto instant = parse_datetime(*text)) return Value::datetime(*instant);
  if (!is_odoo) return {};
  auto day = parse_date(value.text());
  return day ? Scalar(Value::datetime(at_midnight(*day))) : Scalar{};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What REST takes besides: urn:uuid: in front, braces around, no dashes.
std::string plain_uuid(std::string_view text) {
  constexpr std::string_view urn = "urn:uuid:";
  if (text.starts_with(urn)) text.remove_prefix(urn.size());
  if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
  std::string plain(text);
  if (plain.size() == 32)
    for (std::size_t at : {8, 13, 18, 23}) plain.insert(at, "-");
  return plain;
}

/// source: RFC 9562 section 4, the 8-4-4-4-12 form in either case
Scalar to_uuid(const Value& value, Policy policy, Arena& arena) {
  if (value.is(Kind::uuid)) return value;
  if (!value.is_string()) return {};
  const std::string text = is_rest(policy) ? plain_uuid(value.text()) : std::string(value.text());
  if (text.size() != 36) return {};
  Uuid uuid{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (at == 8 || at == 13 || at == 18 || at == 23)
      if (text[at++] != '-') return {};
    int high = hex_digit(text[at]), low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return {};
    uuid[i] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return Value::uuid(uuid, arena);
}

}  // namespace

bool is_truthy(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset:
      return false;
    case Kind::boolean:
      return value.as_boolean();
    case Kind::integer:
      return value.as_integer() != 0;
    case Kind::real:
      return value.as_real() != 0;
    case Kind::decimal:
      return value.as_decimal().units != 0;
    case Kind::bigint:
    case Kind::number: {
      auto number = real_from_text(value.text());
      return !number || number->as_real() != 0;
    }
    case Kind::string:
    case Kind::bytes:
    case Kind::list:
    case Kind::dict:
      return value.size() > 0;
    case Kind::date:
    case Kind::time:
    case Kind::datetime:
    case Kind::uuid:
      return true;
  }
  return false;
}

std::optional<Value> scalar_as(Type::Base base, const Value& value, Policy policy, Arena& arena) {
  switch (base) {
    case Type::Base::boolean:
      return to_boolean(value, policy);
    case Type::Base::integer:
      return to_integer(value, policy, arena);
    case Type::Base::real:
      return to_real(value, policy);
    case Type::Base::decimal:
      return to_decimal(value, policy, arena);
    case Type::Base::string:
      if (value.is_string()) return value;
      return policy == Policy::odoo ? odoo_string(value, arena) : Scalar{};
    case Type::Base::bytes:
      return to_bytes(value, policy, arena);
    case Type::Base::date:
      return to_date(value, policy);
    case Type::Base::time:
      return to_time(value, policy);
    case Type::Base::datetime:
      return to_datetime(value, policy);
    case Type::Base::uuid:
      return to_uuid(value, policy, arena);
    case Type::Base::any:
    case Type::Base::enumeration:
    case Type::Base::list:
    case Type::Base::dict:
    case Type::Base::structure:
      break;
  }
  assertion_failed("scalar_as: not a scalar type", __FILE__, __LINE__);
}

}  // namespace parley
