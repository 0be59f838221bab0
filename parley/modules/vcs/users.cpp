// SPDX-License-Identifier: Apache-2.0
// vcs.get_user ... update_user: the server's users as RhodeCode shows them.
#include <algorithm>
#include <set>

#include "parley/modules/vcs/vcs.hpp"

namespace parley::modules::vcs {
namespace {

constexpr std::string_view users_model = "res.users";
constexpr std::int64_t system_user = 1;

/// Those who work with the server: neither the system itself nor those who see only what is shared.
const domain::Node* people_only(Env& env) {
  Arena& arena = env.arena();
  return domain::all_of(
      domain::leaf("share", domain::Operator::equal, Value::boolean(false), arena),
      domain::leaf("id", domain::Operator::not_equal, Value::integer(system_user), arena), arena);
}

/// Users who are administrators, by whichever group implies it.
Result<std::set<std::int64_t>> administrators(Env& env) {
  const orm::AccessTable& access = *env.snapshot().access;
  const std::int64_t system = access.group("base.group_system");
  PARLEY_TRY(std::vector<Value> groups, rows_of(env, "res.groups", nullptr, {}));
  std::vector<std::int64_t> granting;
  for (const Value& row : groups) {
    std::vector<std::int64_t> all = access.closure({id_member(row, "id")});
    if (std::binary_search(all.begin(), all.end(), system)) granting.push_back(id_member(row, "id"));
  }
  PARLEY_TRY(std::vector<Value> users, rows_of(env, users_model, where_among(env, "groups_id", granting), {}));
  std::set<std::int64_t> out;
  for (const Value& row : users) out.insert(id_member(row, "id"));
  return out;
}

std::string full_name(std::string_view first, std::string_view last) {
  return std::string(first) + (first.empty() || last.empty() ? "" : " ") + std::string(last);
}

/// First and last name as stored, or, when the user was renamed since, what the name begins with.
std::pair<std::string_view, std::string_view> names_of(const Value& row) {
  std::string_view first = text_member(row, "firstname"), last = text_member(row, "lastname");
  std::string_view name = text_member(row, "name");
  if (full_name(first, last) == name) return {first, last};
  std::size_t blank = name.find(' ');
  if (blank == name.npos) return {name, {}};
  return {name.substr(0, blank), name.substr(blank + 1)};
}

Value person(Env& env, const Value& row, bool is_admin) {
  auto [first, last] = names_of(row);
  std::string_view ldap = text_member(row, "ldap_dn");
  DictBuilder out(env.arena());
  out.set("id", *row.find("id"));
  out.set("username", Value::string(text_member(row, "login")));
  out.set("firstname", Value::string(first));
  out.set("lastname", Value::string(last));
  out.set("email", Value::string(text_member(row, "email")));
  out.set("active", Value::boolean(row.find("active")->is_true()));
  out.set("admin", Value::boolean(is_admin));
  out.set("ldap", ldap.empty() ? Value::null() : Value::string(ldap));
  return out.done();
}

Result<Value> get_users(Env& env) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(auto all, people(env, nullptr));
  ListBuilder out(env.arena());
  for (const auto& [id, user] : all) out.add(user);
  return out.done();
}

Result<Value> get_user(Env& env, const Value& username) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(std::optional<std::int64_t> id, find_person(env, username));
  if (!id) return Value::null();
  PARLEY_TRY(auto found, people(env, where(env, "id", Value::integer(*id))));
  return found.empty() ? Value::null() : found.begin()->second;
}

/// What may be said of a user; what is not, stays or is left to its default.
struct Told {
  std::optional<std::string_view> login = {}, password = {}, first = {}, last = {}, email = {}, ldap = {};
  std::optional<bool> active = {}, admin = {};
};

/// The groups_id commands that make a user an administrator, or one no more; other groups stay.
Value groups_command(Env& env, bool is_admin) {
  constexpr std::int64_t unlink = 3, link = 4;
  const orm::AccessTable& access = *env.snapshot().access;
  ListBuilder commands(env.arena());
  auto add = [&](std::int64_t what, std::string_view group) {
    const Value command[] = {Value::integer(what), Value::integer(access.group(group)), Value::integer(0)};
    commands.add(Value::list(env.arena().copy(std::span<const Value>(command))));
  };
  add(link, "base.group_user");
  add(is_admin ? link : unlink, "base.group_system");
  return commands.done();
}

Value values_of(Env& env, const Told& told) {
  Arena& arena = env.arena();
  DictBuilder out(arena);
  auto set = [&](std::string_view field, const std::optional<std::string_view>& text) {
    if (text) out.set(field, Value::string(arena.copy(*text)));
  };
  set("login", told.login);
  set("password", told.password);
  set("email", told.email);
  set("ldap_dn", told.ldap);
  if (told.first || told.last) {
    std::string name = full_name(told.first.value_or(""), told.last.value_or(""));
    if (name.empty()) name = told.login.value_or("");
    set("firstname", told.first.value_or(""));
    set("lastname", told.last.value_or(""));
    set("name", name);
  }
  if (told.active) out.set("active", Value::boolean(*told.active));
  if (told.admin) out.set("groups_id", groups_command(env, *told.admin));
  return out.done();
}

