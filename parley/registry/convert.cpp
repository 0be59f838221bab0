// SPDX-License-Identifier: Apache-2.0
// convert: dispatch by type, lists, dicts, enumerations, structures and the words of refusals.
// Paths are put together while an error travels out, so that success writes no text.
#include <algorithm>
#include <charconv>

#include "parley/registry/scalar.hpp"
#include "parley/registry/type.hpp"

namespace parley {
namespace {

using Base = Type::Base;

constexpr std::size_t shown_bytes_max = 80;  // of a refused text in an error

std::string shown(const Value& value) {
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

std::string expectation(const Type& type) {
  std::string words(type.name());
  if (type.base() == Base::structure && !type.structure_name().empty())
    words.append(" ").append(type.structure_name());
  if (type.base() != Base::enumeration) return words;
  std::string_view separator = " of ";
  for (const Type::Choice& choice : type.choices()) {
    words.append(separator).append(choice.name);
    separator = ", ";
  }
  return words;
}

/// Python's distinction: the wrong kind is a TypeError, the wrong content a ValueError.
Error refusal(const Type& type, const Value& value) {
  bool is_content =
      value.is_string() || value.is(Kind::number) || value.is(Kind::real) || value.is(Kind::bigint);
  return {Code::invalid_argument, "expected " + expectation(type) + ", got " + shown(value), "",
          is_content ? "ValueError" : "TypeError"};
}

/// Puts `step` ("[3]", ".name") before the place an error already names.
Error at(std::string step, Error error) {
  error.where.insert(0, step);
  return error;
}

struct Conversion {
  Policy policy;
  Arena& arena;

  /// Recursion follows the type's nesting, which its author bounds, not the caller's data.
  Result<Value> run(const Type& type, const Value& value) const {
    if (fits(type, value)) return value;
    switch (type.base()) {
      case Base::list:
        return list(type, value);
      case Base::dict:
        return dict(type, value);
      case Base::enumeration:
        return enumeration(type, value);
      case Base::structure:
        return structure(type, value);
      default:
        break;
    }
    if (auto converted = scalar_as(type.base(), value, policy, arena)) return *converted;
    return refusal(type, value);
  }

  bool is_odoo_empty(const Value& value) const {
    return policy == Policy::odoo && (value.is_null() || value.is_false());
  }

  Result<Value> list(const Type& type, const Value& value) const {
    if (is_odoo_empty(value)) return Value::list({});
    const bool is_single = policy == Policy::text && !value.is_list() && !value.is_absent();
    if (!value.is_list() && !is_single) return refusal(type, value);
    auto items = is_single ? std::span<const Value>(&value, 1) : value.items();
    Value* out = arena.allocate_array<Value>(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      auto item = run(type.item(), items[i]);
      if (!item) return at("[" + std::to_string(i) + "]", std::move(item).error());
      std::construct_at(out + i, *item);
    }
    return Value::list({out, items.size()});
  }

  /// PHP writes an empty dict as an empty list, so Odoo endpoints read it back.
  Result<Value> dict(const Type& type, const Value& value) const {
    bool is_empty =
        is_odoo_empty(value) || (policy == Policy::odoo && value.is_list() && value.size() == 0);
    if (is_empty) return Value::dict(nullptr, 0);
    return refusal(type, value);
  }

  /// By name, or by the number behind it.
  Result<Value> enumeration(const Type& type, const Value& value) const {
    if (value.is_string())
      for (const Type::Choice& choice : type.choices())
        if (choice.name == value.text()) return Value::string(choice.name);
    const bool may_be_number =
        value.is_integer() || (value.is_string() && policy != Policy::strict && policy != Policy::typed);
    if (may_be_number) {
      auto number = scalar_as(Base::integer, value, policy, arena);
      if (number && number->is_integer())
        for (const Type::Choice& choice : type.choices())
          if (choice.number == number->as_integer()) return Value::string(choice.name);
    }
    return refusal(type, value);
  }

  /// Members in the order of declaration; what was not given and has no default is left out.
  Result<Value> structure(const Type& type, const Value& value) const {
    if (!value.is_dict()) return refusal(type, value);
    const auto& members = type.members();
    for (std::string_view key : value.keys()) {
      bool is_known = std::any_of(members.begin(), members.end(),
                                  [&](const Type::Member& m) { return m.name == key; });
      if (!is_known)
        return Error(Code::invalid_argument, "unknown member of " + expectation(type),
                     "." + std::string(key), "ValueError");
    }
    DictBuilder out(arena);
    for (const Type::Member& member : members) {
      const Value* given = value.find(member.name);
      bool is_given = given != nullptr && !given->is_unset();
      if (is_given && given->is_null() && member.type.base() != Base::any)
        is_given = policy == Policy::rest;
      if (is_given && given->is_null()) {
        out.set(member.name, *given);
      } else if (is_given) {
        auto converted = run(member.type, *given);
        if (!converted) return at("." + member.name, std::move(converted).error());
        out.set(member.name, *converted);
      } else if (!member.fallback.get().is_absent()) {
        out.set(member.name, member.fallback.get());
      } else if (member.is_required) {
        return Error(Code::invalid_argument, "missing required member of " + expectation(type),
                     "." + member.name, "ValueError");
      }
    }
    return out.done();
  }
};

}  // namespace

bool fits(const Type& type, const Value& value) {
  switch (type.base()) {
    case Base::any:
      return true;
    case Base::boolean:
      return value.is(Kind::boolean);
    case Base::integer:
      return value.is(Kind::integer);
    case Base::real:
      return value.is(Kind::real);
    case Base::decimal:
      return value.is(Kind::decimal);
    case Base::string:
      return value.is_string();
    case Base::bytes:
      return value.is(Kind::bytes);
    case Base::date:
      return value.is(Kind::date);
    case Base::time:
      return value.is(Kind::time);
    case Base::datetime:
      return value.is(Kind::datetime);
    case Base::uuid:
      return value.is(Kind::uuid);
    case Base::dict:
      return value.is_dict();
    case Base::list:
      if (!value.is_list()) return false;
      for (const Value& item : value.items())
        if (!fits(type.item(), item)) return false;
      return true;
    case Base::enumeration:
    case Base::structure:
      return false;
  }
  return false;
}

Result<Value> convert(const Type& type, const Value& value, Policy policy, std::string_view where,
                      Arena& arena) {
  auto converted = Conversion{policy, arena}.run(type, value);
  if (converted) return converted;
  Error error = std::move(converted).error();
  error.where.insert(0, where);
  if (!error.where.empty()) error.message.insert(0, error.where + ": ");
  return error;
}

}  // namespace parley
