// SPDX-License-Identifier: Apache-2.0
// create, write and unlink: values are checked, batched into few statements, rights and rules
// are checked before and after.
#include <set>

#include "parley/domain/repr.hpp"
#include "parley/orm/fields/collection.hpp"
#include "parley/orm/fields/scalar.hpp"
#include "parley/orm/hooks.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {
namespace {

const Hooks* hooks_of(Env& env, const RuntimeModel& model) {
  auto found = env.snapshot().hooks.find(model.name);
  return found == env.snapshot().hooks.end() ? nullptr : found->second.get();
}

// One record's values after checking: columns by field index, collections to apply later.
struct Checked {
  std::vector<Value> columns;  // [field index]; unset = not given
  std::vector<std::pair<const RuntimeField*, Value>> collections;
};

Result<Checked> check_values(Env& env, const RuntimeModel& model, const Value& values, Operation operation) {
  if (!values.is_dict())
    return Error(Code::invalid_argument, "expected a dict of values for " + model.name + ", not " + domain::repr(values),
                 model.name);
  Checked out;
  out.columns.assign(model.fields.size(), Value::unset());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::string_view name = values.keys()[i];
    const RuntimeField* field = model.find(name);
    if (field == nullptr) {
      if (operation == Operation::write) return Error(Code::invalid_argument, std::string(name), model.name, "KeyError");
      return Error(Code::invalid_argument, "Invalid field '" + std::string(name) + "' in '" + model.name + "'", model.name);
    }
    if (field->is_automatic) {
      if (name == "display_name")
        return Error(Code::rejected, model.name + ".display_name is computed and cannot be written", model.name);
      continue;
    }
    PARLEY_CHECK(check_field_access(env, *field, operation));
    if (collection_of(*field) != nullptr) {
      out.collections.emplace_back(field, values.values()[i]);
      continue;
    }
    PARLEY_TRY(out.columns[static_cast<std::size_t>(field->index)],
               field->type_object->check(env, *field, values.values()[i]));
  }
  return out;
}

Error missing_value(const RuntimeModel& model, const RuntimeField& field) {
  return Error(Code::rejected,
               "The operation cannot be completed: Missing required value for the field '" + field.label + "' (" +
                   field.name + ").\nModel: '" + model.description + "' (" + model.name +
                   ")\n- create/update: a mandatory field is not set\n- delete: another model requires the record "
                   "being deleted, you can archive it instead\n",
               model.name + "." + field.name);
}

using Fields = std::vector<const RuntimeField*>;

// The fields that get a value where `records` of one call give none. Most have no default, and to
// find that out once costs as much as one record does.
Fields fields_with_default(const Defaults& defaults, const RuntimeModel& model, std::size_t records) {
  constexpr std::size_t few = 4;
  Fields out;
  for (const auto& field : model.fields) {
    if (field->is_automatic) continue;
    if (records > few) {  // a default that fails is told by the record that needs it
      auto fallback = defaults.of(*field);
      if (fallback && fallback->is_unset()) continue;
    }
    out.push_back(field.get());
  }
  return out;
}

Result<void> fill_defaults(Env& env, const Defaults& defaults, const Fields& fields, Checked& record) {
  for (const RuntimeField* field : fields) {
    Value& slot = record.columns[static_cast<std::size_t>(field->index)];
    bool is_collection = collection_of(*field) != nullptr;
    bool is_given = is_collection ? std::any_of(record.collections.begin(), record.collections.end(),
                                                [&](const auto& c) { return c.first == field; })
                                  : !slot.is_unset();
    if (is_given) continue;
    PARLEY_TRY(Value fallback, defaults.of(*field));
    if (fallback.is_unset()) continue;
    if (is_collection) record.collections.emplace_back(field, fallback);
    else {
      PARLEY_TRY(slot, field->type_object->check(env, *field, fallback));
    }
  }
  return {};
}

Result<void> check_required(const RuntimeModel& model, const Checked& record, Operation operation) {
  for (const auto& field : model.fields) {
    if (!field->is_required || !field->is_stored()) continue;
    const Value& value = record.columns[static_cast<std::size_t>(field->index)];
    if (value.is_null() || (operation == Operation::create && value.is_unset() && field->type != "boolean"))
      return missing_value(model, *field);
  }
  return {};
}

