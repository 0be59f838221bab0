// SPDX-License-Identifier: Apache-2.0
#include "parley/server/calls.hpp"

#include <chrono>
#include <cstdio>

#include "parley/net/tasks.hpp"
#include "parley/protocol/credentials.hpp"
#include "parley/server/services.hpp"

namespace parley::server {
namespace {

constexpr int attempts_max = 5;
constexpr std::int64_t public_uid = 3;  // base's data makes it: nobody in particular

using Clock = std::chrono::steady_clock;

/// Adds the time it lives to `sum`, microseconds. Unless anybody wants it, it asks no clock.
class Stage {
 public:
  Stage(std::int64_t& sum, bool is_wanted) : sum_(sum), start_(is_wanted ? Clock::now() : Clock::time_point()) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage() {
    if (start_ != Clock::time_point()) sum_ += std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start_).count();
  }

 private:
  std::int64_t& sum_;
  Clock::time_point start_;
};

orm::Mode mode_of(const Target& target) {
  Effect strongest = Effect::read;
  for (const Method* method : target.chain) strongest = std::max(strongest, method->effect);
  switch (strongest) {
    case Effect::read: return orm::Mode::read;
    case Effect::write: return orm::Mode::write;
    case Effect::exclusive: return orm::Mode::exclusive;
  }
  return orm::Mode::exclusive;
}

/// Whether the request's own verb allows what the method does (GET of path RPC may be for reading only).
Result<void> check_effect(const Target& target, const Call& call) {
  if (!call.may_only_read || mode_of(target) == orm::Mode::read) return {};
  return Error(Code::forbidden, std::string(call.method) + ": changes something, so it is called by POST", std::string(call.method))
      .with_status(405)
      .with_hint("POST");
}

/// One line: the call, then its statements, the longest first.
std::string slow_text(std::string_view method, std::string_view protocol, std::string_view database, double ms,
                      const orm::Statements& statements) {
  constexpr std::size_t statements_max = 5, text_bytes_max = 500;
  auto shown = [](double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f ms", number);
    return std::string(text);
  };
  std::string out = "slow call of " + printable(method) + " by " + std::string(protocol) + " on " + printable(database) + ": " + shown(ms);
  auto all = statements.longest_first();
  for (std::size_t i = 0; i < std::min(all.size(), statements_max); ++i) {
    out += "; " + std::to_string(all[i].runs) + " x, " + shown(std::chrono::duration<double, std::milli>(all[i].took).count()) + ": ";
    out += std::string(all[i].text.substr(0, text_bytes_max));
  }
  if (all.size() > statements_max) out += "; " + std::to_string(all.size() - statements_max) + " more";
  return out;
}

Error overtaken() { return Error(Code::stale, "the database changed while the call began; try again"); }

/// All rows as one list, for answers that must be whole before their transaction commits.
Result<Value> whole(RowSource& rows, Arena& arena) {
  ListBuilder list(arena);
  for (;;) {
    TreeBuilder row(arena);
    PARLEY_TRY(bool has_row, rows.next(row));
    if (!has_row) return list.done();
    list.add(row.result());
  }
}

}  // namespace

// Destroyed from the bottom up: rows read in the transaction, which needs the context.
struct Calls::Running {
  Running(DatabaseUse with, const Context& base, const Call& asked) : database(std::move(with)), call(asked), context(base, call) {}
  DatabaseUse database;
  Call call;
  CallContext context;
  std::unique_ptr<orm::Session> session = {};
  std::unique_ptr<RowSource> rows = {};
};

/// What the log says of a call that took too long.
struct Calls::SlowCall {
  const Log& log;
  double threshold_ms;
  Clock::time_point start;
  std::string_view request_id, protocol;
  std::string database, method;
  const orm::Statements* statements;

  void tell() const {
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (ms < threshold_ms) return;
    log.event(Level::warning, request_id, slow_text(method, protocol, database, ms, *statements));
  }
};

