// SPDX-License-Identifier: Apache-2.0
// What surrounds writing users: hashed passwords, a partner for each, `share`, and who may not go.
#include "parley/domain/repr.hpp"
#include "parley/modules/base/base.hpp"
#include "parley/orm/database.hpp"
#include "parley/orm/fields/collection.hpp"

namespace parley::modules {
namespace {

using orm::Operation;
using orm::RuntimeModel;

constexpr std::int64_t system_user = 1, administrator = 2;

// An empty text is what reading a password gives, so a client that writes back what it read
// changes nothing; False leaves the user without a password.
Result<void> set_password(Env& env, const PasswordHasher& passwords, const Value& given,
                          DictBuilder& out) {
  if (given.is_absent() || given.is_false()) {
    out.set("password", Value::null());
    return {};
  }
  if (!given.is_string())
    return Error(Code::invalid_argument,
                 "password: expected text, not a " + std::string(name_of(given.kind())),
                 "res.users.password");
  if (given.text().empty()) return {};
  PARLEY_ASSERT(passwords.hash != nullptr);
  PARLEY_TRY(std::string hash, passwords.hash(given.text()));
  out.set("password", Value::string(env.arena().copy(hash)));
  return {};
}

// A partner made from what the user has in common with it.
Result<Value> create_partner(Env& env, const RuntimeModel& partners, const Value& values) {
  DictBuilder out(env.arena());
  for (std::string_view name : shared_fields)
    if (const Value* value = values.find(name)) out.set(name, *value);
  Value row = out.done();
  Env inside = env.as_superuser();
  PARLEY_TRY(orm::Ids ids, orm::create_records(inside, partners, {&row, 1}));
  return Value::integer(ids.front());
}

// A new user gets a partner, or takes over what its partner says and the caller does not.
Result<void> join_partner(Env& env, const Value& values, DictBuilder& out) {
  PARLEY_TRY(const RuntimeModel* partners, env.find_model("res.partner"));
  const Value* given = values.find("partner_id");
  if (given == nullptr || orm::is_falsy(*given)) {
    PARLEY_TRY(Value partner, create_partner(env, *partners, values));
    out.set("partner_id", partner);
    return {};
  }
  if (!given->is_integer()) return {};  // the field refuses it
  std::int64_t id = given->as_integer();
  PARLEY_TRY(std::vector<Value> rows,
             rows_of(env, *partners, {&id, 1}, {"name", "email", "lang", "tz"}));
  if (rows.empty()) return {};
  for (std::string_view name : shared_fields)
    if (values.find(name) == nullptr) out.set(name, *rows.front().find(name));
  return {};
}

Result<Value> prepare(const PasswordHasher& passwords, Env& env, const Value& values,
                      Operation operation) {
  DictBuilder out(env.arena());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::string_view name = values.keys()[i];
    if (name == "password")
      PARLEY_CHECK(set_password(env, passwords, values.values()[i], out));
    else if (name != "group_ids")
      out.set(name, values.values()[i]);
    else if (values.find("groups_id") == nullptr)
      out.set("groups_id", values.values()[i]);
    else
      return Error(Code::invalid_argument, "groups_id and group_ids are two names of one field",
                   "res.users.groups_id");
  }
  if (operation == Operation::create) PARLEY_CHECK(join_partner(env, values, out));
  return out.done();
}

// Copies what differs to the partner. Its own hook finds the user equal and ends there.
Result<void> update_partner(Env& env, const RuntimeModel& partners, const Value& user) {
  std::int64_t id = user.find("partner_id")->as_integer();
  PARLEY_TRY(std::vector<Value> rows,
             rows_of(env, partners, {&id, 1}, {"name", "email", "lang", "tz"}));
  if (rows.empty()) return {};
  DictBuilder changes(env.arena());
  for (std::string_view name : shared_fields)
    if (!equal(*user.find(name), *rows.front().find(name))) changes.set(name, *user.find(name));
  Value values = changes.done();
  if (values.size() == 0) return {};
  Env inside = env.as_superuser();
  return orm::write_records(inside, partners, {&id, 1}, values);
}

Result<void> refuse_removal(std::span<const std::int64_t> ids) {
  for (std::int64_t id : ids)
    if (id == system_user || id == administrator)
      return Error(
          Code::rejected,
          "user " + std::to_string(id) + " cannot be removed: the server works as this user",
          "res.users", "UserError");
  return {};
}

Result<void> after(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids,
                   Operation operation) {
  if (operation == Operation::unlink) {
    PARLEY_CHECK(refuse_removal(ids));
    return orm::Database::access_changed(env);
  }
  PARLEY_TRY(const RuntimeModel* partners, env.find_model("res.partner"));
  PARLEY_TRY(std::vector<Value> users,
             rows_of(env, model, ids, {"partner_id", "active", "name", "email", "lang", "tz"}));
  for (const Value& user : users) {
    bool is_self = operation == Operation::write && env.uid() != system_user &&
                   user.find("id")->as_integer() == env.uid();
    if (is_self && user.find("active")->is_false())
      return Error(
          Code::rejected,
          "users cannot deactivate themselves: user " + std::to_string(env.uid()) + " is logged in",
          "res.users.active", "UserError");
    if (user.find("partner_id")->is_integer()) PARLEY_CHECK(update_partner(env, *partners, user));
  }
  PARLEY_CHECK(update_shares(env, ids));
  return orm::Database::access_changed(env);
}

// user -> the groups it was put in, without what they imply.
Result<std::map<std::int64_t, std::vector<std::int64_t>>> direct_groups(
    Env& env, const orm::RuntimeField& groups, std::span<const std::int64_t> ids) {
  PARLEY_TRY(auto lists, orm::collection_of(groups)->collect(env, groups, ids));
  std::map<std::int64_t, std::vector<std::int64_t>> out;
  for (std::size_t i = 0; i < lists.size(); ++i) out[ids[i]] = std::move(lists[i]);
  return out;
}

Result<void> set_share(Env& env, const RuntimeModel& users, const orm::Ids& ids, bool is_external) {
  if (ids.empty()) return {};
  orm::DomainCompiler compiler(env);
  orm::Column column = users.find("share")->column(0);
  Value cell = Value::boolean(is_external);
  orm::Condition where = compiler.in(users.id_field().column(0), orm::id_list(env.arena(), ids));
  PARLEY_CHECK(env.transaction().update({users.table, 0, {&column, 1}, {&cell, 1}, where}));
  return {};
}

}  // namespace