void stamp(Env& env, const RuntimeModel& model, Checked& record, Operation operation) {
  if (!model.log_access) return;
  Value who = Value::integer(env.uid()), when = Value::datetime(env.now());
  auto set = [&](std::string_view name, const Value& value) {
    record.columns[static_cast<std::size_t>(model.find(name)->index)] = value;
  };
  if (operation == Operation::create) {
    set("create_uid", who);
    set("create_date", when);
  }
  set("write_uid", who);
  set("write_date", when);
}

// The records of `ids` that this user's rules let through; all of them when there are none.
Result<void> check_rules(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids, Operation operation) {
  if (env.is_superuser() || ids.empty()) return {};
  PARLEY_TRY(const domain::Node* rules, rule_domain(env, model, operation));
  if (rules == nullptr) return {};
  PARLEY_TRY(std::int64_t passing, count_passing(env, model, *rules, ids));
  if (passing == static_cast<std::int64_t>(ids.size())) return {};
  PARLEY_TRY(Ids existing, existing_ids(env, model, ids));
  if (existing.size() < ids.size() && passing == static_cast<std::int64_t>(existing.size()))
    return missing_error(env, model, ids);
  return rule_error(env, model, operation, ids);
}

// A record may not be its own ancestor.
Result<void> check_hierarchy(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids,
                             const Value& parent) {
  if (!parent.is_integer()) return {};
  DomainCompiler compiler(env);
  Query query;
  query.table = model.table;
  query.selected.push_back({{}, Aggregate::count});
  Condition above;
  above.kind = Condition::Kind::in_tree;
  above.column = model.id_field().column(0);
  above.table = model.table;
  above.parent = model.parent->name;
  above.direction = Condition::Direction::ancestors;
  above.value = Value::list(env.arena().copy(std::span<const Value>(&parent, 1)));
  Condition parts[] = {compiler.in(model.id_field().column(0), id_list(env.arena(), ids)), above};
  query.where = compiler.all(parts);
  PARLEY_TRY(std::unique_ptr<Rows> rows, env.transaction().query(query));
  PARLEY_TRY(bool has_row, rows->step());
  if (!has_row || rows->cell(0).integer == 0) return {};
  return Error(Code::rejected, model.recursion_message.empty() ? "Recursion Detected." : model.recursion_message,
               model.name + "." + model.parent->name);
}

// "parent_id=7, owner_id=9": what a broken foreign key may be about.
std::string relations_given(const RuntimeModel& model, std::span<const Checked> records) {
  constexpr std::size_t named_max = 10;
  std::set<std::string> named;
  std::string out;
  for (const Checked& record : records)
    for (const auto& field : model.fields) {
      const Value& value = record.columns[static_cast<std::size_t>(field->index)];
      if (field->type != "many2one" || field->is_automatic || !value.is_integer()) continue;
      std::string one = field->name + "=" + std::to_string(value.as_integer());
      if (!named.insert(one).second) continue;
      if (named.size() > named_max) return out + ", ...";
      out += (out.empty() ? "" : ", ") + one;
    }
  return out;
}

Result<void> insert_rows(Env& env, const RuntimeModel& model, std::span<const Checked> records, std::int64_t first_id) {
  std::vector<Column> columns{model.id_field().column(0)};
  std::vector<std::size_t> indexes;
  for (const auto& field : model.fields) {
    if (!field->is_stored() || field->name == "id") continue;
    auto index = static_cast<std::size_t>(field->index);
    bool is_used = std::any_of(records.begin(), records.end(), [&](const Checked& r) { return !r.columns[index].is_absent(); });
    if (!is_used) continue;
    columns.push_back(field->column(0));
    indexes.push_back(index);
  }
  std::vector<Value> values;
  values.reserve(records.size() * columns.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    values.push_back(Value::integer(first_id + static_cast<std::int64_t>(i)));
    for (std::size_t index : indexes)
      values.push_back(records[i].columns[index].is_unset() ? Value::null() : records[i].columns[index]);
  }
  Result<void> done = env.transaction().insert({model.table, columns, values});
  if (!done) return explain(model, Operation::create, std::move(done).error(), relations_given(model, records));
  return {};
}

Result<void> run_after(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids, Operation operation) {
  const Hooks* hooks = hooks_of(env, model);
  return hooks != nullptr && hooks->after ? hooks->after(env, model, ids, operation) : Result<void>();
}

Result<Value> prepare(Env& env, const RuntimeModel& model, const Value& values, Operation operation) {
  const Hooks* hooks = hooks_of(env, model);
  if (hooks != nullptr && hooks->prepare && values.is_dict()) return hooks->prepare(env, model, values, operation);
  return values;
}

