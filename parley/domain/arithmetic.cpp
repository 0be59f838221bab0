// SPDX-License-Identifier: Apache-2.0
// + - * / // % ** and the sign. Integers have 64 bits and never wrap; decimals stay exact under
// + - *; everything else becomes a double that must be finite.
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "parley/domain/operations.hpp"

namespace parley::domain {
namespace {

using ast::Op;

constexpr int scale_max = 30;
constexpr std::string_view overflow = "integer beyond 64 bits";

Decimal decimal_of(const Number& number) {
  return number.kind == Number::Kind::integer ? Decimal{number.integer, 0} : number.decimal;
}

Error division_by_zero() { return wrong("division by zero"); }

Result<Value> integer_power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) return division_by_zero();
    return finite(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  std::int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result))
      return wrong(std::string(overflow));
    exponent >>= 1;
    // A base of 0, 1 or -1 never grows, so the loop ends after 63 rounds at most.
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) return wrong(std::string(overflow));
  }
  return Value::integer(result);
}

Result<Value> calculate_integers(Op op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  bool overflows = false;
  if (op == Op::power) return integer_power(a, b);
  if (op == Op::add) overflows = __builtin_add_overflow(a, b, &result);
  if (op == Op::subtract) overflows = __builtin_sub_overflow(a, b, &result);
  if (op == Op::multiply) overflows = __builtin_mul_overflow(a, b, &result);
  if (op == Op::divide || op == Op::floor_divide || op == Op::modulo) {
    if (b == 0) return division_by_zero();
    if (op == Op::divide) return finite(static_cast<double>(a) / static_cast<double>(b));
    if (b == -1) {  // the one divisor that can overflow
      if (op == Op::modulo) return Value::integer(0);
      overflows = __builtin_sub_overflow(std::int64_t{0}, a, &result);
    } else {
      // Rounded down, and the remainder has the divisor's sign.
      const bool is_rounded_up = a % b != 0 && ((a < 0) != (b < 0));
      result = op == Op::floor_divide ? a / b - (is_rounded_up ? 1 : 0) : a % b + (is_rounded_up ? b : 0);
    }
  }
  if (overflows) return wrong(std::string(overflow));
  return Value::integer(result);
}

Result<Value> calculate_reals(Op op, double a, double b) {
  if (op == Op::add) return finite(a + b);
  if (op == Op::subtract) return finite(a - b);
  if (op == Op::multiply) return finite(a * b);
  if (op == Op::power) {
    if (a == 0 && b < 0) return division_by_zero();
    return finite(std::pow(a, b));
  }
  if (b == 0) return division_by_zero();
  if (op == Op::divide) return finite(a / b);
  double rest = std::fmod(a, b);
  if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
  if (op == Op::modulo) return finite(rest);
  return finite(std::round((a - rest) / b));
}

Result<Value> calculate_decimals(Op op, const Decimal& a, Decimal b, Arena& arena) {
  if (op == Op::multiply) {
    Decimal result;
    result.scale = a.scale + b.scale;
    if (result.scale > scale_max || __builtin_mul_overflow(a.units, b.units, &result.units))
      return wrong("decimal beyond 38 digits");
    return Value::decimal(result, arena);
  }
  if (op == Op::subtract) b.units = -b.units;
  PARLEY_TRY(const Decimal sum, add(a, b));
  return Value::decimal(sum, arena);
}

Result<Value> join(const Value& a, const Value& b, Work& work) {
  if (a.is_string()) {
    const std::size_t bytes = a.text().size() + b.text().size();
    PARLEY_CHECK(work.spend_text(bytes));
    return Value::string(work.arena.join(a.text(), b.text()));
  }
  PARLEY_CHECK(work.spend(a.size() + b.size()));
  Value* items = work.arena.allocate_array<Value>(a.size() + b.size());
  std::uninitialized_copy(b.items().begin(), b.items().end(),
                          std::uninitialized_copy(a.items().begin(), a.items().end(), items));
  return Value::list({items, a.size() + b.size()});
}

