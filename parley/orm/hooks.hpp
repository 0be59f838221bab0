// SPDX-License-Identifier: Apache-2.0
// Hooks: native code of a module around what the object layer does with one model.
#pragma once
#include <functional>
#include <span>

#include "parley/domain/domain.hpp"
#include "parley/orm/access.hpp"
#include "parley/orm/env.hpp"
#include "parley/orm/model.hpp"

namespace parley::orm {

struct Hooks {
  /// What name_search and (many2one, op, "text") look for; absent: the display name.
  std::function<Result<const domain::Node*>(Env&, const RuntimeModel&, domain::Operator, const Value& text)> names;
  /// Changes the values of a create or write before they are checked (hashes a password ...).
  std::function<Result<Value>(Env&, const RuntimeModel&, const Value& values, Operation)> prepare;
  /// Runs after the rows changed, in the same transaction; `ids` are gone after an unlink.
  std::function<Result<void>(Env&, const RuntimeModel&, std::span<const std::int64_t> ids, Operation)> after;
};

}  // namespace parley::orm
