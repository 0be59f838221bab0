// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/operations.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "parley/core/utf8.hpp"
#include "parley/domain/repr.hpp"

namespace parley::domain {
namespace {

using ast::Op;

template <class T>
int sign_of(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

bool is_text_like(const Value& value) { return value.is_string() || value.is(Kind::bytes); }

/// Byte offsets of every character of `text`, and its length at the end.
std::vector<std::size_t> offsets_of(std::string_view text) {
  std::vector<std::size_t> offsets;
  std::size_t at = 0;
  while (at < text.size()) {
    offsets.push_back(at);
    next_char(text, at);
  }
  offsets.push_back(text.size());
  return offsets;
}

Result<std::int64_t> index_of(const Value& value) {
  const Number number = number_of(value);
  if (number.kind != Number::Kind::integer)
    return wrong("an index must be an integer, not " + std::string(name_of(value.kind())));
  return number.integer;
}

Result<bool> contains(const Value& container, const Value& item, Work& work) {
  if (container.is_list()) {
    for (const Value& each : container.items()) {
      PARLEY_TRY(const bool is_same, same(each, item, work));
      if (is_same) return true;
    }
    return false;
  }
  if (container.is_dict()) {
    PARLEY_CHECK(work.spend(1 + container.size()));
    return item.is_string() && container.find(item.text()) != nullptr;
  }
  if (container.is_string() && item.is_string()) {
    PARLEY_CHECK(work.spend_text(container.text().size() + item.text().size()));
    return container.text().find(item.text()) != std::string_view::npos;
  }
  return wrong("'in' needs a list, a dict or two texts, not " + std::string(name_of(item.kind())) + " in " +
               std::string(name_of(container.kind())));
}

/// `is`: one kind and the same content; 1 is not True.
bool identical(const Value& a, const Value& b) {
  if (a.is_absent() || b.is_absent()) return a.is_absent() && b.is_absent();
  if (a.is_list() || a.is_dict()) return false;
  return equal(a, b);
}

Result<bool> same_items(const Value& a, const Value& b, Work& work) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    PARLEY_TRY(const bool is_same, same(a.items()[i], b.items()[i], work));
    if (!is_same) return false;
  }
  return true;
}

Result<bool> same_members(const Value& a, const Value& b, Work& work) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    PARLEY_CHECK(work.spend(b.size()));
    const Value* other = b.find(a.keys()[i]);
    if (other == nullptr) return false;
    PARLEY_TRY(const bool is_same, same(a.values()[i], *other, work));
    if (!is_same) return false;
  }
  return true;
}

Result<int> order_items(const Value& a, const Value& b, Op op, Work& work) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    PARLEY_TRY(const bool is_same, same(a.items()[i], b.items()[i], work));
    if (!is_same) return order(a.items()[i], b.items()[i], op, work);
  }
  return sign_of(a.size(), b.size());
}

}  // namespace

Error wrong(std::string message) { return Error(Code::invalid_argument, std::move(message)); }

Result<void> Work::spend(std::size_t steps) {
  if (steps > steps_left) {
    steps_left = 0;
    return Error(Code::too_large, "expression: more than " + std::to_string(steps_max) + " steps");
  }
  steps_left -= steps;
  return {};
}

bool is_truthy(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset: return false;
    case Kind::boolean: return value.as_boolean();
    case Kind::integer: return value.as_integer() != 0;
    case Kind::real: return value.as_real() != 0;
    case Kind::decimal: return value.as_decimal().units != 0;
    case Kind::number: {
      const Number number = number_of(value);
      return !number || real_of(number) != 0;
    }
    case Kind::bigint: return true;
    case Kind::string:
    case Kind::bytes: return !value.text().empty();
    case Kind::date:
    case Kind::time:
    case Kind::datetime:
    case Kind::uuid: return true;
    case Kind::list:
    case Kind::dict: return value.size() != 0;
  }
  return false;
}

// Recursion is bounded by the depth of Values: readers limit it, and an expression adds at most
// its own nesting.
Result<bool> same(const Value& a, const Value& b, Work& work) {
  PARLEY_CHECK(work.spend(1));
  if (a.is_absent() || b.is_absent()) return a.is_absent() && b.is_absent();
  const Number x = number_of(a), y = number_of(b);
  if (x && y) return compare(x, y) == 0;
  if (a.kind() != b.kind()) return false;
  if (a.is_list()) return same_items(a, b, work);
  if (a.is_dict()) return same_members(a, b, work);
  if (is_text_like(a)) {
    if (a.text().size() != b.text().size()) return false;
    PARLEY_CHECK(work.spend_text(a.text().size()));
  }
  return equal(a, b);
}

