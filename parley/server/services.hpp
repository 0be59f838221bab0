// SPDX-License-Identifier: Apache-2.0
// Services: what the server itself answers, as methods of the Catalog's module "server": who am I
// talking to (common), which databases (db), web sessions (session).
#pragma once
#include "parley/registry/registry.hpp"
#include "parley/server/auth.hpp"
#include "parley/server/databases.hpp"
#include "parley/server/log.hpp"

namespace parley::server {

inline constexpr std::string_view services_module = "server";

class Apart;
class DatabaseChanges;
class MasterPassword;

/// What the services work with; outlives the Catalog they are added to.
struct ServiceParts {
  const Settings& settings;
  Databases& databases;
  Authenticator& auth;
  const Log& log;
  const orm::ModuleSet& modules;
  MasterPassword& master;
  DatabaseChanges& changes;
  Apart& apart;
};

/// One audit line of a log-in: who from where, and whether it was let in. Never the password.
void audit_login(const ServiceParts& parts, const Context& context, std::string_view database,
                 std::string_view login, const Error* refusal);

/// Adds one method of a service: callable by anybody, in no list of functions.
Result<void> add_service(Catalog& catalog, Method method);
/// The same for one whose arguments hold a password: they are shown nowhere.
Result<void> add_secret_service(Catalog& catalog, Method method);

Result<void> add_common_services(Catalog& catalog, const ServiceParts& parts);
Result<void> add_db_services(Catalog& catalog, const ServiceParts& parts);
Result<void> add_session_services(Catalog& catalog, const ServiceParts& parts);

/// {server_version, server_version_info, server_serie, protocol_version}
Value version_info(std::string_view announced, Arena& arena);

/// The name of a database that a call gives as an argument.
/// fails:   invalid_argument for what is no text or empty
Result<std::string_view> database_name(const Value& value);

/// The texts of a Value that should be one: "" for anything else.
std::string_view text_of(const Value& value);

}  // namespace parley::server
