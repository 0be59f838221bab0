// SPDX-License-Identifier: Apache-2.0
#include "parley/server/attempts.hpp"

#include <algorithm>

namespace parley::server {
namespace {

constexpr std::int64_t window_ms = 60'000;
constexpr int doublings_max = 4;  // at most 16 minutes
constexpr std::size_t counts_max = 100'000;

}  // namespace

Result<void> Attempts::check(const std::string& who, std::int64_t now_ms) {
  std::lock_guard lock(mutex_);
  auto found = counts_.find(who);
  if (found == counts_.end() || found->second.closed_until_ms <= now_ms) return {};
  std::int64_t seconds = (found->second.closed_until_ms - now_ms + 999) / 1000;
  return Error(Code::throttled, "too many failed logins; try again in " + std::to_string(seconds) + " s")
      .with_hint(std::to_string(seconds));
}

void Attempts::failed(const std::string& who, std::int64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (counts_.size() >= counts_max && counts_.find(who) == counts_.end()) {
    auto is_old = [&](const auto& item) {
      return item.second.closed_until_ms <= now_ms && now_ms - item.second.since_ms > window_ms;
    };
    if (std::erase_if(counts_, is_old) == 0) counts_.erase(counts_.begin());
  }
  Count& count = counts_[who];
  // An hour without failures wipes the slate.
  if (now_ms - count.since_ms > 60 * window_ms) count.closings = 0;
  if (count.failures == 0 || now_ms - count.since_ms > window_ms) {
    count.failures = 0;
    count.since_ms = now_ms;
  }
  if (++count.failures < failures_max_) return;
  count.closed_until_ms = now_ms + (window_ms << std::min(count.closings++, doublings_max));
  count.failures = 0;
}

void Attempts::succeeded(const std::string& who) {
  std::lock_guard lock(mutex_);
  counts_.erase(who);
}

}  // namespace parley::server
