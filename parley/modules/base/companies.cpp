// SPDX-License-Identifier: Apache-2.0
// res.company: a new company gets a partner of its name, and its maker may work in it.
#include "parley/modules/base/base.hpp"
#include "parley/orm/database.hpp"
#include "parley/orm/domain_compiler.hpp"
#include "parley/orm/records.hpp"

namespace parley::modules {
namespace {

using orm::Operation;
using orm::RuntimeModel;

Result<Value> prepare(Env& env, const RuntimeModel&, const Value& values, Operation operation) {
  const Value* partner = values.find("partner_id");
  if (operation != Operation::create || (partner != nullptr && !orm::is_falsy(*partner))) return values;
  const Value* name = values.find("name");
  if (name == nullptr || orm::is_falsy(*name)) return values;  // the company's own name is refused
  PARLEY_TRY(const RuntimeModel* partners, env.find_model("res.partner"));
  DictBuilder made(env.arena());
  made.set("name", *name);
  made.set("is_company", Value::boolean(true));
  Value row = made.done();
  Env inside = env.as_superuser();
  PARLEY_TRY(orm::Ids ids, orm::create_records(inside, *partners, {&row, 1}));
  DictBuilder out(env.arena());
  for (std::size_t i = 0; i < values.size(); ++i) out.set(values.keys()[i], values.values()[i]);
  out.set("partner_id", Value::integer(ids.front()));
  return out.done();
}

Result<void> after(Env& env, const RuntimeModel&, std::span<const std::int64_t> ids, Operation operation) {
  // The installation itself works as a system user that is not there yet.
  if (operation == Operation::create && !env.is_superuser()) {
    orm::Column columns[] = {{0, "user_id", orm::ColumnType::integer}, {0, "cid", orm::ColumnType::integer}};
    std::vector<Value> pairs;
    for (std::int64_t id : ids) {
      pairs.push_back(Value::integer(env.uid()));
      pairs.push_back(Value::integer(id));
    }
    PARLEY_CHECK(env.transaction().insert({"res_company_users_rel", columns, pairs, true}));
  }
  return orm::Database::access_changed(env);
}

}  // namespace

Result<void> add_companies(orm::ModuleSet& set) {
  return add_hooks(set, "res.company", {.prepare = prepare, .after = after});
}

}  // namespace parley::modules
