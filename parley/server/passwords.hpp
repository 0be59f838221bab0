// SPDX-License-Identifier: Apache-2.0
// Passwords: the slow work on passwords that calls change, done before their transaction begins;
// argon2 would otherwise be awaited while nobody else can write.
#pragma once
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/registry/call.hpp"
#include "parley/server/auth.hpp"

namespace parley::server {

/// What hooks and methods get as their PasswordHasher: answers that were prepared for the call
/// under way, else made on the spot. Thread rule: any thread.
class Passwords {
 public:
  explicit Passwords(HashPool& pool) : pool_(pool) {}

  Result<std::string> hash(std::string_view password);
  Result<bool> verify(std::string_view password, std::string_view stored);
  /// Whether `prepare` confirmed it for the call under way; never hashes.
  bool is_confirmed(std::string_view password, std::string_view stored);

  /// What one call has prepared; forgotten with it.
  class Prepared {
   public:
    Prepared() = default;
    Prepared(Prepared&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)), names_(std::move(other.names_)), had_wrong_password_(other.had_wrong_password_) {}
    Prepared& operator=(Prepared&& other) noexcept;
    ~Prepared() { forget(); }
    /// Whether the call brought a wrong password that its method is to refuse in its own words.
    bool had_wrong_password() const { return had_wrong_password_; }

   private:
    friend class Passwords;
    void forget();
    Passwords* of_ = nullptr;
    std::vector<std::string> names_;
    bool had_wrong_password_ = false;
  };

  /// Does the work of a writing call of res.users, or of a function that says it is secret, that `context.uid` may make: hashes the texts
  /// named "password" among its values, and confirms the old one of change_password and the one
  /// in the context of a run_check, which is limited as logging in is. Passwords in rows of `load` and in commands of other models'
  /// fields are hashed in the transaction.
  ///
  /// limits:  100 passwords a call; further ones are hashed in the transaction
  /// fails:   unauthenticated, throttled, overloaded, timeout
  Result<Prepared> prepare(Authenticator& auth, orm::Database& database, const Call& call, Context& context,
                           bool is_secret_function = false);

  /// Whether `stored` is known to be made from the default password: never hashes.
  bool is_default(std::string_view stored);
  /// Finds out about a password that was stored before the process began.
  Result<void> learn(std::string_view stored);

 private:
  Result<void> prepare_hash(std::string_view password, Prepared& prepared);
  Result<void> prepare_check(Authenticator& auth, orm::Database& database, const Call& call, const Context& context,
                             Prepared& prepared);
  Result<void> prepare_change(Authenticator& auth, orm::Database& database, const Call& call, const Context& context,
                              Prepared& prepared);
  std::string name_of_hash(std::string_view password) const { return names_.of({"hash", password}); }
  std::string name_of_check(std::string_view password, std::string_view stored) const {
    return names_.of({"check", password, stored});
  }
  void note(std::string_view password, std::string_view stored);
  void keep(std::string name, std::string result, Prepared& prepared);

  struct Kept {
    std::string result;
    int users = 0;  // calls that prepared it
  };
  HashPool& pool_;
  ProcessHash names_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
  std::set<std::string, std::less<>> defaults_;  // stored texts of the default password
};

}  // namespace parley::server