/// Rows that keep the transaction they are read in.
class Calls::HeldRows final : public RowSource {
 public:
  HeldRows(std::unique_ptr<Running> running, const Log& log)
      : running_(std::move(running)), log_(log), hold_(running_->context.deadline) {}
  ~HeldRows() override {
    running_ = nullptr;  // with the last of its statements
    if (slow_ != nullptr) slow_->tell();
  }
  void tell_if_slow(std::unique_ptr<SlowCall> slow) { slow_ = std::move(slow); }
  Result<bool> next(Sink& sink) override {
    auto more = running_->rows->next(sink);
    if (!more) return failed(std::move(more).error());
    return more;
  }

 private:
  Error failed(Error error) const {
    log_.event(Level::warning, running_->context.request_id, "rows ended early: " + error.message + " " + error.cause);
    return error;
  }
  std::unique_ptr<Running> running_;
  const Log& log_;
  std::unique_ptr<SlowCall> slow_;
  net::Hold hold_;  // a reader that takes its bytes slowly does not keep the transaction either
};

Result<DatabaseUse> choose_database(const Parts& parts, std::string_view asked, const Credentials& credentials) {
  if (credentials.kind != Credentials::Kind::session) return parts.databases.find(asked);
  std::optional<Proof> session = parts.auth.sessions().find(credentials.secret);
  if (!session) return Error(Code::unauthenticated, "Session expired", {}, "SessionExpiredException");
  if (!asked.empty() && asked != session->database)
    return Error(Code::forbidden, "the session is of another database than " + std::string(asked));
  return parts.databases.find(session->database);
}

Result<DatabaseUse> Calls::database_of(const Call& call) const {
  // Calls of the object service name a database themselves, in front of their uid.
  if (call.credentials.kind == Credentials::Kind::uid)
    PARLEY_CHECK(database_name(Value::string(call.database)));
  std::string_view asked = call.database.empty() ? header_database(request_) : call.database;
  return choose_database(parts_, asked, call.credentials);
}

Context Calls::new_context(const Call& call, Deadline deadline) const {
  Context context{arena_, parts_.settings.limits, request_id_, call.database, request_.peer};
  context.deadline = deadline;
  return context;
}

Outcome Calls::next() {
  PARLEY_ASSERT(at_ < exchange_.calls.size());
  const Call& call = exchange_.calls[at_++];
  auto start = Clock::now();
  CallLine line{request_id_, protocol_, call.database, call.method};
  line.bytes = request_.body.size();
  CallSeen seen{protocol_};
  if (parts_.settings.slow_call_ms > 0) statements_ = new (arena_.allocate_array<orm::Statements>(1)) orm::Statements(arena_);
  parts_.metrics.in_flight.fetch_add(1, std::memory_order_relaxed);
  Outcome outcome = answer(call, line, seen);
  parts_.metrics.in_flight.fetch_sub(1, std::memory_order_relaxed);
  auto took = Clock::now() - start;
  line.ms = std::chrono::duration<double, std::milli>(took).count();
  seen.micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  if (!outcome) seen.failure = outcome.error().code;
  parts_.metrics.add(seen);
  if (!outcome) line.error = &outcome.error();
  parts_.log.call(line);
  if (outcome && outcome->is_rows()) {
    // A call whose rows hold a transaction is over when they are.
    if (auto* held = statements_ == nullptr ? nullptr : dynamic_cast<HeldRows*>(&outcome->rows())) held->tell_if_slow(slow_call(line, start));
  } else if (statements_ != nullptr && line.ms >= static_cast<double>(parts_.settings.slow_call_ms)) {
    slow_call(line, start)->tell();
  }
  if (!outcome && outcome.error().code == Code::throttled) retry_after_ = outcome.error().hint;
  if (!outcome && !outcome.error().cause.empty()) parts_.log.event(Level::error, request_id_, outcome.error().cause);
  return outcome;
}

