// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/fields/scalar.hpp"

#include <cmath>

#include "parley/core/utf8.hpp"
#include "parley/domain/repr.hpp"

namespace parley::orm {
namespace {

using domain::Operator;

bool is_empty(const Value& value, const ScalarRules& rules) {
  return is_falsy(value) || (!rules.empty.is_absent() && equal(value, rules.empty));
}

// Rows where the column is NULL or holds the type's empty value.
Condition empty_condition(DomainCompiler& c, const Column& column, const ScalarRules& rules) {
  if (rules.empty.is_absent()) return c.is_null(column);
  Condition parts[] = {c.is_null(column), c.compare(column, Condition::Op::eq, rules.empty)};
  return c.any(parts);
}

Condition filled_condition(DomainCompiler& c, const Column& column, const ScalarRules& rules) {
  Condition not_null = c.negate(c.is_null(column));
  if (rules.empty.is_absent()) return not_null;
  Condition parts[] = {not_null, c.compare(column, Condition::Op::ne, rules.empty)};
  return c.all(parts);
}

Result<Condition> equality(DomainCompiler& c, const RuntimeField& field, const Column& column, const Value& value,
                           const ScalarRules& rules, bool is_negated) {
  Value wanted = value;
  if (!is_falsy(value)) {
    PARLEY_TRY(wanted, rules.convert(field, value, c.arena()));
  }
  if (is_empty(wanted, rules))
    return is_negated ? filled_condition(c, column, rules) : empty_condition(c, column, rules);
  if (!is_negated) return c.compare(column, Condition::Op::eq, wanted);
  Condition parts[] = {c.is_null(column), c.compare(column, Condition::Op::ne, wanted)};
  return c.any(parts);
}

Result<Condition> membership(DomainCompiler& c, const RuntimeField& field, const Column& column, const Value& list,
                             const ScalarRules& rules, bool is_negated) {
  ListBuilder filled(c.arena());
  bool with_empty = false;
  for (const Value& item : list.items()) {
    Value wanted = item;
    if (!is_falsy(item)) {
      PARLEY_TRY(wanted, rules.convert(field, item, c.arena()));
    }
    if (is_empty(wanted, rules)) with_empty = true;
    else filled.add(wanted);
  }
  Condition listed = filled.size() == 0 ? c.constant(false) : c.in(column, filled.done());
  if (!is_negated) {
    if (!with_empty) return listed;
    Condition parts[] = {empty_condition(c, column, rules), listed};
    return c.any(parts);
  }
  if (with_empty) {
    if (filled.size() == 0) return filled_condition(c, column, rules);
    Condition parts[] = {filled_condition(c, column, rules), c.negate(listed)};
    return c.all(parts);
  }
  if (filled.size() == 0) return c.constant(true);
  // `listed` is unknown for NULL; NOT IN must include those rows.
  Condition parts[] = {c.is_null(column), c.negate(listed)};
  return c.any(parts);
}

bool holds(const Value& left, Condition::Op op, const Value& right) {
  auto decide = [op](auto order) {
    switch (op) {
      case Condition::Op::lt: return order < 0;
      case Condition::Op::le: return order <= 0;
      case Condition::Op::gt: return order > 0;
      case Condition::Op::ge: return order >= 0;
      case Condition::Op::eq: return order == 0;
      case Condition::Op::ne: return order != 0;
    }
    return false;
  };
  switch (left.kind()) {
    case Kind::integer:
      if (right.is(Kind::real)) return decide(static_cast<double>(left.as_integer()) <=> right.as_real());
      return decide(left.as_integer() <=> right.as_integer());
    case Kind::real: return decide(left.as_real() <=> right.as_real());
    case Kind::decimal: return decide(compare(left.as_decimal(), right.as_decimal()));
    case Kind::string: return decide(left.text() <=> right.text());
    case Kind::boolean: return decide(left.as_boolean() <=> right.as_boolean());
    default: return false;
  }
}

// NULL takes part in inequalities as the type's empty value does.
Result<Condition> inequality(DomainCompiler& c, const RuntimeField& field, const Column& column, Condition::Op op,
                             const Value& value, const ScalarRules& rules) {
  Value wanted;
  if (is_falsy(value)) {
    if (rules.empty.is_absent()) return c.constant(false);
    wanted = rules.empty;
  } else {
    PARLEY_TRY(wanted, rules.convert(field, value, c.arena()));
  }
  Condition compared = c.compare(column, op, wanted);
  bool are_alike = rules.empty.kind() == wanted.kind() || (rules.empty.is_integer() && wanted.is(Kind::real));
  if (rules.empty.is_absent() || !are_alike || !holds(rules.empty, op, wanted)) return compared;
  Condition parts[] = {c.is_null(column), compared};
  return c.any(parts);
}

Result<Condition> likeness(DomainCompiler& c, const RuntimeField& field, const Column& column, Operator op,
                           const Value& value, const ScalarRules& rules) {
  bool is_negated = op == Operator::not_like || op == Operator::not_ilike || op == Operator::not_equal_like ||
                    op == Operator::not_equal_ilike;
  bool is_whole = op == Operator::equal_like || op == Operator::equal_ilike || op == Operator::not_equal_like ||
                  op == Operator::not_equal_ilike;
  if (is_whole && is_falsy(value))
    return is_negated ? filled_condition(c, column, rules) : empty_condition(c, column, rules);
  Value text = Value::string("");
  if (!is_falsy(value)) {
    PARLEY_TRY(text, to_text(field, value, c.arena()));
  }
  if (!is_whole && text.text().empty()) return c.constant(!is_negated);
  Condition match;
  match.kind = Condition::Kind::match;
  match.column = column;
  match.is_folded = op == Operator::ilike || op == Operator::not_ilike || op == Operator::equal_ilike ||
                    op == Operator::not_equal_ilike;
  match.value = is_whole ? text : Value::string(c.arena().join("%", text.text(), "%"));
  if (!is_negated) return match;
  Condition parts[] = {c.is_null(column), c.negate(match)};
  return c.any(parts);
}

}  // namespace

Result<Condition> scalar_condition(DomainCompiler& c, const RuntimeField& field, std::uint16_t alias, Operator op,
                                   const Value& value, const ScalarRules& rules) {
  Column column = field.column(alias);
  switch (op) {
    case Operator::equal:
    case Operator::not_equal:
      if (value.is_list()) return membership(c, field, column, value, rules, op == Operator::not_equal);
      return equality(c, field, column, value, rules, op == Operator::not_equal);
    case Operator::equal_if_set:
      if (is_falsy(value)) return c.constant(true);
      return equality(c, field, column, value, rules, false);
    case Operator::in:
    case Operator::not_in:
      if (!value.is_list()) return equality(c, field, column, value, rules, op == Operator::not_in);
      return membership(c, field, column, value, rules, op == Operator::not_in);
    case Operator::less: return inequality(c, field, column, Condition::Op::lt, value, rules);
    case Operator::less_equal: return inequality(c, field, column, Condition::Op::le, value, rules);
    case Operator::greater: return inequality(c, field, column, Condition::Op::gt, value, rules);
    case Operator::greater_equal: return inequality(c, field, column, Condition::Op::ge, value, rules);
    case Operator::like:
    case Operator::ilike:
    case Operator::equal_like:
    case Operator::equal_ilike:
    case Operator::not_like:
    case Operator::not_ilike:
    case Operator::not_equal_like:
    case Operator::not_equal_ilike: return likeness(c, field, column, op, value, rules);
    case Operator::child_of:
    case Operator::parent_of:
    case Operator::any:
    case Operator::not_any: break;
  }
  return Error(Code::invalid_argument, "operator '" + std::string(domain::name_of(op)) + "' needs a relation; " +
                                           field.model->name + "." + field.name + " is a " + field.type);
}

int select_own(const RuntimeField& field, SelectPlan& plan) { return plan.add(field.column(0)); }

Error field_error(const RuntimeField& field, std::string text, std::string kind) {
  return Error(Code::invalid_argument, std::move(text), field.model->name + "." + field.name, std::move(kind));
}

Result<Value> to_text(const RuntimeField& field, const Value& value, Arena& arena) {
  auto kept = [&](const std::string& text) { return Value::string(arena.copy(text)); };
  switch (value.kind()) {
    case Kind::string: break;
    case Kind::bytes:
      if (!is_utf8(value.text())) return field_error(field, field.name + ": the octets are no UTF-8 text");
      break;
    case Kind::boolean: return Value::string(value.as_boolean() ? "True" : "False");
    case Kind::integer: return kept(std::to_string(value.as_integer()));
    case Kind::bigint:
    case Kind::number: return Value::string(value.text());
    case Kind::real: return kept(domain::repr(value.as_real()));
    case Kind::decimal: return kept(to_string(value.as_decimal()));
    case Kind::date: return kept(to_string(value.as_date()));
    case Kind::time: return kept(to_string(value.as_time()));
    case Kind::datetime: return kept(to_odoo_string(value.as_datetime()));
    case Kind::null:
    case Kind::unset:
    case Kind::uuid:
    case Kind::list:
    case Kind::dict:
      return field_error(field, "Wrong value for " + field.model->name + "." + field.name + ": " +
                                    domain::repr(value) + " is no text");
  }
  if (value.text().find('\0') != std::string_view::npos)
    return field_error(field, "A string literal cannot contain NUL (0x00) characters.");
  return Value::string(value.text());
}

Result<double> to_real(const RuntimeField& field, const Value& value) {
  std::string_view text;
  switch (value.kind()) {
    case Kind::boolean: return value.as_boolean() ? 1.0 : 0.0;
    case Kind::integer: return static_cast<double>(value.as_integer());
    case Kind::real:
      if (!std::isfinite(value.as_real())) break;
      return value.as_real();
    case Kind::decimal: return to_double(value.as_decimal());
    case Kind::bigint:
    case Kind::number:
    case Kind::string: text = value.text(); break;
    default: break;
  }
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  double out = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (!text.empty() && failure == std::errc{} && end == text.data() + text.size() && std::isfinite(out)) return out;
  return field_error(field, "could not convert to float: " + domain::repr(value));
}

Result<Value> to_integer(const RuntimeField& field, const Value& value, Arena&) {
  std::int64_t out = 0;
  switch (value.kind()) {
    case Kind::boolean: return Value::integer(value.as_boolean() ? 1 : 0);
    case Kind::integer: out = value.as_integer(); break;
    case Kind::string: {
      std::string_view text = value.text();
      while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
      while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
      if (text.starts_with('+')) text.remove_prefix(1);
      auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
      if (text.empty() || failure != std::errc{} || end != text.data() + text.size())
        return field_error(field, "invalid literal for int() with base 10: " + domain::repr(value));
      break;
    }
    case Kind::real:
    case Kind::number:
    case Kind::decimal: {
      PARLEY_TRY(double number, to_real(field, value));
      if (number != std::floor(number))
        return field_error(field, field.name + ": " + domain::repr(value) +
                                      " has a fraction; an integer field takes whole numbers");
      if (std::fabs(number) > 9e15) return field_error(field, "integer out of range", "ValidationError");
      out = static_cast<std::int64_t>(number);
      break;
    }
    case Kind::bigint:
      return Error(Code::rejected, "integer out of range", field.model->name + "." + field.name);
    default:
      return field_error(field, field.name + ": int() argument must be a number or a text, not " +
                                    std::string(name_of(value.kind())), "TypeError");
  }
  if (out < INT32_MIN || out > INT32_MAX)
    return Error(Code::rejected, "integer out of range: " + field.name + " takes -2147483648 to 2147483647",
                 field.model->name + "." + field.name);
  return Value::integer(out);
}

bool to_truth(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset: return false;
    case Kind::boolean: return value.as_boolean();
    case Kind::integer: return value.as_integer() != 0;
    case Kind::real: return value.as_real() != 0;
    case Kind::decimal: return value.as_decimal().units != 0;
    case Kind::bigint:
    case Kind::uuid:
    case Kind::date:
    case Kind::time:
    case Kind::datetime: return true;
    case Kind::number:
    case Kind::string:
    case Kind::bytes: return !value.text().empty();
    case Kind::list:
    case Kind::dict: return value.size() != 0;
  }
  return false;
}

}  // namespace parley::orm
