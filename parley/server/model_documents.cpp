// SPDX-License-Identifier: Apache-2.0
#include "parley/server/model_documents.hpp"

#include "parley/codec/json/writer.hpp"
#include "parley/orm/describe.hpp"
#include "parley/orm/records.hpp"
#include "parley/registry/expose.hpp"
#include "parley/server/services.hpp"

namespace parley::server {
namespace {

/// A name of the Registry is "<model>.<method>".
std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

bool is_offered(Env& env, const Method& method, std::string_view name) {
  return method.is_documented && !name.starts_with('_') && (method.access != Access::admin || env.context().is_admin);
}

/// The value a caller may leave out, as Python would write it; null stands for None.
std::string default_text(const Value& fallback) {
  switch (fallback.kind()) {
    case Kind::null:
    case Kind::unset:
      return "None";
    case Kind::boolean:
      return fallback.is_true() ? "True" : "False";
    default: {
      StringOutput out;
      json::Writer json(out);
      write(fallback, json);
      return std::string(out.view());
    }
  }
}

/// The ids of a records method are no parameter: they are the records themselves.
std::span<const Parameter> parameters_of(const Method& method) {
  std::span<const Parameter> all = method.parameters;
  const bool has_ids = method.binding == Binding::records && !all.empty();
  return has_ids ? all.subspan(1) : all;
}

std::string signature_of(const Method& method) {
  std::string out = "(";
  for (const Parameter& parameter : parameters_of(method)) {
    if (out.size() > 1) out += ", ";
    out += parameter.name;
    if (!parameter.is_required) out += "=" + default_text(parameter.fallback.get());
  }
  if (method.takes_any_number) out += out.size() > 1 ? ", *args" : "*args";
  return out + ")";
}

/// Texts of the Registry are copied: the answer outlives the snapshot.
Value text(Arena& arena, std::string_view value) { return Value::string(arena.copy(value)); }

Value parameter_of(const Parameter& parameter, Arena& arena) {
  DictBuilder out(arena);
  out.set("name", text(arena, parameter.name));
  if (!parameter.is_required) {
    const Value& fallback = parameter.fallback.get();
    out.set("default", fallback.is_absent() ? Value::null() : copy(fallback, arena));
  }
  if (parameter.type.base() != Type::Base::any) out.set("annotation", text(arena, parameter.type.name()));
  if (!parameter.help.empty()) out.set("doc", text(arena, parameter.help));
  return out.done();
}

Value method_of(const Method& method, std::string_view module, Arena& arena) {
  DictBuilder parameters(arena), out(arena);
  for (const Parameter& parameter : parameters_of(method))
    parameters.set(arena.copy(parameter.name), parameter_of(parameter, arena));
  ListBuilder api(arena);
  if (method.binding == Binding::model) api.add(Value::string("model"));
  if (method.effect == Effect::read) api.add(Value::string("readonly"));
  out.set("signature", text(arena, signature_of(method)));
  out.set("parameters", parameters.done());
  if (!method.doc.empty()) out.set("doc", text(arena, method.doc));
  out.set("api", api.done());
  out.set("model", Value::string("core"));
  out.set("module", text(arena, module));
  return out.done();
}

Value method_names(Env& env, std::string_view model) {
  ListBuilder out(env.arena());
  for (const auto& listed : env.snapshot().registry->list_model(model)) {
    std::string_view name = last_part(listed.name);
    if (is_offered(env, *listed.method, name)) out.add(text(env.arena(), name));
  }
  return out.done();
}

Value field_names(Env& env, const orm::RuntimeModel& model) {
  DictBuilder out(env.arena());
  for (const auto& field : model.fields) {
    if (!orm::may_see(env, *field)) continue;
    DictBuilder one(env.arena());
    one.set("string", text(env.arena(), field->label));
    out.set(env.arena().copy(field->name), one.done());
  }
  return out.done();
}

Value name_of(Env& env, const orm::RuntimeModel& model) {
  return text(env.arena(), model.description.empty() ? model.name : model.description);
}

Value index_of(Env& env) {
  Arena& arena = env.arena();
  ListBuilder modules(arena), models(arena);
  for (const std::string& module : env.snapshot().modules) modules.add(text(arena, module));
  for (const orm::RuntimeModel* model : env.schema().models()) {
    if (!orm::check_model_access(env, *model, orm::Operation::read)) continue;
    DictBuilder one(arena);
    one.set("model", text(arena, model->name));
    one.set("name", name_of(env, *model));
    one.set("fields", field_names(env, *model));
    one.set("methods", method_names(env, model->name));
    models.add(one.done());
  }
  DictBuilder out(arena);
  out.set("modules", modules.done());
  out.set("models", models.done());
  return out.done();
}

/// fields_get, each with the module that brings it.
Result<Value> fields_of(Env& env, const orm::RuntimeModel& model) {
  PARLEY_TRY(Value described, orm::describe_fields(env, model, Value::null(), Value::null()));
  DictBuilder out(env.arena());
  for (std::size_t i = 0; i < described.size(); ++i) {
    const Value& field = described.values()[i];
    DictBuilder one(env.arena());
    for (std::size_t k = 0; k < field.size(); ++k) one.set(field.keys()[k], field.values()[k]);
    one.set("module", text(env.arena(), model.find(described.keys()[i])->module));
    out.set(described.keys()[i], one.done());
  }
  return out.done();
}

Result<Value> model_of(Env& env, std::string_view name) {
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(name));
  PARLEY_CHECK(orm::check_model_access(env, *model, orm::Operation::read));
  PARLEY_TRY(Value fields, fields_of(env, *model));
  DictBuilder methods(env.arena()), out(env.arena());
  for (const auto& listed : env.snapshot().registry->list_model(model->name)) {
    std::string_view method = last_part(listed.name);
    if (is_offered(env, *listed.method, method))
      methods.set(env.arena().copy(method), method_of(*listed.method, model->module, env.arena()));
  }
  out.set("model", text(env.arena(), model->name));
  out.set("name", name_of(env, *model));
  out.set("doc", Value::null());
  out.set("fields", fields);
  out.set("methods", methods.done());
  return out.done();
}

}  // namespace

Result<void> add_model_documents(Catalog& catalog) {
  PARLEY_CHECK(catalog.add_function(
      services_module,
      bind_function("doc.index", index_of, doc("The models the caller may read: names of their fields and methods."),
                    effect::read)));
  return catalog.add_function(
      services_module,
      bind_function("doc.model", model_of, doc("The fields of a model, and its methods with their parameters."),
                    arg("name", "Name of the model: \"res.partner\"."), effect::read));
}

}  // namespace parley::server
