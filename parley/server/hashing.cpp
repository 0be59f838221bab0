// SPDX-License-Identifier: Apache-2.0
#include "parley/server/hashing.hpp"

#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>

#include "parley/core/base64.hpp"

namespace parley::server {

// What the asker looks at; it lives on its stack.
struct HashPool::Slot {
  Waiter* waiter = nullptr;
  bool is_done = false;
  std::string result;  // the hash; "1" or "" for a verification
};

struct HashPool::Job {
  std::string password, stored;  // stored: verify against it
  bool is_verification = false;
  Slot* slot = nullptr;          // null when nobody waits any more; guarded by the pool's mutex
  ~Job() { sodium_memzero(password.data(), password.size()); }
};

namespace {

std::string argon2id(std::string_view password, const HashCost& cost) {
  char out[crypto_pwhash_STRBYTES];
  int failed = crypto_pwhash_str_alg(out, password.data(), password.size(), cost.passes, cost.memory_bytes,
                                     crypto_pwhash_ALG_ARGON2ID13);
  return failed != 0 ? std::string() : std::string(out);
}

}  // namespace

HashPool::HashPool(unsigned threads, HashCost cost, std::size_t waiting_max)
    : cost_(cost), waiting_max_(waiting_max) {
  PARLEY_ASSERT(sodium_init() >= 0);
  nobody_ = argon2id(random_token(128), cost_);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

HashPool::~HashPool() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void HashPool::work() {
  // Signals are for the thread that waits for them.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  // A flood of log-ins yields the cores to calls; on Linux this is the thread's own priority.
  constexpr int nicer_than_calls = 10;
  (void)setpriority(PRIO_PROCESS, 0, nicer_than_calls);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::unique_ptr<Job> job = std::move(waiting_.front());
    waiting_.pop_front();
    if (job->slot == nullptr) continue;
    lock.unlock();
    std::string result;
    if (job->is_verification) {
      int failed = crypto_pwhash_str_verify(job->stored.c_str(), job->password.data(), job->password.size());
      result = failed == 0 ? "1" : "";
    } else {
      result = argon2id(job->password, cost_);
    }
    done_.fetch_add(1, std::memory_order_relaxed);
    lock.lock();
    if (job->slot == nullptr) continue;
    job->slot->result = std::move(result);
    job->slot->is_done = true;
    job->slot->waiter->unpark();  // under the lock: the asker cannot be gone yet
  }
}

Result<std::string> HashPool::run(std::unique_ptr<Job> job) {
  Slot slot;
  slot.waiter = &this_waiter();
  job->slot = &slot;
  Job* asked = job.get();  // alive until is_done, as long as its slot is set
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max_)
      return Error(Code::overloaded, "too many passwords are being checked; try again later");
    waiting_.push_back(std::move(job));
  }
  changed_.notify_one();
  for (;;) {
    Waited waited = slot.waiter->park(no_deadline);
    std::lock_guard lock(mutex_);
    if (slot.is_done) return std::move(slot.result);
    if (waited != Waited::cancelled) continue;
    asked->slot = nullptr;
    return Error(Code::cancelled, "the request was given up");
  }
}

Result<std::string> HashPool::hash(std::string_view password) {
  if (password.size() > password_bytes_max)
    return Error(Code::rejected, "password: longer than " + std::to_string(password_bytes_max) + " bytes", {}, "UserError");
  auto job = std::make_unique<Job>();
  job->password = password;
  PARLEY_TRY(std::string hashed, run(std::move(job)));
  if (hashed.empty()) return Error(Code::overloaded, "not enough memory to hash a password; try again later");
  return hashed;
}

Result<bool> HashPool::verify(std::string_view password, std::string_view stored) {
  if (password.size() > password_bytes_max) return false;
  auto job = std::make_unique<Job>();
  job->password = password;
  job->stored = stored.empty() ? nobody_ : std::string(stored);
  job->is_verification = true;
  PARLEY_TRY(std::string same, run(std::move(job)));
  return !same.empty() && !stored.empty();
}

std::int64_t HashPool::waiting() const {
  std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(waiting_.size());
}

std::string random_token(std::size_t bits) {
  PARLEY_ASSERT(sodium_init() >= 0);
  std::string octets(bits / 8, '\0');
  randombytes_buf(octets.data(), octets.size());
  return to_hex(octets);
}

std::string key_hash(std::string_view key) {
  std::string out(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                     reinterpret_cast<const unsigned char*>(key.data()), key.size(), nullptr, 0);
  return to_hex(out);
}

bool is_same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

ProcessHash::ProcessHash() : key_(crypto_generichash_KEYBYTES, '\0') {
  PARLEY_ASSERT(sodium_init() >= 0);
  randombytes_buf(key_.data(), key_.size());
}

std::string ProcessHash::of(std::initializer_list<std::string_view> parts) const {
  crypto_generichash_state state;
  std::string out(32, '\0');
  crypto_generichash_init(&state, reinterpret_cast<const unsigned char*>(key_.data()), key_.size(), out.size());
  for (std::string_view part : parts) {
    std::uint64_t size = part.size();
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  }
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(out.data()), out.size());
  return out;
}

}  // namespace parley::server
