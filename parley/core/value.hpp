// SPDX-License-Identifier: Apache-2.0
// Value: the compact tagged tree every call's arguments and results are made of.
// Values are views: their texts, lists and dicts live in an Arena or in the request's bytes.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parley/core/arena.hpp"
#include "parley/core/date.hpp"
#include "parley/core/decimal.hpp"
#include "parley/core/error.hpp"

namespace parley {

enum class Kind : std::uint8_t {
  null,      // said to be nothing
  unset,     // not said at all
  boolean,
  integer,   // 64 bit
  bigint,    // decimal digits with an optional sign, beyond 64 bit
  number,    // a number token as written, until a type is known
  real,      // double
  decimal,   // exact
  string,    // UTF-8
  bytes,
  date,
  time,
  datetime,
  uuid,
  list,
  dict,      // ordered; keys are unique
};
std::string_view name_of(Kind kind);

using Uuid = std::array<std::uint8_t, 16>;

class Value;
struct Entry;

/// A dict's keys and values side by side; `keys` may be shared by many dicts of one shape.
struct DictBody {
  const std::string_view* keys;
  const Value* values;
};

/// One node of the tree: 16 bytes, trivially copyable, views what it was made from.
///
/// Ownership: lives as long as the Arena (or bytes) behind it; see OwnedValue to keep one.
class Value {
 public:
  constexpr Value() : kind_(Kind::null), size_(0), body_{} {}
  static constexpr Value null() { return {}; }
  static constexpr Value unset() { return Value(Kind::unset); }
  static constexpr Value boolean(bool v) { Value x(Kind::boolean); x.body_.boolean = v; return x; }
  static constexpr Value integer(std::int64_t v) { Value x(Kind::integer); x.body_.integer = v; return x; }
  static constexpr Value real(double v) { Value x(Kind::real); x.body_.real = v; return x; }
  static constexpr Value string(std::string_view v) { return Value(Kind::string, v); }
  static constexpr Value bytes(std::string_view v) { return Value(Kind::bytes, v); }
  static constexpr Value number(std::string_view token) { return Value(Kind::number, token); }
  static constexpr Value bigint(std::string_view digits) { return Value(Kind::bigint, digits); }
  static Value decimal(const Decimal& v, Arena& arena);
  static constexpr Value date(Date v) { Value x(Kind::date); x.body_.integer = v.days; return x; }
  static constexpr Value time(Time v) {
    Value x(Kind::time);
    x.body_.integer = v.micros;
    x.size_ = packed_zone(v.has_zone, v.offset_minutes);
    return x;
  }
  static Value datetime(const DateTime& v);
  static Value uuid(const Uuid& v, Arena& arena);
  /// Views `items`; they must live in an arena or outlive the Value.
  static constexpr Value list(std::span<const Value> items) {
    Value x(Kind::list);
    x.size_ = static_cast<std::uint32_t>(items.size());
    x.body_.items = items.data();
    return x;
  }
  static Value dict(std::span<const std::string_view> keys, const Value* values, Arena& arena);
  static constexpr Value dict(const DictBody* body, std::size_t size) {
    Value x(Kind::dict);
    x.size_ = static_cast<std::uint32_t>(size);
    x.body_.dict = body;
    return x;
  }

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_unset() const { return kind_ == Kind::unset; }
  bool is_absent() const { return kind_ <= Kind::unset; }  // null or unset
  bool is_string() const { return kind_ == Kind::string; }
  bool is_list() const { return kind_ == Kind::list; }
  bool is_dict() const { return kind_ == Kind::dict; }
  bool is_integer() const { return kind_ == Kind::integer; }
  bool is_false() const { return kind_ == Kind::boolean && !body_.boolean; }
  bool is_true() const { return kind_ == Kind::boolean && body_.boolean; }

