// SPDX-License-Identifier: Apache-2.0
// A partner's name, email, lang and tz are those of its users.
#include "parley/modules/base/base.hpp"
#include "parley/orm/database.hpp"
#include "parley/orm/fields/collection.hpp"

namespace parley::modules {
namespace {

using orm::Operation;
using orm::RuntimeField;
using orm::RuntimeModel;

// The values of `partner` that `user` has otherwise, as columns of the user's table.
struct Difference {
  std::vector<orm::Column> columns;
  std::vector<Value> cells;
};

Difference difference(const RuntimeModel& users, const Value& user, const Value& partner) {
  Difference out;
  for (std::string_view name : shared_fields) {
    const Value& value = *partner.find(name);
    if (equal(value, *user.find(name))) continue;
    if (name == "name" && orm::is_falsy(value))
      continue;  // a user must have one, a partner need not
    out.columns.push_back(users.find(name)->column(0));
    out.cells.push_back(orm::is_falsy(value) ? Value::null() : value);
  }
  return out;
}

// The users' rows are written directly: the hook of users would write the partner once more.
Result<void> after(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids,
                   Operation operation) {
  if (operation != Operation::write) return {};
  PARLEY_TRY(const RuntimeModel* users, env.find_model("res.users"));
  PARLEY_TRY(orm::Ids linked, ids_where(env, *users, "partner_id", orm::id_list(env.arena(), ids)));
  if (linked.empty()) return {};
  PARLEY_TRY(std::vector<Value> rows,
             rows_of(env, *users, linked, {"partner_id", "name", "email", "lang", "tz"}));
  bool has_changed = false;
  for (const Value& user : rows) {
    std::int64_t partner_id = user.find("partner_id")->as_integer();
    PARLEY_TRY(std::vector<Value> partner,
               rows_of(env, model, {&partner_id, 1}, {"name", "email", "lang", "tz"}));
    if (partner.empty()) continue;
    Difference changes = difference(*users, user, partner.front());
    if (changes.columns.empty()) continue;
    orm::DomainCompiler compiler(env);
    orm::Condition where =
        compiler.compare(users->id_field().column(0), orm::Condition::Op::eq, *user.find("id"));
    PARLEY_CHECK(
        env.transaction().update({users->table, 0, changes.columns, changes.cells, where}));
    has_changed = true;
  }
  return has_changed ? orm::Database::access_changed(env) : Result<void>();
}

}  // namespace

Result<void> add_partners(orm::ModuleSet& set) {
  return add_hooks(set, "res.partner", {.after = after});
}

}  // namespace parley::modules
