// SPDX-License-Identifier: Apache-2.0
#include "parley/server/database_changes.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "parley/orm/records.hpp"
#include "parley/server/services.hpp"

namespace parley::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view folder_start = ".change-";
constexpr std::size_t rest_of_request_bytes = 64 << 10;  // what surrounds a dump in a call of restore

/// A folder within the data folder that nobody else can look into; gone with its owner.
class PassingFolder {
 public:
  static Result<std::unique_ptr<PassingFolder>> make(const std::string& data) {
    std::string path = data + "/" + std::string(folder_start) + "XXXXXX";
    if (::mkdtemp(path.data()) == nullptr)
      return Error(Code::unavailable, "there is no room for a copy").with_cause(path + ": " + std::strerror(errno));
    return std::unique_ptr<PassingFolder>(new PassingFolder(std::move(path)));
  }
  ~PassingFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PassingFolder(const PassingFolder&) = delete;
  PassingFolder& operator=(const PassingFolder&) = delete;
  std::string file() const { return path_ + "/copy"; }

 private:
  explicit PassingFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) return Error(Code::unavailable, "the copy cannot be read").with_cause(path);
  return std::move(bytes).str();
}

Result<void> write_file(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return Error(Code::unavailable, "there is no room for the dump").with_cause(path);
  return {};
}

/// The id of the record of `model` whose field `code` is `code`, in any case of letters; 0 = none.
Result<std::int64_t> id_by_code(SystemSession& session, std::string_view model_name, std::string_view code) {
  Env env = session.env();
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(model_name));
  std::vector<const orm::RuntimeField*> fields{&model->id_field(), model->find("code")};
  orm::SearchOptions options;
  options.archived = orm::DomainCompiler::Archived::shown;
  PARLEY_TRY(auto rows, orm::search_read_records(env, *model, nullptr, fields, options, orm::LoadMode::with_names));
  for (;;) {
    TreeBuilder row(session.arena());
    PARLEY_TRY(bool has_row, rows->next(row));
    if (!has_row) return 0;
    const Value* found = row.result().find("code");
    if (found != nullptr && http::same_letters(text_of(*found), code)) return row.result().find("id")->as_integer();
  }
}

Result<void> write_one(SystemSession& session, std::string_view model_name, std::int64_t id, const Value& values) {
  Env env = session.env();
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(model_name));
  return orm::write_records(env, *model, {&id, 1}, values);
}

constexpr std::int64_t main_company = 1;

Result<std::int64_t> partner_of_company(SystemSession& session) {
  Env env = session.env();
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model("res.company"));
  PARLEY_TRY(auto rows, orm::read_records(env, *model, {main_company}, {model->find("partner_id")}, orm::LoadMode::with_names));
  TreeBuilder row(session.arena());
  PARLEY_TRY(bool has_row, rows->next(row));
  const Value* pair = has_row ? row.result().find("partner_id") : nullptr;
  if (pair == nullptr || !pair->is_list() || pair->size() == 0) return Error(Code::internal, "the company has no partner");
  return pair->items()[0].as_integer();
}

/// What the caller of db.create_database says of the administrator and the company.
Result<void> describe(orm::Database& database, const NewDatabase& wanted, const Limits& limits) {
  PARLEY_TRY(auto session, SystemSession::begin(database, orm::Mode::write, limits));
  Arena& arena = session->arena();
  PARLEY_TRY(std::int64_t lang, id_by_code(*session, "res.lang", wanted.lang));
  if (lang == 0) return Error(Code::invalid_argument, "Invalid language code: " + wanted.lang, "lang", "UserError");
  DictBuilder activity(arena), user(arena), company(arena);
  activity.set("active", Value::boolean(true));
  PARLEY_CHECK(write_one(*session, "res.lang", lang, activity.done()));
  user.set("login", Value::string(wanted.login));
  user.set("lang", Value::string(wanted.lang));
  PARLEY_CHECK(write_one(*session, "res.users", admin_uid, user.done()));
  if (!wanted.phone.empty()) {
    company.set("phone", Value::string(wanted.phone));
    PARLEY_CHECK(write_one(*session, "res.company", main_company, company.done()));
  }
  if (!wanted.country.empty()) {
    PARLEY_TRY(std::int64_t country, id_by_code(*session, "res.country", wanted.country));
    if (country == 0) return Error(Code::invalid_argument, "country_code: there is no country " + wanted.country, "country_code");
    PARLEY_TRY(std::int64_t partner, partner_of_company(*session));
    DictBuilder address(arena);
    address.set("country_id", Value::integer(country));
    PARLEY_CHECK(write_one(*session, "res.partner", partner, address.done()));
  }
  return session->commit();
}

}  // namespace

Result<void> DatabaseChanges::check_free(const std::string& name) {
  PARLEY_TRY(bool is_there, with_.databases.engine().exists(name));
  if (!is_there) return {};
  return Error(Code::conflict, "database '" + name + "' already exists!", "name",
               with_.settings.odoo_prefix + ".service.db.DatabaseExists");
}

Result<void> DatabaseChanges::serve(const std::string& name, bool with_demo, std::string_view admin_password,
                                    const Admit& before) {
  auto admit = [&](orm::Database& database) -> Result<void> {
    if (before) PARLEY_CHECK(before(database));
    return with_.admit(database);
  };
  std::vector<std::string> modules = with_.modules();
  PARLEY_CHECK(with_.databases.prepare(name, {modules, with_demo, admin_password, admit}, with_.say));
  return {};
}

