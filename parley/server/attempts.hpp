// SPDX-License-Identifier: Apache-2.0
// Attempts: how often somebody may be wrong. Counts failures by address and login; too many in a
// minute close the door for a time that doubles with each closing.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "parley/core/error.hpp"

namespace parley::server {

/// Times are milliseconds of any clock that does not go back; any thread.
class Attempts {
 public:
  /// limits:  failures_max in a minute; 100,000 pairs remembered, the oldest are forgotten
  explicit Attempts(std::int64_t failures_max) : failures_max_(failures_max) {}
  /// fails:   throttled; Error::hint holds the whole seconds to wait
  Result<void> check(const std::string& who, std::int64_t now_ms);
  void failed(const std::string& who, std::int64_t now_ms);
  void succeeded(const std::string& who);

 private:
  struct Count {
    std::int64_t failures = 0, since_ms = 0, closed_until_ms = 0;
    int closings = 0;
  };
  std::int64_t failures_max_;
  std::mutex mutex_;
  std::map<std::string, Count> counts_;
};

}  // namespace parley::server
