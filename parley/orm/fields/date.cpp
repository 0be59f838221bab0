// SPDX-License-Identifier: Apache-2.0
// date: a calendar day.
#include "parley/orm/fields/scalar.hpp"

#include "parley/domain/repr.hpp"

namespace parley::orm {
namespace {

// A datetime gives its day; a text may carry a time, which is left out, as Odoo does.
Result<Value> convert(const RuntimeField& field, const Value& value, Arena&) {
  if (value.is(Kind::date)) return value;
  if (value.is(Kind::datetime)) return Value::date(day_of(value.as_datetime()));
  if (value.is_string()) {
    Result<Date> day = parse_date(value.text());
    if (day) return Value::date(*day);
    Result<DateTime> instant = parse_datetime(value.text());
    if (instant) return Value::date(day_of(*instant));
  }
  return field_error(field, field.name + ": " + domain::repr(value) + " is no date of the form YYYY-MM-DD");
}

class DateType final : public FieldType {
 public:
  std::string_view name() const override { return "date"; }
  std::optional<ColumnType> column() const override { return ColumnType::date; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given) || (given.is_string() && given.text().empty())) return Value::null();
    return convert(field, given, env.arena());
  }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    if (cell.kind == Cell::Kind::integer) sink.date({static_cast<std::int32_t>(cell.integer)});
    else sink.boolean(false);
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return scalar_condition(compiler, field, alias, op, value, {Value::null(), convert});
  }
  void describe(const RuntimeField&, DictBuilder&, Arena&) const override {}
};

}  // namespace

const FieldType& date_type() {
  static const DateType type;
  return type;
}

}  // namespace parley::orm
