// SPDX-License-Identifier: Apache-2.0
// reference: a record of any listed model, as "model,id".
#include "parley/orm/fields/scalar.hpp"

namespace parley::orm {
namespace {

class ReferenceType final : public FieldType {
 public:
  std::string_view name() const override { return "reference"; }
  std::optional<ColumnType> column() const override { return ColumnType::text; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given)) return Value::null();
    PARLEY_TRY(Value text, to_text(field, given, env.arena()));
    std::size_t comma = text.text().find(',');
    std::int64_t id = 0;
    std::string_view digits = comma == std::string_view::npos ? "" : text.text().substr(comma + 1);
    auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    bool is_listed = field.selection.empty();
    for (const auto& choice : field.selection) is_listed = is_listed || choice.first == text.text().substr(0, comma);
    if (digits.empty() || failure != std::errc{} || end != digits.data() + digits.size() || !is_listed ||
        env.schema().find(text.text().substr(0, comma)) == nullptr)
      return field_error(field, "Wrong value for " + field.model->name + "." + field.name + ": '" +
                                    std::string(text.text()) + "'; expected 'model,id'");
    return text;
  }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    if (cell.kind == Cell::Kind::text) sink.string(cell.text);
    else sink.boolean(false);
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return scalar_condition(compiler, field, alias, op, value, {Value::null(), to_text});
  }
  void describe(const RuntimeField& field, DictBuilder& out, Arena& arena) const override {
    selection_type().describe(field, out, arena);
  }
};

}  // namespace

const FieldType& reference_type() {
  static const ReferenceType type;
  return type;
}

}  // namespace parley::orm
