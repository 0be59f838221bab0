// SPDX-License-Identifier: Apache-2.0
// fields_get: what a model tells clients about its fields.
#include "parley/orm/describe.hpp"

#include <set>

#include "parley/orm/field_type.hpp"

namespace parley::orm {
namespace {

Value describe_field(Env& env, const RuntimeField& field, const std::set<std::string_view>& attributes) {
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
  if (attributes.empty()) return described;
  DictBuilder some(arena);
  for (std::size_t i = 0; i < described.size(); ++i)
    if (attributes.contains(described.keys()[i])) some.set(described.keys()[i], described.values()[i]);
  return some.done();
}

constexpr std::size_t names_max = 1000;  // more than any model has fields

Result<std::set<std::string_view>> names_in(const Value& list, std::string_view parameter) {
  std::set<std::string_view> out;
  if (!list.is_list()) return out;
  if (list.size() > names_max)
    return Error(Code::too_large, std::string(parameter) + ": at most " + std::to_string(names_max) + " names",
                 std::string(parameter));
  for (const Value& name : list.items()) out.insert(name.is_string() ? name.text() : std::string_view());
  return out;
}

}  // namespace

Result<Value> describe_fields(Env& env, const RuntimeModel& model, const Value& names, const Value& attributes) {
  PARLEY_TRY(std::set<std::string_view> wanted, names_in(names, "allfields"));
  PARLEY_TRY(std::set<std::string_view> wanted_attributes, names_in(attributes, "attributes"));
  DictBuilder out(env.arena());
  for (const auto& field : model.fields)
    if ((wanted.empty() || wanted.contains(field->name)) && may_see(env, *field))
      out.set(field->name, describe_field(env, *field, wanted_attributes));
  return copy(out.done(), env.arena());  // the answer outlives the schema its texts come from
}

}  // namespace parley::orm
