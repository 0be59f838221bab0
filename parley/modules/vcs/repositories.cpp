// SPDX-License-Identifier: Apache-2.0
// vcs.get_repos ... delete_repo, and what surrounds writing repositories and their groups.
#include <algorithm>

#include "parley/modules/vcs/remote.hpp"
#include "parley/modules/vcs/vcs.hpp"

namespace parley::modules::vcs {
namespace {

using orm::Operation;
using orm::RuntimeModel;

constexpr std::string_view repositories_model = "vcs.repository", groups_model = "vcs.repository.group";

constexpr std::size_t levels_max = 16;
constexpr std::size_t name_bytes_max = 255;

bool is_plain(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= 0x20 && octet != 0x7f && std::string_view("\\:*?\"<>|").find(c) == std::string_view::npos;
}

/// Names are no paths here, and are still such that they could be: others make URLs of them.
Result<void> check_name(std::string_view name, std::string_view where) {
  auto refuse = [&](const char* why) {
    return Error(Code::rejected, "the name '" + std::string(name.substr(0, name_bytes_max)) + "' " + why, std::string(where),
                 "ValidationError");
  };
  if (name.empty() || name.size() > name_bytes_max) return refuse("must have 1 to 255 bytes");
  if (!std::ranges::all_of(name, is_plain)) return refuse("has a character that names may not have");
  std::size_t levels = 0;
  for (std::size_t start = 0; start <= name.size(); ++levels) {
    std::size_t end = std::min(name.find('/', start), name.size());
    std::string_view part = name.substr(start, end - start);
    if (part.empty()) return refuse("has an empty part");
    if (part.front() == '.' || part.front() == '-' || part.front() == ' ' || part.back() == ' ')
      return refuse("has a part that begins with a dot, a dash or a blank, or ends with a blank");
    start = end + 1;
  }
  if (levels > levels_max) return refuse("has more than 16 parts");
  return {};
}

/// The group "a/b" of "a/b/c", made with those it is in where there is none; null for "c".
Result<Value> group_of(Env& env, std::string_view name) {
  std::size_t slash = name.rfind('/');
  if (slash == name.npos) return Value::null();
  Env inside = env.as_superuser();
  Value group_name = Value::string(name.substr(0, slash));
  PARLEY_TRY(std::vector<Value> rows, rows_of(inside, groups_model, where(env, "name", group_name), {}));
  if (!rows.empty()) return *rows.front().find("id");
  DictBuilder values(env.arena());
  values.set("name", group_name);
  PARLEY_TRY(std::int64_t id, create(inside, groups_model, values.done()));  // its own hook makes those above
  return Value::integer(id);
}

Result<Value> with_place(Env& env, const Value& values, std::string_view model, std::string_view group_field) {
  const Value* name = values.find("name");
  if (name == nullptr || !name->is_string()) return values;  // the field refuses what is no text
  PARLEY_CHECK(check_name(name->text(), std::string(model) + ".name"));
  PARLEY_TRY(Value group, group_of(env, name->text()));
  DictBuilder out(env.arena());
  for (std::size_t i = 0; i < values.size(); ++i) out.set(values.keys()[i], values.values()[i]);
  out.set(group_field, group);
  return out.done();
}

Result<Value> prepare_repository(Env& env, const RuntimeModel&, const Value& values, Operation) {
  if (const Value* remote = values.find("clone_uri"); remote != nullptr && remote->is_string() && remote->size() > 0)
    PARLEY_CHECK(parse_remote(remote->text()));
  return with_place(env, values, repositories_model, "group_id");
}

Result<Value> prepare_group(Env& env, const RuntimeModel&, const Value& values, Operation operation) {
  if (operation == Operation::write && values.find("name") != nullptr)
    return Error(Code::rejected, "the name of a group is part of the names of what is in it: rename those instead",
                 "vcs.repository.group.name", "UserError");
  return with_place(env, values, groups_model, "parent_id");
}

DictBuilder summary(Env& env, const Value& row) {
  DictBuilder out(env.arena());
  out.set("id", *row.find("id"));
  out.set("name", *row.find("name"));
  out.set("type", *row.find("repo_type"));
  out.set("description", Value::string(text_member(row, "description")));
  return out;
}

Result<Value> get_repos(Env& env) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(std::vector<Value> rows, rows_of(env, repositories_model, nullptr, {"name", "repo_type", "description"}));
  ListBuilder out(env.arena());
  for (const Value& row : rows) out.add(summary(env, row).done());
  return out.done();
}

/// `of` with `permission` and `type_` behind its members.
Value member(Env& env, const Value& of, const Value& permission, std::string_view type) {
  DictBuilder out(env.arena());
  for (std::size_t i = 0; i < of.size(); ++i) out.set(of.keys()[i], of.values()[i]);
  out.set("permission", permission);
  out.set("type_", Value::string(type));
  return out.done();
}

Result<Value> members_of(Env& env, std::int64_t repository) {
  ListBuilder out(env.arena());
  const domain::Node* here = where(env, "repository_id", Value::integer(repository));
  PARLEY_TRY(std::vector<Value> of_users, rows_of(env, "vcs.user_permission", here, {"user_id", "permission"}));
  if (!of_users.empty()) {
    PARLEY_TRY(auto users, people(env, nullptr));
    for (const Value& row : of_users)
      if (auto user = users.find(id_member(row, "user_id")); user != users.end())
        out.add(member(env, user->second, *row.find("permission"), "user"));
  }
  PARLEY_TRY(std::vector<Value> of_groups, rows_of(env, "vcs.group_permission", here, {"users_group_id", "permission"}));
  std::vector<std::int64_t> ids;
  for (const Value& row : of_groups) ids.push_back(id_member(row, "users_group_id"));
  PARLEY_TRY(std::vector<Value> groups,
             rows_of(env, "vcs.users_group", where_among(env, "id", ids), {"name", "is_active"}));
  for (const Value& row : of_groups) {
    auto group = std::ranges::find_if(
        groups, [&](const Value& one) { return id_member(one, "id") == id_member(row, "users_group_id"); });
    if (group == groups.end()) continue;  // not for this reader
    DictBuilder told(env.arena());
    told.set("id", *group->find("id"));
    told.set("name", *group->find("name"));
    told.set("active", Value::boolean(group->find("is_active")->is_true()));
    out.add(member(env, told.done(), *row.find("permission"), "users_group"));
  }
  return out.done();
}

Result<Value> get_repo(Env& env, const Value& repo_name) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(std::optional<Value> row,
             find_named(env, repositories_model, "name", repo_name, {"name", "repo_type", "description"}));
  if (!row) return Value::null();
  PARLEY_TRY(Value members, members_of(env, id_member(*row, "id")));
  DictBuilder out = summary(env, *row);
  out.set("members", members);
  return out.done();
}

