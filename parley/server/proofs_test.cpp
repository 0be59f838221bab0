// SPDX-License-Identifier: Apache-2.0
// What is remembered of credentials, seen from outside: how long, how many, and what ends it.
#include "parley/orm/records.hpp"
#include "parley/server/api_keys.hpp"
#include "parley/server/app_for_test.hpp"
#include "parley/server/attempts.hpp"
#include "parley/server/databases.hpp"
#include "parley/server/program.hpp"

namespace parley::server {
namespace {

using testing::Folder;

std::int64_t now_ms = 0;

/// A database with two users besides the administrator, and an Authenticator whose clock we turn.
struct Keeper {
  explicit Keeper(AuthOptions options = {}) : auth(pool, with_clock(options)) {
    now_ms = 0;
    Settings settings;
    settings.data = folder.path;
    auto loaded = Program::load(settings, Own{}, [](std::string_view) {});
    REQUIRE(loaded);
    program = std::move(loaded).value();
    REQUIRE(program->lock());
    REQUIRE(program->prepare([](const std::string&) {}));
    auto found = program->databases().find("parley");
    REQUIRE(found);
    database = *found;
    uid = make_user("ann", "ann-word");
  }
  static AuthOptions with_clock(AuthOptions options) {
    options.now_ms = [] { return now_ms; };
    return options;
  }
  /// What `change` does as the system, in one transaction.
  template <class Change>
  void write(Change change) {
    auto session = SystemSession::begin(*database, orm::Mode::write, program->settings().limits);
    REQUIRE(session);
    Env env = (*session)->env();
    REQUIRE(change(env, (*session)->arena()));
    REQUIRE((*session)->commit());
  }
  std::int64_t make_user(std::string_view login, std::string_view password) {
    std::int64_t made = 0;
    write([&](Env& env, Arena& arena) -> Result<void> {
      PARLEY_TRY(const orm::RuntimeModel* users, env.find_model("res.users"));
      DictBuilder values(arena);
      values.set("name", Value::string(login));
      values.set("login", Value::string(login));
      values.set("password", Value::string(password));
      const Value rows[] = {values.done()};
      PARLEY_TRY(auto ids, orm::create_records(env, *users, rows));
      made = ids.front();
      return {};
    });
    return made;
  }
  void write_user(std::string_view field, const Value& value) {
    write([&](Env& env, Arena& arena) -> Result<void> {
      PARLEY_TRY(const orm::RuntimeModel* users, env.find_model("res.users"));
      DictBuilder values(arena);
      values.set(field, value);
      return orm::write_records(env, *users, {&uid, 1}, values.done());
    });
  }
  void unlink(std::string_view name, std::int64_t id) {
    write([&](Env& env, Arena&) -> Result<void> {
      PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(name));
      return orm::unlink_records(env, *model, {&id, 1});
    });
  }
  std::string add_key() {
    std::string key;
    write([&](Env& env, Arena&) -> Result<void> {
      PARLEY_TRY(key, server::add_key(env, {.uid = uid, .name = "test"}));
      return {};
    });
    return key;
  }
  bool is_let_in(std::string_view secret, std::string_view login = "ann", std::string_view peer = "192.0.2.1") {
    Credentials credentials{.kind = Credentials::Kind::login, .login = login, .secret = secret};
    return bool(auth.authenticate(*database, credentials, {peer}));
  }
  /// Whether it is let in without anybody's hashing.
  bool is_remembered(std::string_view secret, std::string_view login = "ann") {
    const std::int64_t before = pool.done();
    return is_let_in(secret, login) && pool.done() == before;
  }

