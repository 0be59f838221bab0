// SPDX-License-Identifier: Apache-2.0
// Database: one open store with its current Snapshot, and the transactions that run on it.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "parley/orm/env.hpp"
#include "parley/orm/module.hpp"
#include "parley/orm/store.hpp"

namespace parley::orm {

class Database;

/// One transaction with everything an Env needs. Destroying it uncommitted rolls back.
/// Lives as long as the answer that was made in it (rows stream from it).
class Session {
 public:
  Env& env() { return *env_; }
  Transaction& transaction() { return *transaction_; }
  const Snapshot& snapshot() const { return *snapshot_; }
  /// After it, whoever asks the database for its snapshot sees what this session changed of
  /// rights and users: a password that was changed is forgotten at once.
  /// fails:   as Transaction::commit
  Result<void> commit();
  /// Whether what was committed changed users, groups, keys, rights or rules.
  bool has_changed_rights() const { return has_changed_rights_; }

 private:
  friend class Database;
  Database* database_ = nullptr;
  bool has_changed_rights_ = false;
  std::shared_ptr<const Snapshot> snapshot_;   // shared with the database and other sessions
  std::unique_ptr<Transaction> transaction_;
  std::optional<Env> env_;
};

/// Any thread may call any method; each Session belongs to one task.
class Database {
 public:
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  /// Opens the store's schema: reads which modules are installed, applies additive changes of
  /// theirs, builds the first snapshot.
  /// fails:   rejected, naming a module that is installed but not known to this program
  static Result<std::unique_ptr<Database>> open(std::string name, std::unique_ptr<Store> store,
                                                const ModuleSet& modules, const Catalog& catalog,
                                                const Limits& limits);

  const std::string& name() const { return name_; }
  Store& store() { return *store_; }
  const ModuleSet& modules() const { return modules_; }
  /// The snapshot as last seen; may be one change behind.
  std::shared_ptr<const Snapshot> snapshot() const;

  /// Begins a transaction for `context.uid` and brings the snapshot up to date with it.
  /// `context.env` is set. uid 1 is the system user: use it with as_superuser.
  /// fails:   timeout, cancelled, unavailable; not_found (MissingError) for an unknown uid
  Result<std::unique_ptr<Session>> begin(Mode mode, Context& context);

  /// Installs modules (and what they depend on) that are not there yet, with demo records if
  /// asked, in one exclusive transaction.
  /// gives:   the names that were installed
  Result<std::vector<std::string>> install(std::span<const std::string> wanted, bool with_demo);
  /// Installed modules in dependency order.
  std::vector<std::string> installed() const;

  /// Moves the epoch that says users, groups, rights or rules changed; call it in the
  /// transaction that changes them.
  static Result<void> access_changed(Env& env);

 private:
  Database(std::string name, std::unique_ptr<Store> store, const ModuleSet& modules, const Catalog& catalog,
           const Limits& limits)
      : name_(std::move(name)), store_(std::move(store)), modules_(modules), catalog_(catalog), limits_(limits) {}

  Result<std::shared_ptr<const Snapshot>> load_snapshot(Transaction& transaction);
  Result<std::shared_ptr<const Snapshot>> current(Transaction& transaction, Mode mode);
  Result<void> refresh();
  friend class Session;
  Result<std::shared_ptr<const UserInfo>> find_user(Transaction& transaction, const std::shared_ptr<const Snapshot>& seen, std::int64_t uid);

  std::string name_;
  std::unique_ptr<Store> store_;
  const ModuleSet& modules_;
  const Catalog& catalog_;
  const Limits& limits_;
  mutable std::mutex mutex_;  // never held over a wait
  std::shared_ptr<const Snapshot> snapshot_;
  std::map<std::int64_t, std::shared_ptr<const UserInfo>> users_;  // of snapshot_'s access epoch
  std::int64_t users_epoch_ = -1;
};

}  // namespace parley::orm
