// SPDX-License-Identifier: Apache-2.0
// The one list of modules with native code. A new one is its folder and a line here.
#include "parley/modules/list.hpp"

namespace parley::modules {

Result<void> add_modules(Catalog& catalog, orm::ModuleSet& set, const PasswordHasher& passwords,
                         const VcsOptions& vcs) {
  PARLEY_CHECK(add_base(catalog, set, passwords));
  PARLEY_CHECK(add_vcs(catalog, set, vcs));
  return {};
}

}  // namespace parley::modules
