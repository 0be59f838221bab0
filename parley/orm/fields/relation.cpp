// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/fields/relation.hpp"

#include "parley/domain/repr.hpp"
#include "parley/orm/fields/scalar.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {
namespace {

using domain::Operator;

// A domain's value taken apart.
struct Wanted {
  std::vector<Value> ids, names;
  bool with_empty = false;
};

Result<Wanted> take_apart(const RuntimeField& field, const Value& value) {
  Wanted wanted;
  std::span<const Value> items = value.is_list() ? value.items() : std::span<const Value>(&value, 1);
  for (const Value& item : items) {
    if (is_falsy(item)) wanted.with_empty = true;
    else if (item.is_integer()) wanted.ids.push_back(item);
    else if (item.is_true()) wanted.ids.push_back(Value::integer(1));
    else if (item.is_string()) wanted.names.push_back(item);
    else
      return field_error(field, "a relation is searched by id or name, not by " + domain::repr(item));
  }
  return wanted;
}

// Rows whose relation leads nowhere.
Result<Condition> leads_nowhere(DomainCompiler& c, const RuntimeField& field, std::uint16_t alias) {
  if (field.is_stored()) return c.is_null(field.column(alias));
  PARLEY_TRY(const Query* everything,
             c.subquery(*field.comodel, "id", nullptr, DomainCompiler::Archived::hidden));
  return c.relation_in(field, alias, everything, true);
}

// Rows whose relation leads to one of `ids`.
Result<Condition> leads_to(DomainCompiler& c, const RuntimeField& field, std::uint16_t alias,
                           std::span<const Value> ids) {
  Value list = Value::list(c.arena().copy(ids));
  if (field.is_stored()) {
    if (ids.size() == 1) return c.compare(field.column(alias), Condition::Op::eq, ids.front());
    return c.in(field.column(alias), list);
  }
  Query query;
  query.table = field.comodel->table;
  query.alias = c.new_alias();
  query.selected.push_back({{query.alias, "id", ColumnType::integer}});
  query.where = c.in({query.alias, "id", ColumnType::integer}, list);
  return c.relation_in(field, alias, c.keep(std::move(query)), false);
}

Result<Condition> membership(DomainCompiler& c, const RuntimeField& field, std::uint16_t alias, const Value& value,
                             bool is_negated) {
  PARLEY_TRY(Wanted wanted, take_apart(field, value));
  std::vector<Condition> parts;
  if (wanted.with_empty) {
    PARLEY_TRY(Condition part, leads_nowhere(c, field, alias));
    parts.push_back(part);
  }
  if (!wanted.ids.empty()) {
    PARLEY_TRY(Condition part, leads_to(c, field, alias, wanted.ids));
    parts.push_back(part);
  }
  for (const Value& name : wanted.names) {
    PARLEY_TRY(const Query* query, c.named(*field.comodel, Operator::equal, name));
    parts.push_back(c.relation_in(field, alias, query, false));
  }
  if (!is_negated) return parts.size() == 1 ? parts.front() : c.any(parts);
  if (!field.is_stored() || wanted.with_empty) {
    if (!field.is_stored()) return c.negate(c.any(parts));
    // NULL makes the other parts unknown; "not empty" comes first and is never unknown.
    Condition filled[] = {c.negate(parts.front()), c.negate(c.any(std::span(parts).subspan(1)))};
    return c.all(filled);
  }
  Condition rest[] = {c.is_null(field.column(alias)), c.negate(c.any(parts))};
  return c.any(rest);
}

}  // namespace

Result<Condition> tree_condition(DomainCompiler& c, const RuntimeModel& model, const Column& column, Operator op,
                                 const Value& value) {
  std::vector<Value> seeds;
  std::span<const Value> items = value.is_list() ? value.items() : std::span<const Value>(&value, 1);
  for (const Value& item : items) {
    if (is_falsy(item)) continue;
    if (item.is_integer()) {
      seeds.push_back(item);
    } else if (item.is_string()) {
      PARLEY_TRY(std::vector<std::int64_t> found, ids_named(c.env(), model, Operator::ilike, item));
      for (std::int64_t id : found) seeds.push_back(Value::integer(id));
    } else {
      return Error(Code::invalid_argument, "child_of and parent_of take ids or a name, not " + domain::repr(item));
    }
  }
  if (seeds.empty()) return c.constant(false);
  if (model.parent == nullptr)
    return Error(Code::invalid_argument, "Invalid field " + model.name + ".parent_id: the model has no hierarchy");
  Condition tree;
  tree.kind = Condition::Kind::in_tree;
  tree.column = column;
  tree.table = model.table;
  tree.parent = model.parent->name;
  tree.direction =
      op == Operator::child_of ? Condition::Direction::descendants : Condition::Direction::ancestors;
  tree.value = Value::list(c.arena().copy(std::span<const Value>(seeds)));
  return tree;
}

