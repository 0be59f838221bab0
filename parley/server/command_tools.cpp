// SPDX-License-Identifier: Apache-2.0
// The commands about databases, users, keys and modules.
#include <termios.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "parley/orm/records.hpp"
#include "parley/server/accounts.hpp"
#include "parley/server/api_keys.hpp"
#include "parley/server/commands.hpp"

namespace parley::server {
namespace {

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

/// The first line of standard input; not shown when it is a terminal.
std::string read_password(const std::string& prompt) {
  termios shown{};
  const bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
  if (is_terminal) {
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    std::fputs(prompt.c_str(), stderr);
  }
  std::string line;
  std::getline(std::cin, line);
  if (!is_terminal) return line;
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  std::fputs("\n", stderr);
  return line;
}

/// What a command has done, in the audit log: by whom on this machine, and never a secret.
void audit(const Command& command, const std::string& what) {
  command.program.log().event(Level::audit, "-", what + " by the command line of system user " + std::to_string(::getuid()));
}

Result<std::int64_t> parse_number(const std::string& text, const char* what) {
  std::int64_t number = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number <= 0)
    return Error(Code::invalid_argument, std::string(what) + ": expected a whole number, not '" + text + "'");
  return number;
}

Result<Account> account_of(orm::Database& database, const std::string& login) {
  PARLEY_TRY(auto transaction, database.store().begin(orm::Mode::read, no_deadline));
  PARLEY_TRY(auto account, find_account(*transaction, login));
  if (!account) return Error(Code::not_found, "database " + database.name() + " has no user '" + login + "'");
  return std::move(*account);
}

/// Rows of a model as dicts, all that there are; as the system user.
Result<std::vector<Value>> rows_of(SystemSession& session, std::string_view name,
                                   std::initializer_list<std::string_view> fields) {
  Env env = session.env();
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(name));
  std::vector<const orm::RuntimeField*> chosen{&model->id_field()};
  for (std::string_view field : fields) chosen.push_back(model->find(field));
  orm::SearchOptions options;
  options.archived = orm::DomainCompiler::Archived::shown;
  options.order = "id";
  PARLEY_TRY(auto rows, orm::search_read_records(env, *model, nullptr, chosen, options, orm::LoadMode::with_names));
  std::vector<Value> out;
  for (;;) {
    TreeBuilder row(session.arena());
    PARLEY_TRY(bool has_row, rows->next(row));
    if (!has_row) return out;
    out.push_back(row.result());
  }
}

std::string cell(const Value& row, std::string_view field) {
  const Value* value = row.find(field);
  if (value == nullptr || value->is_absent() || value->is_false()) return "-";
  if (value->is_true()) return "yes";
  if (value->is_integer()) return std::to_string(value->as_integer());
  if (value->is(Kind::datetime)) return to_odoo_string(value->as_datetime());
  if (value->is_list() && value->size() == 2) return std::string(text_of(value->items()[1]));
  return std::string(text_of(*value));
}

/// Makes a key of `login`; `details` are a description and the days it lasts, if given. `value` as in NewKey.
Result<std::string> make_key(const Command& command, const std::string& login, std::span<const std::string> details,
                             std::string_view value) {
  const Limits& limits = command.program.settings().limits;
  PARLEY_TRY(orm::Database * database, database_of(command.program));
  PARLEY_TRY(Account account, account_of(*database, login));
  PARLEY_TRY(auto session, SystemSession::begin(*database, orm::Mode::write, limits));
  Env env = session->env();
  const std::string name = details.empty() ? "command line" : details[0];
  NewKey wanted{.uid = account.uid, .name = name, .value = value};
  if (details.size() > 1) {
    PARLEY_TRY(std::int64_t days, parse_number(details[1], "days"));
    if (days > 36'500) return Error(Code::invalid_argument, "days: at most 36500");
    wanted.expires = now_utc();
    wanted.expires->micros += days * 86'400'000'000;
  }
  PARLEY_TRY(std::string key, add_key(env, wanted));
  PARLEY_CHECK(session->commit());
  audit(command, "API key of " + printable(login) + " in " + database->name() + " made");
  return key;
}

}  // namespace

Result<orm::Database*> database_of(Program& program) {
  std::vector<std::string> names = program.settings().databases;
  if (names.empty()) {
    PARLEY_TRY(names, program.databases().engine().list());
    if (names.size() > 1) return Error(Code::invalid_argument, "there are several databases; name one with --database");
  }
  if (names.empty()) return Error(Code::not_found, "there is no database in " + program.settings().data);
  PARLEY_TRY(DatabaseUse database, program.databases().open(names.front()));
  return database.get();  // the program keeps it open
}

Result<void> db_list(const Command& command) {
  PARLEY_TRY(auto names, command.program.databases().engine().list());
  for (const std::string& name : names) print(name);
  return {};
}

Result<void> db_init(const Command& command) {
  Program& program = command.program;
  PARLEY_TRY(std::string password, program.admin_password());
  std::vector<std::string> wanted = program.wanted_modules();
  for (const std::string& name : command.words) {
    PARLEY_TRY(bool is_there, program.databases().engine().exists(name));
    if (is_there) return Error(Code::conflict, "database " + name + " exists already");
    PARLEY_CHECK(program.databases().prepare(name, {wanted, program.settings().demo, password}, say_progress));
    audit(command, "database " + name + " made");
  }
  return {};
}

Result<void> db_drop(const Command& command) {
  PARLEY_CHECK(command.program.databases().engine().drop(command.words[0]));
  audit(command, "database " + command.words[0] + " dropped");
  return {};
}

