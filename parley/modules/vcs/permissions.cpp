// SPDX-License-Identifier: Apache-2.0
// vcs.add_user_to_repo, add_users_group_to_repo and the grants of 1.3: who may do what with a
// repository. They are kept for the tools that serve repositories; pull asks for administrators.
#include <algorithm>
#include <array>

#include "parley/modules/vcs/vcs.hpp"

namespace parley::modules::vcs {
namespace {

/// Whom a permission is given to: a user or a users group.
struct Kind {
  std::string_view model, field;  // vcs.user_permission, user_id
  std::string_view unknown;       // "unknown user "
  std::string_view word;          // "user", "group": in what grants say
  std::string_view long_word;     // "user", "users group": in what failed grants say
};
constexpr Kind of_user{"vcs.user_permission", "user_id", "unknown user ", "user", "user"};
constexpr Kind of_group{"vcs.group_permission", "users_group_id", "unknown users group ", "group", "users group"};

/// "repository.read"; the manual writes it with "_". Empty for what is no permission.
std::string permission_of(const Value& perm) {
  constexpr std::string_view start = "repository";
  constexpr std::array<std::string_view, 4> levels{"none", "read", "write", "admin"};
  if (!perm.is_string() || !perm.text().starts_with(start) || perm.size() <= start.size()) return {};
  const char separator = perm.text()[start.size()];
  std::string_view level = perm.text().substr(start.size() + 1);
  const bool is_known = std::ranges::find(levels, level) != levels.end();
  if (!is_known || (separator != '.' && separator != '_')) return {};
  return std::string(start) + "." + std::string(level);
}

/// The repository and whoever is meant, both there.
struct Pair {
  std::int64_t repository = 0, who = 0;
};
Result<Pair> find_pair(Env& env, const Kind& kind, const Value& repo_name, const Value& name) {
  PARLEY_TRY(std::optional<Value> repository, find_named(env, "vcs.repository", "name", repo_name, {}));
  if (!repository) return refusal("unknown repository " + shown(repo_name));
  std::optional<std::int64_t> who;
  if (&kind == &of_user) {
    PARLEY_TRY(who, find_person(env, name));
  } else {
    PARLEY_TRY(std::optional<Value> group, find_named(env, "vcs.users_group", "name", name, {}));
    if (group) who = id_member(*group, "id");
  }
  if (!who) return refusal(std::string(kind.unknown) + shown(name));
  return Pair{id_member(*repository, "id"), *who};
}

/// `permission` empty: none is left.
Result<void> set_permission(Env& env, const Kind& kind, const Pair& pair, const std::string& permission) {
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(kind.model));
  PARLEY_TRY(std::vector<Value> rows,
             rows_of(env, kind.model, domain::all_of(where(env, "repository_id", Value::integer(pair.repository)),
                                                     where(env, kind.field, Value::integer(pair.who)), env.arena()),
                     {}));
  std::vector<std::int64_t> ids;
  for (const Value& row : rows) ids.push_back(id_member(row, "id"));
  if (permission.empty()) return ids.empty() ? Result<void>() : orm::unlink_records(env, *model, ids);
  DictBuilder values(env.arena());
  values.set("permission", Value::string(permission));
  if (!ids.empty()) return orm::write_records(env, *model, ids, values.done());
  values.set("repository_id", Value::integer(pair.repository));
  values.set(kind.field, Value::integer(pair.who));
  PARLEY_CHECK(create(env, kind.model, values.done()));
  return {};
}

/// null removes the permission; anything that is none fails with `failed`.
Result<void> edit(Env& env, const Kind& kind, const Value& repo_name, const Value& name, const Value& perm,
                  const std::string& failed) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(Pair pair, find_pair(env, kind, repo_name, name));
  std::string permission = permission_of(perm);
  if (permission.empty() && !perm.is_null())
    return refusal(failed).with_cause("there is no permission " + shown(perm));
  auto set = set_permission(env, kind, pair, permission);
  if (!set) return failure(failed, std::move(set).error());
  return {};
}