Result<Condition> relation_condition(DomainCompiler& c, const RuntimeField& field, std::uint16_t alias, Operator op,
                                     const Value& value) {
  switch (op) {
    case Operator::equal_if_set:
      if (is_falsy(value)) return c.constant(true);
      return membership(c, field, alias, value, false);
    case Operator::equal:
    case Operator::in: return membership(c, field, alias, value, false);
    case Operator::not_equal:
    case Operator::not_in: return membership(c, field, alias, value, true);
    case Operator::like:
    case Operator::ilike:
    case Operator::equal_like:
    case Operator::equal_ilike: {
      PARLEY_TRY(const Query* query, c.named(*field.comodel, op, value));
      return c.relation_in(field, alias, query, false);
    }
    case Operator::not_like:
    case Operator::not_ilike:
    case Operator::not_equal_like:
    case Operator::not_equal_ilike: {
      PARLEY_TRY(const Query* query, c.named(*field.comodel, *domain::opposite(op), value));
      return c.relation_in(field, alias, query, true);
    }
    case Operator::child_of:
    case Operator::parent_of: {
      // The field of the hierarchy itself: the records under X, X included.
      if (field.model->parent == &field)
        return tree_condition(c, *field.model, field.model->id_field().column(alias), op, value);
      Query query;
      query.table = field.comodel->table;
      query.alias = c.new_alias();
      Column id{query.alias, "id", ColumnType::integer};
      query.selected.push_back({id});
      PARLEY_TRY(query.where, tree_condition(c, *field.comodel, id, op, value));
      return c.relation_in(field, alias, c.keep(std::move(query)), false);
    }
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
      if (field.is_stored()) return scalar_condition(c, field, alias, op, value, {Value::null(), to_integer});
      break;
    case Operator::any:
    case Operator::not_any: break;
  }
  return Error(Code::invalid_argument, "operator '" + std::string(domain::name_of(op)) + "' does not apply to " +
                                           field.model->name + "." + field.name);
}

Result<void> check_ids_exist(Env& env, const RuntimeField& field, std::span<const std::int64_t> ids) {
  PARLEY_TRY(std::vector<std::int64_t> found, existing_ids(env, *field.comodel, ids));
  if (found.size() == ids.size()) return {};
  std::sort(found.begin(), found.end());
  for (std::int64_t id : ids)
    if (!std::binary_search(found.begin(), found.end(), id))
      return Error(Code::rejected,
                   "The operation cannot be completed: " + field.comodel->name + " has no record " +
                       std::to_string(id) + " for the field '" + field.label + "' (" + field.name + ")",
                   field.model->name + "." + field.name);
  return {};
}

Result<std::vector<Command>> parse_commands(const RuntimeField& field, const Value& value, const Limits& limits) {
  std::vector<Command> out;
  if (is_falsy(value)) {
    out.push_back({Command::Kind::clear, 0, {}, {}});
    return out;
  }
  auto wrong = [&](const Value& what, std::string_view rule) {
    return field_error(field, "Wrong value for " + field.model->name + "." + field.name + ": " + domain::repr(what) +
                                  "; " + std::string(rule));
  };
  auto too_many = [&](std::size_t count, std::string_view what) {
    return Error(Code::too_large, field.name + ": " + std::to_string(count) + " " + std::string(what) +
                                      ", at most " + std::to_string(limits.ids_max));
  };
  if (!value.is_list()) return wrong(value, "expected a list of commands or ids");
  if (value.size() > limits.ids_max) return too_many(value.size(), "commands");
  std::size_t ids = 0;  // of all commands together
  auto items = value.items();
  if (!items.empty() && items.front().is_integer()) {
    Command set{Command::Kind::set, 0, {}, {}};
    for (const Value& item : items) {
      if (!item.is_integer()) return wrong(value, "a list of ids holds integers");
      set.ids.push_back(item.as_integer());
    }
    out.push_back(std::move(set));
    return out;
  }
  for (const Value& item : items) {
    if (!item.is_list() || item.size() == 0 || !item.items()[0].is_integer())
      return wrong(item, "a command is a list that begins with a number from 0 to 6");
    auto parts = item.items();
    std::int64_t number = parts[0].as_integer();
    if (number < 0 || number > 6) return wrong(item, "commands are numbered 0 to 6");
    Command command{static_cast<Command::Kind>(number), 0, {}, {}};
    bool needs_id = number >= 1 && number <= 4;
    if (needs_id && (parts.size() < 2 || !parts[1].is_integer())) return wrong(item, "the second part is an id");
    if (needs_id) command.id = parts[1].as_integer();
    if (number <= 1) {
      if (parts.size() < 3 || !parts[2].is_dict()) return wrong(item, "the third part is a dict of values");
      command.values = parts[2];
    }
    if (number == 6) {
      if (parts.size() < 3 || !parts[2].is_list()) return wrong(item, "the third part is a list of ids");
      ids += parts[2].size();
      if (ids > limits.ids_max) return too_many(ids, "ids");
      for (const Value& id : parts[2].items()) {
        if (!id.is_integer()) return wrong(item, "ids are integers");
        command.ids.push_back(id.as_integer());
      }
    }
    out.push_back(std::move(command));
  }
  return out;
}

void describe_relation(const RuntimeField& field, DictBuilder& out) {
  out.set("relation", Value::string(field.relation));
  out.set("domain", field.domain.empty() ? Value::list({}) : Value::string(field.domain));
}

}  // namespace parley::orm
