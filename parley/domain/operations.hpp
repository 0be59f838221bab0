// SPDX-License-Identifier: Apache-2.0
// What operators do to Values: truth, equality, order, membership, arithmetic. Errors carry no
// place; the evaluator adds it. Private to this folder.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/decimal.hpp"
#include "parley/core/error.hpp"
#include "parley/core/value.hpp"
#include "parley/domain/ast.hpp"

namespace parley::domain {

/// Where results go and what they may still cost.
struct Work {
  Arena& arena;
  std::size_t steps_max;
  std::size_t steps_left;

  /// fails: too_large when fewer than `steps` are left
  Result<void> spend(std::size_t steps);
  /// Pays for `bytes` of text made or looked through.
  Result<void> spend_text(std::size_t bytes) { return spend(1 + bytes / 16); }
};

/// An invalid_argument without a place.
Error wrong(std::string message);

/// A Value as arithmetic sees it; bool counts as integer, number tokens are read.
struct Number {
  enum class Kind : std::uint8_t { none, integer, decimal, real };
  Kind kind = Kind::none;
  std::int64_t integer = 0;
  Decimal decimal;
  double real = 0;

  explicit operator bool() const { return kind != Kind::none; }
};
Number number_of(const Value& value);
double real_of(const Number& number);
/// Below, at or above 0: how `a` compares to `b`; both are numbers.
int compare(const Number& a, const Number& b);

/// Python's truth: nothing, zero and the empty are false.
bool is_truthy(const Value& value);
/// Python's `==`: 1 == 1.0 == True; lists and dicts by content.
Result<bool> same(const Value& a, const Value& b, Work& work);
/// Below, at or above 0; numbers, texts, lists, dates, times and datetimes among themselves.
Result<int> order(const Value& a, const Value& b, ast::Op op, Work& work);
Result<bool> compare(ast::Op op, const Value& a, const Value& b, Work& work);

/// + - * / // % **
Result<Value> calculate(ast::Op op, const Value& a, const Value& b, Work& work);
Result<Value> negate(const Value& value, Work& work);
/// A finite double, else an error.
Result<Value> finite(double value);

/// What a loop over `value` gives, as a list: items, keys or characters.
Result<Value> items_of(const Value& value, Work& work);
/// object[index]
Result<Value> item_at(const Value& object, const Value& index, Work& work);
/// object[start:stop]; either may be null for "from the start" or "to the end".
Result<Value> slice_of(const Value& object, const Value* start, const Value* stop, Work& work);
/// `items` without those equal to an earlier one.
Result<Value> distinct(std::span<const Value> items, Work& work);

/// fails: too_large when the tree under `value`, written out, is larger than `work` has steps
Result<void> measure(const Value& value, Work& work);

}  // namespace parley::domain
