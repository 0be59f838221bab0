// SPDX-License-Identifier: Apache-2.0
#include "parley/server/passwords.hpp"

#include "parley/orm/access.hpp"
#include "parley/server/databases.hpp"

namespace parley::server {
namespace {

constexpr std::string_view users_model = "res.users";
constexpr std::size_t prepared_max = 100;
constexpr std::size_t defaults_max = 10'000;

/// The texts named "password" in `root`, outer ones first.
void collect(const Value& root, std::vector<std::string_view>& out) {
  std::vector<const Value*> todo{&root};
  while (!todo.empty() && out.size() < prepared_max) {
    const Value& value = *todo.back();
    todo.pop_back();
    if (value.is_list()) {
      for (const Value& item : value.items())
        if (item.is_list() || item.is_dict()) todo.push_back(&item);
    } else if (value.is_dict()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        const Value& item = value.values()[i];
        if (value.keys()[i] == "password" && item.is_string() && item.size() > 0) out.push_back(item.text());
        if (item.is_list() || item.is_dict()) todo.push_back(&item);
      }
    }
  }
}

/// The argument at `place`, or by its name.
std::string_view text_argument(const Call& call, std::size_t place, std::string_view name) {
  const Value* value = place < call.positional.size() ? &call.positional[place]
                       : call.named.is_dict()         ? call.named.find(name)
                                                      : nullptr;
  return value != nullptr && value->is_string() ? value->text() : std::string_view();
}

/// The password in the context of a call: by name, or the dict that older clients put last.
std::string_view context_password(const Call& call) {
  const Value* context = call.named.is_dict() ? call.named.find("context") : nullptr;
  if ((context == nullptr || !context->is_dict()) && !call.positional.empty()) context = &call.positional.back();
  if (context == nullptr || !context->is_dict()) return {};
  const Value* password = context->find("password");
  return password != nullptr && password->is_string() ? password->text() : std::string_view();
}

/// Whoever may not change users keeps no thread busy with hashing.
Result<bool> may_change_users(orm::Database& database, Context& context) {
  PARLEY_TRY(auto session, database.begin(orm::Mode::read, context));
  Env& env = session->env();
  auto model = env.find_model(users_model);
  bool may = model && (orm::check_model_access(env, **model, orm::Operation::write) ||
                       orm::check_model_access(env, **model, orm::Operation::create));
  context.env = nullptr;
  return may;
}

}  // namespace

void Passwords::Prepared::forget() {
  if (of_ == nullptr) return;
  std::lock_guard lock(of_->mutex_);
  for (const std::string& name : names_)
    if (auto kept = of_->kept_.find(name); --kept->second.users == 0) of_->kept_.erase(kept);
}

Passwords::Prepared& Passwords::Prepared::operator=(Prepared&& other) noexcept {
  if (this == &other) return *this;
  forget();
  of_ = std::exchange(other.of_, nullptr);
  names_ = std::exchange(other.names_, {});
  had_wrong_password_ = other.had_wrong_password_;
  return *this;
}

void Passwords::keep(std::string name, std::string result, Prepared& prepared) {
  std::lock_guard lock(mutex_);
  Kept& kept = kept_[name];
  if (kept.users++ == 0) kept.result = std::move(result);
  prepared.of_ = this;
  prepared.names_.push_back(std::move(name));
}

void Passwords::note(std::string_view password, std::string_view stored) {
  if (!is_same_secret(password, default_password)) return;
  std::lock_guard lock(mutex_);
  if (defaults_.size() < defaults_max) defaults_.emplace(stored);
}

Result<std::string> Passwords::hash(std::string_view password) {
  std::string name = name_of_hash(password);
  {
    std::lock_guard lock(mutex_);
    if (auto kept = kept_.find(name); kept != kept_.end()) return kept->second.result;
  }
  PARLEY_TRY(std::string hashed, pool_.hash(password));
  note(password, hashed);
  return hashed;
}

bool Passwords::is_confirmed(std::string_view password, std::string_view stored) {
  std::string name = name_of_check(password, stored);
  std::lock_guard lock(mutex_);
  return kept_.find(name) != kept_.end();
}

Result<bool> Passwords::verify(std::string_view password, std::string_view stored) {
  if (is_confirmed(password, stored)) return true;
  return pool_.verify(password, stored);
}

Result<void> Passwords::prepare_hash(std::string_view password, Prepared& prepared) {
  // Hashed afresh for each call; only calls that set one password at the same moment share a hash.
  PARLEY_TRY(std::string hashed, pool_.hash(password));
  note(password, hashed);
  keep(name_of_hash(password), std::move(hashed), prepared);
  return {};
}

Result<void> Passwords::prepare_check(Authenticator& auth, orm::Database& database, const Call& call,
                                      const Context& context, Prepared& prepared) {
  std::string_view password = context_password(call);
  if (password.empty()) return {};  // the method says what is missing
  auto stored = auth.confirm(database, context.uid, password, {context.peer, context.deadline});
  if (!stored && stored.error().code == Code::unauthenticated) {
    prepared.had_wrong_password_ = true;  // so does it of a wrong one
    return {};
  }
  if (!stored) return std::move(stored).error();
  keep(name_of_check(password, *stored), {}, prepared);
  return {};
}

Result<void> Passwords::prepare_change(Authenticator& auth, orm::Database& database, const Call& call,
                                       const Context& context, Prepared& prepared) {
  std::string_view before = text_argument(call, 0, "old_passwd"), after = text_argument(call, 1, "new_passwd");
  if (after.empty()) return {};  // the method says what is wrong
  PARLEY_TRY(std::string stored, auth.confirm(database, context.uid, before, {context.peer, context.deadline}));
  keep(name_of_check(before, stored), {}, prepared);
  return prepare_hash(after, prepared);
}

Result<Passwords::Prepared> Passwords::prepare(Authenticator& auth, orm::Database& database, const Call& call,
                                               Context& context, bool is_secret_function) {
  Prepared out;
  const bool is_of_users = call.method.starts_with(users_model) && call.method.size() > users_model.size() + 1;
  if (!is_of_users && !is_secret_function) return out;
  std::string_view method = is_of_users ? call.method.substr(users_model.size()) : std::string_view(".");
  if (method == ".identitycheck.run_check") {
    PARLEY_CHECK(prepare_check(auth, database, call, context, out));
    return out;
  }
  if (method == ".change_password") {
    PARLEY_CHECK(prepare_change(auth, database, call, context, out));
    return out;
  }
  if (method.find('.', 1) != method.npos) return out;  // a model below res.users
  std::vector<std::string_view> found;
  collect(Value::list(call.positional), found);
  collect(call.named, found);
  if (found.empty()) return out;
  PARLEY_TRY(bool may, may_change_users(database, context));
  if (!may) return out;
  std::set<std::string_view> unique(found.begin(), found.end());
  for (std::string_view password : unique) {
    if (context.deadline < std::chrono::steady_clock::now())
      return Error(Code::timeout, "hashing the passwords of the call took too long");
    PARLEY_CHECK(prepare_hash(password, out));
  }
  return out;
}

bool Passwords::is_default(std::string_view stored) {
  std::lock_guard lock(mutex_);
  return defaults_.find(stored) != defaults_.end();
}

Result<void> Passwords::learn(std::string_view stored) {
  if (is_default(stored)) return {};
  PARLEY_TRY(bool is_right, pool_.verify(default_password, stored));
  if (is_right) note(default_password, stored);
  return {};
}

}  // namespace parley::server
