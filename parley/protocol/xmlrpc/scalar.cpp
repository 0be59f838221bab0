// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "parley/core/base64.hpp"

namespace parley::xmlrpc {
namespace {

struct Tag {
  std::string_view name;
  Scalar type;
};
constexpr std::array<Tag, 13> tags{{{"string", Scalar::string},
                                    {"int", Scalar::integer},
                                    {"boolean", Scalar::boolean},
                                    {"double", Scalar::real},
                                    {"i4", Scalar::integer},
                                    {"i8", Scalar::integer},
                                    {"nil", Scalar::nil},
                                    {"dateTime.iso8601", Scalar::datetime},
                                    {"base64", Scalar::base64},
                                    {"i1", Scalar::integer},
                                    {"i2", Scalar::integer},
                                    {"biginteger", Scalar::integer},
                                    {"bigdecimal", Scalar::decimal}}};

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

Error refused(std::string_view text, std::string_view rule, std::string_view kind = "ValueError") {
  std::string message = "'" + std::string(text.substr(0, 60)) + (text.size() > 60 ? "...' " : "' ") + std::string(rule);
  return Error(Code::invalid_argument, std::move(message), {}, std::string(kind));
}

/// What most whole numbers are: a few digits and nothing else.
bool read_short(std::string_view text, Sink& sink) {
  constexpr std::size_t digits_max = 9;
  if (text.empty() || text.size() > digits_max) return false;
  std::int64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  sink.integer(value);
  return true;
}

Result<void> read_integer(std::string_view text, Arena& arena, Sink& sink) {
  if (read_short(text, sink)) return {};
  std::string_view digits = trim(text);
  bool is_negative = digits.starts_with('-');
  if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit))
    return refused(text, "is not a whole number");
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  std::string_view signed_digits = is_negative ? arena.join("-", digits) : digits;
  std::int64_t value = 0;
  auto [end, problem] = std::from_chars(signed_digits.data(), signed_digits.data() + signed_digits.size(), value);
  if (problem == std::errc()) sink.integer(value);
  else sink.bigint(signed_digits);
  return {};
}

Result<void> read_boolean(std::string_view text, Sink& sink) {
  std::string_view bit = trim(text);
  if (bit != "0" && bit != "1") return refused(text, "is not a boolean: 0 or 1", "TypeError");
  sink.boolean(bit == "1");
  return {};
}

Result<void> read_real(std::string_view text, Reals reals, Sink& sink) {
  std::string_view token = trim(text);
  bool has_plus = token.starts_with('+');
  if (has_plus) token.remove_prefix(1);
  double value = 0;
  auto [end, problem] = std::from_chars(token.data(), token.data() + token.size(), value);
  bool is_whole = end == token.data() + token.size() && !token.empty() && !(has_plus && token.starts_with('-'));
  bool is_named = token.find('n') != token.npos || token.find('N') != token.npos;  // nan, inf, infinity
  if (!is_whole || token.find('(') != token.npos || (problem != std::errc() && problem != std::errc::result_out_of_range))
    return refused(text, "is not a number");
  if (problem == std::errc::result_out_of_range) return refused(text, "does not fit a double");
  if (is_named && reals == Reals::finite) return refused(text, "is not a finite number");
  sink.real(value);
  return {};
}

Result<void> read_decimal(std::string_view text, Sink& sink) {
  auto value = parse_decimal(trim(text));
  if (!value) return refused(text, "is not a decimal number");
  sink.decimal(*value);
  return {};
}

Result<void> read_datetime(std::string_view text, Sink& sink) {
  auto value = parse_datetime(trim(text));
  if (!value) return refused(text, "is not a dateTime.iso8601 such as 19980717T14:08:55");
  sink.datetime(*value);
  return {};
}

Result<void> read_base64(std::string_view text, Arena& arena, Sink& sink) {
  auto octets = from_base64(text);
  if (!octets) return refused(text, "is not base64");
  sink.bytes(arena.copy(*octets));
  return {};
}

}  // namespace

std::optional<Scalar> scalar_of(std::string_view tag) {
  if (tag.empty()) return std::nullopt;
  for (const auto& known : tags)
    if (known.name.front() == tag.front() && known.name == tag) return known.type;
  std::size_t colon = tag.find(':');
  if (colon == tag.npos) return std::nullopt;
  std::string_view local = tag.substr(colon + 1);
  if (local.find(':') != local.npos) return std::nullopt;
  return scalar_of(local);
}

Result<void> read_scalar(Scalar type, std::string_view text, Reals reals, Arena& arena, Sink& sink) {
  switch (type) {
    case Scalar::string: sink.string(text); return {};
    case Scalar::integer: return read_integer(text, arena, sink);
    case Scalar::boolean: return read_boolean(text, sink);
    case Scalar::real: return read_real(text, reals, sink);
    case Scalar::decimal: return read_decimal(text, sink);
    case Scalar::datetime: return read_datetime(text, sink);
    case Scalar::base64: return read_base64(text, arena, sink);
    case Scalar::nil:
      if (!trim(text).empty()) return refused(text, "stands in <nil>, which is empty");
      sink.null();
      return {};
  }
  return {};
}

}  // namespace parley::xmlrpc
