// SPDX-License-Identifier: Apache-2.0
#include "parley/server/auth.hpp"

#include <arpa/inet.h>

#include <chrono>
#include <cstring>

namespace parley::server {
namespace {

constexpr std::int64_t system_uid = 1, no_uid = -1;
constexpr std::size_t sessions_of_user_max = 100;

Error session_expired() {
  return Error(Code::unauthenticated, "Session expired", {}, "SessionExpiredException");
}

Error no_such_user(std::int64_t uid) {
  std::string id = std::to_string(uid);
  return Error(Code::not_found,
               "Record does not exist or has been deleted.\n(Record: res.users(" + id + ",), User: " + id + ")",
               {}, "MissingError");
}

bool may_log_in(const std::optional<Account>& account) {
  return account.has_value() && account->is_active && account->uid != system_uid;
}

/// A key made for something else (a mail plug-in ...) opens nothing here.
bool is_for_calls(const ApiKey& key) { return key.scope.empty() || key.scope == "rpc"; }

bool has_expired(const ApiKey& key) { return key.expires_micros.has_value() && *key.expires_micros <= now_micros(); }

/// "admin", or "#2" for a uid; what failures are counted by.
std::string name_of(const Credentials& credentials) {
  switch (credentials.kind) {
    case Credentials::Kind::uid:
      return "#" + std::to_string(credentials.uid);
    case Credentials::Kind::login:
      return std::string(credentials.login);
    case Credentials::Kind::key:
    case Credentials::Kind::session:
    case Credentials::Kind::none:
      return "";
  }
  return "";
}

}  // namespace

Error access_denied() { return Error(Code::unauthenticated, "Access Denied", {}, "AccessDenied"); }

std::string counted_address(std::string_view peer) {
  constexpr std::size_t address_bytes = 16, network_bytes = 8;
  constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // IPv4 in IPv6
  const std::string text(peer);
  unsigned char address[address_bytes];
  if (inet_pton(AF_INET6, text.c_str(), address) != 1 || std::memcmp(address, mapped, sizeof mapped) == 0) return text;
  char shown[INET6_ADDRSTRLEN];
  std::memset(address + network_bytes, 0, address_bytes - network_bytes);
  return std::string(inet_ntop(AF_INET6, address, shown, sizeof shown)) + "/64";
}

std::int64_t steady_now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string Sessions::add(Proof proof) {
  std::string id = random_token(256);
  proof.until_ms = now_ms_() + session_ms_;
  std::lock_guard lock(mutex_);
  auto used = [](const Proof& session) { return session.until_ms; };
  std::size_t of_user = 0;
  auto oldest = sessions_.end();
  for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
    if (at->second.uid != proof.uid || at->second.database != proof.database) continue;
    ++of_user;
    if (oldest == sessions_.end() || used(at->second) < used(oldest->second)) oldest = at;
  }
  if (of_user >= sessions_of_user_max) sessions_.erase(oldest);
  forget_oldest(sessions_, sessions_max_, used);
  sessions_[place_of(id)] = std::move(proof);
  return id;
}

std::optional<Proof> Sessions::find(std::string_view id) {
  const std::string place = place_of(id);
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(place);
  if (found == sessions_.end()) return std::nullopt;
  if (found->second.until_ms <= now_ms_()) {
    sessions_.erase(found);
    return std::nullopt;
  }
  found->second.until_ms = now_ms_() + session_ms_;
  return found->second;
}

void Sessions::renew(std::string_view id, const Proof& proof) {
  const std::string place = place_of(id);
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(place);
  if (found != sessions_.end()) found->second.epoch = proof.epoch;
}

void Sessions::remove(std::string_view id) {
  const std::string place = place_of(id);
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(place);
  if (found != sessions_.end()) sessions_.erase(found);
}

void Sessions::forget(std::string_view database) {
  std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [database](const auto& session) { return session.second.database == database; });
}

Authenticator::Authenticator(HashPool& pool, const AuthOptions& options)
    : pool_(pool), options_(options), attempts_(options.failures_max), sessions_(options.session_ms, options.now_ms) {}

std::string Authenticator::seen_of(const Account& account, const ApiKey* key) const {
  return hash_.of({account.login, key != nullptr ? key->hash : account.password, account.is_active ? "1" : "0",
                   key != nullptr && key->expires_micros ? std::to_string(*key->expires_micros) : "",
                   key != nullptr ? key->scope : ""});
}

