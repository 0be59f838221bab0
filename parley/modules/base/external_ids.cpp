// SPDX-License-Identifier: Apache-2.0
// ir.model.data: from an external id to a model and a record.
#include "parley/domain/repr.hpp"
#include "parley/modules/base/base.hpp"

namespace parley::modules {
namespace {

using domain::Operator;
using orm::RuntimeModel;

struct Target {
  std::string_view model;  // in the call's arena; empty = not found
  std::int64_t id = 0;
};

Result<Target> look_up(Env& env, std::string_view module, std::string_view name) {
  PARLEY_TRY(const RuntimeModel* data, env.find_model("ir.model.data"));
  Arena& arena = env.arena();
  const domain::Node* filter =
      domain::all_of(domain::leaf("module", Operator::equal, Value::string(module), arena),
                     domain::leaf("name", Operator::equal, Value::string(name), arena), arena);
  Env inside = env.as_superuser();
  PARLEY_TRY(orm::Ids ids, orm::search_records(inside, *data, filter, {.limit = 1}));
  PARLEY_TRY(std::vector<Value> rows, rows_of(env, *data, ids, {"model", "res_id"}));
  if (rows.empty()) return Target{};
  const Value* model = rows.front().find("model");
  const Value* id = rows.front().find("res_id");
  if (!model->is_string() || !id->is_integer()) return Target{};
  return Target{model->text(), id->as_integer()};
}

Error not_found(std::string_view id) {
  return Error(Code::not_found, "External ID not found in the system: " + std::string(id),
               std::string(id), "ValueError");
}

Value pair(Arena& arena, const Value& model, const Value& id) {
  ListBuilder out(arena);
  out.add(model);
  out.add(id);
  return out.done();
}

Result<Answer> check_object_reference(Invocation& in) {
  if (!in[0].is_string() || !in[1].is_string())
    return Error(Code::invalid_argument, "check_object_reference takes a module and a name as text",
                 "xml_id", "TypeError");
  PARLEY_TRY(Target found, look_up(in.env(), in[0].text(), in[1].text()));
  std::string_view full = in.arena().join(in[0].text(), ".", in[1].text());
  if (found.model.empty()) return not_found(full);
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(found.model));
  Value id = Value::integer(found.id);
  Result<orm::Ids> seen =
      orm::search_records(in.env(), *model, domain::leaf("id", Operator::equal, id, in.arena()),
                          {.archived = orm::DomainCompiler::Archived::shown});
  if (!seen && seen.error().code != Code::forbidden) return std::move(seen).error();
  if (seen && !seen->empty()) return Answer(pair(in.arena(), Value::string(found.model), id));
  if (!orm::is_falsy(in[2]))
    return Error(Code::forbidden,
                 "Not enough access rights on the external ID \"" + std::string(full) + "\"",
                 std::string(full));
  return Answer(pair(in.arena(), Value::string(found.model), Value::boolean(false)));
}

Result<Answer> xmlid_to_res_model_res_id(Invocation& in) {
  std::string_view id = in[0].is_string() ? in[0].text() : std::string_view();
  std::size_t dot = id.find('.');
  if (dot == std::string_view::npos)
    return Error(Code::invalid_argument,
                 "an external id is <module>.<name>, not " + domain::repr(in[0]), "xmlid",
                 "ValueError");
  PARLEY_TRY(Target found, look_up(in.env(), id.substr(0, dot), id.substr(dot + 1)));
  if (!found.model.empty())
    return Answer(pair(in.arena(), Value::string(found.model), Value::integer(found.id)));
  if (!orm::is_falsy(in[1])) return not_found(id);
  return Answer(pair(in.arena(), Value::boolean(false), Value::boolean(false)));
}

}  // namespace

Result<void> add_external_ids(Catalog& catalog, orm::ModuleSet&) {
  PARLEY_CHECK(add_method(
      catalog, "ir.model.data",
      {"check_object_reference",
       Binding::model,
       Effect::read,
       "[model, id] of an external id; the id is false when the user may not see the record.",
       {needed("module", "The part before the dot."), needed("xml_id", "The part behind the dot."),
        optional("raise_on_access_error", "True: an AccessError instead of false.",
                 Value::boolean(false))},
       check_object_reference}));
  return add_method(
      catalog, "ir.model.data",
      {"xmlid_to_res_model_res_id",
       Binding::model,
       Effect::read,
       "[model, id] of an external id, [false, false] when there is none.",
       {needed("xmlid", "\"module.name\"."),
        optional("raise_if_not_found", "True: a ValueError instead.", Value::boolean(false))},
       xmlid_to_res_model_res_id});
}

}  // namespace parley::modules