Value done(Env& env, std::int64_t id, const std::string& message) {
  DictBuilder out(env.arena());
  out.set("id", Value::integer(id));
  out.set("msg", Value::string(env.arena().copy(message)));
  return out.done();
}

Result<Value> create_user(Env& env, std::string_view username, std::string_view password, std::string_view firstname,
                          std::string_view lastname, std::string_view email, bool active, bool admin,
                          std::optional<std::string_view> ldap_dn) {
  PARLEY_CHECK(require_admin(env));
  const std::string name(username);
  if (name.empty()) return refusal("failed to create user ").with_cause("the name is empty");
  PARLEY_TRY(std::vector<Value> same, rows_of(env, users_model, where(env, "login", Value::string(username)), {}));
  if (!same.empty()) return refusal("user " + name + " already exist");
  Value values = values_of(env, {.login = username, .password = password, .first = firstname, .last = lastname,
                                 .email = email, .ldap = ldap_dn, .active = active, .admin = admin});
  auto id = create(env, users_model, values);
  if (!id) return failure("failed to create user " + name, std::move(id).error());
  return done(env, *id, "created new user " + name);
}

Result<Value> update_user(Env& env, const Value& userid, std::optional<std::string_view> username,
                          std::optional<std::string_view> password, std::optional<std::string_view> firstname,
                          std::optional<std::string_view> lastname, std::optional<std::string_view> email,
                          std::optional<bool> active, std::optional<bool> admin,
                          std::optional<std::string_view> ldap_dn) {
  PARLEY_CHECK(require_admin(env));
  PARLEY_TRY(std::optional<std::int64_t> id, find_person(env, userid));
  if (!id) return refusal("user " + shown(userid) + " does not exist");
  PARLEY_TRY(auto before, people(env, where(env, "id", Value::integer(*id))));
  const Value& user = before.begin()->second;
  if (firstname.has_value() != lastname.has_value()) {
    if (!firstname) firstname = text_member(user, "firstname");
    if (!lastname) lastname = text_member(user, "lastname");
  }
  if (admin == user.find("admin")->as_boolean()) admin.reset();  // other groups of the user stay
  Value values = values_of(env, {.login = username, .password = password, .first = firstname, .last = lastname,
                                 .email = email, .ldap = ldap_dn, .active = active, .admin = admin});
  PARLEY_TRY(const orm::RuntimeModel* users, env.find_model(users_model));
  auto written = orm::write_records(env, *users, {&*id, 1}, values);
  if (!written) return failure("failed to update user " + shown(userid), std::move(written).error());
  std::string name(username.value_or(text_member(user, "username")));
  return done(env, *id, "updated user ID:" + std::to_string(*id) + " " + name);
}

}  // namespace

Result<std::map<std::int64_t, Value>> people(Env& env, const domain::Node* filter) {
  const domain::Node* only = people_only(env);
  if (filter != nullptr) only = domain::all_of(only, filter, env.arena());
  PARLEY_TRY(std::set<std::int64_t> admins, administrators(env));
  PARLEY_TRY(std::vector<Value> rows, rows_of(env, users_model, only,
                                              {"login", "name", "firstname", "lastname", "email", "active", "ldap_dn"}));
  std::map<std::int64_t, Value> out;
  for (const Value& row : rows) {
    std::int64_t id = id_member(row, "id");
    out.emplace(id, person(env, row, admins.contains(id)));
  }
  return out;
}

Result<std::optional<std::int64_t>> find_person(Env& env, const Value& named) {
  PARLEY_TRY(std::optional<Value> row, find_named(env, users_model, "login", named, {}, people_only(env)));
  return row ? std::optional<std::int64_t>(id_member(*row, "id")) : std::nullopt;
}

Result<void> add_users(Catalog& catalog) {
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.get_user", get_user, doc("A user, or null when there is none."),
                                 arg("username", "Its login, or its number."), effect::read)));
  PARLEY_CHECK(catalog.add_function(
      module_name, bind_function("vcs.get_users", get_users, doc("All users who work with the server."), effect::read)));
  PARLEY_CHECK(catalog.add_function(
      module_name,
      bind_function("vcs.create_user", create_user, doc("Makes a user."), arg("username", "Its login."),
                    arg("password", "Empty: it cannot log in by password."), arg("firstname", "First name."),
                    arg("lastname", "Last name."), arg("email", "Address."), arg("active", "Whether it may log in.", true),
                    arg("admin", "Whether it is an administrator.", false), arg("ldap_dn", "Its name in a directory."),
                    effect::write)));
  catalog.last().is_secret = true;
  PARLEY_CHECK(catalog.add_function(
      module_name,
      bind_function("vcs.update_user", update_user, doc("Changes what is given of a user."),
                    arg("userid", "Its login, or its number."), arg("username", "Another login."),
                    arg("password", "Another password."), arg("firstname", "First name."), arg("lastname", "Last name."),
                    arg("email", "Address."), arg("active", "Whether it may log in."),
                    arg("admin", "Whether it is an administrator."), arg("ldap_dn", "Its name in a directory."),
                    effect::write)));
  catalog.last().is_secret = true;
  return {};
}

}  // namespace parley::modules::vcs
