// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/env.hpp"

#include "parley/orm/domain_compiler.hpp"

namespace parley {

bool Env::hides_archived() const {
  const Value* asked = context_value("active_test");
  return asked == nullptr || !(asked->is_false() || (asked->is_integer() && asked->as_integer() == 0));
}

Result<const orm::RuntimeModel*> Env::find_model(std::string_view name) const {
  const orm::RuntimeModel* model = schema().find(name);
  if (model == nullptr)
    return Error(Code::unknown_method, "Object " + std::string(name) + " doesn't exist", "", "UserError");
  return model;
}

}  // namespace parley
