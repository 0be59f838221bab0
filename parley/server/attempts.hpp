// SPDX-License-Identifier: Apache-2.0
// Attempts: how often somebody may be wrong. Counts failures by address and login; too many in a
// minute close the door for a time that doubles with each closing.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "parley/core/error.hpp"

namespace parley::server {

/// Times are milliseconds of any clock that does not go back; any thread.
class Attempts {
 public:
  /// limits:  failures_max in a minute; 100,000 pairs remembered, the oldest are forgotten
  explicit Attempts(std::int64_t failures_max, std::size_t pairs_max = 100'000)
      : failures_max_(failures_max), pairs_max_(pairs_max) {}
  /// Begins an attempt, which counts as a failure until it succeeded or was given back: guesses
  /// made at the same time cannot all pass before the first of them is counted.
  /// fails:   throttled; Error::hint holds the whole seconds to wait
  Result<void> begin(const std::string& who, std::int64_t now_ms);
  /// The attempt was right: the slate is clean.
  void succeeded(const std::string& who);
  /// Nobody found out whether the attempt was right.
  void give_back(const std::string& who);

 private:
  struct Count {
    std::int64_t failures = 0, since_ms = 0, closed_until_ms = 0;
    int closings = 0;
  };
  std::int64_t failures_max_;
  std::size_t pairs_max_;
  std::mutex mutex_;
  std::map<std::string, Count> counts_;
};

/// Makes room in a map that is full: the oldest tenth goes, so that the search for it is paid
/// for by many insertions. `time_of` tells how old a value is.
template <class Map, class TimeOf>
void forget_oldest(Map& map, std::size_t most, TimeOf time_of) {
  if (map.size() < most || map.empty()) return;
  std::vector<std::int64_t> times;
  times.reserve(map.size());
  for (const auto& item : map) times.push_back(time_of(item.second));
  auto last = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) / 10);
  std::nth_element(times.begin(), last, times.end());
  std::size_t left = static_cast<std::size_t>(last - times.begin()) + 1;  // many may be equally old
  std::erase_if(map, [&](const auto& item) { return left > 0 && time_of(item.second) <= *last && left-- > 0; });
}

}  // namespace parley::server
