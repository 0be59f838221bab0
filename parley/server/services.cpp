// SPDX-License-Identifier: Apache-2.0
// The common service, and what services share. What it answers is spec/odoo-external-api.md section 2.1.
#include "parley/server/services.hpp"

#include <charconv>

#include "parley/registry/expose.hpp"

namespace parley::server {
namespace {

/// uid, or false for whoever is not let in. What is no matter of identity stays an error.
Result<Value> log_in(const ServiceParts& parts, Context& context, const Value& database, const Value& login,
                     const Value& password) {
  PARLEY_TRY(std::string_view name, database_name(database));
  PARLEY_TRY(DatabaseUse found, parts.databases.find(name));
  Credentials credentials{.kind = Credentials::Kind::login, .login = text_of(login), .secret = text_of(password)};
  auto proof = parts.auth.authenticate(*found, credentials, {context.peer, context.deadline});
  audit_login(parts, context, name, credentials.login, proof ? nullptr : &proof.error());
  if (proof) return Value::integer(proof->uid);
  if (proof.error().code == Code::unauthenticated) return Value::boolean(false);
  return std::move(proof).error();
}

}  // namespace

Result<void> add_service(Catalog& catalog, Method method) {
  PARLEY_CHECK(catalog.add_function(services_module, std::move(method)));
  Exposed(catalog.last()).open().unlisted();  // what clients of the protocols ask, no functions of the service
  return {};
}

Result<void> add_secret_service(Catalog& catalog, Method method) {
  PARLEY_CHECK(add_service(catalog, std::move(method)));
  catalog.last().is_secret = true;
  return {};
}

void audit_login(const ServiceParts& parts, const Context& context, std::string_view database,
                 std::string_view login, const Error* refusal) {
  std::string text = "login of " + printable(login) + " to " + printable(database) + " from " + std::string(context.peer) + ": ";
  text += refusal == nullptr ? std::string_view("let in") : row(refusal->code).name;
  parts.log.event(Level::audit, context.request_id, text);
}

std::string_view text_of(const Value& value) { return value.is_string() ? value.text() : std::string_view(); }

Result<std::string_view> database_name(const Value& value) {
  if (!text_of(value).empty()) return value.text();
  return Error(Code::invalid_argument,
               "db: expected the name of a database, not " +
                   (value.is_string() ? "an empty text" : "a " + std::string(name_of(value.kind()))),
               "db", "ValueError");
}

Value version_info(std::string_view announced, Arena& arena) {
  std::int64_t major = 0, minor = 0;
  std::string_view rest = announced;
  auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), major);
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (rest.starts_with('.')) std::from_chars(rest.data() + 1, rest.data() + rest.size(), minor);
  const Value info[] = {Value::integer(major), Value::integer(minor), Value::integer(0),
                        Value::string("final"), Value::integer(0), Value::string("")};
  DictBuilder out(arena);
  Value version = Value::string(arena.copy(announced));
  out.set("server_version", version);
  out.set("server_version_info", Value::list(arena.copy(std::span<const Value>(info))));
  out.set("server_serie", version);
  out.set("protocol_version", Value::integer(1));
  return out.done();
}

Result<void> add_common_services(Catalog& catalog, const ServiceParts& parts) {
  const ServiceParts* with = &parts;
  auto version = [with](Context& context) { return version_info(with->settings.announce_version, context.arena); };
  PARLEY_CHECK(add_service(catalog, bind_function("common.version", version, doc("The version of the server."), effect::read)));
  PARLEY_CHECK(add_service(catalog, bind_function("common.version_info", version, doc("The version of the server."), effect::read)));
  PARLEY_CHECK(add_secret_service(
      catalog,
      bind_function(
          "common.login",
          [with](Context& context, Value db, Value login, Value password) {
            return log_in(*with, context, db, login, password);
          },
          doc("The user's id, or false when the password is wrong."), arg("db", "Name of the database."),
          arg("login", "The user's login."), arg("password", "Password or API key."), effect::read)));
  PARLEY_CHECK(add_secret_service(
      catalog,
      bind_function(
          "common.authenticate",
          [with](Context& context, Value db, Value login, Value password, Value) {
            return log_in(*with, context, db, login, password);
          },
          doc("The user's id, or false when the password is wrong."), arg("db", "Name of the database."),
          arg("login", "The user's login."), arg("password", "Password or API key."),
          arg("user_agent_env", "Ignored."), effect::read)));
  PARLEY_CHECK(add_service(catalog, bind_function(
                                "common.about",
                                [with](Context& context, Value extended) {
                                  Value text = Value::string("Parley, a business-object server");
                                  if (!extended.is_true()) return text;
                                  const Value both[] = {text, Value::string(with->settings.announce_version)};
                                  return Value::list(context.arena.copy(std::span<const Value>(both)));
                                },
                                doc("What this server is."),
                                arg("extended", "True: also the version.", Value::boolean(false)), effect::read)));
  return add_service(catalog, bind_function(
                          "common.set_loglevel", [](Value, Value) { return true; },
                          doc("Accepted and ignored: the log level is a setting."), arg("loglevel", "Ignored."),
                          arg("logger", "Ignored.", Value::null()), effect::read));
}

}  // namespace parley::server
