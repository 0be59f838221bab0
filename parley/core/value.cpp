// SPDX-License-Identifier: Apache-2.0
#include "parley/core/value.hpp"

#include <algorithm>

namespace parley {

std::string_view name_of(Kind kind) {
  constexpr std::string_view names[] = {"null",   "unset",  "bool",   "int",  "int",  "number",
                                        "float",  "decimal", "str",   "bytes", "date", "time",
                                        "datetime", "uuid",  "list",  "dict"};
  return names[static_cast<std::size_t>(kind)];
}

Value Value::decimal(const Decimal& v, Arena& arena) {
  Value x(Kind::decimal);
  x.body_.decimal = new (arena.allocate(sizeof(Decimal), alignof(Decimal))) Decimal(v);
  return x;
}

Value Value::uuid(const Uuid& v, Arena& arena) {
  Value x(Kind::uuid);
  x.body_.uuid = new (arena.allocate(sizeof(Uuid), alignof(Uuid))) Uuid(v);
  return x;
}

Value Value::datetime(const DateTime& v) {
  Value x(Kind::datetime);
  x.body_.integer = v.micros;
  x.size_ = packed_zone(v.has_zone, v.offset_minutes);
  return x;
}

Time Value::as_time() const {
  PARLEY_ASSERT(is(Kind::time));
  return {body_.integer, (size_ & 0x10000u) != 0, static_cast<std::int16_t>(size_ & 0xffffu)};
}

DateTime Value::as_datetime() const {
  PARLEY_ASSERT(is(Kind::datetime));
  return {body_.integer, (size_ & 0x10000u) != 0, static_cast<std::int16_t>(size_ & 0xffffu)};
}

Value Value::dict(std::span<const std::string_view> keys, const Value* values, Arena& arena) {
  auto* body = new (arena.allocate(sizeof(DictBody), alignof(DictBody))) DictBody{keys.data(), values};
  return dict(body, keys.size());
}

const Value* Value::find(std::string_view key) const {
  if (!is_dict()) return nullptr;
  auto all = keys();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] == key) return &body_.dict->values[i];
  return nullptr;
}

bool equal(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::null:
    case Kind::unset: return true;
    case Kind::boolean: return a.as_boolean() == b.as_boolean();
    case Kind::integer: return a.as_integer() == b.as_integer();
    case Kind::real: return a.as_real() == b.as_real();
    case Kind::decimal: return a.as_decimal() == b.as_decimal();
    case Kind::bigint:
    case Kind::number:
    case Kind::string:
    case Kind::bytes: return a.text() == b.text();
    case Kind::date: return a.as_date() == b.as_date();
    case Kind::time: return a.as_time() == b.as_time();
    case Kind::datetime: return a.as_datetime() == b.as_datetime();
    case Kind::uuid: return a.as_uuid() == b.as_uuid();
    case Kind::list: {
      auto x = a.items(), y = b.items();
      return std::equal(x.begin(), x.end(), y.begin(), y.end(), equal);
    }
    case Kind::dict: {
      if (a.size() != b.size()) return false;
      for (std::size_t i = 0; i < a.size(); ++i) {
        const Value* other = b.find(a.keys()[i]);
        if (other == nullptr || !equal(a.values()[i], *other)) return false;
      }
      return true;
    }
  }
  return false;
}

// Recursion is bounded by the depth limit every reader enforces (Limits::depth_max).
Value copy(const Value& value, Arena& arena) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset:
    case Kind::boolean:
    case Kind::integer:
    case Kind::real:
    case Kind::date:
    case Kind::time:
    case Kind::datetime: return value;
    case Kind::decimal: return Value::decimal(value.as_decimal(), arena);
    case Kind::uuid: return Value::uuid(value.as_uuid(), arena);
    case Kind::bigint: return Value::bigint(arena.copy(value.text()));
    case Kind::number: return Value::number(arena.copy(value.text()));
    case Kind::string: return Value::string(arena.copy(value.text()));
    case Kind::bytes: return Value::bytes(arena.copy(value.text()));
    case Kind::list: {
      Value* items = arena.allocate_array<Value>(value.size());
      for (std::size_t i = 0; i < value.size(); ++i) items[i] = copy(value.items()[i], arena);
      return Value::list({items, value.size()});
    }
    case Kind::dict: {
      auto* keys = arena.allocate_array<std::string_view>(value.size());
      Value* values = arena.allocate_array<Value>(value.size());
      for (std::size_t i = 0; i < value.size(); ++i) {
        keys[i] = arena.copy(value.keys()[i]);
        values[i] = copy(value.values()[i], arena);
      }
      return Value::dict({keys, value.size()}, values, arena);
    }
  }
  return {};
}

OwnedValue::OwnedValue(const Value& value) {
  if (value.is_absent()) {
    value_ = value;
    return;
  }
  arena_ = std::make_unique<Arena>(256);
  value_ = copy(value, *arena_);
}

std::optional<std::size_t> DictBuilder::place_of(std::string_view key) const {
  if (!index_.empty()) {
    auto found = index_.find(key);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }
  auto found = std::find(keys_.begin(), keys_.end(), key);
  if (found == keys_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - keys_.begin());
}

void DictBuilder::set(std::string_view key, const Value& value) {
  if (auto place = place_of(key)) {
    values_[*place] = value;
    return;
  }
  constexpr std::size_t compared_max = 64;
  keys_.push_back(key);
  values_.push_back(value);
  if (!index_.empty()) {
    index_.emplace(key, keys_.size() - 1);
  } else if (keys_.size() > compared_max) {
    for (std::size_t i = 0; i < keys_.size(); ++i) index_.emplace(keys_[i], i);
  }
}

bool DictBuilder::has(std::string_view key) const { return place_of(key).has_value(); }

Value DictBuilder::done() const {
  auto keys = arena_.copy(std::span<const std::string_view>(keys_));
  auto values = arena_.copy(std::span<const Value>(values_));
  return Value::dict(keys, values.data(), arena_);
}

}  // namespace parley
