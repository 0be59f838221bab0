// SPDX-License-Identifier: Apache-2.0
// Authenticator: the one place where credentials become a user of a database.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/orm/database.hpp"
#include "parley/registry/call.hpp"
#include "parley/server/accounts.hpp"
#include "parley/server/attempts.hpp"
#include "parley/server/hashing.hpp"

namespace parley::server {

/// Milliseconds of a clock that does not go back.
using NowMs = std::int64_t (*)();
std::int64_t steady_now_ms();

/// A proof of identity that held when the database's access epoch was `epoch`. It holds longer as
/// long as what was compared with (password, key, being active) stays as it was.
struct Proof {
  std::string database;
  std::int64_t uid = 0;
  std::int64_t key_id = 0;  // 0 = by password
  std::int64_t key_until_micros = 0;  // when the key expires, UTC; 0 = never
  std::int64_t epoch = -1;
  std::string seen;         // keyed hash of what was compared with
  std::int64_t until_ms = 0;
};

/// A session of a browser or client library: random id -> proof. In memory, gone with the process.
/// Thread rule: any thread.
class Sessions {
 public:
  Sessions(std::int64_t session_ms, NowMs now_ms, std::size_t sessions_max = 100'000)
      : session_ms_(session_ms), now_ms_(now_ms), sessions_max_(sessions_max) {}
  /// gives:   the id, 256 random bits; only its keyed hash is kept
  std::string add(Proof proof);
  /// limits:  100 of one user, `sessions_max` in all; those not used for longest end first
  std::optional<Proof> find(std::string_view id);
  void renew(std::string_view id, const Proof& proof);
  void remove(std::string_view id);
  /// Ends all of a database.
  void forget(std::string_view database);

 private:
  // Found by a hash that nobody outside can foresee: how long looking takes tells nothing of an id.
  std::string place_of(std::string_view id) const { return hash_.of({id}); }

  std::int64_t session_ms_;
  NowMs now_ms_;
  std::size_t sessions_max_;
  ProcessHash hash_;
  std::mutex mutex_;
  std::map<std::string, Proof> sessions_;  // place_of an id -> its proof
};

struct AuthOptions {
  std::int64_t remember_ms = 300'000;
  std::int64_t session_ms = 604'800'000;
  std::int64_t failures_max = 10;
  std::size_t proofs_max = 100'000;  // remembered at once; the oldest are forgotten
  NowMs now_ms = steady_now_ms;
};

/// Who asks: for the limit of failures.
struct Asking {
  std::string_view peer;
  Deadline deadline = no_deadline;
};

/// Thread rule: any thread. Waits for the store and for hashing.
class Authenticator {
 public:
  Authenticator(HashPool& pool, const AuthOptions& options);

  /// What `credentials` prove about `database` at the epoch of its newest transaction.
  ///
  /// fails:   unauthenticated (AccessDenied, or SessionExpiredException), throttled, overloaded;
  ///          not_found (MissingError) for a uid that is no user
  Result<Proof> authenticate(orm::Database& database, const Credentials& credentials, const Asking& asking);
  /// Login and password, never an API key: for sessions.
  Result<Proof> log_in(orm::Database& database, std::string_view login, std::string_view password, const Asking& asking);
  /// A user's own password, asked for again before something that matters. Limited like a login.
  ///
  /// gives:   what is stored of it
  /// fails:   unauthenticated (AccessDenied), throttled, overloaded
  Result<std::string> confirm(orm::Database& database, std::int64_t uid, std::string_view password, const Asking& asking);

  /// The password of whoever may make, copy and drop databases. Limited like a login.
  ///
  /// takes:   what is stored of it; "" = there is none, and nothing is right
  /// fails:   unauthenticated (AccessDenied), throttled, overloaded
  Result<void> confirm_master(std::string_view stored, std::string_view password, const Asking& asking);
  /// Forgets what was proved about a database that is gone: another one may get its name.
  void forget(std::string_view database);

  Sessions& sessions() { return sessions_; }
  HashPool& pool() { return pool_; }

 private:
  Result<Proof> remembered(orm::Database& database, Proof proof, Deadline deadline, bool& holds);
  /// `credentials` proved in their turn; `kind` tells doors apart that ask for the same name.
  Result<Proof> prove_once(orm::Database& database, const Credentials& credentials, std::string_view kind,
                           bool takes_keys, const Asking& asking);
  Result<Proof> prove(orm::Database& database, const Credentials& credentials, bool takes_keys, Deadline deadline);
  Result<std::optional<Proof>> prove_by_key(orm::Database& database, orm::Transaction& transaction,
                                            std::string_view secret, std::int64_t uid);
  Result<Proof> by_session(orm::Database& database, std::string_view id, Deadline deadline);
  Result<void> verify_counted(const std::string& door, std::string_view password, std::string_view stored);
  std::string seen_of(const Account& account, const ApiKey* key) const;
  void remember(const std::string& name, const Proof& proof);
  /// The proof remembered by `name`, if it still holds.
  Result<std::optional<Proof>> recall(orm::Database& database, const std::string& name, Deadline deadline);
  /// Whether it is the caller's turn to prove `name`; else it was somebody's, whose turn is over.
  Result<bool> take_turn(const std::string& name, Deadline deadline);
  void end_turn(const std::string& name);
  class Turn;

  HashPool& pool_;
  AuthOptions options_;
  ProcessHash hash_;
  Attempts attempts_;
  Sessions sessions_;
  std::mutex mutex_;
  std::map<std::string, Proof> proofs_;  // keyed hash of database and credentials -> proof
  std::map<std::string, std::vector<Waiter*>> proving_;  // the same name -> who waits for its proof
};

/// Whom failures are counted by: the address, of IPv6 the network of 64 bits that one client has.
std::string counted_address(std::string_view peer);

/// The error every failed login ends with.
Error access_denied();

}  // namespace parley::server
