// SPDX-License-Identifier: Apache-2.0
// The db service: spec/odoo-external-api.md section 2.3. What changes databases asks for the master
// password first, runs on the thread of Apart and leaves a line in the audit log.
#include "parley/core/base64.hpp"
#include "parley/registry/expose.hpp"
#include "parley/server/apart.hpp"
#include "parley/server/database_changes.hpp"
#include "parley/server/master_password.hpp"
#include "parley/server/services.hpp"

namespace parley::server {
namespace {

/// What one call asks for, owned: it may outlive the call.
struct Asked {
  const ServiceParts* with;
  std::string method, about;  // "db.drop", "the database's name"
  std::string request_id, peer;
};

Asked asked(const ServiceParts& parts, const Context& context, std::string_view method, std::string_view about) {
  return {&parts, "db." + std::string(method), std::string(about), std::string(context.request_id), std::string(context.peer)};
}

void audit(const Asked& asked, const Error* refusal) {
  std::string text = asked.method + " of " + printable(asked.about) + " from " + asked.peer + ": ";
  text += refusal == nullptr ? std::string_view("done") : row(refusal->code).name;
  asked.with->log.event(Level::audit, asked.request_id, text);
  if (refusal != nullptr && !refusal->cause.empty()) asked.with->log.event(Level::error, asked.request_id, refusal->cause);
}

/// Whether who asks knows the master password.
Result<void> check_master(const Asked& asked, const Context& context, const Value& password) {
  const ServiceParts& with = *asked.with;
  if (!with.settings.list_db) {
    with.log.event(Level::warning, asked.request_id, asked.method + " was refused: list-db is off");
    return access_denied();
  }
  const std::string stored = with.master.stored();
  if (stored.empty())
    with.log.event(Level::warning, asked.request_id,
                   asked.method + " was refused: there is no master password; set master-password-file, or PARLEY_MASTER_PASSWORD "
                                  "in the environment");
  auto confirmed = with.auth.confirm_master(stored, text_of(password), {context.peer, context.deadline});
  if (!confirmed) audit(asked, &confirmed.error());
  return confirmed;
}

/// `work` on the thread of Apart, once the master password was right.
Result<std::string> change(Asked asked, const Context& context, const Value& password, Apart::Work work) {
  PARLEY_CHECK(check_master(asked, context, password));
  Apart& apart = asked.with->apart;
  return apart.run(
      [asked = std::move(asked), work = std::move(work)] {
        auto done = work();
        audit(asked, done ? nullptr : &done.error());
        return done;
      },
      context.deadline);
}

/// The same for work that gives nothing: true.
Result<Value> change_only(Asked asked, const Context& context, const Value& password, std::function<Result<void>()> work) {
  PARLEY_CHECK(change(std::move(asked), context, password, [work = std::move(work)]() -> Result<std::string> {
    PARLEY_CHECK(work());
    return std::string();
  }));
  return Value::boolean(true);
}

/// A name that a database is to get, or has.
Result<std::string> name_of(const Value& value, std::string_view argument) {
  if (!text_of(value).empty()) return std::string(value.text());
  return Error(Code::invalid_argument, std::string(argument) + ": expected the name of a database", std::string(argument), "ValueError");
}

/// What is text or, as in Python, nothing.
std::string optional_text(const Value& value) { return std::string(text_of(value)); }

/// [code, name] of the records of a model that base brings, in their order.
Value pairs_of(const ServiceParts& parts, std::string_view model, bool in_lower_case, Arena& arena) {
  ListBuilder list(arena);
  auto base = parts.modules.modules.find("base");
  if (base == parts.modules.modules.end()) return list.done();
  for (const orm::DataRow& row : base->second.data) {
    const Value *code = row.values->find("code"), *name = row.values->find("name");
    if (row.model != model || code == nullptr || name == nullptr) continue;
    std::string shown(text_of(*code));
    if (in_lower_case)
      for (char& c : shown) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    const Value pair[] = {Value::string(arena.copy(shown)), Value::string(arena.copy(text_of(*name)))};
    list.add(Value::list(arena.copy(std::span<const Value>(pair))));
  }
  return list.done();
}

Arg<> master() { return arg("master_pwd", "The master password."); }
Arg<> name_argument(std::string_view name) { return arg(name, "Name of a database."); }
Arg<Value> maybe(std::string_view name, std::string_view help) { return arg(name, help, Value::null()); }

Result<void> add_questions(Catalog& catalog, const ServiceParts* with) {
  PARLEY_CHECK(add_service(catalog, bind_function(
                                "db.list",
                                [with](Value) -> Result<std::vector<std::string>> {
                                  if (!with->settings.list_db) return access_denied();
                                  return with->databases.names();
                                },
                                doc("Names of the databases."), arg("document", "Ignored.", Value::boolean(false)),
                                effect::read)));
  PARLEY_CHECK(add_service(catalog, bind_function(
                                "db.db_exist", [with](Value name) { return with->databases.has(text_of(name)); },
                                doc("Whether a database is served."), arg("db_name", "Its name."), effect::read)));
  PARLEY_CHECK(add_service(catalog, bind_function(
                                "db.server_version", [with] { return with->settings.announce_version; },
                                doc("The version of the server."), effect::read)));
  return add_service(catalog, bind_function(
                          "db.list_lang", [with](Context& context) { return pairs_of(*with, "res.lang", false, context.arena); },
                          doc("Languages a database can be made in, as [code, name]."), effect::read));
}

Result<Value> create_database(const ServiceParts& with, Context& context, const Value& password, NewDatabase wanted) {
  Asked one = asked(with, context, "create_database", wanted.name);
  return change_only(std::move(one), context, password, [&with, wanted = std::move(wanted)] { return with.changes.create(wanted); });
}

Result<void> add_makers(Catalog& catalog, const ServiceParts* with) {
  auto create = [with](Context& context, Value password, Value name, Value demo, Value lang, Value user_password, Value login,
                       Value country, Value phone) -> Result<Value> {
    NewDatabase wanted;
    PARLEY_TRY(wanted.name, name_of(name, "db_name"));
    wanted.with_demo = !demo.is_absent() && !demo.is_false() && !(demo.is_string() && demo.size() == 0) &&
                       !(demo.is_integer() && demo.as_integer() == 0);
    if (!text_of(lang).empty()) wanted.lang = text_of(lang);
    wanted.password = text_of(user_password);
    wanted.login = text_of(login);
    wanted.country = optional_text(country);
    wanted.phone = optional_text(phone);
    return create_database(*with, context, password, std::move(wanted));
  };
  PARLEY_CHECK(add_secret_service(
      catalog, bind_function("db.create_database", create, doc("Makes a database with the modules of the settings."), master(),
                             name_argument("db_name"), arg("demo", "Whether to load demo records."),
                             arg("lang", "Code of the administrator's language, of db.list_lang."),
                             arg("user_password", "The administrator's password.", Value::string(default_password)),
                             arg("login", "The administrator's login.", Value::string("admin")),
                             maybe("country_code", "Code of the company's country."), maybe("phone", "The company's number."),
                             effect::write)));
  auto duplicate = [with](Context& context, Value password, Value from, Value to, Value) -> Result<Value> {
    PARLEY_TRY(std::string original, name_of(from, "db_original_name"));
    PARLEY_TRY(std::string copy, name_of(to, "db_name"));
    return change_only(asked(*with, context, "duplicate_database", original + " as " + copy), context, password,
                       [with, original, copy] { return with->changes.duplicate(original, copy); });
  };
  PARLEY_CHECK(add_secret_service(
      catalog, bind_function("db.duplicate_database", duplicate, doc("Copies a database."), master(), name_argument("db_original_name"),
                             name_argument("db_name"),
                             arg("neutralize_database", "Ignored: nothing in a database acts by itself.", Value::boolean(false)), effect::write)));
  auto migrate = [with](Context& context, Value password, std::vector<std::string> names) -> Result<Value> {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ",") + name;
    return change_only(asked(*with, context, "migrate_databases", all), context, password, [with, names]() -> Result<void> {
      for (const std::string& name : names) PARLEY_CHECK(with->changes.migrate(name));
      return {};
    });
  };
  return add_secret_service(catalog, bind_function("db.migrate_databases", migrate, doc("Installs modules of the settings that databases lack."),
                                           master(), arg("databases", "Their names."), effect::write));
}

Result<void> add_enders(Catalog& catalog, const ServiceParts* with) {
  auto drop = [with](Context& context, Value password, Value name) -> Result<Value> {
    PARLEY_TRY(std::string dropped, name_of(name, "db_name"));
    PARLEY_TRY(std::string was_there,
               change(asked(*with, context, "drop", dropped), context, password, [with, dropped]() -> Result<std::string> {
                 PARLEY_TRY(bool was_served, with->changes.drop(dropped));
                 return std::string(was_served ? "yes" : "");
               }));
    return Value::boolean(!was_there.empty());
  };
  PARLEY_CHECK(add_secret_service(catalog, bind_function("db.drop", drop, doc("Deletes a database; false when there is none."), master(),
                                                 name_argument("db_name"), effect::write)));
  auto rename = [with](Context& context, Value password, Value from, Value to) -> Result<Value> {
    PARLEY_TRY(std::string before, name_of(from, "old_name"));
    PARLEY_TRY(std::string after, name_of(to, "new_name"));
    return change_only(asked(*with, context, "rename", before + " to " + after), context, password,
                       [with, before, after] { return with->changes.rename(before, after); });
  };
  return add_secret_service(catalog, bind_function("db.rename", rename, doc("Gives a database another name."), master(),
                                           name_argument("old_name"), name_argument("new_name"), effect::write));
}

Result<void> add_carriers(Catalog& catalog, const ServiceParts* with) {
  auto dump = [with](Context& context, Value password, Value name, Value format) -> Result<Value> {
    PARLEY_TRY(std::string dumped, name_of(name, "db_name"));
    if (std::string_view word = text_of(format); !format.is_absent() && word != "zip" && word != "dump")
      return Error(Code::invalid_argument, "format: zip or dump; both give the same, one SQLite file", "format", "ValueError");
    PARLEY_TRY(std::string text, change(asked(*with, context, "dump", dumped), context, password, [with, dumped]() -> Result<std::string> {
                 PARLEY_TRY(std::string bytes, with->changes.dump(dumped));
                 return to_base64(bytes);
               }));
    return Value::string(context.arena.copy(text));
  };
  PARLEY_CHECK(add_secret_service(catalog, bind_function("db.dump", dump, doc("A consistent copy of a database, one SQLite file as base64."), master(),
                                                 name_argument("db_name"), arg("format", "zip or dump: both give the same.", Value::string("zip")),
                                                 effect::write)));
  auto restore = [with](Context& context, Value password, Value name, Value data, Value) -> Result<Value> {
    PARLEY_TRY(std::string restored, name_of(name, "db_name"));
    std::optional<std::string> bytes;
    if (data.is(Kind::bytes)) bytes = data.text();
    if (data.is_string()) bytes = from_base64(data.text());
    if (!bytes) return Error(Code::invalid_argument, "data: expected what db.dump gives, as base64", "data", "ValueError");
    auto kept = std::make_shared<const std::string>(std::move(*bytes));  // shared by copies of the work
    return change_only(asked(*with, context, "restore", restored), context, password,
                       [with, restored, kept] { return with->changes.restore(restored, *kept); });
  };
  return add_secret_service(catalog, bind_function("db.restore", restore, doc("Makes a database of what db.dump gave."), master(),
                                           name_argument("db_name"), arg("data", "The dump, as base64."),
                                           arg("copy", "Ignored: a database has no name of its own within.", Value::boolean(false)), effect::write));
}

Result<void> add_others(Catalog& catalog, const ServiceParts* with) {
  auto change_password = [with](Context& context, Value password, Value after) -> Result<Value> {
    const Asked one = asked(*with, context, "change_admin_password", "");
    PARLEY_CHECK(check_master(one, context, password));
    auto changed = with->master.change(text_of(after));
    audit(one, changed ? nullptr : &changed.error());
    PARLEY_CHECK(std::move(changed));
    return Value::boolean(true);
  };
  PARLEY_CHECK(add_secret_service(catalog, bind_function("db.change_admin_password", change_password, doc("Changes the master password in its file."),
                                                 master(), arg("new_password", "The one that counts from then on."), effect::write)));
  auto countries = [with](Context& context, Value password) -> Result<Value> {
    PARLEY_CHECK(check_master(asked(*with, context, "list_countries", ""), context, password));
    return pairs_of(*with, "res.country", true, context.arena);
  };
  return add_secret_service(catalog, bind_function("db.list_countries", countries, doc("Countries a company can be in, as [code, name]."), master(),
                                           effect::write));
}

}  // namespace

Result<void> add_db_services(Catalog& catalog, const ServiceParts& parts) {
  PARLEY_CHECK(add_questions(catalog, &parts));
  PARLEY_CHECK(add_makers(catalog, &parts));
  PARLEY_CHECK(add_enders(catalog, &parts));
  PARLEY_CHECK(add_carriers(catalog, &parts));
  return add_others(catalog, &parts);
}

}  // namespace parley::server
