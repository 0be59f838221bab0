// SPDX-License-Identifier: Apache-2.0
// Databases: those this process serves, by name; opening, creating and choosing among them.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
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

/// A database in use: while one of these lives, the database is not closed. Shared by the calls
/// that run on it, the answers that stream from it, and Databases.
using DatabaseUse = std::shared_ptr<orm::Database>;

/// What a database must pass before it is served; it may fill it as well.
using Admit = std::function<Result<void>(orm::Database&)>;

/// Any thread may look; one at a time may open, prepare or close (the start, then DatabaseChanges).
class Databases {
 public:
  Databases(std::unique_ptr<orm::StoreEngine> engine, const orm::ModuleSet& modules, const Catalog& catalog,
            const Limits& limits)
      : engine_(std::move(engine)), modules_(modules), catalog_(catalog), limits_(limits) {}

  orm::StoreEngine& engine() { return *engine_; }

  /// Opens a database; the same one is opened once.
  Result<DatabaseUse> open(const std::string& name);

  struct Wanted {
    std::span<const std::string> modules;  // those it lacks are installed
    bool with_demo = false;
    std::string_view admin_password;       // when there is none yet
    Admit admit = {};
  };
  /// Opens or makes `name` and serves it once it is as wanted and admitted. A failure leaves no new
  /// database behind.
  Result<DatabaseUse> prepare(const std::string& name, const Wanted& wanted, const Progress& say);
  /// Serves it no more and closes it once nobody uses it.
  /// fails:   not_found when it is not served; conflict when it is in use until `deadline`: it is
  ///          then served as before
  Result<void> close(const std::string& name, Deadline deadline);

  /// Makes an opened database the one that calls without a name mean.
  void set_default(std::string name) { default_ = std::move(name); }
  /// The database asked for. "" is a call that names none: the default, else the only one.
  /// fails:   not_found (OperationalError) for one that is not served; invalid_call for "" when
  ///          there is neither
  Result<DatabaseUse> find(std::string_view name) const;
  bool has(std::string_view name) const;
  std::vector<std::string> names() const;  // sorted
  std::vector<DatabaseUse> in_order() const;
  /// Moves whenever a database comes or goes.
  std::int64_t changes() const { return changes_.load(); }

 private:
  Result<DatabaseUse> make(const std::string& name);
  void serve(const std::string& name, DatabaseUse database);
  Result<void> fill(orm::Database& database, const Wanted& wanted, const Progress& say);

  std::unique_ptr<orm::StoreEngine> engine_;
  const orm::ModuleSet& modules_;
  const Catalog& catalog_;
  const Limits& limits_;
  mutable std::mutex mutex_;  // never held over a wait
  std::map<std::string, DatabaseUse, std::less<>> databases_;
  std::vector<DatabaseUse> in_order_;
  std::atomic<std::int64_t> changes_ = 0;
  std::string default_;  // empty = none; set before the first call
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
