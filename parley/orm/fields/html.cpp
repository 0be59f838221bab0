// SPDX-License-Identifier: Apache-2.0
// html: text that clients show as HTML; kept as written.
#include "parley/orm/fields/scalar.hpp"

namespace parley::orm {
namespace {

class HtmlType final : public FieldType {
 public:
  std::string_view name() const override { return "html"; }
  std::optional<ColumnType> column() const override { return ColumnType::text; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given)) return Value::null();
    PARLEY_TRY(Value text, to_text(field, given, env.arena()));
    return text;
  }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    if (cell.kind == Cell::Kind::text) sink.string(cell.text);
    else sink.boolean(false);
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return scalar_condition(compiler, field, alias, op, value, {Value::string(""), to_text});
  }
  void describe(const RuntimeField& field, DictBuilder& out, Arena&) const override {
    out.set("translate", Value::boolean(field.is_translated));
    out.set("sanitize", Value::boolean(false));
  }
};

}  // namespace

const FieldType& html_type() {
  static const HtmlType type;
  return type;
}

}  // namespace parley::orm
