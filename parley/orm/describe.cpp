// SPDX-License-Identifier: Apache-2.0
// fields_get: what a model tells clients about its fields.
#include "parley/orm/describe.hpp"

#include "parley/orm/field_type.hpp"

namespace parley::orm {
namespace {

Value describe_field(Env& env, const RuntimeField& field, const Value& attributes) {
  Arena& arena = env.arena();
  DictBuilder all(arena);
  bool is_stored = field.is_stored() || collection_of(field) != nullptr;
  all.set("type", Value::string(field.type));
  all.set("name", Value::string(field.name));
  all.set("string", Value::string(field.label));
  if (!field.help.empty()) all.set("help", Value::string(field.help));
  all.set("required", Value::boolean(field.is_required));
  all.set("readonly", Value::boolean(field.is_readonly));
  all.set("store", Value::boolean(is_stored));
  all.set("searchable", Value::boolean(!field.is_write_only));
  all.set("sortable", Value::boolean(field.is_stored() && !field.is_write_only));
  all.set("exportable", Value::boolean(!field.is_write_only));
  all.set("groupable", Value::boolean(field.is_stored() && !field.is_write_only));
  all.set("manual", Value::boolean(field.is_manual));
  all.set("company_dependent", Value::boolean(false));
  all.set("change_default", Value::boolean(false));
  all.set("default_export_compatible", Value::boolean(false));
  all.set("depends", Value::list({}));
  if (!field.groups.empty()) {
    std::string groups;
    for (const std::string& group : field.groups) groups += (groups.empty() ? "" : ",") + group;
    all.set("groups", Value::string(arena.copy(groups)));
  }
  field.type_object->describe(field, all, arena);
  Value described = all.done();
  if (!attributes.is_list() || attributes.size() == 0) return described;
  DictBuilder some(arena);
  for (std::size_t i = 0; i < described.size(); ++i)
    for (const Value& wanted : attributes.items())
      if (wanted.is_string() && wanted.text() == described.keys()[i]) some.set(described.keys()[i], described.values()[i]);
  return some.done();
}

}  // namespace

Value describe_fields(Env& env, const RuntimeModel& model, const Value& names, const Value& attributes) {
  DictBuilder out(env.arena());
  auto is_wanted = [&](const RuntimeField& field) {
    if (!names.is_list() || names.size() == 0) return true;
    return std::any_of(names.items().begin(), names.items().end(),
                       [&](const Value& name) { return name.is_string() && name.text() == field.name; });
  };
  for (const auto& field : model.fields)
    if (is_wanted(*field) && may_see(env, *field)) out.set(field->name, describe_field(env, *field, attributes));
  return out.done();
}

}  // namespace parley::orm
