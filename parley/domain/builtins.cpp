// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/builtins.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "parley/core/utf8.hpp"
#include "parley/domain/repr.hpp"

namespace parley::domain {
namespace {

using ast::Op;

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\r\f\v";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Error bad_argument(const Call& call, const Value& value) {
  return wrong(std::string(call.name) + "() does not take " + std::string(name_of(value.kind())));
}

Result<Value> call_len(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 1));
  const Value& value = call.values[0];
  if (value.is_list() || value.is_dict()) return Value::integer(static_cast<std::int64_t>(value.size()));
  if (!value.is_string()) return bad_argument(call, value);
  PARLEY_CHECK(work.spend_text(value.text().size()));
  return Value::integer(static_cast<std::int64_t>(count_chars(value.text())));
}

Result<Value> call_str(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 0, 1));
  if (call.values.empty()) return Value::string("");
  PARLEY_TRY(const std::string_view text, text_of(call.values[0], work));
  return Value::string(text);
}

Result<Value> call_bool(const Call& call, Work&) {
  PARLEY_CHECK(expect_arguments(call, 0, 1));
  return Value::boolean(!call.values.empty() && is_truthy(call.values[0]));
}

Result<Value> call_int(const Call& call, Work&) {
  PARLEY_CHECK(expect_arguments(call, 0, 1));
  if (call.values.empty()) return Value::integer(0);
  const Value& value = call.values[0];
  if (value.is_string()) {
    std::string_view digits = trim(value.text());
    if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
    std::int64_t result = 0;
    auto read = std::from_chars(digits.data(), digits.data() + digits.size(), result);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size())
      return wrong("invalid literal for int() with base 10: " + repr(value));
    return Value::integer(result);
  }
  const Number number = number_of(value);
  if (!number) return bad_argument(call, value);
  if (number.kind == Number::Kind::integer) return Value::integer(number.integer);
  const double whole = std::trunc(real_of(number));
  // 2^63 is the first double that does not fit; NaN fails both.
  if (!(whole >= -0x1p63 && whole < 0x1p63)) return wrong("integer beyond 64 bits");
  return Value::integer(static_cast<std::int64_t>(whole));
}

Result<Value> call_float(const Call& call, Work&) {
  PARLEY_CHECK(expect_arguments(call, 0, 1));
  if (call.values.empty()) return Value::real(0);
  const Value& value = call.values[0];
  if (value.is_string()) {
    std::string_view digits = trim(value.text());
    if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
    double result = 0;
    auto read = std::from_chars(digits.data(), digits.data() + digits.size(), result);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size())
      return wrong("could not convert string to float: " + repr(value));
    return finite(result);
  }
  const Number number = number_of(value);
  if (!number) return bad_argument(call, value);
  return Value::real(real_of(number));
}

/// min and max: of one list, or of the arguments.
Result<Value> extreme(const Call& call, Op op, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, SIZE_MAX, "default"));
  std::span<const Value> values = call.values;
  if (values.size() == 1) {
    PARLEY_TRY(const Value items, items_of(values[0], work));
    values = items.items();
  }
  if (values.empty()) {
    if (const Value* otherwise = call.find("default")) return *otherwise;
    return wrong(std::string(call.name) + "() of nothing");
  }
  Value best = values[0];
  for (const Value& value : values.subspan(1)) {
    PARLEY_TRY(const bool is_better, compare(op, value, best, work));
    if (is_better) best = value;
  }
  return best;
}

Result<Value> call_min(const Call& call, Work& work) { return extreme(call, Op::less, work); }
Result<Value> call_max(const Call& call, Work& work) { return extreme(call, Op::greater, work); }

Result<Value> call_sum(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 2));
  PARLEY_TRY(const Value items, items_of(call.values[0], work));
  Value total = call.values.size() > 1 ? call.values[1] : Value::integer(0);
  for (const Value& item : items.items()) {
    PARLEY_CHECK(work.spend(1));
    PARLEY_TRY(total, calculate(Op::add, total, item, work));
  }
  return total;
}

Result<Value> call_abs(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 1));
  const Number number = number_of(call.values[0]);
  if (!number) return bad_argument(call, call.values[0]);
  if (compare(number, {.kind = Number::Kind::integer, .integer = 0}) < 0) return negate(call.values[0], work);
  return call.values[0];
}

/// Halves of doubles go to the even neighbour, as Python has it; those of decimals away from zero.
Result<Value> call_round(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 2));
  const Number number = number_of(call.values[0]);
  if (!number) return bad_argument(call, call.values[0]);
  if (number.kind == Number::Kind::integer) return Value::integer(number.integer);
  const bool is_whole = call.values.size() == 1 || call.values[1].is_absent();
  std::int64_t digits = 0;
  if (!is_whole) {
    const Number wanted = number_of(call.values[1]);
    if (wanted.kind != Number::Kind::integer) return bad_argument(call, call.values[1]);
    if (wanted.integer < 0 || wanted.integer > 30)
      return wrong("round() takes 0 to 30 digits, not " + std::to_string(wanted.integer));
    digits = wanted.integer;
  }
  if (number.kind == Number::Kind::decimal && !is_whole) {
    PARLEY_TRY(const Decimal rounded, rescale(number.decimal, static_cast<int>(digits)));
    return Value::decimal(rounded, work.arena);
  }
  // Enough for the largest double written out.
  char text[400];
  const int size = std::snprintf(text, sizeof text, "%.*f", static_cast<int>(digits), real_of(number));
  double rounded = 0;
  std::from_chars(text, text + size, rounded);
  if (!is_whole) return finite(rounded);
  if (!(rounded >= -0x1p63 && rounded < 0x1p63)) return wrong("integer beyond 64 bits");
  return Value::integer(static_cast<std::int64_t>(rounded));
}

