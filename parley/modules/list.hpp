// SPDX-License-Identifier: Apache-2.0
// The native code of modules: hooks of models and methods, registered by plain calls at start-up.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/orm/module.hpp"
#include "parley/registry/registry.hpp"

namespace parley::modules {

/// How passwords are kept; the server sets it. Both may wait and are called by any thread.
struct PasswordHasher {
  std::function<Result<std::string>(std::string_view password)> hash;
  std::function<Result<bool>(std::string_view password, std::string_view hash)> verify;
};

/// Module base: users, groups, rights, countries, external ids, parameters.
/// fails:   conflict when something of it is registered already
Result<void> add_base(Catalog& catalog, orm::ModuleSet& set, const PasswordHasher& passwords);

/// The native code of every module of this build.
Result<void> add_modules(Catalog& catalog, orm::ModuleSet& set, const PasswordHasher& passwords);

}  // namespace parley::modules