Value message(Env& env, const std::string& text) {
  DictBuilder out(env.arena());
  out.set("msg", Value::string(env.arena().copy(text)));
  return out.done();
}

std::string failed_to_edit(const Value& repo_name, const Value& name) {
  return "failed to edit permission " + shown(repo_name) + " for " + shown(name);
}

Result<void> add_user_to_repo(Env& env, const Value& repo_name, const Value& user_name, const Value& perm) {
  return edit(env, of_user, repo_name, user_name, perm, failed_to_edit(repo_name, user_name));
}

Result<Value> add_users_group_to_repo(Env& env, const Value& repo_name, const Value& group_name, const Value& perm) {
  PARLEY_CHECK(edit(env, of_group, repo_name, group_name, perm, failed_to_edit(repo_name, group_name)));
  return message(env, "Added perm: " + shown(perm) + " for " + shown(group_name) + " in repo: " + shown(repo_name));
}

/// The texts of 1.3. `perm` null: revoked.
Result<Value> grant(Env& env, const Kind& kind, const Value& repo_name, const Value& name, const Value& perm) {
  auto about = [&](std::string_view word) {
    return std::string(word) + ": " + shown(name) + " in repo: " + shown(repo_name);
  };
  PARLEY_CHECK(edit(env, kind, repo_name, name, perm, "failed to edit permission for " + about(kind.long_word)));
  return message(env, (perm.is_null() ? "Revoked perm for " : "Granted perm: " + shown(perm) + " for ") + about(kind.word));
}

Result<Value> grant_user(Env& env, const Value& repo, const Value& user, const Value& perm) {
  return grant(env, of_user, repo, user, perm);
}
Result<Value> revoke_user(Env& env, const Value& repo, const Value& user) {
  return grant(env, of_user, repo, user, Value::null());
}
Result<Value> grant_group(Env& env, const Value& repo, const Value& group, const Value& perm) {
  return grant(env, of_group, repo, group, perm);
}
Result<Value> revoke_group(Env& env, const Value& repo, const Value& group) {
  return grant(env, of_group, repo, group, Value::null());
}

auto repo_arg() { return arg("repo_name", "The repository's name, or its number."); }
auto user_arg() { return arg("user_name", "The user's login, or its number."); }
auto group_arg() { return arg("group_name", "The users group's name, or its number."); }
auto perm_arg() { return arg("perm", "repository.none, .read, .write or .admin; null takes it away."); }

}  // namespace

Result<void> add_permissions(Catalog& catalog) {
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.add_user_to_repo", add_user_to_repo, doc("Sets what a user may do with a repository."),
                                 repo_arg(), user_arg(), perm_arg(), effect::write)));
  PARLEY_CHECK(catalog.add_function(
      module_name,
      bind_function("vcs.add_users_group_to_repo", add_users_group_to_repo,
                    doc("Sets what a users group may do with a repository."), repo_arg(), group_arg(), perm_arg(),
                    effect::write)));
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.grant_user_permission", grant_user, doc("As add_user_to_repo, and says so."),
                                 repo_arg(), user_arg(), perm_arg(), effect::write)));
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.revoke_user_permission", revoke_user,
                                 doc("Takes a user's permission on a repository away."), repo_arg(), user_arg(),
                                 effect::write)));
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.grant_users_group_permission", grant_group,
                                 doc("As add_users_group_to_repo, in the words of 1.3."), repo_arg(), group_arg(),
                                 perm_arg(), effect::write)));
  return catalog.add_function(
      module_name, bind_function("vcs.revoke_users_group_permission", revoke_group,
                                 doc("Takes a users group's permission on a repository away."), repo_arg(), group_arg(),
                                 effect::write));
}

}  // namespace parley::modules::vcs