// What REST leaves out of a name stands in HTTP's method. OPTIONS asks what may be done: unless a
// function is of that verb nothing is called.
Result<Call> Calls::with_whole_name(const Call& call) const {
  const bool is_question = call.verb == "OPTIONS";
  if (call.verb.empty() || (is_function(call) && !is_question)) return call;
  Call named = call;
  if (auto target = parts_.functions.find_by_verb(call.method, call.verb)) {
    named.method = target->method().name;
    return named;
  }
  std::string verbs = parts_.functions.verbs_of(call.method);
  if (verbs.empty() && !is_question) return call;
  if (verbs.empty()) verbs = "GET, HEAD, POST, PUT, PATCH, DELETE";
  return Error(Code::unknown_method, std::string(call.method) + ": takes " + verbs + ", not " + std::string(call.verb),
               std::string(call.method))
      .with_status(405)
      .with_hint(std::move(verbs));
}

Outcome Calls::answer(const Call& asked, CallLine& line, CallSeen& seen) {
  PARLEY_TRY(Call call, with_whole_name(asked));
  line.method = call.method;
  if (call.is_from_anywhere) call.credentials = {};
  // One for all tries of the call.
  const Deadline deadline = deadline_in(std::chrono::milliseconds(parts_.settings.limits.call_ms));
  if (is_function(call)) {
    PARLEY_TRY(Target target, parts_.functions.find(call.method));
    const Method& method = target.method();
    seen.method = method.name;
    PARLEY_CHECK(check_effect(target, call));
    if (!method.needs_database && method.access == Access::open) {
      CallContext context(new_context(call, deadline), call);
      Stage stage(stages_.run, parts_.settings.debug);
      return invoke(target, call, context);
    }
  }
  PARLEY_TRY(DatabaseUse database, database_of(call));
  line.database = arena_.copy(database->name());  // the database may be dropped before the line is written
  prepared_ = {};
  is_prepared_ = false;
  for (int tries = 1;; ++tries) {
    seen.tries = tries;
    Outcome outcome = attempt(database, call, deadline, line, seen);
    if (outcome || outcome.error().code != Code::stale || tries == attempts_max || deadline < Clock::now())
      return outcome;
    // Who was overtaken once is tried again at once; whoever is again gives way for a moment.
    if (tries == 1) continue;
    auto pause = std::chrono::milliseconds(1 << tries);
    if (this_waiter().sleep(Clock::now() + pause) == Waited::cancelled) return outcome;
  }
}

bool Calls::is_function(const Call& call) const {
  return !call.is_model_method && parts_.function_names.find(call.method) != parts_.function_names.end();
}

// Nobody in particular may not learn which models and methods there are: every name that is not
// open to all gets one answer.
Result<void> Calls::refuse_strangers(const orm::Snapshot& snapshot, const Call& call) const {
  if (is_function(call) || call.method.find('.') == std::string_view::npos) return {};
  auto found = snapshot.registry->find(call.method);
  if (found && found->method().access == Access::open) return {};
  return Error(Code::unknown_method,
               "Method not found: " + std::string(call.method) + "; some methods are only for users who are logged in",
               std::string(call.method), "Exception");
}

// The newest registry is known only inside a transaction: a method that is missing in the snapshot
// is looked for once more there.
Result<Target> Calls::find_method(orm::Database& database, const orm::Snapshot& snapshot, const Call& call,
                                  Context& context) const {
  if (is_function(call)) return parts_.functions.find(call.method);
  auto found = call.is_model_method ? snapshot.registry->find_model_method(call.method)
                                    : snapshot.registry->find(call.method);
  if (found) return found;
  PARLEY_TRY(auto session, database.begin(orm::Mode::read, context));
  context.env = nullptr;
  if (session->snapshot().registry == snapshot.registry) return std::move(found).error();
  return overtaken();
}

// A session that has ended is no attempt of anybody; a door that is closed was told when it closed.
Result<Proof> Calls::authenticate(orm::Database& database, const Call& call, const Context& context) const {
  const Credentials& given = call.credentials;
  auto proof = parts_.auth.authenticate(database, given, {request_.peer, context.deadline});
  const bool is_wrong = !proof && (proof.error().code == Code::unauthenticated || proof.error().code == Code::not_found);
  if (!is_wrong || given.kind == Credentials::Kind::session) return proof;
  std::string who = given.kind == Credentials::Kind::key   ? std::string("a key")
                    : given.kind == Credentials::Kind::uid ? "user " + std::to_string(given.uid)
                                                           : printable(given.login);
  parts_.log.event(Level::audit, request_id_,
                   "credentials of " + who + " for " + database.name() + " from " + std::string(request_.peer) + ": " +
                       std::string(row(proof.error().code).name));
  return proof;
}

