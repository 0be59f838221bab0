// SPDX-License-Identifier: Apache-2.0
// integer: 32 bits as on the Odoo endpoints; NULL counts as 0.
#include "parley/orm/fields/scalar.hpp"

#include <cmath>

namespace parley::orm {
namespace {

// A domain compares with any number: 2.5 and 5000000000 find what they should.
Result<Value> convert(const RuntimeField& field, const Value& value, Arena& arena) {
  if (value.is_integer()) return value;
  if (value.is(Kind::real) || value.is(Kind::decimal) || value.is(Kind::number) || value.is(Kind::bigint)) {
    PARLEY_TRY(double number, to_real(field, value));
    bool is_whole = number == std::floor(number) && std::fabs(number) < 9e15;
    return is_whole ? Value::integer(static_cast<std::int64_t>(number)) : Value::real(number);
  }
  return to_integer(field, value, arena);
}

class IntegerType final : public FieldType {
 public:
  std::string_view name() const override { return "integer"; }
  std::optional<ColumnType> column() const override { return ColumnType::integer; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given)) return given.is_false() ? Value::integer(0) : Value::null();
    return to_integer(field, given, env.arena());
  }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    sink.integer(cell.kind == Cell::Kind::integer ? cell.integer : 0);
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return scalar_condition(compiler, field, alias, op, value, {Value::integer(0), convert});
  }
  void describe(const RuntimeField&, DictBuilder&, Arena&) const override {}
};

}  // namespace

const FieldType& integer_type() {
  static const IntegerType type;
  return type;
}

}  // namespace parley::orm
