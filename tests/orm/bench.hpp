// SPDX-License-Identifier: Apache-2.0
// Bench: a new database in a directory of its own, with one module, called as a server would.
#pragma once
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <optional>

#include "parley/orm/database.hpp"
#include "parley/orm/methods.hpp"
#include "parley/storage/storage.hpp"
#include "tests/orm/script.hpp"

namespace parley::orm::test {

class Directory {
 public:
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "parley-orm-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~Directory() { std::filesystem::remove_all(path); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string path;
};

// A new database with one script's module installed.
class Bench {
 public:
  Bench(std::string_view engine_name, Module module) {
    limits_.ids_max = 1500;
    engine_ = storage::make_engine(engine_name, directory_.path, limits_);
    REQUIRE(add_base_methods(catalog_).has_value());
    auto watch = std::make_shared<Hooks>();
    watch->after = [](Env& env, const RuntimeModel&, std::span<const std::int64_t>, Operation) {
      return Database::access_changed(env);
    };
    for (const char* name : {"ir.model.access", "ir.rule", "res.groups", "res.users"}) modules_.hooks[name] = watch;
    modules_.modules["base"] = std::move(module);
  }

  Database& database() { return *database_; }

  Result<void> open() {
    PARLEY_TRY(auto store, engine_->create("t"));
    PARLEY_TRY(database_, Database::open("t", std::move(store), modules_, catalog_, limits_));
    std::string wanted[] = {"base"};
    PARLEY_CHECK(database_->install(wanted, false));
    return {};
  }

  /// Closes the database and opens it with another version of the module.
  Result<void> reopen(Module module) {
    database_.reset();
    modules_.modules["base"] = std::move(module);
    PARLEY_TRY(auto store, engine_->open("t"));
    PARLEY_TRY(database_, Database::open("t", std::move(store), modules_, catalog_, limits_));
    return {};
  }

  /// The answer, plain, in `arena`.
  Result<Value> call(const Statement& step, std::int64_t uid, const Value& user_context, Arena& arena) {
    PARLEY_TRY(Arguments given, read_arguments(step.arguments, arena));
    Context context{arena, limits_, "test", "t", ""};
    context.uid = uid;
    Call call;
    std::string name = step.model + "." + step.word;
    call.method = name;
    call.positional = given.positional;
    DictBuilder named(arena);
    for (std::size_t i = 0; i < given.named.size(); ++i) named.set(given.named.keys()[i], given.named.values()[i]);
    if (user_context.is_dict() && !named.has("context")) named.set("context", user_context);
    call.named = named.done();
    call.policy = Policy::odoo;
    PARLEY_TRY(Target target, database_->snapshot()->registry->find(call.method));
    bool is_read = target.method().effect == Effect::read;
    PARLEY_TRY(auto session, database_->begin(is_read ? Mode::read : Mode::write, context));
    // uid 1 is the system user: what a server's own code does as superuser.
    std::optional<Env> system;
    if (uid == 1) context.env = &system.emplace(session->env().as_superuser());
    PARLEY_TRY(Answer answer, invoke(target, call, context));
    TreeBuilder tree(arena);
    PARLEY_CHECK(write(answer, tree));
    if (!is_read) PARLEY_CHECK(session->commit());
    return plain(tree.result(), arena);
  }

 private:
  Directory directory_;
  Limits limits_;
  std::unique_ptr<StoreEngine> engine_;
  Catalog catalog_;
  ModuleSet modules_;
  std::unique_ptr<Database> database_;
};

}  // namespace parley::orm::test