std::unique_ptr<Calls::SlowCall> Calls::slow_call(const CallLine& line, Clock::time_point start) const {
  return std::make_unique<SlowCall>(SlowCall{parts_.log, static_cast<double>(parts_.settings.slow_call_ms), start, request_id_, protocol_,
                                             std::string(line.database), std::string(line.method), statements_});
}

Outcome Calls::attempt(const DatabaseUse& use, const Call& call, Deadline deadline, CallLine& line, CallSeen& seen) {
  orm::Database& database = *use;
  auto running = std::make_unique<Running>(use, new_context(call, deadline), call);
  CallContext& context = running->context;
  context.database = database.name();

  Proof proof;
  const bool is_anonymous = call.credentials.kind == Credentials::Kind::none;
  if (!is_anonymous) {
    Stage stage(stages_.auth, parts_.settings.debug);
    PARLEY_TRY(proof, authenticate(database, call, context));
  }
  context.uid = line.uid = is_anonymous ? public_uid : proof.uid;

  auto snapshot = database.snapshot();  // keeps the target alive until the transaction has its own
  if (is_anonymous) PARLEY_CHECK(refuse_strangers(*snapshot, call));
  PARLEY_TRY(Target target, find_method(database, *snapshot, call, context));
  seen.model = arena_.copy(target.model);      // the registry may go before the call is counted
  seen.method = target.method().name;  // the Catalog does not
  if (is_anonymous && target.method().access != Access::open) {
    line.uid = context.uid = 0;
    return invoke(target, call, context);  // refuses, in the words of the call's protocol
  }

  const orm::Mode mode = mode_of(target);
  PARLEY_CHECK(check_effect(target, call));
  const bool is_secret_function = target.method().is_secret && target.method().binding == Binding::function;
  if (mode != orm::Mode::read && !is_prepared_) {
    Stage stage(stages_.auth, parts_.settings.debug);
    auto prepared = parts_.passwords.prepare(parts_.auth, database, call, context, is_secret_function);
    if (prepared ? prepared->had_wrong_password() : prepared.error().code == Code::unauthenticated)
      parts_.log.event(Level::audit, request_id_, "user " + std::to_string(context.uid) + " of " + database.name() +
                                                      " from " + std::string(request_.peer) + " gave " + std::string(call.method) + " a wrong password");
    PARLEY_TRY(prepared_, std::move(prepared));
    is_prepared_ = true;
  }
  {
    Stage stage(stages_.begin, parts_.settings.debug);
    PARLEY_TRY(running->session, database.begin(mode, context));
  }
  if (statements_ != nullptr) running->session->transaction().watch(*statements_);
  const orm::Snapshot& now = running->session->snapshot();
  if (now.registry != snapshot->registry || (!is_anonymous && now.access_epoch != proof.epoch)) return overtaken();

  Outcome outcome = [&] {
    Stage stage(stages_.run, parts_.settings.debug);
    return invoke(target, call, context);
  }();
  if (!outcome) return outcome;
  if (mode == orm::Mode::read) {
    if (!outcome->is_rows()) return outcome;
    running->rows = outcome->take_rows();
    Answer held(std::make_unique<HeldRows>(std::move(running), parts_.log));
    held.method = outcome->method;
    return held;
  }
  if (outcome->is_rows()) {
    PARLEY_TRY(Value list, whole(outcome->rows(), arena_));
    const Method* method = outcome->method;
    outcome = Answer(list);
    outcome->method = method;
  }
  Stage stage(stages_.commit, parts_.settings.debug);
  PARLEY_CHECK(running->session->commit());
  if (running->session->has_changed_rights())
    parts_.log.event(Level::audit, request_id_,
                     "user " + std::to_string(context.uid) + " changed users, keys or rights of " + database.name() +
                         " by " + std::string(call.method));
  return outcome;
}

}  // namespace parley::server