// `holds` tells whether the proof still stands; its epoch is then the database's.
Result<Proof> Authenticator::remembered(orm::Database& database, Proof proof, Deadline deadline, bool& holds) {
  if (proof.key_until_micros != 0 && proof.key_until_micros <= now_micros()) return proof;
  holds = proof.epoch == database.snapshot()->access_epoch;
  if (holds) return proof;
  PARLEY_TRY(auto transaction, database.store().begin(orm::Mode::read, deadline));
  PARLEY_TRY(std::int64_t epoch, transaction->epoch("access"));
  PARLEY_TRY(auto account, find_account(*transaction, proof.uid));
  if (!may_log_in(account)) return proof;
  std::optional<ApiKey> key;
  if (proof.key_id != 0) {
    PARLEY_TRY(key, find_key(*transaction, proof.key_id));
    if (!key) return proof;
  }
  if (!is_same_secret(seen_of(*account, key ? &*key : nullptr), proof.seen)) return proof;
  holds = true;
  proof.epoch = epoch;
  return proof;
}

void Authenticator::remember(const std::string& name, const Proof& proof) {
  std::lock_guard lock(mutex_);
  forget_oldest(proofs_, options_.proofs_max, [](const Proof& known) { return known.until_ms; });
  proofs_[name] = proof;
}

Result<Proof> Authenticator::by_session(orm::Database& database, std::string_view id, Deadline deadline) {
  std::optional<Proof> proof = sessions_.find(id);
  if (!proof || proof->database != database.name()) return session_expired();
  bool holds = false;
  std::int64_t epoch = proof->epoch;
  PARLEY_TRY(Proof checked, remembered(database, std::move(*proof), deadline, holds));
  if (!holds) {
    sessions_.remove(id);
    return session_expired();
  }
  if (checked.epoch != epoch) sessions_.renew(id, checked);
  return checked;
}

