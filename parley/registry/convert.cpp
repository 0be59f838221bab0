// SPDX-License-Identifier: Apache-2.0
// convert: dispatch by type, lists, dicts, enumerations and structures. Paths are put together
// while an error travels out, so that success writes no text.
#include <algorithm>

#include "parley/core/struct_builder.hpp"
#include "parley/registry/constraint.hpp"
#include "parley/registry/loose.hpp"
#include "parley/registry/refusal.hpp"
#include "parley/registry/scalar.hpp"
#include "parley/registry/type.hpp"
#include "parley/registry/typed.hpp"

namespace parley {
namespace {

using Base = Type::Base;

/// Puts `step` ("[3]", ".name") before the place an error already names.
Error at(std::string step, Error error) {
  error.where.insert(0, step);
  return error;
}

struct Conversion {
  Policy policy;
  Arena& arena;
  const Notation* notation = nullptr;

  /// Recursion follows the type's nesting, which its author bounds, not the caller's data.
  Result<Value> run(const Type& type, const Value& value) const {
    if (fits(type, value) || (value.is_null() && type.takes_null())) return value;
    PARLEY_TRY(Value converted, as_base(type, value));
    if (type.constraint() != nullptr) PARLEY_CHECK(check_constraint(type, converted));
    return converted;
  }

  Result<Value> as_base(const Type& type, const Value& value) const {
    if (is_written(type, value)) return written(type, value);
    switch (type.base()) {
      case Base::any:
        return any(type, value);
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
    if (notation == nullptr || notation->takes(type.base(), value))
      if (auto converted = scalar_as(type.base(), value, policy, arena)) return *converted;
    return refusal(type, value);
  }

  /// Whether a list or dict came as a text in the protocol's notation.
  bool is_written(const Type& type, const Value& value) const {
    if (notation == nullptr || policy != Policy::text || !value.is_string()) return false;
    const std::size_t start = value.text().find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return false;
    if (type.base() == Base::list) return value.text()[start] == '[';
    return (type.base() == Base::dict || type.base() == Base::structure) && value.text()[start] == '{';
  }

  Result<Value> written(const Type& type, const Value& value) const {
    auto read = notation->read(value.text(), notation->limits, arena);
    if (read) return Conversion{Policy::strict, arena, notation}.run(type, *read);
    if (read.error().code != Code::malformed) return read;
    return refusal(type, value).with_hint(read.error().message);
  }

  /// As the first option that takes it.
  Result<Value> any(const Type& type, const Value& value) const {
    if (type.options().empty()) return value;
    for (const Type& option : type.options())
      if (auto converted = run(option, value)) return converted;
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
    if (type.key() != nullptr && value.is_dict()) return typed_dict(type, value);
    bool is_empty =
        is_odoo_empty(value) || (policy == Policy::odoo && value.is_list() && value.size() == 0);
    if (is_empty) return Value::dict(nullptr, 0);
    return refusal(type, value);
  }

  /// Names in the one spelling of what they stand for, values as their type.
  Result<Value> typed_dict(const Type& type, const Value& value) const {
    DictBuilder out(arena);
    for (std::size_t i = 0; i < value.size(); ++i) {
      std::string_view name = value.keys()[i];
      auto step = [name] { return "[" + std::string(name) + "]"; };
      std::string_view spelled = name;
      if (type.key()->base() != Base::string) {
        auto key = Conversion{Policy::text, arena}.run(*type.key(), Value::string(name));
        if (!key) return at(step(), std::move(key).error());
        spelled = arena.copy(key_text(*key));
        if (out.has(spelled))
          return Error(Code::invalid_argument, "given twice, with different spellings", step(), "ValueError")
              .breaking(Rule::repeated, std::string(spelled), {});
      }
      auto item = run(type.item(), value.values()[i]);
      if (!item) return at(step(), std::move(item).error());
      out.set(spelled, *item);
    }
    return out.done();
  }

  Result<Value> enumeration(const Type& type, const Value& value) const {
    if (auto chosen = enumeration_as(type, value, policy, arena)) return *chosen;
    return refusal(type, value);
  }

  /// Members in the order of declaration; what was not given and has no default is left out.
  Result<Value> structure(const Type& type, const Value& value) const {
    if (!value.is_dict()) return refusal(type, value);
    const auto& members = type.members();
    for (std::size_t i = 0; i < value.size(); ++i)
      if (std::string_view key = value.keys()[i]; !type.has_member(key, i))
        return Error(Code::invalid_argument, "unknown member of " + expectation(type),
                     "." + clipped(key), "ValueError")
            .breaking(Rule::unknown, clipped(key), {});
    StructBuilder out(arena, members.size());
    std::size_t likely = 0;
    for (const Type::Member& member : members) {
      const Value* given = value.find(member.name, likely);
      likely += given != nullptr;
      bool is_given = given != nullptr && !given->is_unset();
      if (is_given && given->is_null() && member.type.base() != Base::any && !member.type.takes_null()) is_given = false;
      if (is_given && member.is_read_only)
        return Error(Code::invalid_argument, "cannot be set from outside", "." + member.name, "ValueError")
            .breaking(Rule::read_only, shown_in_errors(*given), {});
      if (is_given) {
        auto converted = run(member.type, *given);
        if (!converted) return at("." + member.name, std::move(converted).error());
        out.add(member.name, *converted);
      } else if (!member.fallback.get().is_absent()) {
        out.add(member.name, member.fallback.get());
      } else if (member.is_required) {
        return Error(Code::invalid_argument, "missing required member of " + expectation(type),
                     "." + member.name, "ValueError")
            .breaking(Rule::missing, {}, member.name);
      }
    }
    return out.done();
  }
};

Result<Value> convert_loosely(const Type& type, const Value& value, Policy policy, Arena& arena) {
  Loose loose(policy, arena);
  auto converted = loose.run(type, value);
  if (!converted || loose.unknown().empty()) return converted;
  std::string names = enumerated(loose.unknown());
  return Error(Code::invalid_argument, "unknown: " + names).breaking(Rule::unknown, names, {});
}

}  // namespace

bool fits(const Type& type, const Value& value) {
  if (type.constraint() != nullptr) return false;
  switch (type.base()) {
    case Base::any:
      return type.options().empty();
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
      return value.is_dict() && type.key() == nullptr;
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
                      Arena& arena, const Notation* notation) {
  auto converted = is_rest(policy) ? convert_loosely(type, value, policy, arena)
                                   : Conversion{policy, arena, notation}.run(type, value);
  if (converted) return converted;
  Error error = std::move(converted).error();
  error.where.insert(0, where);
  if (!error.where.empty()) error.message.insert(0, error.where + ": ");
  return error;
}

}  // namespace parley
