// SPDX-License-Identifier: Apache-2.0
#include "parley/server/databases.hpp"

#include <algorithm>

#include "parley/orm/records.hpp"
#include "parley/server/accounts.hpp"

namespace parley::server {

namespace {

/// How long between two looks at who still uses a database that is to be closed.
constexpr auto look_again = std::chrono::milliseconds(2);

Error not_served(std::string_view name) {
  return Error(Code::not_found, "FATAL:  database \"" + std::string(name) + "\" does not exist\n", {}, "OperationalError");
}

}  // namespace

Result<DatabaseUse> Databases::make(const std::string& name) {
  PARLEY_TRY(auto store, engine_->open(name));
  PARLEY_TRY(auto database, orm::Database::open(name, std::move(store), modules_, catalog_, limits_));
  return DatabaseUse(std::move(database));
}

void Databases::serve(const std::string& name, DatabaseUse database) {
  std::lock_guard lock(mutex_);
  if (!databases_.try_emplace(name, database).second) return;
  in_order_.push_back(std::move(database));
  changes_.fetch_add(1);
}

Result<DatabaseUse> Databases::open(const std::string& name) {
  if (has(name)) return find(name);
  PARLEY_TRY(DatabaseUse database, make(name));
  serve(name, database);
  return database;
}

Result<void> Databases::fill(orm::Database& database, const Wanted& wanted, const Progress& say) {
  std::vector<std::string> installed = database.installed(), missing;
  for (const std::string& name : wanted.modules)
    if (std::find(installed.begin(), installed.end(), name) == installed.end()) missing.push_back(name);
  if (!missing.empty()) {
    std::string list;
    for (const std::string& name : missing) list += (list.empty() ? "" : ", ") + name;
    say("database " + database.name() + ": installing " + list);
    PARLEY_CHECK(database.install(missing, wanted.with_demo));
  }
  std::optional<Account> admin;
  {
    PARLEY_TRY(auto transaction, database.store().begin(orm::Mode::read, no_deadline));
    PARLEY_TRY(admin, find_account(*transaction, admin_uid));
  }
  if (admin && admin->password.empty())
    PARLEY_CHECK(set_password(database, admin_uid, wanted.admin_password, limits_));
  return wanted.admit ? wanted.admit(database) : Result<void>();
}

Result<DatabaseUse> Databases::prepare(const std::string& name, const Wanted& wanted, const Progress& say) {
  PARLEY_TRY(bool is_there, engine_->exists(name));
  if (!is_there) {
    say("database " + name + ": creating");
    PARLEY_TRY(auto store, engine_->create(name));
    store.reset();
  }
  auto prepared = [&]() -> Result<DatabaseUse> {
    DatabaseUse database;
    if (has(name)) {
      PARLEY_TRY(database, find(name));
    } else {
      PARLEY_TRY(database, make(name));
    }
    PARLEY_CHECK(fill(*database, wanted, say));
    return database;
  }();
  if (prepared) {
    serve(name, *prepared);
  } else if (!is_there) {
    (void)engine_->drop(name);
  }
  return prepared;
}

// Who looks for it from here on does not find it; those who found it before hold a use each.
Result<void> Databases::close(const std::string& name, Deadline deadline) {
  DatabaseUse last;
  {
    std::lock_guard lock(mutex_);
    auto found = databases_.find(name);
    if (found == databases_.end()) return not_served(name);
    last = std::move(found->second);
    databases_.erase(found);
    std::erase(in_order_, last);
    changes_.fetch_add(1);
  }
  while (last.use_count() > 1) {
    auto now = std::chrono::steady_clock::now();
    if (now >= deadline) {
      serve(name, std::move(last));
      return Error(Code::conflict, "database \"" + name + "\" is being accessed by other users; try again later", name);
    }
    (void)this_waiter().sleep(now + look_again);
  }
  return {};
}

bool Databases::has(std::string_view name) const {
  std::lock_guard lock(mutex_);
  return databases_.find(name) != databases_.end();
}

Result<DatabaseUse> Databases::find(std::string_view name) const {
  const bool is_any = name.empty();
  {
    std::lock_guard lock(mutex_);
    if (is_any && in_order_.size() == 1) return in_order_.front();
    auto found = databases_.find(is_any ? std::string_view(default_) : name);
    if (found != databases_.end()) return found->second;
    if (is_any && in_order_.empty())
      return Error(Code::invalid_call, "no database is served; create one with `parley db init`");
  }
  if (is_any && default_.empty())
    return Error(Code::invalid_call,
                 "several databases are served and the call names none: name one in the call, in its header "
                 "X-Odoo-Database, or start the server with --database");
  return not_served(is_any ? std::string_view(default_) : name);
}

std::vector<std::string> Databases::names() const {
  std::vector<std::string> out;
  std::lock_guard lock(mutex_);
  for (const auto& [name, database] : databases_) out.push_back(name);
  return out;
}

std::vector<DatabaseUse> Databases::in_order() const {
  std::lock_guard lock(mutex_);
  return in_order_;
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