/// Ends its turn whichever way the caller leaves.
class Authenticator::Turn {
 public:
  Turn(Authenticator& of, const std::string& name) : of_(of), name_(name) {}
  ~Turn() { of_.end_turn(name_); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Authenticator& of_;
  const std::string& name_;
};

Result<Proof> Authenticator::authenticate(orm::Database& database, const Credentials& credentials,
                                          const Asking& asking) {
  if (credentials.kind == Credentials::Kind::session) return by_session(database, credentials.secret, asking.deadline);
  if (credentials.kind == Credentials::Kind::none || credentials.secret.empty()) return access_denied();
  // The kind is part of the name: a login "#2" is not the uid 2.
  const char kind = static_cast<char>('0' + static_cast<int>(credentials.kind));
  return prove_once(database, credentials, {&kind, 1}, true, asking);
}

Result<Proof> Authenticator::log_in(orm::Database& database, std::string_view login, std::string_view password,
                                    const Asking& asking) {
  if (password.empty()) return access_denied();
  return prove_once(database, {.kind = Credentials::Kind::login, .login = login, .secret = password}, "web", false, asking);
}

Result<Proof> Authenticator::prove_once(orm::Database& database, const Credentials& credentials, std::string_view kind,
                                        bool takes_keys, const Asking& asking) {
  constexpr std::size_t login_bytes_max = 1024;
  if (credentials.login.size() > login_bytes_max || credentials.secret.size() > HashPool::password_bytes_max) return access_denied();
  std::string who = name_of(credentials);
  std::string name = hash_.of({database.name(), kind, who, credentials.secret});
  std::string door = counted_address(asking.peer) + " " + database.name() + " " + std::string(kind) + " " + who;
  for (bool is_mine = false; !is_mine;) {
    PARLEY_TRY(std::optional<Proof> known, recall(database, name, asking.deadline));
    if (known) return std::move(*known);
    PARLEY_TRY(is_mine, take_turn(name, asking.deadline));
  }
  Turn turn(*this, name);
  // Somebody's turn may have ended between looking and taking this one.
  PARLEY_TRY(std::optional<Proof> known, recall(database, name, asking.deadline));
  if (known) return std::move(*known);
  PARLEY_CHECK(attempts_.begin(door, options_.now_ms()));
  auto proof = prove(database, credentials, takes_keys, asking.deadline);
  if (proof) {
    attempts_.succeeded(door);
    proof->until_ms = options_.now_ms() + options_.remember_ms;
    remember(name, *proof);
  } else if (proof.error().code != Code::unauthenticated && proof.error().code != Code::not_found) {
    attempts_.give_back(door);
  }
  return proof;
}

Result<std::string> Authenticator::confirm(orm::Database& database, std::int64_t uid, std::string_view password,
                                           const Asking& asking) {
  std::string stored;
  {
    PARLEY_TRY(auto transaction, database.store().begin(orm::Mode::read, asking.deadline));
    PARLEY_TRY(auto account, find_account(*transaction, uid));
    if (may_log_in(account)) stored = account->password;
  }
  std::string door = counted_address(asking.peer) + " " + database.name() + " confirm #" + std::to_string(uid);
  PARLEY_CHECK(verify_counted(door, password, stored));
  return stored;
}

Result<void> Authenticator::confirm_master(std::string_view stored, std::string_view password, const Asking& asking) {
  return verify_counted(counted_address(asking.peer) + " master", password, stored);
}

Result<void> Authenticator::verify_counted(const std::string& door, std::string_view password, std::string_view stored) {
  PARLEY_CHECK(attempts_.begin(door, options_.now_ms()));
  auto is_right = pool_.verify(password, stored);
  if (!is_right) {
    attempts_.give_back(door);
    return std::move(is_right).error();
  }
  if (!*is_right) return access_denied();
  attempts_.succeeded(door);
  return {};
}

void Authenticator::forget(std::string_view database) {
  sessions_.forget(database);
  std::lock_guard lock(mutex_);
  std::erase_if(proofs_, [database](const auto& known) { return known.second.database == database; });
}

Result<std::optional<Proof>> Authenticator::recall(orm::Database& database, const std::string& name, Deadline deadline) {
  Proof known;
  {
    std::lock_guard lock(mutex_);
    auto found = proofs_.find(name);
    if (found == proofs_.end() || found->second.until_ms <= options_.now_ms()) return std::optional<Proof>();
    known = found->second;
  }
  bool holds = false;
  std::int64_t epoch = known.epoch;
  PARLEY_TRY(Proof checked, remembered(database, std::move(known), deadline, holds));
  if (holds) {
    if (checked.epoch != epoch) remember(name, checked);
    return std::optional<Proof>(std::move(checked));
  }
  std::lock_guard lock(mutex_);
  proofs_.erase(name);
  return std::optional<Proof>();
}

// A client that opens a hundred connections at once has its password hashed once.
Result<bool> Authenticator::take_turn(const std::string& name, Deadline deadline) {
  Waiter* me = &this_waiter();
  {
    std::lock_guard lock(mutex_);
    auto [turn, is_first] = proving_.try_emplace(name);
    if (is_first) return true;
    turn->second.push_back(me);
  }
  Waited waited = me->park(deadline);
  std::lock_guard lock(mutex_);
  if (auto turn = proving_.find(name); turn != proving_.end()) std::erase(turn->second, me);
  if (waited == Waited::timed_out) return Error(Code::timeout, "checking the password took too long");
  if (waited == Waited::cancelled) return Error(Code::cancelled, "the request was given up");
  return false;
}

void Authenticator::end_turn(const std::string& name) {
  std::lock_guard lock(mutex_);
  auto turn = proving_.find(name);
  for (Waiter* waiter : turn->second) waiter->unpark();  // under the lock: none of them is gone
  proving_.erase(turn);
}

Result<std::optional<Proof>> Authenticator::prove_by_key(orm::Database& database, orm::Transaction& transaction,
                                                         std::string_view secret, std::int64_t uid) {
  if (!may_be_key(secret)) return std::optional<Proof>();
  PARLEY_TRY(auto keys, keys_by_index(transaction, secret.substr(0, key_index_chars)));
  std::string hashed = key_hash(secret);
  for (const ApiKey& key : keys) {
    if (!is_same_secret(key.hash, hashed) || !is_for_calls(key) || has_expired(key) || (uid != 0 && key.uid != uid)) continue;
    PARLEY_TRY(auto account, find_account(transaction, key.uid));
    if (!may_log_in(account)) continue;
    PARLEY_TRY(std::int64_t epoch, transaction.epoch("access"));
    return std::optional<Proof>(
        Proof{database.name(), key.uid, key.id, key.expires_micros.value_or(0), epoch, seen_of(*account, &key), 0});
  }
  return std::optional<Proof>();
}

// The transaction ends before the password is hashed: who waits holds no connection.
Result<Proof> Authenticator::prove(orm::Database& database, const Credentials& credentials, bool takes_keys,
                                   Deadline deadline) {
  std::optional<Account> account;
  std::int64_t epoch = 0;
  {
    PARLEY_TRY(auto transaction, database.store().begin(orm::Mode::read, deadline));
    PARLEY_TRY(epoch, transaction->epoch("access"));
    bool is_key = credentials.kind == Credentials::Kind::key;
    if (credentials.kind == Credentials::Kind::uid) {
      PARLEY_TRY(account, find_account(*transaction, credentials.uid));
    } else if (!is_key) {
      PARLEY_TRY(account, find_account(*transaction, credentials.login));
    }
    // Also for who is not there: it takes the same time.
    if (takes_keys) {
      PARLEY_TRY(auto proof, prove_by_key(database, *transaction, credentials.secret, is_key ? 0 : account ? account->uid : no_uid));
      if (proof) return std::move(*proof);
    }
    if (is_key) return Error(Code::unauthenticated, "Invalid apikey", "Authorization", "AccessDenied");
  }
  PARLEY_TRY(bool is_right, pool_.verify(credentials.secret, may_log_in(account) ? account->password : std::string()));
  if (credentials.kind == Credentials::Kind::uid && !account) return no_such_user(credentials.uid);
  if (!is_right) return access_denied();
  return Proof{database.name(), account->uid, 0, 0, epoch, seen_of(*account, nullptr), 0};
}

}  // namespace parley::server
