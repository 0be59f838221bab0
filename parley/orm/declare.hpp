// SPDX-License-Identifier: Apache-2.0
// Models as C++ structs: fields are members, conditions are typed expressions.
// The struct only names things; what it becomes in a database is its RuntimeModel.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/date.hpp"
#include "parley/core/decimal.hpp"
#include "parley/core/value.hpp"
#include "parley/orm/declare_fields.hpp"
#include "parley/orm/env.hpp"
#include "parley/orm/module.hpp"

namespace parley::orm {

/// The records a typed search found; asks the database when one of its functions is called.
class Records {
 public:
  Records(Env& env, Filter filter) : env_(&env), filter_(std::move(filter)) {}
  Result<std::vector<std::int64_t>> ids() const;
  Result<std::int64_t> count() const;
  /// fails:   invalid_argument for a field of another model; forbidden
  Result<Decimal> sum(const Field<Decimal>& field) const;

 private:
  Env* env_;
  Filter filter_;
};

/// What a declared struct says, as a module's ModelSpec.
ModelSpec spec_of(const Model& model, std::string_view name);

void declare_model(Module& module, std::shared_ptr<Model> model, std::string_view name);

/// Adds a C++ struct to a module: its model, and the right of internal users to work with it.
template <class M>
void declare(Module& module) {
  static_assert(std::is_base_of_v<Model, M>, "parley: a model struct derives from orm::Model");
  static_assert(requires { std::string_view(M::name); },
                "parley: give the model struct a `static constexpr std::string_view name = \"library.book\"`");
  declare_model(module, std::make_shared<M>(), M::name);
}

}  // namespace parley::orm

namespace parley {

/// The struct `M` of this database's modules.
template <class M>
const M& Env::model() const {
  for (const auto& declared : snapshot_->declared)
    if (const M* found = dynamic_cast<const M*>(declared.get())) return *found;
  assertion_failed("Env::model<M>(): M was not added to the App", __FILE__, __LINE__);
}

inline orm::Records Env::search(const orm::Filter& filter) { return orm::Records(*this, filter); }

}  // namespace parley
