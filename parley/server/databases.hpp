// SPDX-License-Identifier: Apache-2.0
// Databases: those this process serves, by name; opening, creating and choosing among them.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/orm/database.hpp"
#include "parley/server/hashing.hpp"
#include "parley/server/settings.hpp"

namespace parley::server {

/// What every administrator's password is until somebody changes it.
inline constexpr std::string_view default_password = "admin";
inline constexpr std::int64_t admin_uid = 2;

/// Who hears what is being done while databases are prepared.
using Progress = std::function<void(const std::string&)>;

/// Filled while the process starts; then read by any thread.
class Databases {
 public:
  Databases(std::unique_ptr<orm::StoreEngine> engine, const orm::ModuleSet& modules, const Catalog& catalog,
            const Limits& limits)
      : engine_(std::move(engine)), modules_(modules), catalog_(catalog), limits_(limits) {}

  orm::StoreEngine& engine() { return *engine_; }

  /// Opens a database; the same one is opened once.
  Result<orm::Database*> open(const std::string& name);
  /// Opens or makes `name`, gives it `modules` (those it lacks) and an administrator's password
  /// when there is none. A failure leaves no new database behind.
  Result<orm::Database*> prepare(const std::string& name, std::span<const std::string> modules, bool with_demo,
                                 std::string_view admin_password, const Progress& say);
  /// Makes an opened database the one that calls without a name mean.
  void set_default(std::string name) { default_ = std::move(name); }
  /// The database asked for. "" is a call that names none: the default, else the only one.
  /// fails:   not_found (OperationalError) for one that is not served; invalid_call for "" when
  ///          there is neither
  Result<orm::Database*> find(std::string_view name) const;
  std::vector<std::string> names() const;  // sorted
  const std::vector<orm::Database*>& in_order() const { return in_order_; }

 private:
  Result<void> fill(orm::Database& database, std::span<const std::string> modules, bool with_demo,
                    std::string_view admin_password, const Progress& say);

  std::unique_ptr<orm::StoreEngine> engine_;
  const orm::ModuleSet& modules_;
  const Catalog& catalog_;
  const Limits& limits_;
  std::map<std::string, std::unique_ptr<orm::Database>, std::less<>> databases_;
  std::vector<orm::Database*> in_order_;
  std::string default_;  // empty = none
};

/// A transaction of the system user, for tools and for preparing.
class SystemSession {
 public:
  static Result<std::unique_ptr<SystemSession>> begin(orm::Database& database, orm::Mode mode, const Limits& limits);
  Env env() { return session_->env().as_superuser(); }
  Arena& arena() { return arena_; }
  Result<void> commit() { return session_->commit(); }

 private:
  explicit SystemSession(const Limits& limits) : context_{arena_, limits, "system", "", ""} {}
  Arena arena_;
  Context context_;
  std::unique_ptr<orm::Session> session_;
};

/// Sets a user's password as the object layer does: it is hashed and remembered proofs end.
Result<void> set_password(orm::Database& database, std::int64_t uid, std::string_view password, const Limits& limits);

/// What is stored of the passwords of the active administrators.
Result<std::vector<std::string>> administrator_passwords(orm::Database& database);

}  // namespace parley::server
