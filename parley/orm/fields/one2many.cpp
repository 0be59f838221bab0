// SPDX-License-Identifier: Apache-2.0
// one2many: the comodel's records whose many2one (the inverse) leads here.
#include "parley/orm/fields/collection.hpp"
#include "parley/orm/fields/relation.hpp"
#include "parley/orm/fields/scalar.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {
namespace {

class One2ManyType final : public CollectionType {
 public:
  std::string_view name() const override { return "one2many"; }
  std::optional<ColumnType> column() const override { return std::nullopt; }
  int select(const RuntimeField&, SelectPlan&) const override { return -1; }
  void load(const RuntimeField&, const Rows&, int, LoadMode, Sink&) const override {}
  Result<Value> check(Env&, const RuntimeField&, const Value& given) const override { return given; }

  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return relation_condition(compiler, field, alias, op, value);
  }

  Condition related(DomainCompiler& c, const RuntimeField& field, std::uint16_t alias, const Query* query,
                    bool is_negated) const override {
    Query inverse;
    inverse.table = field.comodel->table;
    inverse.alias = c.new_alias();
    Column back{inverse.alias, field.inverse, ColumnType::integer};
    inverse.selected.push_back({back});
    Condition parts[] = {c.in({inverse.alias, "id", ColumnType::integer}, query), c.negate(c.is_null(back))};
    inverse.where = c.all(parts);
    Condition leads = c.in(field.model->id_field().column(alias), c.keep(std::move(inverse)));
    return is_negated ? c.negate(leads) : leads;
  }

  Result<void> apply(Env& env, const RuntimeField& field, std::int64_t id, const Value& given) const override {
    PARLEY_TRY(std::vector<Command> commands, parse_commands(field, given, env.limits()));
    const RuntimeModel& comodel = *field.comodel;
    const RuntimeField& inverse = *comodel.find(field.inverse);
    Value here = Value::integer(id);
    for (const Command& command : commands) {
      switch (command.kind) {
        case Command::Kind::create: {
          Value child = with_member(env.arena(), command.values, inverse.name, here);
          PARLEY_CHECK(create_records(env, comodel, {&child, 1}));
          break;
        }
        case Command::Kind::update: {
          std::int64_t ids[] = {command.id};
          PARLEY_CHECK(write_records(env, comodel, ids, command.values));
          break;
        }
        case Command::Kind::remove: {
          PARLEY_TRY(std::vector<std::int64_t> ids, existing_ids(env, comodel, {&command.id, 1}));
          PARLEY_CHECK(unlink_records(env, comodel, ids));
          break;
        }
        case Command::Kind::unlink: {
          PARLEY_TRY(std::vector<std::int64_t> ids, existing_ids(env, comodel, {&command.id, 1}));
          PARLEY_CHECK(detach(env, inverse, ids));
          break;
        }
        case Command::Kind::link: {
          PARLEY_CHECK(check_ids_exist(env, field, {&command.id, 1}));
          std::int64_t ids[] = {command.id};
          PARLEY_CHECK(write_records(env, comodel, ids, one_member(env.arena(), inverse.name, here)));
          break;
        }
        case Command::Kind::clear: {
          PARLEY_TRY(std::vector<std::int64_t> ids, children(env, field, id));
          PARLEY_CHECK(detach(env, inverse, ids));
          break;
        }
        case Command::Kind::set: {
          PARLEY_CHECK(check_ids_exist(env, field, command.ids));
          PARLEY_TRY(std::vector<std::int64_t> old, children(env, field, id));
          std::vector<std::int64_t> kept = command.ids;
          std::sort(kept.begin(), kept.end());
          std::erase_if(old, [&](std::int64_t child) { return std::binary_search(kept.begin(), kept.end(), child); });
          PARLEY_CHECK(detach(env, inverse, old));
          PARLEY_CHECK(write_records(env, comodel, command.ids, one_member(env.arena(), inverse.name, here)));
          break;
        }
      }
    }
    return {};
  }

  Result<std::vector<std::vector<std::int64_t>>> collect(Env& env, const RuntimeField& field,
                                                         std::span<const std::int64_t> ids) const override {
    DomainCompiler c(env);
    Query query;
    query.table = field.comodel->table;
    query.alias = 0;
    Column back{0, field.inverse, ColumnType::integer};
    query.selected.push_back({back});
    query.selected.push_back({field.comodel->id_field().column(0)});
    return collect_pairs(env, c, field, query, c.in(back, id_list(env.arena(), ids)), ids);
  }

  void describe(const RuntimeField& field, DictBuilder& out, Arena& arena) const override {
    describe_relation(field, out);
    out.set("context", Value::dict({}, nullptr, arena));
    out.set("relation_field", Value::string(field.inverse));
  }

 private:
  static Result<std::vector<std::int64_t>> children(Env& env, const RuntimeField& field, std::int64_t id) {
    Env all = env.as_superuser();
    const domain::Node* mine =
        domain::leaf(field.inverse, domain::Operator::equal, Value::integer(id), env.arena());
    return search_records(all, *field.comodel, mine, {.archived = DomainCompiler::Archived::shown});
  }

  // A child whose inverse cascades cannot live without its parent: it is deleted. One whose
  // inverse is required without cascading refuses, as a write of nothing does.
  static Result<void> detach(Env& env, const RuntimeField& inverse, std::span<const std::int64_t> ids) {
    if (ids.empty()) return {};
    if (inverse.on_delete == Reference::OnDelete::cascade)
      return unlink_records(env, *inverse.model, ids);
    return write_records(env, *inverse.model, ids, one_member(env.arena(), inverse.name, Value::null()));
  }
};

}  // namespace

const FieldType& one2many_type() {
  static const One2ManyType type;
  return type;
}

}  // namespace parley::orm
