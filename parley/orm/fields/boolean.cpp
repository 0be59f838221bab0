// SPDX-License-Identifier: Apache-2.0
// boolean: true or false; NULL counts as false.
#include "parley/orm/fields/scalar.hpp"

namespace parley::orm {
namespace {

// Texts count as Odoo's str2bool does.
Result<Value> convert(const RuntimeField&, const Value& value, Arena&) {
  if (!value.is_string()) return Value::boolean(to_truth(value));
  std::string_view text = value.text();
  for (std::string_view yes : {"1", "true", "True", "t", "y", "yes", "on"})
    if (text == yes) return Value::boolean(true);
  return Value::boolean(false);
}

class BooleanType final : public FieldType {
 public:
  std::string_view name() const override { return "boolean"; }
  std::optional<ColumnType> column() const override { return ColumnType::boolean; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env&, const RuntimeField&, const Value& given) const override {
    return Value::boolean(to_truth(given));
  }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    sink.boolean(cell.kind == Cell::Kind::integer && cell.integer != 0);
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return scalar_condition(compiler, field, alias, op, value, {Value::boolean(false), convert});
  }
  void describe(const RuntimeField&, DictBuilder&, Arena&) const override {}
};

}  // namespace

const FieldType& boolean_type() {
  static const BooleanType type;
  return type;
}

}  // namespace parley::orm
