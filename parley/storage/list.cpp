// SPDX-License-Identifier: Apache-2.0
// The one place where stores are registered: a line each.
#include "parley/storage/sqlite/engine.hpp"
#include "parley/storage/storage.hpp"

namespace parley::storage {

std::unique_ptr<orm::StoreEngine> make_engine(std::string_view name, const std::string& location,
                                              const Limits& limits) {
  if (name == "sqlite") return std::make_unique<sqlite::SqliteEngine>(location, limits);
  return nullptr;
}

}  // namespace parley::storage