Result<Value> repeat(const Value& value, std::int64_t times, Work& work) {
  const std::size_t size = value.is_list() ? value.size() : value.text().size();
  const std::size_t count = times < 0 ? 0 : static_cast<std::size_t>(times);
  std::size_t total = 0;
  if (__builtin_mul_overflow(size, count, &total)) total = std::numeric_limits<std::size_t>::max();
  if (!value.is_list()) {
    PARLEY_CHECK(work.spend_text(total));
    char* text = static_cast<char*>(work.arena.allocate(total + 1, 1));
    for (std::size_t i = 0; i < total; i += size) std::memcpy(text + i, value.text().data(), size);
    return Value::string({text, total});
  }
  PARLEY_CHECK(work.spend(total));
  Value* items = work.arena.allocate_array<Value>(total);
  for (std::size_t i = 0; i < total; ++i) items[i] = value.items()[i % size];
  return Value::list({items, total});
}

}  // namespace

Result<Value> finite(double value) {
  if (!std::isfinite(value)) return wrong("number beyond the range of a float");
  return Value::real(value);
}

Number number_of(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean: return {.kind = Number::Kind::integer, .integer = value.as_boolean() ? 1 : 0};
    case Kind::integer: return {.kind = Number::Kind::integer, .integer = value.as_integer()};
    case Kind::real: return {.kind = Number::Kind::real, .real = value.as_real()};
    case Kind::decimal: return {.kind = Number::Kind::decimal, .decimal = value.as_decimal()};
    case Kind::number:
    case Kind::bigint: {
      const char* first = value.text().data();
      const char* last = first + value.text().size();
      Number number;
      if (auto read = std::from_chars(first, last, number.integer); read.ec == std::errc{} && read.ptr == last)
        number.kind = Number::Kind::integer;
      else if (auto real = std::from_chars(first, last, number.real); real.ec == std::errc{} && real.ptr == last)
        number.kind = Number::Kind::real;
      return number;
    }
    case Kind::null:
    case Kind::unset:
    case Kind::string:
    case Kind::bytes:
    case Kind::date:
    case Kind::time:
    case Kind::datetime:
    case Kind::uuid:
    case Kind::list:
    case Kind::dict: return {};
  }
  return {};
}

double real_of(const Number& number) {
  if (number.kind == Number::Kind::integer) return static_cast<double>(number.integer);
  return number.kind == Number::Kind::decimal ? to_double(number.decimal) : number.real;
}

int compare(const Number& a, const Number& b) {
  if (a.kind != Number::Kind::real && b.kind != Number::Kind::real) {
    const auto sign = compare(decimal_of(a), decimal_of(b));
    return sign < 0 ? -1 : sign > 0 ? 1 : 0;
  }
  // long double holds every 64 bit integer and every double.
  const auto wide = [](const Number& n) {
    return n.kind == Number::Kind::integer ? static_cast<long double>(n.integer)
                                           : static_cast<long double>(real_of(n));
  };
  return wide(a) < wide(b) ? -1 : wide(a) == wide(b) ? 0 : 1;
}

Result<Value> calculate(Op op, const Value& a, const Value& b, Work& work) {
  const Number x = number_of(a), y = number_of(b);
  if (x && y) {
    if (x.kind == Number::Kind::integer && y.kind == Number::Kind::integer)
      return calculate_integers(op, x.integer, y.integer);
    const bool is_exact = x.kind != Number::Kind::real && y.kind != Number::Kind::real &&
                          (op == Op::add || op == Op::subtract || op == Op::multiply);
    if (is_exact) return calculate_decimals(op, decimal_of(x), decimal_of(y), work.arena);
    return calculate_reals(op, real_of(x), real_of(y));
  }
  const auto is_row = [](const Value& value) { return value.is_string() || value.is_list(); };
  if (op == Op::add && is_row(a) && a.kind() == b.kind()) return join(a, b, work);
  if (op == Op::multiply && is_row(a) && y.kind == Number::Kind::integer) return repeat(a, y.integer, work);
  if (op == Op::multiply && is_row(b) && x.kind == Number::Kind::integer) return repeat(b, x.integer, work);
  return wrong("'" + std::string(name_of(op)) + "' is not defined between " +
               std::string(name_of(a.kind())) + " and " + std::string(name_of(b.kind())));
}

Result<Value> negate(const Value& value, Work& work) {
  const Number number = number_of(value);
  if (number.kind == Number::Kind::integer) return calculate_integers(Op::subtract, 0, number.integer);
  if (number.kind == Number::Kind::real) return Value::real(-number.real);
  if (number.kind == Number::Kind::decimal)
    return Value::decimal({-number.decimal.units, number.decimal.scale}, work.arena);
  return wrong("the sign is not defined for " + std::string(name_of(value.kind())));
}

}  // namespace parley::domain
