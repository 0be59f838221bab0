// SPDX-License-Identifier: Apache-2.0
// The stores this program knows, by name.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "parley/core/limits.hpp"
#include "parley/orm/store.hpp"

namespace parley::storage {

/// Limits that only stores know.
struct StoreLimits {
  std::int64_t log_bytes_max = std::int64_t{1} << 30;  // of committed changes; beyond, writers wait
  std::int64_t snapshot_ms = 30'000;  // of a read that keeps the log from being emptied
};

/// takes:   name: "sqlite"; location: its directory
/// gives:   null for a name nobody has
std::unique_ptr<orm::StoreEngine> make_engine(std::string_view name, const std::string& location,
                                              const Limits& limits, const StoreLimits& more = {});

}  // namespace parley::storage
