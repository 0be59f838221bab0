// SPDX-License-Identifier: Apache-2.0
// The two fields every model has beside its own: id and display_name.
#include "parley/orm/fields/scalar.hpp"
#include "parley/orm/fields/relation.hpp"

namespace parley::orm {
namespace {

Result<Value> convert_id(const RuntimeField& field, const Value& value, Arena&) {
  if (value.is_integer()) return value;
  if (value.is_string()) {
    std::int64_t id = 0;
    auto [end, failure] = std::from_chars(value.text().data(), value.text().data() + value.text().size(), id);
    if (!value.text().empty() && failure == std::errc{} && end == value.text().data() + value.text().size())
      return Value::integer(id);
  }
  return field_error(field, "an id is an integer, not " + std::string(name_of(value.kind())));
}

class IdType final : public FieldType {
 public:
  std::string_view name() const override { return "integer"; }
  std::optional<ColumnType> column() const override { return ColumnType::integer; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env&, const RuntimeField&, const Value& given) const override { return given; }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    sink.integer(rows.cell(at).integer);
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    if (op == domain::Operator::child_of || op == domain::Operator::parent_of)
      return tree_condition(compiler, *field.model, field.column(alias), op, value);
    return scalar_condition(compiler, field, alias, op, value, {Value::null(), convert_id});
  }
  void describe(const RuntimeField&, DictBuilder&, Arena&) const override {}
};

// Computed from the model's rec_name; "model,id" where there is none.
class DisplayNameType final : public FieldType {
 public:
  std::string_view name() const override { return "display_name"; }
  std::optional<ColumnType> column() const override { return std::nullopt; }
  Result<Value> check(Env&, const RuntimeField&, const Value& given) const override { return given; }
  int select(const RuntimeField& field, SelectPlan& plan) const override {
    const RuntimeField* name = field.model->rec_name;
    return name != nullptr ? name->type_object->select(*name, plan) : plan.add(field.model->id_field().column(0));
  }
  void load(const RuntimeField& field, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    if (field.model->rec_name != nullptr) return sink.string(cell.kind == Cell::Kind::text ? cell.text : "");
    sink.string(field.model->name + "," + std::to_string(cell.integer));
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    const RuntimeField* name = field.model->rec_name;
    if (name != nullptr) return name->type_object->condition(compiler, *name, alias, op, value);
    return Error(Code::invalid_argument,
                 "Cannot convert " + field.model->name + ".display_name to SQL because it is not stored");
  }
  void describe(const RuntimeField&, DictBuilder&, Arena&) const override {}
};

}  // namespace

const FieldType& id_type() {
  static const IdType type;
  return type;
}

const FieldType& display_name_type() {
  static const DisplayNameType type;
  return type;
}

}  // namespace parley::orm
