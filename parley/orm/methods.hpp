// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parley/registry/registry.hpp"

namespace parley::orm {

/// A method that every model has, as a row of a table.
struct BaseMethod {
  const char* name;
  Binding binding;
  Effect effect;
  Result<Answer> (*body)(Invocation&);
  const char* doc;
  std::vector<Parameter> parameters;
};
/// fails:   conflict: two rows of one name
Result<void> add_to_every_model(Catalog& catalog, std::vector<BaseMethod> rows);

/// The methods every model has (search, read, create ...), as Odoo's clients know them.
/// source:  spec/odoo-external-api.md sections 2.2 and 4; decisions 2 and 3 of section 0
Result<void> add_base_methods(Catalog& catalog);

}  // namespace parley::orm
