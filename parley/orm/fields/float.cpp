// SPDX-License-Identifier: Apache-2.0
// float: a double, or an exact decimal when digits are given; NULL counts as 0.
#include "parley/orm/fields/scalar.hpp"

namespace parley::orm {
namespace {

Result<Value> convert(const RuntimeField& field, const Value& value, Arena&) {
  PARLEY_TRY(double number, to_real(field, value));
  return Value::real(number);
}

// Digits round the stored value, so that what is read back is what was compared.
double rounded(const RuntimeField& field, double value) {
  if (field.scale < 0) return value == 0 ? 0.0 : value;  // -0.0 is stored as 0.0
  // In decimal, as people see the number: 1.005 gives 1.01 though its double is a little less.
  Result<Decimal> exact = decimal_from(value);
  if (exact) exact = rescale(*exact, field.scale);
  if (!exact) return value;  // beyond the digits a double holds
  double out = to_double(*exact);
  return out == 0 ? 0.0 : out;
}

class FloatType final : public FieldType {
 public:
  std::string_view name() const override { return "float"; }
  std::optional<ColumnType> column() const override { return ColumnType::real; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env&, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given)) return given.is_false() ? Value::real(0) : Value::null();
    PARLEY_TRY(double number, to_real(field, given));
    return Value::real(rounded(field, number));
  }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    sink.real(cell.kind == Cell::Kind::real      ? cell.real
              : cell.kind == Cell::Kind::integer ? static_cast<double>(cell.integer)
                                                 : 0.0);
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return scalar_condition(compiler, field, alias, op, value, {Value::real(0), convert});
  }
  void describe(const RuntimeField& field, DictBuilder& out, Arena& arena) const override {
    if (field.scale < 0) return;
    ListBuilder digits(arena);
    digits.add(Value::integer(16));
    digits.add(Value::integer(field.scale));
    out.set("digits", digits.done());
  }
};

}  // namespace

const FieldType& float_type() {
  static const FloatType type;
  return type;
}

}  // namespace parley::orm
