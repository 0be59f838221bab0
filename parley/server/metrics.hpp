// SPDX-License-Identifier: Apache-2.0
// Metrics: how many calls, how long they took, how they ended; told in Prometheus' text format.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/core/output.hpp"
#include "parley/registry/registry.hpp"

namespace parley::server {

/// One call that is over. Names are those of the registry, never what a client made up: "" for a
/// method that was not found.
struct CallSeen {
  std::string_view protocol, model, method;
  std::int64_t micros = 0;
  int tries = 1;
  std::optional<Code> failure;
};

/// A number that somebody else keeps, at the moment of telling.
struct Gauge {
  std::string_view name, help;  // "parley_connections"
  std::string labels;           // `database="x"`, or empty
  double value = 0;
  bool is_total = false;        // only ever grows: a counter
};

/// Thread rule: any thread; a call costs one uncontended lock and one lookup.
/// limits:  series_max series of method in each shard; those beyond are counted as method "other"
class Metrics {
 public:
  static constexpr std::size_t series_max = 2000;
  /// Upper bounds in microseconds; the last bucket has none.
  static constexpr std::array<std::int64_t, 15> bounds{100,     250,     500,     1'000,     2'500,     5'000,     10'000, 25'000,
                                                       50'000,  100'000, 250'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};

  void add(const CallSeen& call);
  /// Everything, then `gauges`, those of one name together.
  /// source:  Prometheus exposition formats, text format 0.0.4
  void tell(std::span<const Gauge> gauges, Output& out) const;

  const std::int64_t started_seconds = now_seconds();
  std::atomic<std::int64_t> calls = 0, errors = 0, in_flight = 0;

 private:
  struct Series {
    std::string protocol, model, method;
    std::array<std::uint64_t, bounds.size() + 1> buckets{};
    std::uint64_t micros = 0, retries = 0;
  };
  struct Shard {
    mutable std::mutex mutex;
    TextMap<Series> series;
    std::array<std::uint64_t, 32> failures{};  // by Code, of all protocols
  };
  static std::int64_t now_seconds();
  Shard& own_shard();

  std::array<Shard, 8> shards_;
};

}  // namespace parley::server
