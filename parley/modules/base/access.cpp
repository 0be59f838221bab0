// SPDX-License-Identifier: Apache-2.0
// Rights: whoever changes groups, access rows, rules, the external ids of groups, or companies and
// models (whose rows carry those of users and access along) makes every process read them again.
// ir.model.access.check answers old clients.
#include "parley/modules/base/base.hpp"
#include "parley/orm/database.hpp"

namespace parley::modules {
namespace {

using orm::Operation;
using orm::RuntimeModel;

Result<void> changed(Env& env, const RuntimeModel&, std::span<const std::int64_t>, Operation) {
  return orm::Database::access_changed(env);
}

// Who is a member decides who is an external user too.
Result<void> groups_changed(Env& env, const RuntimeModel&, std::span<const std::int64_t>,
                            Operation) {
  PARLEY_CHECK(update_shares(env, {}));
  return orm::Database::access_changed(env);
}

// External ids come by the thousand with imported records; of new ones only those of groups
// matter. A written one may have been a group's before.
Result<void> names_changed(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids,
                           Operation operation) {
  if (operation != Operation::create) return orm::Database::access_changed(env);
  PARLEY_TRY(std::vector<Value> rows, rows_of(env, model, ids, {"model"}));
  for (const Value& row : rows) {
    const Value* about = row.find("model");
    if (about->is_string() && about->text() == "res.groups")
      return orm::Database::access_changed(env);
  }
  return {};
}

Result<Answer> check(Invocation& in) {
  for (std::size_t i : {0u, 1u})
    if (!in[i].is_string())
      return Error(Code::invalid_argument, "check takes the name of a model and of an operation",
                   i == 0 ? "model" : "mode");
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in[0].text()));
  PARLEY_TRY(Operation operation, orm::parse_operation(in[1].text()));
  Result<void> allowed = orm::check_model_access(in.env(), *model, operation);
  if (!allowed && !orm::is_falsy(in[2])) return std::move(allowed).error();
  return Answer(Value::boolean(allowed.has_value()));
}

}  // namespace

Result<void> add_access(Catalog& catalog, orm::ModuleSet& set) {
  PARLEY_CHECK(add_hooks(set, "ir.model.access", {.after = changed}));
  PARLEY_CHECK(add_hooks(set, "ir.rule", {.after = changed}));
  PARLEY_CHECK(add_hooks(set, "res.groups", {.after = groups_changed}));
  PARLEY_CHECK(add_hooks(set, "ir.model.data", {.after = names_changed}));
  PARLEY_CHECK(add_hooks(set, "ir.model", {.after = changed}));
  return add_method(catalog, "ir.model.access",
                    {"check",
                     Binding::model,
                     Effect::read,
                     "Whether the user may do an operation on a model.",
                     {needed("model", "Name of the model."),
                      optional("mode", "read, write, create or unlink.", Value::string("read")),
                      optional("raise_exception", "True: an AccessError instead of false.",
                               Value::boolean(true))},
                     check});
}

}  // namespace parley::modules
