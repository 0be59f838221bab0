// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/database.hpp"

#include "parley/orm/install.hpp"

namespace parley::orm {
namespace {

constexpr std::size_t users_kept_max = 10'000;  // cached UserInfo of one database

}  // namespace

Result<std::vector<std::string>> ModuleSet::in_order(std::span<const std::string> wanted) const {
  enum class Mark { open, done };
  std::map<std::string, Mark, std::less<>> marks;
  std::vector<std::string> out;
  // Depth first without recursion: a name is put out when it is seen the second time.
  struct Step {
    std::string name, asked_by;
  };
  for (const std::string& first : wanted) {
    std::vector<Step> todo{{first, "the command"}};
    while (!todo.empty()) {
      Step step = todo.back();
      auto mark = marks.find(step.name);
      if (mark != marks.end() && mark->second == Mark::done) {
        todo.pop_back();
        continue;
      }
      auto found = modules.find(step.name);
      if (found == modules.end())
        return Error(Code::not_found, "unknown module '" + step.name + "', wanted by " + step.asked_by, step.name);
      if (mark != marks.end()) {
        mark->second = Mark::done;
        out.push_back(step.name);
        todo.pop_back();
        continue;
      }
      marks[step.name] = Mark::open;
      for (const std::string& needed : found->second.depends) {
        auto other = marks.find(needed);
        if (other != marks.end() && other->second == Mark::open)
          return Error(Code::rejected, "modules '" + step.name + "' and '" + needed + "' depend on each other", step.name);
        todo.push_back({needed, "module '" + step.name + "'"});
      }
    }
  }
  return out;
}

Result<std::unique_ptr<Database>> Database::open(std::string name, std::unique_ptr<Store> store,
                                                 const ModuleSet& modules, const Catalog& catalog,
                                                 const Limits& limits) {
  std::unique_ptr<Database> out(new Database(std::move(name), std::move(store), modules, catalog, limits));
  PARLEY_TRY(std::vector<std::string> outdated, outdated_modules(*out->store_, modules));
  if (!outdated.empty()) PARLEY_CHECK(update_tables(*out->store_, modules));
  PARLEY_TRY(std::unique_ptr<Transaction> transaction, out->store_->begin(Mode::read, no_deadline));
  PARLEY_TRY(out->snapshot_, out->load_snapshot(*transaction));
  return out;
}

std::shared_ptr<const Snapshot> Database::snapshot() const {
  std::lock_guard lock(mutex_);
  return snapshot_;
}

std::vector<std::string> Database::installed() const { return snapshot()->modules; }

Result<std::shared_ptr<const Snapshot>> Database::load_snapshot(Transaction& transaction) {
  auto out = std::make_shared<Snapshot>();
  PARLEY_TRY(out->schema_epoch, transaction.epoch("schema"));
  PARLEY_TRY(out->access_epoch, transaction.epoch("access"));
  PARLEY_TRY(out->modules, installed_modules(transaction));
  std::shared_ptr<const Snapshot> known = snapshot();
  if (known != nullptr && known->schema_epoch == out->schema_epoch) {
    out->schema = known->schema;
    out->registry = known->registry;
  } else {
    std::vector<const ModuleModels*> models;
    for (const std::string& name : out->modules) {
      auto module = modules_.modules.find(name);
      if (module == modules_.modules.end())
        return Error(Code::rejected, "database " + name_ + " has the module '" + name + "', which this program does not have",
                     name_);
      models.push_back(&module->second.models);
    }
    PARLEY_TRY(out->schema, Schema::build(models));
    std::vector<std::string> names;
    for (const RuntimeModel* model : out->schema->models()) names.push_back(model->name);
    out->registry = Registry::build(catalog_, out->modules, names);
  }
  for (const std::string& name : out->modules)
    for (const auto& declared : modules_.modules.find(name)->second.declared) out->declared.push_back(declared);
  out->hooks = modules_.hooks;
  Arena arena;
  if (out->schema->find("ir.model.access") != nullptr) {
    PARLEY_TRY(out->access, AccessTable::load(transaction, arena));
    PARLEY_TRY(out->references, load_references(transaction, *out->schema));
  } else {
    out->access = std::make_shared<const AccessTable>();
  }
  return std::shared_ptr<const Snapshot>(std::move(out));
}

Result<std::shared_ptr<const Snapshot>> Database::current(Transaction& transaction, Mode mode) {
  std::shared_ptr<const Snapshot> known = snapshot();
  PARLEY_TRY(std::int64_t schema_epoch, transaction.epoch("schema"));
  PARLEY_TRY(std::int64_t access_epoch, transaction.epoch("access"));
  if (known->schema_epoch == schema_epoch && known->access_epoch == access_epoch) return known;
  PARLEY_TRY(std::shared_ptr<const Snapshot> fresh, load_snapshot(transaction));
  // Who writes sees what writers before it have not committed yet, and may never.
  if (mode != Mode::read) return fresh;
  std::lock_guard lock(mutex_);
  // A transaction that began earlier may see an older state: it uses it, nobody else does.
  bool is_newer = fresh->schema_epoch >= snapshot_->schema_epoch && fresh->access_epoch >= snapshot_->access_epoch;
  if (is_newer) snapshot_ = fresh;
  return fresh;
}

// Users are kept for the snapshot that everybody has; one that only its transaction sees has its own.
Result<std::shared_ptr<const UserInfo>> Database::find_user(Transaction& transaction,
                                                            const std::shared_ptr<const Snapshot>& seen,
                                                            std::int64_t uid) {
  const Snapshot& snapshot = *seen;
  {
    std::lock_guard lock(mutex_);
    if (snapshot_ == seen && users_epoch_ == snapshot.access_epoch) {
      auto known = users_.find(uid);
      if (known != users_.end()) return known->second;
    }
  }
  Arena arena;
  PARLEY_TRY(std::shared_ptr<const UserInfo> user, load_user(transaction, *snapshot.access, uid, arena));
  std::lock_guard lock(mutex_);
  if (snapshot_ != seen) return user;
  if (users_epoch_ < snapshot.access_epoch || users_.size() >= users_kept_max) {
    users_.clear();
    users_epoch_ = snapshot.access_epoch;
  }
  if (users_epoch_ == snapshot.access_epoch) users_[uid] = user;
  return user;
}

Result<std::unique_ptr<Session>> Database::begin(Mode mode, Context& context) {
  auto session = std::make_unique<Session>();
  session->database_ = this;
  PARLEY_TRY(session->transaction_, store_->begin(mode, context.deadline));
  PARLEY_TRY(session->snapshot_, current(*session->transaction_, mode));
  PARLEY_TRY(std::shared_ptr<const UserInfo> user, find_user(*session->transaction_, session->snapshot_, context.uid));
  context.is_admin = user->has_group(session->snapshot_->access->group("base.group_system"));
  session->env_.emplace(*session->snapshot_, *session->transaction_, context, std::move(user));
  context.env = &*session->env_;
  return session;
}

Result<void> Database::refresh() {
  PARLEY_TRY(std::unique_ptr<Transaction> transaction, store_->begin(Mode::read, no_deadline));
  PARLEY_CHECK(current(*transaction, Mode::read));
  return {};
}

Result<void> Session::commit() {
  PARLEY_TRY(std::int64_t access_epoch, transaction_->epoch("access"));
  PARLEY_CHECK(transaction_->commit());
  if (access_epoch == snapshot_->access_epoch) return {};
  has_changed_rights_ = true;
  // The changes are durable whatever becomes of this: the next transaction looks again anyway.
  (void)database_->refresh();
  return {};
}

Result<std::vector<std::string>> Database::install(std::span<const std::string> wanted, bool with_demo) {
  PARLEY_TRY(std::vector<std::string> done,
             install_modules({*store_, modules_, catalog_, limits_}, wanted, with_demo));
  PARLEY_CHECK(refresh());
  return done;
}

Result<void> Database::access_changed(Env& env) { return env.transaction().advance_epoch("access"); }

}  // namespace parley::orm
