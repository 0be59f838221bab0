// SPDX-License-Identifier: Apache-2.0
// The native code of modules: hooks of models and methods, registered by plain calls at start-up.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

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

/// What pulling repositories may do; the server's settings fill it.
struct VcsOptions {
  std::string folder;                      // of the repositories; empty = nothing is pulled
  std::vector<std::string> private_hosts;  // names and addresses that may be fetched from although they are not public
  std::int64_t pull_ms = 50'000;           // one pull, waiting for an earlier one of the same repository included
};

/// Module vcs: repositories that mirror a remote, users groups, permissions, as RhodeCode's API has them.
/// fails:   conflict when something of it is registered already
Result<void> add_vcs(Catalog& catalog, orm::ModuleSet& set, const VcsOptions& options);

/// The native code of every module of this build.
Result<void> add_modules(Catalog& catalog, orm::ModuleSet& set, const PasswordHasher& passwords,
                         const VcsOptions& vcs = {});

}  // namespace parley::modules
