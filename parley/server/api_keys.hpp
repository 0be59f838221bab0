// SPDX-License-Identifier: Apache-2.0
// Making API keys: the key itself, and the wizard by which users make theirs over the wire.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "parley/orm/env.hpp"
#include "parley/orm/module.hpp"
#include "parley/server/passwords.hpp"

namespace parley::server {

struct NewKey {
  std::int64_t uid = 0;
  std::string_view name;
  std::string_view scope = {};             // "" = for everything
  std::optional<DateTime> expires = {};    // nothing = never
  std::string_view value = {};             // a key that exists elsewhere already; "" = a new one
};
/// gives:   the key, new ones as 40 hexadecimal digits; only its hash is kept
/// fails:   invalid_argument: `value` cannot be a key; conflict: somebody has it
Result<std::string> add_key(Env& env, const NewKey& key);

/// res.users.apikeys.description.make_key, which asks for the password, and
/// res.users.identitycheck.run_check, which makes the key once it was right.
/// source:  spec/odoo-external-api.md 11, "Key creation"
Result<void> add_key_methods(Catalog& catalog, orm::ModuleSet& set, Passwords& passwords);

}  // namespace parley::server
