// SPDX-License-Identifier: Apache-2.0
// DataLoader: records of module folders become records of a database.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "parley/orm/env.hpp"
#include "parley/orm/module.hpp"

namespace parley::orm {

/// The id behind "base.be", 0 when there is none.
Result<std::int64_t> find_external_id(Transaction& transaction, std::string_view external_id);

class DataLoader {
 public:
  /// `snapshot` is the one `env` works with; what defaults name is added to it as it is loaded.
  DataLoader(Env& env, Snapshot& snapshot) : env_(env), snapshot_(snapshot) {}
  /// Rows of ir.model, ir.model.fields and their external ids ("base.model_res_partner").
  Result<void> describe_models(const Module& module);
  /// The row of ir.module.module.
  Result<void> describe_module(const Module& module);
  /// fails:   whatever a record breaks; `where` names its external id
  Result<void> load(std::span<const DataRow> rows);

 private:
  Result<std::int64_t> resolve(std::string_view external_id);
  Result<Value> resolve_values(const RuntimeModel& model, const Value& values);
  Result<void> name_records(const RuntimeModel& model, std::span<const DataRow> rows,
                            std::span<const std::int64_t> ids);

  Env& env_;
  Snapshot& snapshot_;
  TextMap<std::int64_t> known_;  // external id -> record id, of this installation
};

}  // namespace parley::orm
