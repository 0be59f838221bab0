// SPDX-License-Identifier: Apache-2.0
// monetary: an exact decimal with a fixed number of digits; NULL counts as 0.
#include "parley/orm/fields/scalar.hpp"

namespace parley::orm {
namespace {

constexpr int scale_default = 2;
int scale_of(const RuntimeField& field) { return field.scale < 0 ? scale_default : field.scale; }

Result<Value> convert(const RuntimeField& field, const Value& value, Arena& arena) {
  Result<Decimal> exact = Decimal{};
  switch (value.kind()) {
    case Kind::boolean: exact = Decimal{value.as_boolean() ? 1 : 0, 0}; break;
    case Kind::integer: exact = Decimal{value.as_integer(), 0}; break;
    case Kind::real: exact = decimal_from(value.as_real()); break;
    case Kind::decimal: exact = value.as_decimal(); break;
    case Kind::bigint:
    case Kind::number:
    case Kind::string: exact = parse_decimal(value.text()); break;
    default: exact = Error(Code::invalid_argument, "no number");
  }
  if (exact) exact = rescale(*exact, scale_of(field));
  if (!exact) return field_error(field, field.name + ": " + exact.error().message);
  // Stores keep the units in 64 bits.
  if (exact->units > INT64_MAX || exact->units < INT64_MIN)
    return field_error(field, field.name + ": the amount is too large");
  return Value::decimal(*exact, arena);
}

bool is_likeness(domain::Operator op) {
  return op >= domain::Operator::like && op <= domain::Operator::not_equal_ilike;
}

Result<Decimal> exact_of(const RuntimeField& field, const Value& value) {
  Result<Decimal> out = value.is(Kind::real)      ? decimal_from(value.as_real())
                        : value.is(Kind::decimal) ? Result<Decimal>(value.as_decimal())
                        : value.is_integer()      ? Result<Decimal>(Decimal{value.as_integer(), 0})
                                                  : Result<Decimal>(Error(Code::invalid_argument, "no number"));
  if (!out && (value.is_string() || value.is(Kind::number) || value.is(Kind::bigint))) out = parse_decimal(value.text());
  if (!out) return field_error(field, field.name + ": " + out.error().message);
  return out;
}

// Whether the amount has more digits than the field keeps: no row equals it.
Result<bool> lies_between(const RuntimeField& field, const Value& value) {
  PARLEY_TRY(Decimal exact, exact_of(field, value));
  PARLEY_TRY(Decimal kept, rescale(exact, scale_of(field)));
  return !(kept == exact);
}

// Comparing with 10.461 when 10.46 and 10.47 are neighbours: the nearest kept amount decides.
Result<Condition> between_units(DomainCompiler& c, const RuntimeField& field, std::uint16_t alias,
                                domain::Operator op, const Value& value, const Value& zero) {
  using domain::Operator;
  if (op == Operator::equal || op == Operator::equal_if_set || op == Operator::in) return c.constant(false);
  if (op == Operator::not_equal || op == Operator::not_in) return c.constant(true);
  PARLEY_TRY(Decimal exact, exact_of(field, value));
  PARLEY_TRY(Decimal kept, rescale(exact, scale_of(field)));
  bool is_below = compare(kept, exact) < 0;
  bool wants_less = op == Operator::less || op == Operator::less_equal;
  Operator near = wants_less ? (is_below ? Operator::less_equal : Operator::less)
                             : (is_below ? Operator::greater : Operator::greater_equal);
  return scalar_condition(c, field, alias, near, Value::decimal(kept, c.arena()), {zero, convert});
}

class MonetaryType final : public FieldType {
 public:
  std::string_view name() const override { return "monetary"; }
  std::optional<ColumnType> column() const override { return ColumnType::decimal; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given) && !given.is_false()) return Value::null();
    return convert(field, given, env.arena());
  }
  void load(const RuntimeField& field, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    sink.decimal({cell.kind == Cell::Kind::integer ? cell.integer : 0, scale_of(field)});
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    Value zero = Value::decimal({0, scale_of(field)}, compiler.arena());
    if (is_likeness(op))
      return field_error(field, "operator '" + std::string(domain::name_of(op)) + "' does not apply to " +
                                    field.model->name + "." + field.name + ": amounts are no text");
    if (!is_falsy(value) && !value.is_list() && !value.is_true()) {
      PARLEY_TRY(bool is_between, lies_between(field, value));
      if (is_between) return between_units(compiler, field, alias, op, value, zero);
    }
    return scalar_condition(compiler, field, alias, op, value, {zero, convert});
  }
  void describe(const RuntimeField& field, DictBuilder& out, Arena&) const override {
    out.set("currency_field", field.currency_field.empty() ? Value::boolean(false) : Value::string(field.currency_field));
  }
};

}  // namespace

const FieldType& monetary_type() {
  static const MonetaryType type;
  return type;
}

}  // namespace parley::orm
