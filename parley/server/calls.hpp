// SPDX-License-Identifier: Apache-2.0
// Calls: the outcomes of one exchange, each made when asked for: which database, who calls, the
// method, a transaction of its effect, again when it was overtaken, one line in the log.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "parley/protocol/protocol.hpp"
#include "parley/server/auth.hpp"
#include "parley/server/databases.hpp"
#include "parley/server/log.hpp"
#include "parley/server/metrics.hpp"
#include "parley/server/passwords.hpp"

namespace parley::server {

/// What every exchange of this process shares. All borrowed; read by any thread.
struct Parts {
  const Settings& settings;
  const Catalog& catalog;
  Databases& databases;
  Authenticator& auth;
  Passwords& passwords;
  const Log& log;
  const Registry& functions;          // of the process itself: they need no database to be found
  const TextMap<char>& function_names;  // the same, to ask without making an error
  Metrics& metrics;
};

/// The context of a call that came from outside; the bodies of the services see the call itself.
struct CallContext : Context {
  CallContext(const Context& base, const Call& asked) : Context(base), call(asked) {}
  const Call& call;
};

/// Microseconds of the stages of an exchange's calls.
struct Stages {
  std::int64_t auth = 0, begin = 0, run = 0, commit = 0;
};

class Calls final : public Outcomes {
 public:
  Calls(const Parts& parts, const http::Request& request, std::string_view protocol, const Exchange& exchange,
        Arena& arena, std::string_view request_id)
      : parts_(parts), request_(request), protocol_(protocol), exchange_(exchange), arena_(arena), request_id_(request_id) {}

  Outcome next() override;
  const Stages& stages() const { return stages_; }
  /// Seconds after which a caller may try again that failed too often; "" = none did.
  const std::string& retry_after() const { return retry_after_; }

 private:
  struct Running;
  class HeldRows;
  struct SlowCall;
  Outcome answer(const Call& asked, CallLine& line, CallSeen& seen);
  Result<Call> with_whole_name(const Call& call) const;
  Outcome attempt(const DatabaseUse& use, const Call& call, Deadline deadline, CallLine& line, CallSeen& seen);
  Result<DatabaseUse> database_of(const Call& call) const;
  bool is_function(const Call& call) const;
  Result<void> refuse_strangers(const orm::Snapshot& snapshot, const Call& call) const;
  Result<Target> find_method(orm::Database& database, const orm::Snapshot& snapshot, const Call& call,
                             Context& context) const;
  Context new_context(const Call& call, Deadline deadline) const;
  Result<Proof> authenticate(orm::Database& database, const Call& call, const Context& context) const;
  std::unique_ptr<SlowCall> slow_call(const CallLine& line, std::chrono::steady_clock::time_point start) const;

  const Parts& parts_;
  const http::Request& request_;
  std::string_view protocol_;
  const Exchange& exchange_;
  Arena& arena_;
  std::string_view request_id_;
  std::size_t at_ = 0;
  Stages stages_;
  std::string retry_after_;
  orm::Statements* statements_ = nullptr;  // of the call under way, in the arena; null: nobody asks
  Passwords::Prepared prepared_;  // for the call under way
  bool is_prepared_ = false;
};

/// The database a call without credentials of its own, or with a session, is about.
/// fails:   unauthenticated (SessionExpiredException), forbidden when session and name differ
Result<DatabaseUse> choose_database(const Parts& parts, std::string_view asked, const Credentials& credentials);

}  // namespace parley::server
