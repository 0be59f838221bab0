// SPDX-License-Identifier: Apache-2.0
#include "parley/server/program.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "parley/modules/folder.hpp"
#include "parley/modules/list.hpp"
#include "parley/orm/methods.hpp"
#include "parley/server/api_keys.hpp"
#include "parley/server/model_documents.hpp"
#include "parley/storage/storage.hpp"

namespace parley::server {
namespace {

AuthOptions auth_options(const Settings& settings) {
  return {.remember_ms = settings.remember_ms,
          .session_ms = settings.session_ms,
          .failures_max = settings.login_failures_max};
}

/// Keys are credentials: what was remembered of them ends when they change.
std::shared_ptr<const orm::Hooks> key_hooks() {
  auto hooks = std::make_shared<orm::Hooks>();
  hooks->after = [](Env& env, const orm::RuntimeModel&, std::span<const std::int64_t>, orm::Operation) {
    return orm::Database::access_changed(env);
  };
  return hooks;
}

Result<void> make_folder(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return Error(Code::unavailable, "the data folder " + path + " cannot be made: " + failed.message());
  return {};
}

}  // namespace

Program::Program(Settings settings, Log::Sink log_sink)
    : settings_(std::move(settings)),
      log_(settings_.log_format == "json" ? Log::Format::json : Log::Format::text, parse_level(settings_.log_level),
           std::move(log_sink), settings_.audit_file) {}

Program::~Program() = default;

Result<std::unique_ptr<Program>> Program::load(Settings settings, const Own& own, Log::Sink log_sink) {
  std::unique_ptr<Program> out(new Program(std::move(settings), std::move(log_sink)));
  PARLEY_TRY(out->modules_, modules::load_modules(out->settings_.modules_path));
  out->modules_.hooks["res.users.apikeys"] = key_hooks();
  out->about_ = {own.module.name.empty() ? "Parley" : own.module.name, own.about, std::string(program_version)};
  out->seeds_ = own.seeds;
  if (!own.module.name.empty()) {
    out->own_module_ = own.module.name;
    if (!out->modules_.modules.emplace(own.module.name, own.module).second)
      return Error(Code::conflict, "the program's module " + own.module.name + " has the name of another module");
  }
  auto engine = storage::make_engine(out->settings_.store, out->settings_.data, out->settings_.limits,
                                     {.log_bytes_max = out->settings_.log_bytes_max, .snapshot_ms = out->settings_.snapshot_ms});
  if (engine == nullptr) return Error(Code::invalid_argument, "store: there is none called '" + out->settings_.store + "'");
  out->databases_ = std::make_unique<Databases>(std::move(engine), out->modules_, out->catalog_, out->settings_.limits);
  out->auth_ = std::make_unique<Authenticator>(out->pool_, auth_options(out->settings_));
  Program& program = *out;
  auto say = [&program](const std::string& text) { program.log_.event(Level::info, "-", text); };
  out->changes_.reset(new DatabaseChanges({out->settings_, *out->databases_, *out->auth_, [&program] { return program.wanted_modules(); },
                                           [&program](orm::Database& database) { return program.admit_later(database); }, say}));
  out->services_.reset(new ServiceParts{out->settings_, *out->databases_, *out->auth_, out->log_, out->modules_, out->master_,
                                        *out->changes_, out->apart_});
  PARLEY_CHECK(out->fill_catalog(own));
  return out;
}

Result<void> Program::fill_catalog(const Own& own) {
  PARLEY_CHECK(add_common_services(catalog_, *services_));
  PARLEY_CHECK(add_db_services(catalog_, *services_));
  PARLEY_CHECK(add_session_services(catalog_, *services_));
  PARLEY_CHECK(add_model_documents(catalog_));
  Served served{[this]() -> const Registry& { return *functions_; }, [this] { return counts(); }, about_,
                [this](std::string_view name) { return settings_.protocol_text(name); }};
  for (const ProtocolEntry& entry : protocol_list())
    if (entry.add_methods != nullptr) PARLEY_CHECK(entry.add_methods(catalog_, services_module, served));
  PARLEY_CHECK(orm::add_base_methods(catalog_));
  modules::PasswordHasher passwords;
  passwords.hash = [this](std::string_view password) { return passwords_.hash(password); };
  passwords.verify = [this](std::string_view password, std::string_view hash) { return passwords_.verify(password, hash); };
  const modules::VcsOptions repositories{settings_.data + "/repos", settings_.vcs_private_hosts, settings_.vcs_pull_ms};
  PARLEY_CHECK(modules::add_modules(catalog_, modules_, passwords, repositories));
  PARLEY_CHECK(add_key_methods(catalog_, modules_, passwords_));
  for (const Catalog::Entry& entry : own.functions.entries())
    PARLEY_CHECK(catalog_.add_function(entry.module, entry.method));
  const std::string functions_of[] = {std::string(services_module), "base", own_module_};  // base: what every model has
  functions_ = Registry::build(catalog_, functions_of, {});
  for (const auto& listed : functions_->list(false)) function_names_[listed.name] = 0;
  return {};
}

Result<void> Program::lock() {
  PARLEY_CHECK(make_folder(settings_.data));
  PARLEY_TRY(auto lock, sqlite::DataLock::try_lock(settings_.data, sqlite::DataLock::Kind::exclusive));
  lock_.emplace(std::move(lock));
  remove_left_changes(settings_.data);
  return {};
}

std::vector<std::string> Program::wanted_modules() const {
  std::vector<std::string> out = settings_.modules;
  if (out.empty()) out.push_back("base");
  if (!own_module_.empty()) out.push_back(own_module_);
  return out;
}

Result<std::string> Program::admin_password() const {
  if (settings_.admin_password_file.empty()) return std::string(default_password);
  std::ifstream file(settings_.admin_password_file);
  std::string line;
  if (!file || !std::getline(file, line) || line.empty())
    return Error(Code::not_found, "admin-password-file: " + settings_.admin_password_file + " has no password in its first line");
  if (line.back() == '\r') line.pop_back();
  return line;
}

Result<void> Program::prepare(const Progress& say) {
  PARLEY_CHECK(log_.check_audit_file());
  PARLEY_CHECK(master_.load(settings_));
  PARLEY_TRY(std::string password, admin_password());
  std::vector<std::string> names = settings_.databases;
  if (names.empty()) {
    PARLEY_TRY(names, databases_->engine().list());
  }
  if (names.empty()) names.push_back("parley");
  if (!settings_.databases.empty()) databases_->set_default(names.front());
  std::vector<std::string> wanted = wanted_modules();
  auto admit_one = [this](orm::Database& database) { return admit(database); };
  for (const std::string& name : names)
    PARLEY_CHECK(databases_->prepare(name, {wanted, settings_.demo, password, admit_one}, say));
  return {};
}

Result<void> Program::admit(orm::Database& database) {
  PARLEY_TRY(auto stored, administrator_passwords(database));
  for (const std::string& one : stored) PARLEY_CHECK(passwords_.learn(one));
  return seed(database);
}

// The start refuses to serve others with the default password; so does everything after it.
Result<void> Program::admit_later(orm::Database& database) {
  PARLEY_CHECK(admit(database));
  if (!is_for_others()) return {};
  PARLEY_TRY(auto stored, administrator_passwords(database));
  for (const std::string& one : stored)
    if (passwords_.is_default(one))
      return Error(Code::rejected, "an administrator of the database would have the default password, and other machines are served",
                   {}, "UserError");
  return {};
}

bool Program::is_for_others() const {
  const std::string& host = settings_.host;
  const bool is_loopback = host == "localhost" || host == "::1" || host.starts_with("127.");
  return !is_loopback || !settings_.trusted_proxies.empty();
}

Result<void> Program::seed(orm::Database& database) {
  for (const Seed& fill : seeds_) {
    PARLEY_TRY(auto session, SystemSession::begin(database, orm::Mode::write, settings_.limits));
    Env env = session->env();
    try {
      PARLEY_CHECK(fill(env));
    } catch (const std::exception& bug) {  // else a database that is half made stays
      return Error(Code::internal, "database " + database.name() + ": its first data could not be made").with_cause(bug.what());
    }
    PARLEY_CHECK(session->commit());
  }
  return {};
}

Counts Program::counts() {
  return {metrics_.started_seconds, metrics_.calls.load(), metrics_.errors.load(), metrics_.in_flight.load()};
}

void Program::tell_metrics(std::vector<Gauge> more, Output& out) {
  auto add = [&more](std::string_view name, std::string_view help, std::string labels, std::int64_t value, bool is_total) {
    more.push_back({name, help, std::move(labels), static_cast<double>(value), is_total});
  };
  add("parley_start_seconds", "When the process began, Unix time.", "", metrics_.started_seconds, false);
  add("parley_calls_in_flight", "Calls that run at this moment.", "", metrics_.in_flight.load(), false);
  add("parley_password_checks_total", "Passwords that were hashed or verified.", "", pool_.done(), true);
  add("parley_password_checks_waiting", "Passwords that wait to be hashed.", "", pool_.waiting(), false);
  add("parley_database_changes_waiting", "Changes of databases that wait for their turn.", "", apart_.waiting(), false);
  std::vector<std::pair<std::string, orm::StoreStats>> stores;
  for (const DatabaseUse& database : databases_->in_order())
    stores.emplace_back("database=\"" + database->name() + "\"", database->store().stats());
  for (const auto& [labels, stats] : stores)
    add("parley_commits_total", "Writing transactions that were kept.", labels, stats.commits, true);
  for (const auto& [labels, stats] : stores)
    add("parley_commit_groups_total", "Syncs that made them durable.", labels, stats.groups, true);
  for (const auto& [labels, stats] : stores)
    add("parley_commit_group_largest", "Most transactions that shared one sync.", labels, stats.largest_group, false);
  for (const auto& [labels, stats] : stores)
    add("parley_reads_total", "Reading transactions.", labels, stats.reads, true);
  for (const auto& [labels, stats] : stores)
    add("parley_waiting_writers", "Transactions that wait to write.", labels, stats.waiting_writers, false);
  for (const auto& [labels, stats] : stores)
    add("parley_readers", "Reading transactions at this moment.", labels, stats.readers, false);
  for (const auto& [labels, stats] : stores)
    add("parley_waiting_readers", "Transactions that wait for a connection to read on.", labels, stats.waiting_readers, false);
  for (const auto& [labels, stats] : stores)
    add("parley_log_bytes", "Size of the write-ahead log.", labels, stats.log_bytes, false);
  for (const auto& [labels, stats] : stores)
    add("parley_log_waits_total", "Times that writers waited because the log was full.", labels, stats.log_waits, true);
  for (const auto& [labels, stats] : stores)
    add("parley_reads_ended_total", "Reads ended because they kept the log from being emptied.", labels, stats.reads_ended, true);
  metrics_.tell(more, out);
}

ProtocolSettings Program::protocol_settings() const {
  ProtocolSettings protocols;
  protocols.version = settings_.announce_version;
  protocols.odoo_prefix = settings_.odoo_prefix;
  protocols.about = about_;
  protocols.given = settings_.protocols;
  protocols.is_debug = settings_.debug;
  protocols.is_secure_cookie = settings_.secure_cookie;
  return protocols;
}

Result<void> Program::make_dispatcher() {
  Parts parts{settings_, catalog_, *databases_, *auth_, passwords_, log_, *functions_, function_names_, metrics_};
  PARLEY_TRY(dispatcher_, Dispatcher::make(parts, protocol_settings(), Pages([this] { return facts(); })));
  return {};
}

bool Program::has_default_password() {
  std::int64_t epochs = 0;
  const std::vector<DatabaseUse> all = databases_->in_order();
  for (const DatabaseUse& database : all) epochs += database->snapshot()->access_epoch;
  const std::pair<std::int64_t, std::int64_t> state{databases_->changes(), epochs};
  {
    std::lock_guard lock(mutex_);
    if (checked_ == state) return has_default_password_;
  }
  bool found = false;
  for (const DatabaseUse& database : all) {
    auto stored = administrator_passwords(*database);
    if (stored) found = found || std::any_of(stored->begin(), stored->end(), [this](const auto& one) { return passwords_.is_default(one); });
  }
  std::lock_guard lock(mutex_);
  checked_ = state;
  has_default_password_ = found;
  return found;
}

Facts Program::facts() {
  return {std::string(program_version), about_.text, settings_.list_db ? databases_->names() : std::vector<std::string>(), has_default_password()};
}

}  // namespace parley::server
