// SPDX-License-Identifier: Apache-2.0
// char: one line of text, with a size in characters if the field says so.
#include "parley/orm/fields/scalar.hpp"

#include "parley/core/utf8.hpp"

namespace parley::orm {
namespace {

class CharType final : public FieldType {
 public:
  std::string_view name() const override { return "char"; }
  std::optional<ColumnType> column() const override { return ColumnType::text; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given)) return Value::null();
    PARLEY_TRY(Value text, to_text(field, given, env.arena()));
    if (field.size > 0 && text.text().size() > static_cast<std::size_t>(field.size)) {
      std::size_t chars = count_chars(text.text());
      if (chars > static_cast<std::size_t>(field.size))
        return Error(Code::rejected,
                     field.name + ": " + std::to_string(chars) + " characters, at most " + std::to_string(field.size),
                     field.model->name + "." + field.name);
    }
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
    if (field.size > 0) out.set("size", Value::integer(field.size));
    out.set("translate", Value::boolean(field.is_translated));
    out.set("trim", Value::boolean(true));
  }
};

}  // namespace

const FieldType& char_type() {
  static const CharType type;
  return type;
}

}  // namespace parley::orm