// The groups are read afresh: this transaction may be the one that changes them. While module
// base is being installed there may be no internal group yet; what the data say then stands.
Result<void> update_shares(Env& env, std::span<const std::int64_t> given) {
  PARLEY_TRY(std::shared_ptr<const orm::AccessTable> table,
             orm::AccessTable::load(env.transaction(), env.arena()));
  std::int64_t internal = table->group("base.group_user");
  if (internal == 0) return {};
  PARLEY_TRY(const RuntimeModel* users, env.find_model("res.users"));
  orm::Ids ids(given.begin(), given.end());
  Env inside = env.as_superuser();
  if (ids.empty()) {
    PARLEY_TRY(ids, orm::search_records(inside, *users, nullptr,
                                        {.archived = orm::DomainCompiler::Archived::shown}));
  }
  std::sort(ids.begin(), ids.end());
  PARLEY_TRY(auto groups, direct_groups(inside, *users->find("groups_id"), ids));
  PARLEY_TRY(std::vector<Value> rows, rows_of(env, *users, ids, {"share"}));
  orm::Ids inner, outer;
  for (const Value& row : rows) {
    std::int64_t id = row.find("id")->as_integer();
    std::vector<std::int64_t> all = table->closure(groups[id]);
    bool is_external = !std::binary_search(all.begin(), all.end(), internal);
    if (row.find("share")->is_true() == is_external) continue;
    (is_external ? outer : inner).push_back(id);
  }
  PARLEY_CHECK(set_share(env, *users, inner, false));
  return set_share(env, *users, outer, true);
}

Result<void> add_users(orm::ModuleSet& set, const PasswordHasher& passwords) {
  orm::Hooks hooks;
  hooks.prepare = [passwords](Env& env, const RuntimeModel&, const Value& values,
                              Operation operation) {
    return prepare(passwords, env, values, operation);
  };
  hooks.after = after;
  return add_hooks(set, "res.users", std::move(hooks));
}

}  // namespace parley::modules
