// SPDX-License-Identifier: Apache-2.0
// The stores this program knows, by name.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "parley/core/limits.hpp"
#include "parley/orm/store.hpp"

namespace parley::storage {

/// takes:   name: "sqlite"; location: its directory
/// gives:   null for a name nobody has
std::unique_ptr<orm::StoreEngine> make_engine(std::string_view name, const std::string& location,
                                              const Limits& limits);

}  // namespace parley::storage
