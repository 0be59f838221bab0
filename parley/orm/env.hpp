// SPDX-License-Identifier: Apache-2.0
// Env: the database, the user and the transaction that object code works in.
// One call, one task. Cheap to copy; copies share the transaction.
#pragma once
#include <memory>
#include <string_view>

#include "parley/domain/domain.hpp"
#include "parley/orm/access.hpp"
#include "parley/orm/model.hpp"
#include "parley/orm/store.hpp"
#include "parley/registry/method.hpp"

namespace parley::orm {

class Database;
class Records;
class Filter;
struct Model;
template <class T>
class Field;

/// What one database serves at one moment. Immutable; shared by the calls that run on it.
struct Snapshot {
  std::shared_ptr<const Schema> schema;
  std::shared_ptr<const Registry> registry;
  std::shared_ptr<const AccessTable> access;
  TextMap<std::shared_ptr<const struct Hooks>> hooks;   // model -> native code around writes
  std::vector<std::shared_ptr<const Model>> declared;  // C++ structs, for Env::model<M>()
  std::vector<std::string> modules;                    // installed, dependencies first
  TextMap<std::int64_t> references;                    // external ids that defaults name
  std::int64_t schema_epoch = 0, access_epoch = 0;
};

}  // namespace parley::orm

namespace parley {

class Env {
 public:
  Env(const orm::Snapshot& snapshot, orm::Transaction& transaction, Context& context,
      std::shared_ptr<const orm::UserInfo> user)
      : snapshot_(&snapshot), transaction_(&transaction), context_(&context), user_(std::move(user)) {}

  const orm::Snapshot& snapshot() const { return *snapshot_; }
  const orm::Schema& schema() const { return *snapshot_->schema; }
  orm::Transaction& transaction() { return *transaction_; }
  Context& context() { return *context_; }
  Arena& arena() { return context_->arena; }
  const Limits& limits() const { return context_->limits; }

  /// The user on whose behalf the code runs; 1 is the system user.
  std::int64_t uid() const { return user_->uid; }
  const orm::UserInfo& user() const { return *user_; }
  /// Access rights and record rules are not checked. Explicit in code, never from outside.
  bool is_superuser() const { return is_superuser_; }
  Env as_superuser() const {
    Env copy = *this;
    copy.is_superuser_ = true;
    return copy;
  }
  /// The same work in another context, which must outlive the copy.
  Env with_context(Context& context) const {
    Env copy = *this;
    copy.context_ = &context;
    return copy;
  }
  /// `key` of the call's context dict, or null.
  const Value* context_value(std::string_view key) const { return context_->user_context.find(key); }
  /// Archived records are hidden unless the context says active_test=False.
  bool hides_archived() const;
  /// The instant this call began, UTC; the same for every record it writes.
  DateTime now() const { return now_; }

  /// fails:   unknown_method, UserError "Object x doesn't exist"
  Result<const orm::RuntimeModel*> find_model(std::string_view name) const;

  // For typed code (DESIGN section 4); see orm/declare.hpp.
  template <class M>
  const M& model() const;
  orm::Records search(const orm::Filter& filter);

 private:
  const orm::Snapshot* snapshot_;
  orm::Transaction* transaction_;
  Context* context_;
  std::shared_ptr<const orm::UserInfo> user_;  // shared with the database's cache
  bool is_superuser_ = false;
  DateTime now_ = now_utc();
};

}  // namespace parley
