// SPDX-License-Identifier: Apache-2.0
// Defaults and copies: the values records are made with when the caller does not say.
#include "parley/domain/expr.hpp"
#include "parley/orm/fields/collection.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {

Defaults::Defaults(Env& env) : env_(&env) {
  const Value& context = env.context().user_context;
  if (!context.is_dict() || env.is_superuser()) return;
  for (std::size_t i = 0; i < context.size(); ++i)
    if (std::string_view key = context.keys()[i]; key.starts_with("default_"))
      asked_.emplace(key.substr(8), context.values()[i]);
}

Result<Value> Defaults::of(const RuntimeField& field) const {
  Env& env = *env_;
  // The context comes from the caller: it gives no field the caller may not write.
  if (auto asked = asked_.find(field.name); asked != asked_.end() && may_see(env, field)) return asked->second;
  if (!field.fallback_references.empty()) {
    ListBuilder ids(env.arena());
    for (const std::string& name : field.fallback_references) {
      auto found = env.snapshot().references.find(name);
      if (found != env.snapshot().references.end()) ids.add(Value::integer(found->second));
    }
    Value list = ids.done();
    if (field.type != "many2one") return list;
    return list.size() == 0 ? Value::unset() : list.items()[0];
  }
  if (field.fallback_expression.empty()) return field.fallback.get();
  PARLEY_TRY(domain::Program program, domain::compile(field.fallback_expression, env.limits()));
  DictBuilder names(env.arena());
  names.set("uid", Value::integer(env.uid()));
  names.set("company_id", Value::integer(env.user().company_id));
  names.set("today", Value::date(day_of(env.now())));
  names.set("now", Value::datetime(env.now()));
  PARLEY_TRY(Value value, domain::evaluate(program, domain::DictScope(names.done()), env.limits(), env.arena()));
  return copy(value, env.arena());  // the program's own texts go with it
}

namespace {

constexpr int copy_depth_max = 20;  // copied children of copied children ...

Result<Value> copied_values(Env& env, const RuntimeModel& model, std::int64_t id, const Value& changes,
                            const RuntimeField* without, int depth);

// [[0, 0, values]] for each child: a copy gets children of its own.
Result<Value> copied_children(Env& env, const RuntimeField& field, const Value& ids, int depth) {
  if (depth >= copy_depth_max)
    return Error(Code::too_large, "copy: children are nested deeper than " + std::to_string(copy_depth_max) + " levels",
                 field.model->name + "." + field.name);
  ListBuilder commands(env.arena());
  const RuntimeField* inverse = field.comodel->find(field.inverse);
  for (const Value& child : ids.items()) {
    PARLEY_TRY(Value values, copied_values(env, *field.comodel, child.as_integer(), Value::null(), inverse, depth + 1));
    Value command[] = {Value::integer(0), Value::integer(0), values};
    commands.add(Value::list(env.arena().copy(std::span<const Value>(command))));
  }
  return commands.done();
}

Result<Value> copied_values(Env& env, const RuntimeModel& model, std::int64_t id, const Value& changes,
                            const RuntimeField* without, int depth) {
  std::vector<const RuntimeField*> fields{&model.id_field()};
  for (const auto& field : model.fields)
    if (field->copied() && !field->is_write_only && may_see(env, *field)) fields.push_back(field.get());
  PARLEY_TRY(std::unique_ptr<RowSource> rows, read_records(env, model, {id}, fields, LoadMode::bare_ids));
  TreeBuilder row(env.arena());
  PARLEY_TRY(bool has_row, rows->next(row));
  if (!has_row) return missing_error(env, model, {&id, 1});
  DictBuilder out(env.arena());
  for (const RuntimeField* field : fields) {
    if (field->name == "id" || field == without || (changes.is_dict() && changes.find(field->name) != nullptr)) continue;
    Value value = *row.result().find(field->name);
    if (field->type == "many2many") {
      ListBuilder command(env.arena());
      command.add(Value::integer(6));
      command.add(Value::integer(0));
      command.add(value);
      ListBuilder commands(env.arena());
      commands.add(command.done());
      value = commands.done();
    } else if (field->type == "one2many") {
      PARLEY_TRY(value, copied_children(env, *field, value, depth));
    } else if (depth == 0 && field == model.rec_name && value.is_string() && field->type != "text") {
      value = Value::string(env.arena().join(value.text(), " (copy)"));
    }
    out.set(field->name, value);
  }
  if (changes.is_dict())
    for (std::size_t i = 0; i < changes.size(); ++i) out.set(changes.keys()[i], changes.values()[i]);
  return out.done();
}

}  // namespace

Result<Value> copy_values(Env& env, const RuntimeModel& model, std::int64_t id, const Value& changes) {
  return copied_values(env, model, id, changes, nullptr, 0);
}

}  // namespace parley::orm