  Folder folder;
  HashPool pool{1, {.passes = 1, .memory_bytes = 8192 * 8}};
  std::unique_ptr<Program> program;
  DatabaseUse database;
  Authenticator auth;
  std::int64_t uid = 0;
};

TEST_CASE("proofs: a password is remembered for its minutes and not longer") {
  Keeper keeper({.remember_ms = 300'000});
  CHECK_FALSE(keeper.is_remembered("ann-word"));
  now_ms = 299'999;
  CHECK(keeper.is_remembered("ann-word"));
  now_ms = 300'000;
  CHECK_FALSE(keeper.is_remembered("ann-word"));  // from the first time, not from the last
  CHECK(keeper.is_remembered("ann-word"));
  CHECK_FALSE(keeper.is_let_in("ann-word "));
  CHECK_FALSE(keeper.is_let_in("ann-word", "admin"));
}

TEST_CASE("proofs: what has nothing to do with a user does not end what is remembered of it") {
  Keeper keeper;
  REQUIRE(keeper.is_let_in("ann-word"));
  keeper.make_user("bob", "bob-word");
  keeper.write_user("name", Value::string("Ann the second"));
  CHECK(keeper.is_remembered("ann-word"));
}

TEST_CASE("proofs: a changed password is refused at once, and the new one is let in") {
  Keeper keeper;
  REQUIRE(keeper.is_let_in("ann-word"));
  REQUIRE(keeper.is_remembered("ann-word"));
  keeper.write_user("password", Value::string("another"));
  CHECK_FALSE(keeper.is_let_in("ann-word"));
  CHECK(keeper.is_let_in("another"));
}

TEST_CASE("proofs: a user who is deactivated is refused at once, and let in again afterwards") {
  Keeper keeper;
  REQUIRE(keeper.is_let_in("ann-word"));
  keeper.write_user("active", Value::boolean(false));
  CHECK_FALSE(keeper.is_let_in("ann-word"));
  keeper.write_user("active", Value::boolean(true));
  CHECK(keeper.is_let_in("ann-word"));
}

TEST_CASE("proofs: a user who is deleted is refused at once, by password, key and session") {
  Keeper keeper;
  const std::string key = keeper.add_key();
  REQUIRE(keeper.is_let_in("ann-word"));
  REQUIRE(keeper.is_let_in(key));
  auto proof = keeper.auth.log_in(*keeper.database, "ann", "ann-word", {"192.0.2.1"});
  REQUIRE(proof);
  const std::string id = keeper.auth.sessions().add(*proof);
  Credentials session{.kind = Credentials::Kind::session, .secret = id};
  CHECK(keeper.auth.authenticate(*keeper.database, session, {"192.0.2.1"}));
  keeper.unlink("res.users", keeper.uid);
  CHECK_FALSE(keeper.is_let_in("ann-word"));
  CHECK_FALSE(keeper.is_let_in(key));
  CHECK(keeper.auth.authenticate(*keeper.database, session, {"192.0.2.1"}).error().kind == "SessionExpiredException");
}

TEST_CASE("proofs: a key that is revoked is refused at once, and the password stays") {
  Keeper keeper;
  const std::string key = keeper.add_key(), other = keeper.add_key();
  REQUIRE(keeper.is_let_in(key));
  CHECK(keeper.is_remembered(key));
  std::int64_t id = 0;
  {
    auto session = SystemSession::begin(*keeper.database, orm::Mode::read, keeper.program->settings().limits);
    REQUIRE(session);
    Env env = (*session)->env();
    auto keys = env.find_model("res.users.apikeys");
    REQUIRE(keys);
    auto ids = orm::search_records(env, **keys, nullptr, {});
    REQUIRE(ids);
    id = *std::min_element(ids->begin(), ids->end());
  }
  keeper.unlink("res.users.apikeys", id);
  CHECK_FALSE(keeper.is_let_in(key));
  CHECK(keeper.is_let_in(other));
  CHECK(keeper.is_let_in("ann-word"));
}

TEST_CASE("proofs: those of a database end with it") {
  Keeper keeper;
  REQUIRE(keeper.is_let_in("ann-word"));
  keeper.auth.forget("another");
  CHECK(keeper.is_remembered("ann-word"));
  keeper.auth.forget("parley");
  CHECK_FALSE(keeper.is_remembered("ann-word"));
}

TEST_CASE("proofs: so many are remembered, then the oldest is forgotten") {
  Keeper keeper({.proofs_max = 3});
  for (std::string_view login : {"bob", "cid", "dee"}) keeper.make_user(login, "word");
  for (std::string_view login : {"ann", "bob", "cid"}) {
    ++now_ms;
    REQUIRE(keeper.is_let_in(login == "ann" ? "ann-word" : "word", login));
  }
  CHECK(keeper.is_remembered("ann-word"));
  ++now_ms;
  REQUIRE(keeper.is_let_in("word", "dee"));
  CHECK(keeper.is_remembered("word", "bob"));
  CHECK(keeper.is_remembered("word", "dee"));
  CHECK_FALSE(keeper.is_remembered("ann-word"));
}

TEST_CASE("proofs: who is not there costs as much hashing as a wrong password") {
  Keeper keeper;
  keeper.make_user("off", "off-word");
  for (std::string_view login : {"ann", "nobody", "off", "__system__", ""}) {
    CAPTURE(login);
    const std::int64_t before = keeper.pool.done();
    CHECK_FALSE(keeper.is_let_in("wrong", login));
    CHECK(keeper.pool.done() == before + 1);
  }
  const std::int64_t before = keeper.pool.done();
  CHECK_FALSE(keeper.auth.confirm_master("", "guess", {"192.0.2.1"}));
  CHECK(keeper.pool.done() == before + 1);
}

TEST_CASE("proofs: ten failures a minute of one address and login; others and other addresses go on") {
  Keeper keeper;
  for (int i = 0; i < 10; ++i) CHECK_FALSE(keeper.is_let_in("guess" + std::to_string(i)));
  const std::int64_t before = keeper.pool.done();
  Credentials right{.kind = Credentials::Kind::login, .login = "ann", .secret = "ann-word"};
  auto refused = keeper.auth.authenticate(*keeper.database, right, {"192.0.2.1"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::throttled);
  CHECK(refused.error().hint == "60");
  CHECK(keeper.pool.done() == before);  // it costs nothing any more
  CHECK(keeper.is_let_in("admin", "admin"));
  CHECK(keeper.is_let_in("ann-word", "ann", "192.0.2.2"));
}

TEST_CASE("proofs: who was remembered before is let in while others guess from the same address") {
  Keeper keeper;
  REQUIRE(keeper.is_let_in("ann-word"));
  for (int i = 0; i < 11; ++i) CHECK_FALSE(keeper.is_let_in("guess" + std::to_string(i)));
  CHECK(keeper.is_remembered("ann-word"));
}

}  // namespace
}  // namespace parley::server
