// SPDX-License-Identifier: Apache-2.0
#include "parley/server/databases.hpp"

#include <algorithm>

#include "parley/orm/records.hpp"
#include "parley/server/accounts.hpp"

namespace parley::server {

Result<orm::Database*> Databases::open(const std::string& name) {
  if (auto found = databases_.find(name); found != databases_.end()) return found->second.get();
  PARLEY_TRY(auto store, engine_->open(name));
  PARLEY_TRY(auto database, orm::Database::open(name, std::move(store), modules_, catalog_, limits_));
  orm::Database* opened = database.get();
  databases_[name] = std::move(database);
  in_order_.push_back(opened);
  return opened;
}

Result<void> Databases::fill(orm::Database& database, std::span<const std::string> modules, bool with_demo,
                             std::string_view admin_password, const Progress& say) {
  std::vector<std::string> installed = database.installed(), missing;
  for (const std::string& name : modules)
    if (std::find(installed.begin(), installed.end(), name) == installed.end()) missing.push_back(name);
  if (!missing.empty()) {
    std::string list;
    for (const std::string& name : missing) list += (list.empty() ? "" : ", ") + name;
    say("database " + database.name() + ": installing " + list);
    PARLEY_CHECK(database.install(missing, with_demo));
  }
  std::optional<Account> admin;
  {
    PARLEY_TRY(auto transaction, database.store().begin(orm::Mode::read, no_deadline));
    PARLEY_TRY(admin, find_account(*transaction, admin_uid));
  }
  if (!admin || !admin->password.empty()) return {};
  return set_password(database, admin_uid, admin_password, limits_);
}

Result<orm::Database*> Databases::prepare(const std::string& name, std::span<const std::string> modules,
                                          bool with_demo, std::string_view admin_password, const Progress& say) {
  PARLEY_TRY(bool is_there, engine_->exists(name));
  if (!is_there) {
    say("database " + name + ": creating");
    PARLEY_TRY(auto store, engine_->create(name));
    store.reset();
  }
  PARLEY_TRY(orm::Database * database, open(name));
  auto filled = fill(*database, modules, with_demo, admin_password, say);
  if (filled) return database;
  if (!is_there) {
    std::erase(in_order_, database);
    databases_.erase(name);
    (void)engine_->drop(name);
  }
  return std::move(filled).error();
}

Result<orm::Database*> Databases::find(std::string_view name) const {
  if (name.empty() && in_order_.size() == 1) return in_order_.front();
  if (name.empty()) name = default_;
  auto found = databases_.find(name);
  if (found != databases_.end()) return found->second.get();
  if (name.empty() && in_order_.empty())
    return Error(Code::invalid_call, "no database is served; create one with `parley db init`");
  if (name.empty())
    return Error(Code::invalid_call,
                 "several databases are served and the call names none: name one in the call, in its header "
                 "X-Odoo-Database, or start the server with --database");
  return Error(Code::not_found, "FATAL:  database \"" + std::string(name) + "\" does not exist\n", {},
               "OperationalError");
}

std::vector<std::string> Databases::names() const {
  std::vector<std::string> out;
  for (const auto& [name, database] : databases_) out.push_back(name);
  return out;
}

Result<std::unique_ptr<SystemSession>> SystemSession::begin(orm::Database& database, orm::Mode mode,
                                                            const Limits& limits) {
  std::unique_ptr<SystemSession> out(new SystemSession(limits));
  out->context_.database = database.name();
  out->context_.uid = 1;
  PARLEY_TRY(out->session_, database.begin(mode, out->context_));
  return out;
}

Result<void> set_password(orm::Database& database, std::int64_t uid, std::string_view password, const Limits& limits) {
  PARLEY_TRY(auto session, SystemSession::begin(database, orm::Mode::write, limits));
  Env env = session->env();
  PARLEY_TRY(const orm::RuntimeModel* users, env.find_model("res.users"));
  DictBuilder values(session->arena());
  values.set("password", Value::string(password));
  PARLEY_CHECK(orm::write_records(env, *users, {&uid, 1}, values.done()));
  return session->commit();
}

Result<std::vector<std::string>> administrator_passwords(orm::Database& database) {
  std::vector<std::string> out;
  PARLEY_TRY(auto transaction, database.store().begin(orm::Mode::read, no_deadline));
  PARLEY_TRY(auto accounts, accounts_with_password(*transaction));
  auto snapshot = database.snapshot();
  std::int64_t administrators = snapshot->access->group("base.group_system");
  Arena arena;
  for (const Account& account : accounts) {
    PARLEY_TRY(auto user, orm::load_user(*transaction, *snapshot->access, account.uid, arena));
    if (user->has_group(administrators)) out.push_back(account.password);
  }
  return out;
}

}  // namespace parley::server
