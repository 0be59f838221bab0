// SPDX-License-Identifier: Apache-2.0
// What users ask about themselves: their context, their groups, another password.
#include "parley/domain/repr.hpp"
#include "parley/modules/base/base.hpp"
#include "parley/orm/method_arguments.hpp"

namespace parley::modules {
namespace {

using orm::RuntimeModel;

Result<Answer> context_get(Invocation& in) {
  const orm::UserInfo& user = in.env().user();
  DictBuilder out(in.arena());
  out.set("lang", Value::string(in.arena().copy(user.lang)));
  out.set("tz", user.tz.empty() ? Value::boolean(false) : Value::string(in.arena().copy(user.tz)));
  out.set("uid", Value::integer(user.uid));
  return Answer(out.done());
}

// has_group(ext_id) of older clients, has_group(ids, ext_id) of newer ones.
Result<Answer> has_group(Invocation& in) {
  Env& env = in.env();
  bool is_short = in[1].is_absent() && in[0].is_string();
  const Value& name = is_short ? in[0] : in[1];
  if (!name.is_string())
    return Error(Code::invalid_argument,
                 "group_ext_id: expected an external id, not " + domain::repr(name), "group_ext_id",
                 "TypeError");
  std::int64_t group = env.snapshot().access->group(name.text());
  std::int64_t uid = env.uid();
  if (!is_short && !orm::is_falsy(in[0])) {
    PARLEY_TRY(orm::Ids ids, orm::ids_argument(env, in[0]));
    if (ids.size() != 1)
      return Error(Code::invalid_argument,
                   "Expected singleton: res.users with " + std::to_string(ids.size()) + " ids",
                   "ids", "ValueError");
    uid = ids.front();
  }
  if (uid == env.uid()) return Answer(Value::boolean(group != 0 && env.user().has_group(group)));
  PARLEY_TRY(const RuntimeModel* users, env.find_model(in.model));
  PARLEY_TRY(auto seen,
             orm::read_records(env, *users, {uid}, {&users->id_field()}, orm::LoadMode::bare_ids));
  seen.reset();  // it was read for the rights alone
  PARLEY_TRY(auto other,
             orm::load_user(env.transaction(), *env.snapshot().access, uid, in.arena()));
  return Answer(Value::boolean(group != 0 && other->has_group(group)));
}

// The stored hash of the caller's password; empty when there is none.
Result<std::string> own_hash(Env& env, const RuntimeModel& users) {
  orm::DomainCompiler compiler(env);
  orm::Query query;
  query.table = users.table;
  query.selected.push_back({users.find("password")->column(0)});
  query.where = compiler.compare(users.id_field().column(0), orm::Condition::Op::eq,
                                 Value::integer(env.uid()));
  PARLEY_TRY(std::unique_ptr<orm::Rows> rows, env.transaction().query(query));
  PARLEY_TRY(bool has_row, rows->step());
  return has_row ? std::string(rows->cell(0).text) : std::string();
}

Result<Answer> change_password(const PasswordHasher& passwords, Invocation& in) {
  Env& env = in.env();
  if (!in[0].is_string() || !in[1].is_string())
    return Error(Code::invalid_argument,
                 "change_password takes the old and the new password as text", "new_passwd",
                 "TypeError");
  if (in[1].text().empty())
    return Error(Code::rejected, "the new password is empty", "new_passwd", "UserError");
  PARLEY_TRY(const RuntimeModel* users, env.find_model(in.model));
  PARLEY_TRY(std::string hash, own_hash(env, *users));
  bool is_right = false;
  if (!hash.empty()) {
    PARLEY_ASSERT(passwords.verify != nullptr);
    PARLEY_TRY(is_right, passwords.verify(in[0].text(), hash));
  }
  if (!is_right) return Error(Code::unauthenticated, "Access Denied", "old_passwd", "AccessDenied");
  DictBuilder values(in.arena());
  values.set("password", in[1]);
  Env inside = env.as_superuser();
  std::int64_t uid = env.uid();
  PARLEY_CHECK(orm::write_records(inside, *users, {&uid, 1}, values.done()));
  return Answer(Value::boolean(true));
}

}  // namespace

Result<void> add_sessions(Catalog& catalog, const PasswordHasher& passwords) {
  PARLEY_CHECK(add_method(catalog, "res.users",
                          {"context_get",
                           Binding::model,
                           Effect::read,
                           "The caller's {lang, tz, uid}.",
                           {},
                           context_get}));
  PARLEY_CHECK(add_method(
      catalog, "res.users",
      {"has_group",
       Binding::model,
       Effect::read,
       "Whether a user is in a group, implied ones included.",
       {optional("ids", "One user id; left out, the group comes first and the caller is meant."),
        optional("group_ext_id", "External id of the group, as \"base.group_user\".")},
       has_group}));
  PARLEY_CHECK(
      add_method(catalog, "res.users",
                 {"change_password",
                  Binding::model,
                  Effect::write,
                  "Changes the caller's own password.",
                  {needed("old_passwd", "The present password."),
                   needed("new_passwd", "The password from now on.")},
                  [passwords](Invocation& in) { return change_password(passwords, in); }}));
  catalog.last().is_secret = true;
  return {};
}

}  // namespace parley::modules
