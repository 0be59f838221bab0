// SPDX-License-Identifier: Apache-2.0
#include "parley/server/attempts.hpp"

namespace parley::server {
namespace {

constexpr std::int64_t window_ms = 60'000;
constexpr int doublings_max = 4;  // at most 16 minutes

}  // namespace

Result<void> Attempts::begin(const std::string& who, std::int64_t now_ms) {
  std::lock_guard lock(mutex_);
  auto found = counts_.find(who);
  if (found == counts_.end()) {
    forget_oldest(counts_, pairs_max_, [](const Count& count) { return std::max(count.since_ms, count.closed_until_ms); });
    found = counts_.try_emplace(who).first;
  }
  Count& count = found->second;
  if (count.closed_until_ms > now_ms) {
    std::int64_t seconds = (count.closed_until_ms - now_ms + 999) / 1000;
    return Error(Code::throttled, "too many failed logins; try again in " + std::to_string(seconds) + " s")
        .with_hint(std::to_string(seconds));
  }
  // An hour without failures wipes the slate.
  if (now_ms - count.since_ms > 60 * window_ms) count.closings = 0;
  if (count.failures == 0 || now_ms - count.since_ms > window_ms) {
    count.failures = 0;
    count.since_ms = now_ms;
  }
  if (++count.failures < failures_max_) return {};
  // This attempt is the last one for now; being right opens the door again.
  count.closed_until_ms = now_ms + (window_ms << std::min(count.closings++, doublings_max));
  count.failures = 0;
  return {};
}

void Attempts::succeeded(const std::string& who) {
  std::lock_guard lock(mutex_);
  counts_.erase(who);
}

void Attempts::give_back(const std::string& who) {
  std::lock_guard lock(mutex_);
  auto found = counts_.find(who);
  if (found == counts_.end()) return;
  Count& count = found->second;
  if (count.failures > 0) {
    --count.failures;
  } else if (count.closed_until_ms != 0) {  // it was the attempt that closed the door
    count.failures = failures_max_ - 1;
    count.closed_until_ms = 0;
    if (count.closings > 0) --count.closings;
  }
}

}  // namespace parley::server
