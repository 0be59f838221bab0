// SPDX-License-Identifier: Apache-2.0
// What the files of module base register, and the few queries they share. Private to the folder.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "parley/modules/list.hpp"
#include "parley/orm/hooks.hpp"
#include "parley/orm/records.hpp"

namespace parley::modules {

// One per file.
Result<void> add_access(Catalog& catalog, orm::ModuleSet& set);
Result<void> add_country(orm::ModuleSet& set);
Result<void> add_external_ids(Catalog& catalog, orm::ModuleSet& set);
Result<void> add_parameters(Catalog& catalog);
Result<void> add_partners(orm::ModuleSet& set);
Result<void> add_companies(orm::ModuleSet& set);
Result<void> add_sessions(Catalog& catalog, const PasswordHasher& passwords);
Result<void> add_users(orm::ModuleSet& set, const PasswordHasher& passwords);

/// fails:   conflict when the model has hooks already
Result<void> add_hooks(orm::ModuleSet& set, std::string_view model, orm::Hooks hooks);

struct MethodRow {
  const char* name;
  Binding binding;
  Effect effect;
  const char* doc;
  std::vector<Parameter> parameters;
  Body body;
};
Result<void> add_method(Catalog& catalog, std::string_view model, MethodRow row);
Parameter needed(std::string name, std::string help);
Parameter optional(std::string name, std::string help, Value fallback = Value::unset());

/// The columns of records as dicts with `id`, bare ids for many2ones; as superuser.
Result<std::vector<Value>> rows_of(Env& env, const orm::RuntimeModel& model,
                                   std::span<const std::int64_t> ids,
                                   std::initializer_list<std::string_view> fields);
/// Ids of records whose `field` is one of `values`, archived ones included; as superuser.
Result<orm::Ids> ids_where(Env& env, const orm::RuntimeModel& model, std::string_view field,
                           const Value& values);

/// Fields that a user and its partner have in common and that are kept equal.
inline constexpr std::string_view shared_fields[] = {"name", "email", "lang", "tz"};

/// Sets res.users.share of `ids` (empty = every user) from the groups they are in.
Result<void> update_shares(Env& env, std::span<const std::int64_t> ids);

}  // namespace parley::modules
