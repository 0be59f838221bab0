// SPDX-License-Identifier: Apache-2.0
// Runs every *.orm script on every store engine: each call in a transaction of its own, through
// the base methods, as a server would.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "parley/domain/literal.hpp"
#include "parley/domain/repr.hpp"
#include "parley/orm/database.hpp"
#include "parley/orm/methods.hpp"
#include "parley/storage/storage.hpp"
#include "tests/orm/script.hpp"

namespace parley::orm::test {
namespace {

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

  Result<void> open() {
    PARLEY_TRY(auto store, engine_->create("t"));
    PARLEY_TRY(database_, Database::open("t", std::move(store), modules_, catalog_, limits_));
    std::string wanted[] = {"base"};
    PARLEY_CHECK(database_->install(wanted, false));
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

void fail(const std::string& text) { FAIL_CHECK(text); }

std::string text_of(const Error& error) {
  return std::string(odoo_class(error)) + ": " + error.message + (error.cause.empty() ? "" : " | " + error.cause);
}

void check_step(Bench& bench, const Statement& step, std::int64_t uid, const Value& context, const std::string& file) {
  Arena arena(256 * 1024);
  std::string at = file + ":" + std::to_string(step.line) + ": ";
  Result<Value> got = bench.call(step, uid, context, arena);
  if (!step.error.empty()) {
    if (got) return fail(at + "expected " + step.error + ", got " + domain::repr(*got));
    if (odoo_class(got.error()) != step.error) fail(at + "expected " + step.error + ", got " + text_of(got.error()));
    if (got.error().message.find(step.text) == std::string::npos)
      fail(at + "expected the text '" + step.text + "' in: " + got.error().message);
    return;
  }
  if (!got) return fail(at + text_of(got.error()));
  if (step.expected.empty()) return;
  Result<Value> wanted = domain::parse_literal(step.expected, Limits{}, arena);
  if (!wanted) return fail(at + wanted.error().message);
  if (!equal(*got, *wanted)) fail(at + "expected " + domain::repr(*wanted) + "\n  got " + domain::repr(*got));
}

void run(const std::filesystem::path& path, std::string_view engine) {
  std::string file = path.filename().string();
  Result<Script> script = read_script(path.string());
  if (!script) return fail(script.error().message);
  Bench bench(engine, std::move(script->module));
  Result<void> opened = bench.open();
  if (!opened) return fail(file + ": " + text_of(opened.error()));
  std::int64_t uid = 1;
  OwnedValue context;
  for (const Statement& step : script->steps) {
    if (step.word == "as") uid = std::stoll(step.arguments);
    else if (step.word == "context") {
      Arena arena;
      Result<Value> says = domain::parse_literal(step.arguments, Limits{}, arena);
      REQUIRE(says.has_value());
      context = OwnedValue(*says);
    } else check_step(bench, step, uid, *context, file);
  }
}

std::vector<std::filesystem::path> scripts() {
  std::vector<std::filesystem::path> out;
  for (const auto& item : std::filesystem::directory_iterator(PARLEY_SOURCE_DIR "/tests/orm"))
    if (item.path().extension() == ".orm" && item.path().stem() != "prelude") out.push_back(item.path());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("orm scripts: every script runs on every store") {
  std::vector<std::filesystem::path> all = scripts();
  REQUIRE(all.size() > 5);
  for (const char* engine : {"sqlite"})
    for (const auto& path : all) run(path, engine);
}

}  // namespace parley::orm::test