  // Each asserts the kind.
  bool as_boolean() const { PARLEY_ASSERT(is(Kind::boolean)); return body_.boolean; }
  std::int64_t as_integer() const { PARLEY_ASSERT(is(Kind::integer)); return body_.integer; }
  double as_real() const { PARLEY_ASSERT(is(Kind::real)); return body_.real; }
  const Decimal& as_decimal() const { PARLEY_ASSERT(is(Kind::decimal)); return *body_.decimal; }
  /// Also the digits of a bigint, the token of a number and the octets of bytes.
  std::string_view text() const {
    PARLEY_ASSERT(kind_ == Kind::string || kind_ == Kind::bytes || kind_ == Kind::number || kind_ == Kind::bigint);
    return {body_.text, size_};
  }
  Date as_date() const { PARLEY_ASSERT(is(Kind::date)); return {static_cast<std::int32_t>(body_.integer)}; }
  Time as_time() const;
  DateTime as_datetime() const;
  const Uuid& as_uuid() const { PARLEY_ASSERT(is(Kind::uuid)); return *body_.uuid; }
  /// Items of a list.
  std::span<const Value> items() const { PARLEY_ASSERT(is(Kind::list)); return {body_.items, size_}; }
  /// Keys and values of a dict: keys()[i] names values()[i].
  std::span<const std::string_view> keys() const {
    PARLEY_ASSERT(is(Kind::dict));
    return size_ == 0 ? std::span<const std::string_view>{} : std::span{body_.dict->keys, size_};
  }
  std::span<const Value> values() const {
    PARLEY_ASSERT(is(Kind::dict));
    return size_ == 0 ? std::span<const Value>{} : std::span{body_.dict->values, size_};
  }
  /// The member of a dict, or null pointer.
  const Value* find(std::string_view key) const;
  /// The same, looking at place `likely` first: for members that mostly come in a known order.
  const Value* find(std::string_view key, std::size_t likely) const {
    if (likely < size_ && is_dict() && keys()[likely] == key) return &body_.dict->values[likely];
    return find(key);
  }
  /// Items of a list or members of a dict.
  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint32_t packed_zone(bool has_zone, std::int16_t offset_minutes) {
    return (has_zone ? 0x10000u : 0u) | static_cast<std::uint16_t>(offset_minutes);
  }
  constexpr explicit Value(Kind kind) : kind_(kind), size_(0), body_{} {}
  constexpr Value(Kind kind, std::string_view text)
      : kind_(kind), size_(static_cast<std::uint32_t>(text.size())), body_{} {
    body_.text = text.data();
  }

  Kind kind_;
  std::uint32_t size_;  // bytes, items or members; the zone of a time or datetime
  union Body {
    bool boolean;
    std::int64_t integer;
    double real;
    const char* text;
    const Decimal* decimal;
    const Uuid* uuid;
    const Value* items;
    const DictBody* dict;
  } body_;
};
static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

/// Same kind and content; dicts compare regardless of order. 1 and 1.0 differ.
bool equal(const Value& a, const Value& b);
/// A deep copy whose every part lives in `arena`.
Value copy(const Value& value, Arena& arena);

/// A Value that outlives its request: owns its arena. Immutable.
class OwnedValue {
 public:
  OwnedValue() = default;
  explicit OwnedValue(const Value& value);
  OwnedValue(const OwnedValue& other) : OwnedValue(other.value_) {}
  OwnedValue(OwnedValue&&) = default;
  OwnedValue& operator=(OwnedValue other) {
    arena_ = std::move(other.arena_);
    value_ = other.value_;
    return *this;
  }
  const Value& get() const { return value_; }
  const Value* operator->() const { return &value_; }
  const Value& operator*() const { return value_; }

 private:
  std::unique_ptr<Arena> arena_;
  Value value_;
};

/// Collects items, then `done()` copies them into the arena as one list.
class ListBuilder {
 public:
  explicit ListBuilder(Arena& arena) : arena_(arena) {}
  void add(const Value& value) { items_.push_back(value); }
  std::size_t size() const { return items_.size(); }
  Value done() const { return Value::list(arena_.copy(std::span<const Value>(items_))); }

 private:
  Arena& arena_;
  std::vector<Value> items_;
};

/// Collects members; a key set twice keeps its place and takes the last value.
class DictBuilder {
 public:
  explicit DictBuilder(Arena& arena) : arena_(arena) {}
  /// `key` and `value` must live in the arena or outlive the dict.
  void set(std::string_view key, const Value& value);
  bool has(std::string_view key) const;
  Value done() const;

 private:
  std::optional<std::size_t> place_of(std::string_view key) const;

  Arena& arena_;
  std::vector<std::string_view> keys_;
  std::vector<Value> values_;
  std::map<std::string_view, std::size_t> index_;  // key -> place; used once there are many
};

}  // namespace parley
