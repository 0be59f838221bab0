// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/base/base.hpp"

#include "parley/orm/domain_compiler.hpp"

namespace parley::modules {

Result<void> add_base(Catalog& catalog, orm::ModuleSet& set, const PasswordHasher& passwords) {
  PARLEY_CHECK(add_access(catalog, set));
  PARLEY_CHECK(add_companies(set));
  PARLEY_CHECK(add_country(set));
  PARLEY_CHECK(add_external_ids(catalog, set));
  PARLEY_CHECK(add_parameters(catalog));
  PARLEY_CHECK(add_partners(set));
  PARLEY_CHECK(add_sessions(catalog, passwords));
  return add_users(set, passwords);
}

Result<void> add_hooks(orm::ModuleSet& set, std::string_view model, orm::Hooks hooks) {
  bool is_new =
      set.hooks.emplace(std::string(model), std::make_shared<const orm::Hooks>(std::move(hooks)))
          .second;
  if (is_new) return {};
  return Error(Code::conflict, "model " + std::string(model) + " has native code already",
               std::string(model));
}

Result<void> add_method(Catalog& catalog, std::string_view model, MethodRow row) {
  Method method{row.name, row.doc, std::move(row.parameters)};
  method.binding = row.binding;
  method.effect = row.effect;
  method.body = std::move(row.body);
  return catalog.add_method("base", model, std::move(method));
}

Parameter needed(std::string name, std::string help) {
  return {std::move(name), std::move(help), Type::any()};
}

Parameter optional(std::string name, std::string help, Value fallback) {
  return {std::move(name), std::move(help), Type::any(), false, OwnedValue(fallback)};
}

Result<std::vector<Value>> rows_of(Env& env, const orm::RuntimeModel& model,
                                   std::span<const std::int64_t> ids,
                                   std::initializer_list<std::string_view> names) {
  Env inside = env.as_superuser();
  std::vector<const orm::RuntimeField*> fields{&model.id_field()};
  for (std::string_view name : names) {
    const orm::RuntimeField* field = model.find(name);
    PARLEY_ASSERT(field != nullptr);
    fields.push_back(field);
  }
  PARLEY_TRY(std::unique_ptr<RowSource> rows,
             orm::read_records(inside, model, orm::Ids(ids.begin(), ids.end()), std::move(fields),
                               orm::LoadMode::bare_ids));
  std::vector<Value> out;
  for (;;) {
    TreeBuilder row(env.arena());
    PARLEY_TRY(bool has_row, rows->next(row));
    if (!has_row) return out;
    out.push_back(row.result());
  }
}

Result<orm::Ids> ids_where(Env& env, const orm::RuntimeModel& model, std::string_view field,
                           const Value& values) {
  Env inside = env.as_superuser();
  const domain::Node* filter = domain::leaf(field, domain::Operator::in, values, env.arena());
  return orm::search_records(inside, model, filter,
                             {.archived = orm::DomainCompiler::Archived::shown});
}

}  // namespace parley::modules
