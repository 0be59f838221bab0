// SPDX-License-Identifier: Apache-2.0
// Typed<T>: how a C++ type crosses the wire: its Type, from a Value, to a Value.
//
// Your own type joins by a specialisation with the four members of Typed<bool> below; `from`
// may return T or Result<T>.
#pragma once
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/registry/type.hpp"

namespace parley {

/// Octets, where std::string is UTF-8 text.
struct Bytes {
  std::string octets;
  bool operator==(const Bytes&) const = default;
};

template <class T>
struct Typed {
  static constexpr bool exists = false;
};

template <class T>
concept CanCross = Typed<T>::exists;

/// What `from` says of a Value that is not of the declared type: code called past `bind`.
Error wrong_kind(std::string_view expected, const Value& value);
Error out_of_range(const Value& value, std::int64_t least, std::uint64_t most);

template <>
struct Typed<bool> {
  static constexpr bool exists = true;
  static Type type() { return Type::boolean(); }
  static Result<bool> from(const Value& v) {
    if (!v.is(Kind::boolean)) return wrong_kind("bool", v);
    return v.as_boolean();
  }
  static Value to(bool v, Arena&) { return Value::boolean(v); }
};

template <std::integral T>
requires(!std::same_as<T, bool> && !std::same_as<T, char>) struct Typed<T> {
  static constexpr bool exists = true;
  static Type type() { return Type::integer(); }
  static Result<T> from(const Value& v) {
    if (!v.is_integer() && !v.is(Kind::bigint)) return wrong_kind("int", v);
    if (!v.is_integer() || !std::in_range<T>(v.as_integer()))
      return out_of_range(v, static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                          static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
    return static_cast<T>(v.as_integer());
  }
  static Value to(T v, Arena& arena) {
    if (std::in_range<std::int64_t>(v)) return Value::integer(static_cast<std::int64_t>(v));
    return Value::bigint(arena.copy(std::to_string(v)));
  }
};

template <std::floating_point T>
struct Typed<T> {
  static constexpr bool exists = true;
  static Type type() { return Type::real(); }
  static Result<T> from(const Value& v) {
    if (!v.is(Kind::real)) return wrong_kind("float", v);
    return static_cast<T>(v.as_real());
  }
  static Value to(T v, Arena&) { return Value::real(static_cast<double>(v)); }
};

template <>
struct Typed<Decimal> {
  static constexpr bool exists = true;
  static Type type() { return Type::decimal(); }
  static Result<Decimal> from(const Value& v) {
    if (!v.is(Kind::decimal)) return wrong_kind("decimal", v);
    return v.as_decimal();
  }
  static Value to(const Decimal& v, Arena& arena) { return Value::decimal(v, arena); }
};

/// Views the call's arena: not to be kept after the call.
template <>
struct Typed<std::string_view> {
  static constexpr bool exists = true;
  static Type type() { return Type::string(); }
  static Result<std::string_view> from(const Value& v) {
    if (!v.is_string()) return wrong_kind("str", v);
    return v.text();
  }
  static Value to(std::string_view v, Arena& arena) { return Value::string(arena.copy(v)); }
};

template <>
struct Typed<std::string> {
  static constexpr bool exists = true;
  static Type type() { return Type::string(); }
  static Result<std::string> from(const Value& v) {
    if (!v.is_string()) return wrong_kind("str", v);
    return std::string(v.text());
  }
  static Value to(std::string_view v, Arena& arena) { return Value::string(arena.copy(v)); }
};

template <>
struct Typed<Bytes> {
  static constexpr bool exists = true;
  static Type type() { return Type::bytes(); }
  static Result<Bytes> from(const Value& v) {
    if (!v.is(Kind::bytes)) return wrong_kind("bytes", v);
    return Bytes{std::string(v.text())};
  }
  static Value to(const Bytes& v, Arena& arena) { return Value::bytes(arena.copy(v.octets)); }
};

template <>
struct Typed<Date> {
  static constexpr bool exists = true;
  static Type type() { return Type::date(); }
  static Result<Date> from(const Value& v) {
    if (!v.is(Kind::date)) return wrong_kind("date", v);
    return v.as_date();
  }
  static Value to(Date v, Arena&) { return Value::date(v); }
};

template <>
struct Typed<Time> {
  static constexpr bool exists = true;
  static Type type() { return Type::time(); }
  static Result<Time> from(const Value& v) {
    if (!v.is(Kind::time)) return wrong_kind("time", v);
    return v.as_time();
  }
  static Value to(Time v, Arena&) { return Value::time(v); }
};

template <>
struct Typed<DateTime> {
  static constexpr bool exists = true;
  static Type type() { return Type::datetime(); }
  static Result<DateTime> from(const Value& v) {
    if (!v.is(Kind::datetime)) return wrong_kind("datetime", v);
    return v.as_datetime();
  }
  static Value to(const DateTime& v, Arena&) { return Value::datetime(v); }
};

template <>
struct Typed<Uuid> {
  static constexpr bool exists = true;
  static Type type() { return Type::uuid(); }
  static Result<Uuid> from(const Value& v) {
    if (!v.is(Kind::uuid)) return wrong_kind("uuid", v);
    return v.as_uuid();
  }
  static Value to(const Uuid& v, Arena& arena) { return Value::uuid(v, arena); }
};

/// Anything at all. What is returned must live in the call's arena.
template <>
struct Typed<Value> {
  static constexpr bool exists = true;
  static Type type() { return Type::any(); }
  static Result<Value> from(const Value& v) { return v; }
  static Value to(const Value& v, Arena&) { return v; }
};

/// The parameter may be left out.
template <CanCross T>
struct Typed<std::optional<T>> {
  static constexpr bool exists = true;
  static Type type() { return Typed<T>::type(); }
  static Result<std::optional<T>> from(const Value& v) {
    if (v.is_absent()) return std::optional<T>{};
    PARLEY_TRY(T given, Result<T>(Typed<T>::from(v)));
    return std::optional<T>(std::move(given));
  }
  static Value to(const std::optional<T>& v, Arena& arena) {
    return v.has_value() ? Typed<T>::to(*v, arena) : Value::null();
  }
};

template <CanCross T>
struct Typed<std::vector<T>> {
  static constexpr bool exists = true;
  static Type type() { return Type::list(Typed<T>::type()); }
  static Result<std::vector<T>> from(const Value& v) {
    if (!v.is_list()) return wrong_kind("list", v);
    std::vector<T> items;
    items.reserve(v.size());
    for (const Value& item : v.items()) {
      PARLEY_TRY(T given, Result<T>(Typed<T>::from(item)));
      items.push_back(std::move(given));
    }
    return items;
  }
  static Value to(const std::vector<T>& v, Arena& arena) {
    Value* items = arena.allocate_array<Value>(v.size());
    for (std::size_t i = 0; i < v.size(); ++i)
      std::construct_at(items + i, Typed<T>::to(v[i], arena));
    return Value::list({items, v.size()});
  }
};

/// The key of a dict as text, "2", "1.0", "true", and back.
std::string key_text(const Value& key);
template <class K>
Result<K> key_from(std::string_view text) {
  if constexpr (std::same_as<K, std::string>) {
    return std::string(text);
  } else {
    Arena arena(256);
    const Type type = Typed<K>::type();  // the name of a choice is viewed in it
    PARLEY_TRY(Value key, convert(type, Value::string(text), Policy::text, "", arena));
    return Result<K>(Typed<K>::from(key));
  }
}
template <class K>
std::string_view text_of_key(const K& key, Arena& arena) {
  if constexpr (std::same_as<K, std::string>)
    return arena.copy(key);
  else
    return arena.copy(key_text(Typed<K>::to(key, arena)));
}

/// A dict whose members keep the order they were given in.
template <class K, class T>
using Dict = std::vector<std::pair<K, T>>;

template <CanCross K, CanCross T>
struct Typed<Dict<K, T>> {
  static constexpr bool exists = true;
  static Type type() {
    if constexpr (std::same_as<K, std::string> && std::same_as<T, Value>)
      return Type::dict();
    else
      return Type::dict(Typed<K>::type(), Typed<T>::type());
  }
  static Result<Dict<K, T>> from(const Value& v) {
    if (!v.is_dict()) return wrong_kind("dict", v);
    Dict<K, T> members;
    members.reserve(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) {
      PARLEY_TRY(K key, key_from<K>(v.keys()[i]));
      PARLEY_TRY(T given, Result<T>(Typed<T>::from(v.values()[i])));
      members.emplace_back(std::move(key), std::move(given));
    }
    return members;
  }
  static Value to(const Dict<K, T>& v, Arena& arena) {
    DictBuilder members(arena);
    for (const auto& [key, value] : v) members.set(text_of_key(key, arena), Typed<T>::to(value, arena));
    return members.done();
  }
};

/// A dict by the order of its keys.
template <CanCross K, CanCross T>
struct Typed<std::map<K, T>> {
  static constexpr bool exists = true;
  static Type type() { return Typed<Dict<K, T>>::type(); }
  static Result<std::map<K, T>> from(const Value& v) {
    if (!v.is_dict()) return wrong_kind("dict", v);
    std::map<K, T> members;
    for (std::size_t i = 0; i < v.size(); ++i) {
      PARLEY_TRY(K key, key_from<K>(v.keys()[i]));
      PARLEY_TRY(T given, Result<T>(Typed<T>::from(v.values()[i])));
      members.insert_or_assign(std::move(key), std::move(given));
    }
    return members;
  }
  static Value to(const std::map<K, T>& v, Arena& arena) {
    DictBuilder members(arena);
    for (const auto& [key, value] : v) members.set(text_of_key(key, arena), Typed<T>::to(value, arena));
    return members.done();
  }
};

}  // namespace parley
