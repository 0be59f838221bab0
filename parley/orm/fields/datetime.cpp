// SPDX-License-Identifier: Apache-2.0
// datetime: an instant, kept and told in UTC.
#include "parley/orm/fields/scalar.hpp"

#include "parley/domain/repr.hpp"

namespace parley::orm {
namespace {

constexpr std::int64_t day_micros = 86'400'000'000;

bool is_bare_day(const Value& value) {
  return value.is(Kind::date) || (value.is_string() && value.text().size() <= 10 && parse_date(value.text()));
}

Error no_instant(const RuntimeField& field, const Value& value) {
  return field_error(field, field.name + ": " + domain::repr(value) +
                                " is no instant of the form YYYY-MM-DD HH:MM:SS");
}

Result<Value> convert(const RuntimeField& field, const Value& value, Arena&) {
  if (value.is(Kind::datetime)) return Value::datetime({value.as_datetime().micros, false, 0});
  if (value.is(Kind::date)) return Value::datetime(at_midnight(value.as_date()));
  if (value.is_string()) {
    Result<DateTime> instant = parse_datetime(value.text());
    if (instant) return Value::datetime({instant->micros, false, 0});
    Result<Date> day = parse_date(value.text());
    if (day) return Value::datetime(at_midnight(*day));
  }
  return no_instant(field, value);
}

// What may be written has no zone, no fraction and no "T"; domains take those too.
bool is_plain_instant(std::string_view text) { return text.find_first_of("TtZz+.") == text.npos; }

class DatetimeType final : public FieldType {
 public:
  std::string_view name() const override { return "datetime"; }
  std::optional<ColumnType> column() const override { return ColumnType::datetime; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given) || (given.is_string() && given.text().empty())) return Value::null();
    if (given.is_string() && !is_plain_instant(given.text())) return no_instant(field, given);
    PARLEY_TRY(Value instant, convert(field, given, env.arena()));
    std::int64_t micros = instant.as_datetime().micros;
    std::int64_t fraction = ((micros % 1'000'000) + 1'000'000) % 1'000'000;
    return Value::datetime({micros - fraction, false, 0});
  }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    if (cell.kind == Cell::Kind::integer) sink.datetime({cell.integer, false, 0});
    else sink.boolean(false);
  }
  // A bare day stands for its end with <= and >, for its start otherwise (spec section 6).
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    Value wanted = value;
    if ((op == domain::Operator::less_equal || op == domain::Operator::greater) && is_bare_day(value)) {
      PARLEY_TRY(Value start, convert(field, value, compiler.arena()));
      wanted = Value::datetime({start.as_datetime().micros + day_micros - 1, false, 0});
    }
    return scalar_condition(compiler, field, alias, op, wanted, {Value::null(), convert});
  }
  void describe(const RuntimeField&, DictBuilder&, Arena&) const override {}
};

}  // namespace

const FieldType& datetime_type() {
  static const DatetimeType type;
  return type;
}

}  // namespace parley::orm