Result<void> create_repo(Env& env, std::string_view name, const Value& owner_name, std::string_view description,
                         std::string_view repo_type, bool is_private, std::optional<std::string_view> clone_uri) {
  PARLEY_CHECK(require_admin(env));
  const std::string text(name);
  PARLEY_TRY(std::optional<std::int64_t> owner, find_person(env, owner_name));
  if (!owner) return refusal("unknown user " + shown(owner_name));
  PARLEY_TRY(std::vector<Value> same, rows_of(env, repositories_model, where(env, "name", Value::string(name)), {}));
  if (!same.empty()) return refusal("repo " + text + " already exist");
  DictBuilder values(env.arena());
  values.set("name", Value::string(name));
  values.set("owner_id", Value::integer(*owner));
  values.set("description", Value::string(description));
  values.set("repo_type", Value::string(repo_type));
  values.set("private", Value::boolean(is_private));
  if (clone_uri && !clone_uri->empty()) values.set("clone_uri", Value::string(*clone_uri));
  auto id = create(env, repositories_model, values.done());
  if (!id) return failure("failed to create repository " + text, std::move(id).error());
  return {};
}

Result<Value> delete_repo(Env& env, const Value& repo_name) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(std::optional<Value> row, find_named(env, repositories_model, "name", repo_name, {"name"}));
  if (!row) return refusal("unknown repository " + shown(repo_name));
  const std::string name(text_member(*row, "name"));
  const std::int64_t id = id_member(*row, "id");
  PARLEY_TRY(const RuntimeModel* model, env.find_model(repositories_model));
  auto removed = orm::unlink_records(env, *model, {&id, 1});
  if (!removed) return failure("failed to delete repository " + name, std::move(removed).error());
  DictBuilder out(env.arena());
  out.set("msg", Value::string(env.arena().join("Deleted repository ", name)));
  return out.done();
}

Result<void> add_hooks(orm::ModuleSet& set, std::string_view model, decltype(orm::Hooks::prepare) prepare) {
  auto hooks = std::make_shared<orm::Hooks>();
  hooks->prepare = std::move(prepare);
  if (set.hooks.emplace(std::string(model), std::move(hooks)).second) return {};
  return Error(Code::conflict, "model " + std::string(model) + " has native code already", std::string(model));
}

}  // namespace

Result<void> add_repository_hooks(orm::ModuleSet& set) {
  PARLEY_CHECK(add_hooks(set, repositories_model, prepare_repository));
  return add_hooks(set, groups_model, prepare_group);
}

Result<void> add_repositories(Catalog& catalog) {
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.get_repos", get_repos, doc("All repositories."), effect::read)));
  PARLEY_CHECK(catalog.add_function(
      module_name,
      bind_function("vcs.get_repo", get_repo, doc("A repository and who has a permission on it, or null when there is none."),
                    arg("repo_name", "Its name, or its number."), effect::read)));
  PARLEY_CHECK(catalog.add_function(
      module_name,
      bind_function("vcs.create_repo", create_repo, doc("Makes a repository, and the groups that are part of its name."),
                    arg("name", "Its name, with its groups in front: a/b/name."),
                    arg("owner_name", "Login or number of its owner."), arg("description", "What it is.", ""),
                    arg("repo_type", "hg or git.", "hg"), arg("private", "Whether only its owner and administrators see it.", false),
                    arg("clone_uri", "Where pull fetches from."), effect::write)));
  return catalog.add_function(
      module_name, bind_function("vcs.delete_repo", delete_repo,
                                 doc("Removes a repository; what was pulled stays on the server's disk."),
                                 arg("repo_name", "Its name, or its number."), effect::write));
}

}  // namespace parley::modules::vcs
