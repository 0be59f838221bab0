// SPDX-License-Identifier: Apache-2.0
// Module: what one module folder (or a C++ program) brings, as data.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "parley/orm/hooks.hpp"
#include "parley/orm/model.hpp"

namespace parley::orm {

/// One record of a module's data. Values of relations are external ids as text (or lists of
/// them); they are resolved when the record is loaded.
struct DataRow {
  std::string external_id;   // "base.be"; empty = none
  std::string model;
  OwnedValue values;         // dict
  std::int64_t id = 0;       // 0 = from the counter
  bool is_fixed = false;     // noupdate: left alone when the module is upgraded
};

struct Module {
  std::string name, title, summary, version = "1.0", category;
  std::vector<std::string> depends;
  ModuleModels models;
  std::vector<DataRow> data;  // data, access and rules, in loading order
  std::vector<DataRow> demo;
  std::string schema_hash;    // of the models; a change is applied when a database is opened
  std::vector<std::shared_ptr<const Model>> declared;  // the C++ structs behind `models`
};

/// Every module this process can install, and the native code that goes with models.
/// Filled at start-up, then immutable.
struct ModuleSet {
  std::map<std::string, Module, std::less<>> modules;
  TextMap<std::shared_ptr<const Hooks>> hooks;  // model -> native code around writes

  /// The names of `wanted` and all they depend on, dependencies first.
  /// fails:   not_found naming the module and who asked for it; rejected for a cycle
  Result<std::vector<std::string>> in_order(std::span<const std::string> wanted) const;
};

}  // namespace parley::orm