Result<Value> call_sorted(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 1, "reverse"));
  PARLEY_TRY(const Value items, items_of(call.values[0], work));
  PARLEY_CHECK(work.spend(items.size()));
  const Value* reverse = call.find("reverse");
  const bool is_reverse = reverse != nullptr && is_truthy(*reverse);
  std::vector<Value> sorted(items.items().begin(), items.items().end());
  Result<void> state;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Value& a, const Value& b) {
    if (!state) return false;
    auto sign = order(a, b, Op::less, work);
    if (!sign) {
      state = std::move(sign).error();
      return false;
    }
    return is_reverse ? *sign > 0 : *sign < 0;
  });
  if (!state) return std::move(state).error();
  return Value::list(work.arena.copy(std::span<const Value>(sorted)));
}

Result<Value> call_list(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 0, 1));
  if (call.values.empty()) return Value::list({});
  return items_of(call.values[0], work);
}

Result<Value> call_set(const Call& call, Work& work) {
  PARLEY_TRY(const Value items, call_list(call, work));
  return distinct(items.items(), work);
}

Result<Value> call_dict(const Call& call, Work& work) {
  if (call.values.size() > 1) return wrong("dict() takes at most 1 positional argument");
  DictBuilder members(work.arena);
  // Setting a key looks at all earlier ones.
  auto set = [&, count = std::size_t{0}](const Value& key, const Value& value) mutable -> Result<void> {
    if (!key.is_string()) return wrong("a dict key must be text, not " + std::string(name_of(key.kind())));
    PARLEY_CHECK(work.spend(1 + count++ / 8));
    members.set(key.text(), value);
    return {};
  };
  if (!call.values.empty() && call.values[0].is_dict()) {
    for (std::size_t i = 0; i < call.values[0].size(); ++i)
      PARLEY_CHECK(set(Value::string(call.values[0].keys()[i]), call.values[0].values()[i]));
  } else if (!call.values.empty()) {
    PARLEY_TRY(const Value pairs, items_of(call.values[0], work));
    for (const Value& pair : pairs.items()) {
      if (!pair.is_list() || pair.size() != 2) return wrong("dict() takes a list of pairs");
      PARLEY_CHECK(set(pair.items()[0], pair.items()[1]));
    }
  }
  for (std::size_t i = 0; i < call.names.size(); ++i)
    PARLEY_CHECK(set(Value::string(call.names[i]), call.named[i]));
  return members.done();
}

Result<Value> call_range(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 3));
  std::int64_t bounds[3] = {0, 0, 1};
  for (std::size_t i = 0; i < call.values.size(); ++i) {
    const Number number = number_of(call.values[i]);
    if (number.kind != Number::Kind::integer) return bad_argument(call, call.values[i]);
    bounds[call.values.size() == 1 ? 1 : i] = number.integer;
  }
  const auto [start, stop, step] = bounds;
  if (step == 0) return wrong("range() needs a step other than 0");
  ListBuilder items(work.arena);
  for (std::int64_t at = start; step > 0 ? at < stop : at > stop;) {
    PARLEY_CHECK(work.spend(1));
    items.add(Value::integer(at));
    if (__builtin_add_overflow(at, step, &at)) break;
  }
  return items.done();
}

Result<Value> call_any(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 1));
  PARLEY_TRY(const Value items, items_of(call.values[0], work));
  PARLEY_CHECK(work.spend(items.size()));
  return Value::boolean(std::any_of(items.items().begin(), items.items().end(), is_truthy));
}

Result<Value> call_all(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 1));
  PARLEY_TRY(const Value items, items_of(call.values[0], work));
  PARLEY_CHECK(work.spend(items.size()));
  return Value::boolean(std::all_of(items.items().begin(), items.items().end(), is_truthy));
}

struct Row {
  std::string_view name;
  Builtin function;
};
constexpr std::array<Row, 17> functions{{{"abs", call_abs},     {"all", call_all},     {"any", call_any},
                                         {"bool", call_bool},   {"dict", call_dict},   {"float", call_float},
                                         {"int", call_int},     {"len", call_len},     {"list", call_list},
                                         {"max", call_max},     {"min", call_min},     {"range", call_range},
                                         {"round", call_round}, {"set", call_set},     {"sorted", call_sorted},
                                         {"str", call_str},     {"sum", call_sum}}};

}  // namespace

Builtin find_function(std::string_view name) {
  if (name == "tuple") return call_list;
  for (const Row& row : functions)
    if (row.name == name) return row.function;
  return nullptr;
}

Result<void> expect_arguments(const Call& call, std::size_t least, std::size_t most,
                              std::string_view keyword) {
  for (std::string_view name : call.names)
    if (name != keyword)
      return wrong(std::string(call.name) + "() got an unexpected keyword argument '" + std::string(name) + "'");
  if (call.values.size() >= least && call.values.size() <= most) return {};
  const bool is_few = call.values.size() < least;
  return wrong(std::string(call.name) + "() takes " + (least == most ? "" : is_few ? "at least " : "at most ") +
               std::to_string(is_few ? least : most) + " arguments, not " + std::to_string(call.values.size()));
}

Result<std::string_view> text_of(const Value& value, Work& work) {
  if (value.is_string()) return value.text();
  if (value.is_list() || value.is_dict()) PARLEY_CHECK(measure(value, work));
  const std::string text = repr(value);
  PARLEY_CHECK(work.spend_text(text.size()));
  // A bare date or time reads without quotes, as str() of one does.
  const bool is_quoted = !value.is_list() && !value.is_dict() && text.size() > 1 && text.front() == '\'';
  return work.arena.copy(is_quoted ? std::string_view(text).substr(1, text.size() - 2) : std::string_view(text));
}

}  // namespace parley::domain
