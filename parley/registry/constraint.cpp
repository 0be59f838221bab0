// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/constraint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "parley/core/utf8.hpp"
#include "parley/registry/pattern.hpp"

namespace parley {
namespace {

constexpr std::size_t shown_bytes_max = 80;  // of a refused text in an error

std::string shown_text(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
      return value.as_boolean() ? "true" : "false";
    case Kind::integer:
      return std::to_string(value.as_integer());
    case Kind::real: {
      char buffer[40];
      return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value.as_real()).ptr};
    }
    case Kind::decimal:
      return to_string(value.as_decimal());
    case Kind::bigint:
    case Kind::number:
    case Kind::string: {
      std::string_view text = value.text();
      bool is_long = text.size() > shown_bytes_max;
      std::size_t size = is_long ? shown_bytes_max : text.size();
      while (is_long && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
      std::string part(text.substr(0, size));
      if (is_long) part += "...";
      return value.is_string() ? '"' + part + '"' : part;
    }
    case Kind::list:
      return value.size() == 0 ? "[]" : "a list";
    case Kind::dict:
      return value.size() == 0 ? "{}" : "a dict";
    case Kind::null:
    case Kind::unset:
    case Kind::bytes:
    case Kind::date:
    case Kind::time:
    case Kind::datetime:
    case Kind::uuid:
      break;
  }
  return std::string(name_of(value.kind()));
}

std::optional<Decimal> number_of(const Value& value) {
  switch (value.kind()) {
    case Kind::integer:
      return Decimal{value.as_integer(), 0};
    case Kind::decimal:
      return value.as_decimal();
    case Kind::number:
    case Kind::bigint: {
      auto parsed = parse_decimal(value.text());
      return parsed ? std::optional(*parsed) : std::nullopt;
    }
    case Kind::real: {
      auto parsed = decimal_from(value.as_real());
      return parsed ? std::optional(*parsed) : std::nullopt;
    }
    default:
      return {};
  }
}

Error broken(Rule rule, const Value& value, std::string expected, std::string_view words) {
  std::string got = shown_in_errors(value);
  return Error(Code::invalid_argument, "expected " + std::string(words) + expected + ", got " + got, "", "ValueError")
      .breaking(rule, std::move(got), std::move(expected));
}

/// What is no number a Decimal holds is beyond every bound there can be.
Result<void> check_bounds(const Constraint& constraint, const Value& value) {
  if (!constraint.least && !constraint.most) return {};
  auto number = number_of(value);
  if (constraint.least && (!number || compare(*number, *constraint.least) < 0))
    return broken(Rule::least, value, to_string(*constraint.least), "at least ");
  if (constraint.most && (!number || compare(*number, *constraint.most) > 0))
    return broken(Rule::most, value, to_string(*constraint.most), "at most ");
  return {};
}

Result<void> check_size(const Constraint& constraint, const Value& value) {
  if (!constraint.size_least && !constraint.size_most) return {};
  std::size_t size = value.is_string() ? count_chars(value.text()) : value.size();
  std::string_view unit = value.is_string() ? "a length of at least " : "a number of items of at least ";
  if (constraint.size_least && size < *constraint.size_least)
    return broken(Rule::size_least, value, std::to_string(*constraint.size_least), unit);
  unit = value.is_string() ? "a length of at most " : "a number of items of at most ";
  if (constraint.size_most && size > *constraint.size_most)
    return broken(Rule::size_most, value, std::to_string(*constraint.size_most), unit);
  return {};
}

Result<void> check_text(const Type& type, const Constraint& constraint, const Value& value) {
  if (!value.is_string()) return {};
  if (type.pattern() != nullptr && !type.pattern()->is_in(value.text()))
    return broken(Rule::pattern, value, constraint.pattern, "a text that matches ");
  if (constraint.format == Constraint::Format::none) return {};
  const bool is_v4 = constraint.format == Constraint::Format::ipv4;
  unsigned char address[16];
  std::string text(value.text());
  const bool has_nul = text.find('\0') != std::string::npos;
  if (has_nul || inet_pton(is_v4 ? AF_INET : AF_INET6, text.c_str(), address) != 1)
    return broken(Rule::format, value, is_v4 ? "IPv4" : "IPv6", "the format ");
  return {};
}

Result<void> check_choices(const Constraint& constraint, const Value& value) {
  if (constraint.choices.empty()) return {};
  const auto number = number_of(value);  // 2, 2.0 and 2.00 are one choice
  auto is_it = [&](const OwnedValue& choice) {
    const auto other = number_of(choice.get());
    return number && other ? compare(*number, *other) == 0 : equal(choice.get(), value);
  };
  if (std::ranges::any_of(constraint.choices, is_it)) return {};
  std::string all;
  for (const OwnedValue& choice : constraint.choices)
    all.append(all.empty() ? "" : ", ")
        .append(choice->is_string() ? std::string(choice->text()) : shown_in_errors(*choice));
  return broken(Rule::choice, value, std::move(all), "one of ");
}

}  // namespace

std::string clipped(std::string_view name) {
  constexpr std::size_t bytes_max = 200;
  if (name.size() <= bytes_max) return std::string(name);
  std::size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
  return std::string(name.substr(0, size)) + "...";
}

std::string shown_in_errors(const Value& value) { return shown_text(value); }

Result<void> check_constraint(const Type& type, const Value& value) {
  const Constraint* constraint = type.constraint();
  if (constraint == nullptr || value.is_absent()) return {};
  PARLEY_CHECK(check_bounds(*constraint, value));
  PARLEY_CHECK(check_size(*constraint, value));
  PARLEY_CHECK(check_text(type, *constraint, value));
  return check_choices(*constraint, value);
}

}  // namespace parley
