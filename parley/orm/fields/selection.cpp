// SPDX-License-Identifier: Apache-2.0
// selection: one of a list of values, each with a label.
#include "parley/orm/fields/scalar.hpp"

namespace parley::orm {
namespace {

class SelectionType final : public FieldType {
 public:
  std::string_view name() const override { return "selection"; }
  std::optional<ColumnType> column() const override { return ColumnType::text; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given)) return Value::null();
    PARLEY_TRY(Value text, to_text(field, given, env.arena()));
    for (const auto& choice : field.selection)
      if (choice.first == text.text()) return text;
    return field_error(field, "Wrong value for " + field.model->name + "." + field.name + ": '" +
                                  std::string(text.text()) + "'");
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
  void describe(const RuntimeField& field, DictBuilder& out, Arena& arena) const override {
    ListBuilder choices(arena);
    for (const auto& [value, label] : field.selection) {
      ListBuilder pair(arena);
      pair.add(Value::string(value));
      pair.add(Value::string(label));
      choices.add(pair.done());
    }
    out.set("selection", choices.done());
  }
};

}  // namespace

const FieldType& selection_type() {
  static const SelectionType type;
  return type;
}

}  // namespace parley::orm