Result<int> order(const Value& a, const Value& b, Op op, Work& work) {
  PARLEY_CHECK(work.spend(1));
  const Number x = number_of(a), y = number_of(b);
  if (x && y) return compare(x, y);
  if (a.kind() == b.kind()) {
    if (is_text_like(a)) {
      PARLEY_CHECK(work.spend_text(std::min(a.text().size(), b.text().size())));
      return sign_of(a.text(), b.text());
    }
    if (a.is_list()) return order_items(a, b, op, work);
    if (a.is(Kind::date)) return sign_of(a.as_date(), b.as_date());
    if (a.is(Kind::time)) return sign_of(a.as_time(), b.as_time());
    if (a.is(Kind::datetime)) return sign_of(a.as_datetime().micros, b.as_datetime().micros);
  }
  return wrong("'" + std::string(name_of(op)) + "' is not defined between " +
               std::string(name_of(a.kind())) + " and " + std::string(name_of(b.kind())));
}

Result<bool> compare(Op op, const Value& a, const Value& b, Work& work) {
  if (op == Op::is || op == Op::is_not) return identical(a, b) == (op == Op::is);
  if (op == Op::equal || op == Op::not_equal) {
    PARLEY_TRY(const bool is_same, same(a, b, work));
    return is_same == (op == Op::equal);
  }
  if (op == Op::in || op == Op::not_in) {
    PARLEY_TRY(const bool is_in, contains(b, a, work));
    return is_in == (op == Op::in);
  }
  PARLEY_TRY(const int sign, order(a, b, op, work));
  if (op == Op::less) return sign < 0;
  if (op == Op::less_equal) return sign <= 0;
  if (op == Op::greater) return sign > 0;
  return sign >= 0;
}

Result<Value> items_of(const Value& value, Work& work) {
  if (value.is_list()) return value;
  if (value.is_dict()) {
    PARLEY_CHECK(work.spend(value.size()));
    ListBuilder keys(work.arena);
    for (std::string_view key : value.keys()) keys.add(Value::string(key));
    return keys.done();
  }
  if (value.is_string()) {
    PARLEY_CHECK(work.spend(value.text().size()));
    ListBuilder chars(work.arena);
    const auto offsets = offsets_of(value.text());
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
      chars.add(Value::string(value.text().substr(offsets[i], offsets[i + 1] - offsets[i])));
    return chars.done();
  }
  return wrong(std::string(name_of(value.kind())) + " has no items to go through");
}

Result<Value> item_at(const Value& object, const Value& index, Work& work) {
  if (object.is_dict()) {
    PARLEY_CHECK(work.spend(object.size() / 8));
    const Value* found = index.is_string() ? object.find(index.text()) : nullptr;
    if (found == nullptr) return wrong("no key " + repr(index) + " in the dict");
    return *found;
  }
  if (!object.is_list() && !object.is_string())
    return wrong(std::string(name_of(object.kind())) + " has no items to index");
  PARLEY_TRY(std::int64_t at, index_of(index));
  Value items = object;
  if (object.is_string()) {
    PARLEY_TRY(items, items_of(object, work));
  }
  const auto size = static_cast<std::int64_t>(items.size());
  if (at < 0) at += size;
  if (at < 0 || at >= size)
    return wrong("index " + repr(index) + " is outside of " + std::to_string(size) + " items");
  return items.items()[static_cast<std::size_t>(at)];
}

Result<Value> slice_of(const Value& object, const Value* start, const Value* stop, Work& work) {
  if (!object.is_list() && !object.is_string())
    return wrong(std::string(name_of(object.kind())) + " has no items to slice");
  std::vector<std::size_t> offsets;
  if (object.is_string()) {
    PARLEY_CHECK(work.spend(object.text().size()));
    offsets = offsets_of(object.text());
  }
  const auto size = static_cast<std::int64_t>(object.is_string() ? offsets.size() - 1 : object.size());
  const auto bound = [&](const Value* value, std::int64_t otherwise) -> Result<std::int64_t> {
    if (value == nullptr || value->is_absent()) return otherwise;
    PARLEY_TRY(std::int64_t at, index_of(*value));
    if (at < 0) at += size;
    return std::clamp<std::int64_t>(at, 0, size);
  };
  PARLEY_TRY(const std::int64_t first, bound(start, 0));
  PARLEY_TRY(const std::int64_t last, bound(stop, size));
  const auto from = static_cast<std::size_t>(first);
  const auto to = static_cast<std::size_t>(std::max(first, last));
  if (object.is_string())
    return Value::string(object.text().substr(offsets[from], offsets[to] - offsets[from]));
  return Value::list(object.items().subspan(from, to - from));
}

Result<Value> distinct(std::span<const Value> items, Work& work) {
  std::vector<Value> kept;
  for (const Value& item : items) {
    bool is_new = true;
    for (const Value& earlier : kept) {
      PARLEY_TRY(const bool is_same, same(earlier, item, work));
      if (!is_same) continue;
      is_new = false;
      break;
    }
    if (is_new) kept.push_back(item);
  }
  return Value::list(work.arena.copy(std::span<const Value>(kept)));
}

Result<void> measure(const Value& value, Work& work) {
  PARLEY_CHECK(work.spend(1));
  if (is_text_like(value)) return work.spend(value.text().size() / 16);
  if (value.is_list())
    for (const Value& item : value.items()) PARLEY_CHECK(measure(item, work));
  if (value.is_dict())
    for (const Value& item : value.values()) PARLEY_CHECK(measure(item, work));
  return {};
}

}  // namespace parley::domain