// Records that go together do not hold each other back.
Result<void> let_go_of_each_other(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids) {
  DomainCompiler compiler(env);
  Value list = id_list(env.arena(), ids);
  for (const auto& field : model.fields) {
    if (field->type != "many2one" || field->comodel != &model || field->is_automatic) continue;
    if (field->on_delete == Reference::OnDelete::cascade) continue;
    Column columns[] = {field->column(0)};
    Value nothing[] = {Value::null()};
    Condition parts[] = {compiler.in(model.id_field().column(0), list), compiler.in(columns[0], list)};
    PARLEY_CHECK(env.transaction().update({model.table, 0, columns, nothing, compiler.all(parts)}));
  }
  return {};
}

Ids distinct(std::span<const std::int64_t> ids) {
  Ids out(ids.begin(), ids.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

constexpr std::size_t chunk_rows_max = 1000;  // checked rows held at a time, whatever the call brings

Result<void> create_chunk(Env& env, const RuntimeModel& model, const Defaults& defaults, const Fields& with_default,
                          std::span<const Value> rows, std::int64_t first_id, Ids& made) {
  std::vector<Checked> records;
  records.reserve(rows.size());
  for (const Value& row : rows) {
    PARLEY_TRY(Value prepared, prepare(env, model, row, Operation::create));
    PARLEY_TRY(Checked record, check_values(env, model, prepared, Operation::create));
    PARLEY_CHECK(fill_defaults(env, defaults, with_default, record));
    PARLEY_CHECK(check_required(model, record, Operation::create));
    stamp(env, model, record, Operation::create);
    records.push_back(std::move(record));
  }
  std::int64_t first = first_id;
  if (first == 0) {
    PARLEY_TRY(first, env.transaction().allocate_ids(model.table, static_cast<std::int64_t>(rows.size())));
  }
  PARLEY_CHECK(insert_rows(env, model, records, first));
  Ids ids(rows.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = first + static_cast<std::int64_t>(i);
  for (std::size_t i = 0; i < ids.size(); ++i)
    for (const auto& [field, commands] : records[i].collections)
      PARLEY_CHECK(collection_of(*field)->apply(env, *field, ids[i], commands));
  PARLEY_CHECK(check_rules(env, model, ids, Operation::create));
  PARLEY_CHECK(run_after(env, model, ids, Operation::create));
  made.insert(made.end(), ids.begin(), ids.end());
  return {};
}

}  // namespace

Result<Ids> create_records(Env& env, const RuntimeModel& model, std::span<const Value> rows, std::int64_t first_id) {
  PARLEY_CHECK(check_model_access(env, model, Operation::create));
  if (rows.size() > env.limits().ids_max)
    return Error(Code::too_large, "create: " + std::to_string(rows.size()) + " records, at most " +
                                      std::to_string(env.limits().ids_max));
  Defaults defaults(env);
  Fields with_default = fields_with_default(defaults, model, rows.size());
  Ids made;
  made.reserve(rows.size());
  while (made.size() < rows.size()) {
    std::span<const Value> chunk = rows.subspan(made.size(), std::min(chunk_rows_max, rows.size() - made.size()));
    std::int64_t first = first_id == 0 ? 0 : first_id + static_cast<std::int64_t>(made.size());
    PARLEY_CHECK(create_chunk(env, model, defaults, with_default, chunk, first, made));
  }
  return made;
}

Result<void> write_records(Env& env, const RuntimeModel& model, std::span<const std::int64_t> given,
                           const Value& values) {
  PARLEY_CHECK(check_model_access(env, model, Operation::write));
  PARLEY_TRY(Value prepared, prepare(env, model, values, Operation::write));
  PARLEY_TRY(Checked record, check_values(env, model, prepared, Operation::write));
  if (given.empty() || prepared.size() == 0) return {};
  PARLEY_CHECK(check_required(model, record, Operation::write));
  Ids ids = distinct(given);
  PARLEY_CHECK(check_rules(env, model, ids, Operation::write));
  if (model.parent != nullptr)
    PARLEY_CHECK(check_hierarchy(env, model, ids, record.columns[static_cast<std::size_t>(model.parent->index)]));
  stamp(env, model, record, Operation::write);
  std::vector<Column> columns;
  std::vector<Value> cells;
  for (const auto& field : model.fields) {
    const Value& value = record.columns[static_cast<std::size_t>(field->index)];
    if (value.is_unset() || !field->is_stored()) continue;
    columns.push_back(field->column(0));
    cells.push_back(value);
  }
  if (columns.empty()) {
    // A model without log fields and only collections given: the ids must exist all the same.
    PARLEY_TRY(Ids found, existing_ids(env, model, ids));
    if (found.size() != ids.size()) return missing_error(env, model, given);
  } else {
    DomainCompiler compiler(env);
    Column id = model.id_field().column(0);
    Condition where = ids.size() == 1 ? compiler.compare(id, Condition::Op::eq, Value::integer(ids.front()))
                                      : compiler.in(id, id_list(env.arena(), ids));
    Result<std::int64_t> changed = env.transaction().update({model.table, 0, columns, cells, where});
    if (!changed) return explain(model, Operation::write, std::move(changed).error(), relations_given(model, {&record, 1}));
    if (*changed != static_cast<std::int64_t>(ids.size())) return missing_error(env, model, given);
  }
  for (std::int64_t id : ids)
    for (const auto& [field, commands] : record.collections)
      PARLEY_CHECK(collection_of(*field)->apply(env, *field, id, commands));
  PARLEY_CHECK(check_rules(env, model, ids, Operation::write));
  return run_after(env, model, ids, Operation::write);
}

Result<void> unlink_records(Env& env, const RuntimeModel& model, std::span<const std::int64_t> given) {
  PARLEY_CHECK(check_model_access(env, model, Operation::unlink));
  if (given.empty()) return {};
  Ids ids = distinct(given);
  PARLEY_CHECK(check_rules(env, model, ids, Operation::unlink));
  // Cascades among several records make the store's count smaller than their number.
  if (ids.size() > 1) {
    PARLEY_TRY(Ids found, existing_ids(env, model, ids));
    if (found.size() != ids.size()) return missing_error(env, model, given);
    PARLEY_CHECK(let_go_of_each_other(env, model, ids));
  }
  DomainCompiler compiler(env);
  Value list = id_list(env.arena(), ids);
  Result<std::int64_t> removed =
      env.transaction().remove({model.table, 0, compiler.in(model.id_field().column(0), list)});
  if (!removed) return explain(model, Operation::unlink, std::move(removed).error());
  if (ids.size() == 1 && *removed != 1) return missing_error(env, model, given);
  if (const RuntimeModel* names = env.schema().find("ir.model.data"); names != nullptr && names != &model) {
    Condition parts[] = {
        compiler.compare({0, "model", ColumnType::text}, Condition::Op::eq, Value::string(model.name)),
        compiler.in({0, "res_id", ColumnType::integer}, list)};
    PARLEY_CHECK(env.transaction().remove({names->table, 0, compiler.all(parts)}));
  }
  return run_after(env, model, ids, Operation::unlink);
}

Error missing_error(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids) {
  std::string list;
  for (std::size_t i = 0; i < ids.size() && i < 10; ++i) list += (i > 0 ? ", " : "") + std::to_string(ids[i]);
  return Error(Code::not_found, "Record does not exist or has been deleted.\n(Record: " + model.name + "(" + list +
                                    (ids.size() == 1 ? "," : "") + "), User: " + std::to_string(env.uid()) + ")");
}

Error explain(const RuntimeModel& model, Operation operation, Error error, std::string_view relations) {
  if (error.code != Code::conflict) return error;
  std::string cause = error.where + " " + error.message + " " + error.cause;
  std::string text;
  if (error.where.starts_with("unique:")) {
    for (const UniqueSpec& unique : model.uniques) {
      std::string columns;
      for (const std::string& field : unique.fields) columns += (columns.empty() ? "" : ",") + model.table + "." + field;
      if (error.where == "unique:" + columns) text = unique.message;
    }
    if (text.empty()) text = "another record of " + model.name + " has the same values";
  } else if (error.where.starts_with("foreign_key:")) {
    if (operation == Operation::unlink)
      text = "Another model is using the record you are trying to delete.\n\nModel: '" + model.description + "' (" +
             model.name + ")\nHow about archiving the record instead?";
    else
      text = "a relation of " + model.name + " names a record that does not exist" +
             (relations.empty() ? "" : " (" + std::string(relations) + ")");
  } else {
    text = "a rule of the database on " + model.name + " is broken";
  }
  return Error(Code::rejected, "The operation cannot be completed: " + text, model.name).with_cause(std::move(cause));
}

}  // namespace parley::orm
