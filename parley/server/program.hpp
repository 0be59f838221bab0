// SPDX-License-Identifier: Apache-2.0
// Program: everything one process is made of, wired in one place. The commands and App use it.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "parley/server/apart.hpp"
#include "parley/server/database_changes.hpp"
#include "parley/server/master_password.hpp"
#include "parley/server/serve.hpp"
#include "parley/server/services.hpp"
#include "parley/storage/sqlite/data_lock.hpp"

namespace parley::server {

/// Fills a database as the program wants it; as superuser, in one writing transaction.
using Seed = std::function<Result<void>(Env&)>;

/// What a C++ program brings beyond the modules it was built with.
struct Own {
  orm::Module module;  // installed into every database when its name is not empty
  Catalog functions;   // of that module
  std::string about;   // Markdown: what the documents say of the service
  std::vector<Seed> seeds = {};  // run at each start, on each database
};

/// Filled in order: load, prepare (or databases().open), make_dispatcher. Then any thread.
class Program {
 public:
  /// Modules and the catalog; no database is touched.
  /// fails:   rejected, naming the module's file and line
  static Result<std::unique_ptr<Program>> load(Settings settings, const Own& own, Log::Sink log_sink = {});
  ~Program();

  /// Keeps every other writer out of the data folder, which is made when missing.
  Result<void> lock();
  /// Opens the databases of the settings, makes those that are missing.
  Result<void> prepare(const Progress& say);
  Result<void> make_dispatcher();

  Dispatcher& dispatcher() { return *dispatcher_; }
  const Settings& settings() const { return settings_; }
  Databases& databases() { return *databases_; }
  HashPool& pool() { return pool_; }
  const orm::ModuleSet& modules() const { return modules_; }
  const Log& log() const { return log_; }
  /// Everything counted, in Prometheus' text format; `more` are numbers of other parts.
  void tell_metrics(std::vector<Gauge> more, Output& out);
  /// The modules every database gets: those of the settings and the program's own.
  std::vector<std::string> wanted_modules() const;
  /// What the administrator of a new database gets.
  Result<std::string> admin_password() const;
  /// Whether an administrator of some database has the default password. Hashes nothing: what
  /// was stored before is learned by `prepare`, what is stored later when it is hashed.
  bool has_default_password();
  /// Whether other machines may reach what is served, by the settings.
  bool is_for_others() const;

 private:
  Program(Settings settings, Log::Sink log_sink);
  Result<void> fill_catalog(const Own& own);
  Result<void> seed(orm::Database& database);
  /// What every database passes before it is served; `admit_later` while others may call already.
  Result<void> admit(orm::Database& database);
  Result<void> admit_later(orm::Database& database);
  Facts facts();
  Counts counts();
  ProtocolSettings protocol_settings() const;

  Settings settings_;
  Log log_;
  HashPool pool_;
  Passwords passwords_{pool_};
  Catalog catalog_;
  orm::ModuleSet modules_;
  std::string own_module_;
  std::vector<Seed> seeds_;
  About about_;
  Metrics metrics_;
  std::unique_ptr<Databases> databases_;
  std::unique_ptr<Authenticator> auth_;
  MasterPassword master_{pool_};
  std::unique_ptr<DatabaseChanges> changes_;
  std::unique_ptr<ServiceParts> services_;
  std::shared_ptr<const Registry> functions_;  // shared with nobody; Registry::build makes it so
  TextMap<char> function_names_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::optional<sqlite::DataLock> lock_;
  std::mutex mutex_;
  std::pair<std::int64_t, std::int64_t> checked_{-1, -1};  // databases and the sum of their epochs when it was looked for
  bool has_default_password_ = false;
  Apart apart_;  // the first to go: its work may need all of the above
};

}  // namespace parley::server
