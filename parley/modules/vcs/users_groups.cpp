// SPDX-License-Identifier: Apache-2.0
// vcs.get_users_groups ... remove_user_from_users_group.
#include "parley/modules/vcs/vcs.hpp"

namespace parley::modules::vcs {
namespace {

constexpr std::string_view groups_model = "vcs.users_group", members_model = "vcs.users_group.member";

/// {id, name, active, members: [user]} of groups, in the order of their ids.
Result<std::vector<Value>> groups_of(Env& env, const domain::Node* filter) {
  PARLEY_TRY(std::vector<Value> rows, rows_of(env, groups_model, filter, {"name", "is_active"}));
  std::vector<std::int64_t> ids;
  for (const Value& row : rows) ids.push_back(id_member(row, "id"));
  PARLEY_TRY(std::vector<Value> members,
             rows_of(env, members_model, where_among(env, "users_group_id", ids), {"users_group_id", "user_id"}));
  PARLEY_TRY(auto users, people(env, nullptr));
  std::map<std::int64_t, ListBuilder> lists;
  for (std::int64_t id : ids) lists.emplace(id, ListBuilder(env.arena()));
  for (const Value& member : members)
    if (auto user = users.find(id_member(member, "user_id")); user != users.end())
      lists.at(id_member(member, "users_group_id")).add(user->second);
  std::vector<Value> out;
  for (const Value& row : rows) {
    DictBuilder group(env.arena());
    group.set("id", *row.find("id"));
    group.set("name", *row.find("name"));
    group.set("active", Value::boolean(row.find("is_active")->is_true()));
    group.set("members", lists.at(id_member(row, "id")).done());
    out.push_back(group.done());
  }
  return out;
}

Result<std::vector<Value>> get_users_groups(Env& env) {
  PARLEY_CHECK(require_admin(env));
  return groups_of(env, nullptr);
}

Result<Value> get_users_group(Env& env, const Value& group_name) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(std::optional<Value> row, find_named(env, groups_model, "name", group_name, {}));
  if (!row) return Value::null();
  PARLEY_TRY(std::vector<Value> groups, groups_of(env, where(env, "id", *row->find("id"))));
  return groups.front();
}

Value done(Env& env, std::int64_t id, const std::string& message) {
  DictBuilder out(env.arena());
  out.set("id", Value::integer(id));
  out.set("msg", Value::string(env.arena().copy(message)));
  return out.done();
}

Result<Value> create_users_group(Env& env, std::string_view name, bool active) {
  PARLEY_CHECK(require_admin(env));
  const std::string text(name);
  PARLEY_TRY(std::vector<Value> same, rows_of(env, groups_model, where(env, "name", Value::string(name)), {}));
  if (!same.empty()) return refusal("users group " + text + " already exist");
  if (text.empty()) return refusal("failed to create group ").with_cause("the name is empty");
  DictBuilder values(env.arena());
  values.set("name", Value::string(name));
  values.set("is_active", Value::boolean(active));
  auto id = create(env, groups_model, values.done());
  if (!id) return failure("failed to create group " + text, std::move(id).error());
  return done(env, *id, "created new users group " + text);
}

/// A group and a user that are both there, and the row that makes one a member of the other, if any.
struct Membership {
  std::int64_t group = 0, user = 0, member = 0;
};
Result<Membership> find_membership(Env& env, const Value& group_name, const Value& user_name) {
  PARLEY_TRY(std::optional<Value> group, find_named(env, groups_model, "name", group_name, {}));
  if (!group) return refusal("unknown users group " + shown(group_name));
  PARLEY_TRY(std::optional<std::int64_t> user, find_person(env, user_name));
  if (!user) return refusal("unknown user " + shown(user_name));
  Membership out{id_member(*group, "id"), *user};
  PARLEY_TRY(std::vector<Value> rows,
             rows_of(env, members_model, domain::all_of(where(env, "users_group_id", Value::integer(out.group)),
                                                        where(env, "user_id", Value::integer(out.user)), env.arena()),
                     {}));
  if (!rows.empty()) out.member = id_member(rows.front(), "id");
  return out;
}

/// Who is a member already is told so by the number of the row that says it.
Result<Value> add_user_to_users_group(Env& env, const Value& group_name, const Value& user_name) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(Membership membership, find_membership(env, group_name, user_name));
  if (membership.member == 0) {
    DictBuilder values(env.arena());
    values.set("users_group_id", Value::integer(membership.group));
    values.set("user_id", Value::integer(membership.user));
    auto id = create(env, members_model, values.done());
    if (!id) return failure("failed to create users group member", std::move(id).error());
    membership.member = *id;
  }
  return done(env, membership.member, "created new users group member");
}

Result<Value> remove_user_from_users_group(Env& env, const Value& group_name, const Value& user_name) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(Membership membership, find_membership(env, group_name, user_name));
  const bool is_member = membership.member != 0;
  if (is_member) {
    PARLEY_TRY(const orm::RuntimeModel* members, env.find_model(members_model));
    auto removed = orm::unlink_records(env, *members, {&membership.member, 1});
    if (!removed) return failure("failed to remove user from group", std::move(removed).error());
  }
  std::string message = is_member ? "removed member " + shown(user_name) + " from users group " + shown(group_name)
                                  : "User wasn't in group";
  DictBuilder out(env.arena());
  out.set("success", Value::boolean(is_member));
  out.set("msg", Value::string(env.arena().copy(message)));
  return out.done();
}

}  // namespace

Result<void> add_users_groups(Catalog& catalog) {
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.get_users_groups", get_users_groups, doc("All users groups with their members."),
                                 effect::read)));
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.get_users_group", get_users_group, doc("A users group, or null when there is none."),
                                 arg("group_name", "Its name, or its number."), effect::read)));
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.create_users_group", create_users_group, doc("Makes a users group."),
                                 arg("name", "Its name."), arg("active", "Whether it counts.", true), effect::write)));
  PARLEY_CHECK(catalog.add_function(
      module_name,
      bind_function("vcs.add_user_to_users_group", add_user_to_users_group, doc("Puts a user into a users group."),
                    arg("group_name", "The group's name, or its number."), arg("user_name", "The user's login, or its number."),
                    effect::write)));
  return catalog.add_function(
      module_name,
      bind_function("vcs.remove_user_from_users_group", remove_user_from_users_group,
                    doc("Takes a user out of a users group."), arg("group_name", "The group's name, or its number."),
                    arg("user_name", "The user's login, or its number."), effect::write));
}

}  // namespace parley::modules::vcs
