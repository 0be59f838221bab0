// SPDX-License-Identifier: Apache-2.0
// many2one: the id of one record of the comodel; told as [id, display name].
#include "parley/domain/repr.hpp"
#include "parley/orm/fields/relation.hpp"
#include "parley/orm/fields/scalar.hpp"

namespace parley::orm {
namespace {

class Many2OneType final : public RelationType {
 public:
  std::string_view name() const override { return "many2one"; }
  std::optional<ColumnType> column() const override { return ColumnType::integer; }

  Result<Value> check(Env&, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given)) return Value::null();
    if (given.is_integer() && given.as_integer() > 0) return given;
    return field_error(field, "Wrong value for " + field.model->name + "." + field.name + ": " +
                                  domain::repr(given) + " is no id of " + field.relation);
  }

  int select(const RuntimeField& field, SelectPlan& plan) const override {
    int at = plan.add(field.column(0));
    const RuntimeField* name = field.comodel->rec_name;
    if (plan.mode() == LoadMode::with_names && name != nullptr && name->is_stored()) {
      std::uint16_t alias = plan.join(field.comodel->table, "id", field.column(0));
      plan.add(name->column(alias));
    }
    return at;
  }

  void load(const RuntimeField& field, const Rows& rows, int at, LoadMode mode, Sink& sink) const override {
    Cell id = rows.cell(at);
    if (id.kind != Cell::Kind::integer) return sink.boolean(false);
    if (mode == LoadMode::bare_ids) return sink.integer(id.integer);
    sink.begin_list();
    sink.integer(id.integer);
    const RuntimeField* name = field.comodel->rec_name;
    if (name != nullptr && name->is_stored()) {
      Cell text = rows.cell(at + 1);
      if (text.kind == Cell::Kind::text) sink.string(text.text);
      else if (text.kind == Cell::Kind::integer) sink.string(std::to_string(text.integer));
      else sink.string("");
    } else {
      sink.string(field.relation + "," + std::to_string(id.integer));
    }
    sink.end_list();
  }

  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return relation_condition(compiler, field, alias, op, value);
  }

  Condition related(DomainCompiler& c, const RuntimeField& field, std::uint16_t alias, const Query* query,
                    bool is_negated) const override {
    Condition leads = c.in(field.column(alias), query);
    if (!is_negated) return leads;
    Condition parts[] = {c.is_null(field.column(alias)), c.negate(leads)};
    return c.any(parts);
  }

  void describe(const RuntimeField& field, DictBuilder& out, Arena& arena) const override {
    describe_relation(field, out);
    out.set("context", Value::dict({}, nullptr, arena));
  }
};

}  // namespace

const FieldType& many2one_type() {
  static const Many2OneType type;
  return type;
}

}  // namespace parley::orm
