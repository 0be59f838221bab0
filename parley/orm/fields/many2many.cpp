// SPDX-License-Identifier: Apache-2.0
// many2many: pairs of ids in a link table.
#include "parley/orm/fields/collection.hpp"
#include "parley/orm/fields/relation.hpp"
#include "parley/orm/fields/scalar.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {
namespace {

class Many2ManyType final : public CollectionType {
 public:
  std::string_view name() const override { return "many2many"; }
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
    Query links;
    links.table = field.table;
    links.alias = c.new_alias();
    links.selected.push_back({{links.alias, field.left, ColumnType::integer}});
    links.where = c.in({links.alias, field.right, ColumnType::integer}, query);
    Condition leads = c.in(field.model->id_field().column(alias), c.keep(std::move(links)));
    return is_negated ? c.negate(leads) : leads;
  }

  Result<void> apply(Env& env, const RuntimeField& field, std::int64_t id, const Value& given) const override {
    PARLEY_TRY(std::vector<Command> commands, parse_commands(field, given, env.limits()));
    const RuntimeModel& comodel = *field.comodel;
    for (const Command& command : commands) {
      switch (command.kind) {
        case Command::Kind::create: {
          PARLEY_TRY(std::vector<std::int64_t> made, create_records(env, comodel, {&command.values, 1}));
          PARLEY_CHECK(link(env, field, id, made));
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
        case Command::Kind::unlink: PARLEY_CHECK(cut(env, field, id, &command.id)); break;
        case Command::Kind::link:
          PARLEY_CHECK(check_ids_exist(env, field, {&command.id, 1}));
          PARLEY_CHECK(link(env, field, id, {&command.id, 1}));
          break;
        case Command::Kind::clear: PARLEY_CHECK(cut(env, field, id, nullptr)); break;
        case Command::Kind::set:
          PARLEY_CHECK(check_ids_exist(env, field, command.ids));
          PARLEY_CHECK(cut(env, field, id, nullptr));
          PARLEY_CHECK(link(env, field, id, command.ids));
          break;
      }
    }
    return {};
  }

  Result<std::vector<std::vector<std::int64_t>>> collect(Env& env, const RuntimeField& field,
                                                         std::span<const std::int64_t> ids) const override {
    // FROM comodel LEFT JOIN link, so that the comodel's order and visibility apply.
    DomainCompiler c(env);
    Query query;
    query.table = field.comodel->table;
    query.alias = 0;
    std::uint16_t links = c.new_alias();
    query.joins.push_back({links, field.table, field.right, field.comodel->id_field().column(0)});
    Column left{links, field.left, ColumnType::integer};
    query.selected.push_back({left});
    query.selected.push_back({field.comodel->id_field().column(0)});
    return collect_pairs(env, c, field, query, c.in(left, id_list(env.arena(), ids)), ids);
  }

  void describe(const RuntimeField& field, DictBuilder& out, Arena& arena) const override {
    describe_relation(field, out);
    out.set("context", Value::dict({}, nullptr, arena));
  }

 private:
  static Result<void> link(Env& env, const RuntimeField& field, std::int64_t id,
                           std::span<const std::int64_t> others) {
    if (others.empty()) return {};
    Column columns[] = {{0, field.left, ColumnType::integer}, {0, field.right, ColumnType::integer}};
    std::vector<Value> pairs;
    for (std::int64_t other : others) {
      pairs.push_back(Value::integer(id));
      pairs.push_back(Value::integer(other));
    }
    return env.transaction().insert({field.table, columns, pairs, true});
  }

  // Removes the link to `other`, or every link.
  static Result<void> cut(Env& env, const RuntimeField& field, std::int64_t id, const std::int64_t* other) {
    DomainCompiler c(env);
    std::vector<Condition> parts{
        c.compare({0, field.left, ColumnType::integer}, Condition::Op::eq, Value::integer(id))};
    if (other != nullptr)
      parts.push_back(c.compare({0, field.right, ColumnType::integer}, Condition::Op::eq, Value::integer(*other)));
    PARLEY_CHECK(env.transaction().remove({field.table, 0, c.all(parts)}));
    return {};
  }
};

}  // namespace

const FieldType& many2many_type() {
  static const Many2ManyType type;
  return type;
}

}  // namespace parley::orm
