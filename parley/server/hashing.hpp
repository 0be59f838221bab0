// SPDX-License-Identifier: Apache-2.0
// Passwords as argon2id, API keys and session ids as random numbers, both kept hashed.
// Hashing a password takes tens of milliseconds of CPU: it has threads of its own, and who asks
// waits through core/wait.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/wait.hpp"

namespace parley::server {

/// What one password costs.
struct HashCost {
  unsigned long long passes = 2;
  std::size_t memory_bytes = 19u << 20;  // OWASP's floor for argon2id with 2 passes
};

/// Thread rule: any thread; a task that waits for its turn is suspended.
class HashPool {
 public:
  explicit HashPool(unsigned threads = 2, HashCost cost = {}, std::size_t waiting_max = 256);
  ~HashPool();
  HashPool(const HashPool&) = delete;
  HashPool& operator=(const HashPool&) = delete;

  static constexpr std::size_t password_bytes_max = 4096;

  /// "$argon2id$v=19$..." fails: rejected (longer than password_bytes_max), overloaded, cancelled
  Result<std::string> hash(std::string_view password);
  /// Whether `stored` was made from `password`; an empty `stored` costs the same and is never right;
  /// neither is what is longer than password_bytes_max.
  Result<bool> verify(std::string_view password, std::string_view stored);
  /// How many wait for a thread, and how many were hashed or verified.
  std::int64_t waiting() const;
  std::int64_t done() const { return done_.load(std::memory_order_relaxed); }

 private:
  struct Job;
  struct Slot;
  Result<std::string> run(std::unique_ptr<Job> job);
  void work();

  HashCost cost_;
  std::size_t waiting_max_;
  std::string nobody_;  // hash of a password nobody has
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Job>> waiting_;
  bool is_stopping_ = false;
  std::atomic<std::int64_t> done_ = 0;
  std::vector<std::thread> threads_;
};

/// `bits` / 8 random octets as hexadecimal digits.
std::string random_token(std::size_t bits);
/// What is kept of a key of high entropy: BLAKE2b-256, hexadecimal.
std::string key_hash(std::string_view key);
/// In constant time.
bool is_same_secret(std::string_view a, std::string_view b);

/// Hashes under a key that lives and dies with the process.
class ProcessHash {
 public:
  ProcessHash();
  /// 32 octets. The parts cannot run into each other.
  std::string of(std::initializer_list<std::string_view> parts) const;

 private:
  std::string key_;
};

}  // namespace parley::server
