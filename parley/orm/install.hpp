// SPDX-License-Identifier: Apache-2.0
// Installing modules: tables, the records about models, data and demo records.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "parley/orm/module.hpp"
#include "parley/orm/store.hpp"

namespace parley::orm {

struct Installation {
  Store& store;
  const ModuleSet& modules;
  const Catalog& catalog;
  const Limits& limits;
};

/// gives:   the names that were not installed before, in order
/// fails:   whatever a module's data breaks, naming the record; nothing is installed then
Result<std::vector<std::string>> install_modules(const Installation& with, std::span<const std::string> wanted,
                                                 bool with_demo);

/// Names of installed modules, dependencies first; empty in a new database.
Result<std::vector<std::string>> installed_modules(Transaction& transaction);
/// Installed modules whose models changed since their tables were made.
Result<std::vector<std::string>> outdated_modules(Store& store, const ModuleSet& modules);
/// Adds the columns, tables and indexes that installed modules lack.
Result<void> update_tables(Store& store, const ModuleSet& modules);
/// The records that defaults of fields name by external id.
Result<TextMap<std::int64_t>> load_references(Transaction& transaction, const Schema& schema);

}  // namespace parley::orm
