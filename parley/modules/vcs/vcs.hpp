// SPDX-License-Identifier: Apache-2.0
// What the files of module vcs register, and the few queries they share. Private to the folder.
#pragma once
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/domain/domain.hpp"
#include "parley/modules/list.hpp"
#include "parley/orm/hooks.hpp"
#include "parley/orm/records.hpp"
#include "parley/registry/expose.hpp"

namespace parley::modules::vcs {

inline constexpr std::string_view module_name = "vcs";

// One per file. Each function is for administrators; who is none is told so after the arguments
// were looked at, as RhodeCode does.
Result<void> add_users(Catalog& catalog);
Result<void> add_users_groups(Catalog& catalog);
Result<void> add_repositories(Catalog& catalog);
Result<void> add_permissions(Catalog& catalog);
Result<void> add_pull(Catalog& catalog, const VcsOptions& options);
Result<void> add_repository_hooks(orm::ModuleSet& set);

/// fails:   forbidden
Result<void> require_admin(const Env& env);

/// The records that `filter` allows as dicts with `id`, bare ids for many2ones, archived ones too.
Result<std::vector<Value>> rows_of(Env& env, std::string_view model, const domain::Node* filter,
                                   std::initializer_list<std::string_view> fields);
const domain::Node* where(Env& env, std::string_view field, const Value& value);
const domain::Node* where_among(Env& env, std::string_view field, std::span<const std::int64_t> ids);
Result<std::int64_t> create(Env& env, std::string_view model, const Value& values);

std::string_view text_member(const Value& row, std::string_view name);  // "" = none
std::int64_t id_member(const Value& row, std::string_view name);        // 0 = none

/// A user, repository or group as callers name it: by its name, or by its number.
std::string shown(const Value& named);
/// The one record of `model` that `named` means: a text is the `field`, else, like a number, the id.
/// gives:   nothing when there is none
Result<std::optional<Value>> find_named(Env& env, std::string_view model, std::string_view field, const Value& named,
                                        std::initializer_list<std::string_view> fields,
                                        const domain::Node* within = nullptr);

/// `error` told as "failed to ...", its own words to the log; what is no fault of the arguments
/// (to be tried again, too late ...) is passed on.
Error failure(std::string text, Error error);
Error refusal(std::string text);  // rejected

/// {id, username, firstname, lastname, email, active, admin, ldap} of users, by id.
Result<std::map<std::int64_t, Value>> people(Env& env, const domain::Node* filter);
/// The user's id, or nothing.
Result<std::optional<std::int64_t>> find_person(Env& env, const Value& named);

}  // namespace parley::modules::vcs