Result<void> DatabaseChanges::create(const NewDatabase& wanted) {
  PARLEY_CHECK(check_free(wanted.name));
  if (wanted.password.empty()) return Error(Code::invalid_argument, "user_password: a password is needed", "user_password");
  if (wanted.login.empty()) return Error(Code::invalid_argument, "login: a login is needed", "login");
  return serve(wanted.name, wanted.with_demo, wanted.password,
               [&](orm::Database& database) { return describe(database, wanted, with_.settings.limits); });
}

// The file at `path` as a database of this name, or nothing.
Result<void> DatabaseChanges::take_in(const std::string& name, const std::string& path) {
  PARLEY_CHECK(with_.databases.engine().restore(name, path));
  return serve_copy(name);
}

Result<void> DatabaseChanges::serve_copy(const std::string& name) {
  auto served = serve(name, false, default_password, {});
  if (!served) (void)with_.databases.engine().drop(name);
  return served;
}

Result<void> DatabaseChanges::take_copy(const std::string& from, const std::string& to) {
  PARLEY_TRY(DatabaseUse use, with_.databases.find(from));
  return use->store().backup(to);
}

Result<void> DatabaseChanges::duplicate(const std::string& from, const std::string& to) {
  PARLEY_CHECK(check_free(to));
  PARLEY_TRY(auto folder, PassingFolder::make(with_.settings.data));
  PARLEY_CHECK(take_copy(from, folder->file()));
  return take_in(to, folder->file());
}

Result<bool> DatabaseChanges::drop(const std::string& name) {
  if (!with_.databases.has(name)) return false;
  PARLEY_CHECK(with_.databases.close(name, deadline_in(std::chrono::milliseconds(with_.settings.limits.drain_ms))));
  with_.auth.forget(name);
  PARLEY_CHECK(with_.databases.engine().drop(name));
  return true;
}

// The port of stores knows no renaming: a copy under the new name, then the old one goes. Whoever
// pulls the plug in between finds both.
Result<void> DatabaseChanges::rename(const std::string& from, const std::string& to) {
  PARLEY_CHECK(check_free(to));
  PARLEY_TRY(auto folder, PassingFolder::make(with_.settings.data));
  PARLEY_CHECK(with_.databases.close(from, deadline_in(std::chrono::milliseconds(with_.settings.limits.drain_ms))));
  auto renamed = [&]() -> Result<void> {
    {
      PARLEY_TRY(auto store, with_.databases.engine().open(from));
      PARLEY_CHECK(store->backup(folder->file()));
    }
    PARLEY_CHECK(take_in(to, folder->file()));
    return with_.databases.engine().drop(from);
  }();
  with_.auth.forget(from);
  if (!renamed && !with_.databases.has(to)) PARLEY_CHECK(with_.databases.open(from));
  return renamed;
}

Result<std::string> DatabaseChanges::dump(const std::string& name) {
  PARLEY_TRY(auto folder, PassingFolder::make(with_.settings.data));
  PARLEY_CHECK(take_copy(name, folder->file()));
  std::error_code failed;
  const std::uintmax_t bytes = fs::file_size(folder->file(), failed);
  const std::size_t most = with_.settings.limits.body_bytes_max;
  const std::size_t bytes_max = most > rest_of_request_bytes ? (most - rest_of_request_bytes) / 4 * 3 : 0;
  if (failed || bytes > bytes_max)
    return Error(Code::too_large, "database " + name + " has " + std::to_string(bytes) + " bytes, and body-bytes-max lets a call carry " +
                                      std::to_string(bytes_max) + "; use `parley db backup`",
                 {}, "UserError");
  return read_file(folder->file());
}

Result<void> DatabaseChanges::restore(const std::string& name, std::string_view bytes) {
  PARLEY_CHECK(check_free(name));
  auto no_dump = [](std::string why) {
    return Error(Code::rejected, "data: expected a dump as db.dump gives it: one whole SQLite file of this server", "data", "UserError")
        .with_cause(std::move(why));
  };
  if (!bytes.starts_with("SQLite format 3")) return no_dump({});
  PARLEY_TRY(auto folder, PassingFolder::make(with_.settings.data));
  PARLEY_CHECK(write_file(folder->file(), bytes));
  // The file has a path of ours, which is nobody's matter.
  if (auto taken = with_.databases.engine().restore(name, folder->file()); !taken) {
    if (taken.error().code == Code::invalid_argument || taken.error().code == Code::conflict) return taken;
    return no_dump(taken.error().message + " " + taken.error().cause);
  }
  return serve_copy(name);
}

Result<void> DatabaseChanges::migrate(const std::string& name) {
  if (!with_.databases.has(name)) {
    PARLEY_CHECK(with_.databases.find(name));
  }
  return serve(name, false, default_password, {});
}

void remove_left_changes(const std::string& data) {
  std::error_code failed;
  std::vector<fs::path> left;
  for (fs::directory_iterator at(data, failed); !failed && at != fs::directory_iterator(); at.increment(failed))
    if (at->path().filename().string().starts_with(folder_start)) left.push_back(at->path());
  for (const fs::path& path : left) fs::remove_all(path, failed);
}

}  // namespace parley::server
