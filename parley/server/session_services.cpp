// SPDX-License-Identifier: Apache-2.0
// Logging in and out of a web session, and what a session knows: spec/odoo-external-api.md
// section 10.
#include "parley/orm/records.hpp"
#include "parley/registry/expose.hpp"
#include "parley/server/calls.hpp"
#include "parley/server/services.hpp"

namespace parley::server {
namespace {

/// [id, name] of the user's partner and company; nothing where rows are missing.
struct Surroundings {
  orm::Named partner{0, ""}, company{0, ""};
};

Result<Surroundings> surroundings(Env& env) {
  Surroundings out;
  Env system = env.as_superuser();
  PARLEY_TRY(const orm::RuntimeModel* users, system.find_model("res.users"));
  std::vector<const orm::RuntimeField*> fields{&users->id_field()};
  for (std::string_view name : {"partner_id", "company_id"})
    if (const orm::RuntimeField* field = users->find(name)) fields.push_back(field);
  PARLEY_TRY(auto rows, orm::read_records(system, *users, {env.uid()}, fields, orm::LoadMode::with_names));
  TreeBuilder row(env.arena());
  PARLEY_TRY(bool has_row, rows->next(row));
  if (!has_row) return out;
  auto named = [&](std::string_view field) {
    const Value* pair = row.result().find(field);
    if (pair == nullptr || !pair->is_list() || pair->size() != 2) return orm::Named{0, ""};
    return orm::Named{pair->items()[0].as_integer(), std::string(text_of(pair->items()[1]))};
  };
  out.partner = named("partner_id");
  out.company = named("company_id");
  return out;
}

Value text(Arena& arena, std::string_view value) { return Value::string(arena.copy(value)); }
Value text_or_false(Arena& arena, std::string_view value) {
  return value.empty() ? Value::boolean(false) : text(arena, value);
}

Value user_context(Env& env) {
  DictBuilder out(env.arena());
  out.set("lang", text(env.arena(), env.user().lang));
  out.set("tz", text_or_false(env.arena(), env.user().tz));
  out.set("uid", Value::integer(env.uid()));
  return out.done();
}

Value companies(Env& env, const orm::Named& company) {
  Arena& arena = env.arena();
  DictBuilder one(arena), allowed(arena), out(arena);
  one.set("id", Value::integer(company.id));
  one.set("name", text(arena, company.name));
  allowed.set(arena.copy(std::to_string(company.id)), one.done());
  out.set("current_company", Value::integer(company.id));
  out.set("allowed_companies", allowed.done());
  return out.done();
}

std::string base_url(const Settings& settings) {
  return "http://" + settings.host + ":" + std::to_string(settings.port);
}

Result<Value> session_info(Env& env, const Settings& settings, std::string_view session_id) {
  Arena& arena = env.arena();
  PARLEY_TRY(Surroundings around, surroundings(env));
  const bool is_admin = env.context().is_admin;
  const bool is_internal = env.user().has_group(env.snapshot().access->group("base.group_user"));
  Value version = version_info(settings.announce_version, arena);
  DictBuilder out(arena);
  out.set("uid", Value::integer(env.uid()));
  out.set("is_system", Value::boolean(is_admin));
  out.set("is_admin", Value::boolean(is_admin));
  out.set("is_public", Value::boolean(false));
  out.set("is_internal_user", Value::boolean(is_internal));
  out.set("user_context", user_context(env));
  out.set("db", text(arena, env.context().database));
  out.set("server_version", *version.find("server_version"));
  out.set("server_version_info", *version.find("server_version_info"));
  out.set("name", text(arena, env.user().name));
  out.set("username", text(arena, env.user().login));
  out.set("partner_id", around.partner.id == 0 ? Value::boolean(false) : Value::integer(around.partner.id));
  out.set("partner_display_name", text(arena, around.partner.name));
  out.set("company_id", Value::integer(around.company.id));
  out.set("user_companies", companies(env, around.company));
  out.set("web.base.url", text(arena, base_url(settings)));
  out.set("active_ids_limit", Value::integer(20'000));
  out.set("max_file_upload_size", Value::integer(static_cast<std::int64_t>(settings.limits.body_bytes_max)));
  if (!session_id.empty()) out.set("session_id", text(arena, session_id));
  return out.done();
}

const Credentials& credentials_of(const Context& context) {
  return static_cast<const CallContext&>(context).call.credentials;
}

Result<Value> start_session(const ServiceParts& parts, Context& context, const Value& db, const Value& login,
                            const Value& password) {
  std::string_view name;
  if (!db.is_absent()) {
    PARLEY_TRY(name, database_name(db));
  }
  PARLEY_TRY(DatabaseUse database, parts.databases.find(name));
  auto proved = parts.auth.log_in(*database, text_of(login), text_of(password), {context.peer, context.deadline});
  audit_login(parts, context, database->name(), text_of(login), proved ? nullptr : &proved.error());
  PARLEY_TRY(Proof proof, std::move(proved));
  Context own = context;
  own.database = database->name();
  own.uid = proof.uid;
  PARLEY_TRY(auto session, database->begin(orm::Mode::read, own));
  std::string id = parts.auth.sessions().add(std::move(proof));
  return session_info(session->env(), parts.settings, id);
}

}  // namespace

Result<void> add_session_services(Catalog& catalog, const ServiceParts& parts) {
  const ServiceParts* with = &parts;
  auto log_in = [with](Context& context, Value db, Value login, Value password) {
    return start_session(*with, context, db, login, password);
  };
  PARLEY_CHECK(catalog.add_function(
      services_module,
      bind_function("session.authenticate", log_in, doc("Starts a web session; what is known of its user."),
                    arg("db", "Name of the database; null = the default."), arg("login", "The user's login."),
                    arg("password", "The user's password."), effect::read)));
  Exposed(catalog.last()).open().secret().unlisted();
  PARLEY_CHECK(catalog.add_function(
      services_module, bind_function(
                           "session.info", [with](Env& env) { return session_info(env, with->settings, ""); },
                           doc("What is known of the user of the session."), effect::read)));
  Exposed(catalog.last()).unlisted();
  PARLEY_CHECK(catalog.add_function(
      services_module, bind_function(
                           "session.check", [](Env&) {}, doc("Nothing, while the session lasts."), effect::read)));
  Exposed(catalog.last()).unlisted();
  PARLEY_CHECK(catalog.add_function(
      services_module, bind_function(
                           "session.modules", [](Env& env) { return env.snapshot().modules; },
                           doc("Names of the modules that are installed."), effect::read)));
  Exposed(catalog.last()).unlisted();
  PARLEY_CHECK(catalog.add_function(
      services_module, bind_function(
                           "session.account", [with](Env&) { return base_url(with->settings); },
                           doc("Where the user's account is kept: here."), effect::read)));
  Exposed(catalog.last()).unlisted();
  PARLEY_CHECK(catalog.add_function(
      services_module,
      bind_function(
          "session.destroy",
          [with](Context& context) { with->auth.sessions().remove(credentials_of(context).secret); },
          doc("Ends the web session."), effect::read)));
  Exposed(catalog.last()).open().unlisted();
  return {};
}

}  // namespace parley::server