Result<void> db_backup(const Command& command) {
  const std::string &name = command.words[0], &file = command.words[1];
  std::int64_t tenths = 0;
  auto say = [&](std::int64_t done, std::int64_t of) {
    if (of == 0 || done * 10 / of <= tenths) return;
    tenths = done * 10 / of;
    say_progress("database " + name + ": " + std::to_string(tenths * 10) + "% copied");
  };
  PARLEY_CHECK(command.program.databases().engine().backup(name, file, say));
  say_progress("database " + name + ": verified copy in " + file);
  audit(command, "database " + name + " copied to " + file);
  return {};
}

Result<void> db_restore(const Command& command) {
  PARLEY_CHECK(command.program.databases().engine().restore(command.words[0], command.words[1]));
  audit(command, "database " + command.words[0] + " restored from " + command.words[1]);
  return {};
}

Result<void> user_list(const Command& command) {
  PARLEY_TRY(orm::Database * database, database_of(command.program));
  PARLEY_TRY(auto session, SystemSession::begin(*database, orm::Mode::read, command.program.settings().limits));
  PARLEY_TRY(auto users, rows_of(*session, "res.users", {"login", "name", "active"}));
  for (const Value& user : users)
    print(cell(user, "id") + "\t" + cell(user, "login") + "\t" + cell(user, "name") + "\t" +
          (cell(user, "active") == "yes" ? "active" : "inactive"));
  return {};
}

Result<void> user_passwd(const Command& command) {
  PARLEY_TRY(orm::Database * database, database_of(command.program));
  PARLEY_TRY(Account account, account_of(*database, command.words[0]));
  std::string password = read_password("new password of " + account.login + ": ");
  if (password.empty()) return Error(Code::invalid_argument, "the new password is empty");
  PARLEY_CHECK(set_password(*database, account.uid, password, command.program.settings().limits));
  audit(command, "password of " + printable(account.login) + " in " + database->name() + " changed");
  return {};
}

Result<void> master_passwd(const Command& command) {
  const std::string& file = command.program.settings().master_password_file;
  if (file.empty()) return Error(Code::invalid_argument, "name the file with --master-password-file");
  std::string password = read_password("new master password: ");
  if (password.empty()) return Error(Code::invalid_argument, "the new master password is empty");
  PARLEY_CHECK(write_password_file(command.program.pool(), file, password));
  audit(command, "master password in " + file + " changed");
  return {};
}

namespace {

// A key that clients have already comes from a file, not from the command line, which every process
// can see.
Result<std::string> read_key(const std::string& path) {
  std::string key;
  if (path == "-") {
    key = read_password("key: ");
  } else {
    std::ifstream file(path);
    if (!file || !std::getline(file, key)) return Error(Code::not_found, path + " has no key in its first line");
  }
  if (key.ends_with('\r')) key.pop_back();
  if (key.empty()) return Error(Code::invalid_argument, "the key is empty");
  return key;
}

}  // namespace

Result<void> key_add(const Command& command) {
  const std::string& value_file = command.program.settings().value_file;
  if (!value_file.empty()) {
    PARLEY_TRY(std::string key, read_key(value_file));
    PARLEY_CHECK(make_key(command, command.words[0], command.words.subspan(1), key));
    return {};
  }
  PARLEY_TRY(std::string key, make_key(command, command.words[0], command.words.subspan(1), {}));
  print(key);
  return {};
}

Result<void> key_list(const Command& command) {
  PARLEY_TRY(orm::Database * database, database_of(command.program));
  PARLEY_TRY(auto session, SystemSession::begin(*database, orm::Mode::read, command.program.settings().limits));
  PARLEY_TRY(auto users, rows_of(*session, "res.users", {"login"}));
  PARLEY_TRY(auto keys, rows_of(*session, "res.users.apikeys", {"user_id", "index", "name", "expiration_date"}));
  for (const Value& key : keys) {
    std::string login;
    const Value& owner = key.find("user_id")->items()[0];
    for (const Value& user : users)
      if (equal(*user.find("id"), owner)) login = cell(user, "login");
    if (!command.words.empty() && login != command.words[0]) continue;
    print(cell(key, "id") + "\t" + login + "\t" + cell(key, "index") + "\t" + cell(key, "name") + "\t" +
          cell(key, "expiration_date"));
  }
  return {};
}

Result<void> key_revoke(const Command& command) {
  PARLEY_TRY(orm::Database * database, database_of(command.program));
  PARLEY_TRY(std::int64_t id, parse_number(command.words[0], "id"));
  PARLEY_TRY(auto session, SystemSession::begin(*database, orm::Mode::write, command.program.settings().limits));
  Env env = session->env();
  PARLEY_TRY(const orm::RuntimeModel* keys, env.find_model("res.users.apikeys"));
  PARLEY_TRY(orm::Ids there, orm::existing_ids(env, *keys, {&id, 1}));
  if (there.empty()) return Error(Code::not_found, "there is no API key " + command.words[0]);
  PARLEY_CHECK(orm::unlink_records(env, *keys, there));
  PARLEY_CHECK(session->commit());
  audit(command, "API key " + command.words[0] + " in " + database->name() + " revoked");
  return {};
}

Result<void> module_list(const Command& command) {
  PARLEY_TRY(orm::Database * database, database_of(command.program));
  std::vector<std::string> installed = database->installed();
  for (const auto& [name, module] : command.program.modules().modules) {
    bool is_there = std::find(installed.begin(), installed.end(), name) != installed.end();
    print(name + "\t" + (is_there ? "installed" : "-") + "\t" + module.title);
  }
  return {};
}

Result<void> module_install(const Command& command) {
  PARLEY_TRY(orm::Database * database, database_of(command.program));
  PARLEY_TRY(auto added, database->install(command.words, command.program.settings().demo));
  for (const std::string& name : added) print(name);
  for (const std::string& name : added) audit(command, "module " + name + " installed in " + database->name());
  return {};
}

}  // namespace parley::server
