// SPDX-License-Identifier: Apache-2.0
// What a program fills its databases with, and keys that exist elsewhere already.
#include "parley/orm/records.hpp"
#include "parley/server/accounts.hpp"
#include "parley/server/api_keys.hpp"
#include "parley/server/app_for_test.hpp"

namespace parley::server {
namespace {

using namespace testing;

constexpr std::string_view given_key = "xe7cdb2v278e4evbdf5vs04v832v0efvcbcve4a3";

TEST_CASE("app: a seed fills each database at each start, and its failure stops the program") {
  int runs = 0;
  App app;
  app.seed([&runs](Env& env) -> Result<void> {
    ++runs;
    PARLEY_TRY(const orm::RuntimeModel* partners, env.find_model("res.partner"));
    DictBuilder values(env.arena());
    values.set("name", Value::string("Seeded"));
    Value row = values.done();
    PARLEY_CHECK(orm::create_records(env, *partners, {&row, 1}));
    return {};
  });
  Settings settings;
  settings.databases = {"parley", "other"};
  TestServer server(app, settings);
  CHECK(runs == 2);
  CHECK(has(server.execute("res.partner", "search_count", R"([[["name","=","Seeded"]]])"), R"("result": 1)"));
  App failing;
  failing.seed([](Env&) -> Result<void> { return Error(Code::rejected, "not today"); });
  Folder folder;
  Settings other;
  other.data = folder.path;
  auto opened = failing.open(other);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().message == "not today");
}

TEST_CASE("keys: one that was chosen elsewhere lets its user in, once it is stored") {
  App app;
  app.seed([](Env& env) -> Result<void> {
    PARLEY_CHECK(add_key(env, {.uid = 2, .name = "cron", .value = given_key}));
    CHECK(add_key(env, {.uid = 2, .name = "again", .value = given_key}).error().code == Code::conflict);
    CHECK(add_key(env, {.uid = 2, .name = "short", .value = "short"}).error().code == Code::invalid_argument);
    return {};
  });
  Settings settings;
  settings.modules = {"base", "vcs"};
  TestServer server(app, settings);
  CHECK(has(server.execute("res.users", "search_count", "[[]]", given_key), R"("result": )"));
  std::string body = R"({"id":[1],"api_key":")" + std::string(given_key) + R"(","method":"get_repos","args":{}})";
  CHECK(server.post("/_admin/api", body, "text/plain").body == R"({"id": [1], "result": [], "error": null})");
  body.replace(body.find("xe7"), 3, "xe8");
  CHECK(server.post("/_admin/api", body, "text/plain").body == R"({"id": [1], "result": null, "error": "Invalid API KEY"})");
}

TEST_CASE("keys: their form is 32 to 128 letters, digits, dashes and underscores") {
  CHECK(may_be_key(given_key));
  CHECK(may_be_key(std::string(32, 'a')));
  CHECK(may_be_key("A-Z_0123456789abcdefghijklmnopqrstuvwxyz"));
  CHECK_FALSE(may_be_key(std::string(31, 'a')));
  CHECK(may_be_key(std::string(128, 'a')));
  CHECK_FALSE(may_be_key(std::string(129, 'a')));
  for (char c : {' ', '.', '/', '\0', '\xc3'}) CHECK_FALSE(may_be_key(std::string(40, 'a') + c));
}

TEST_CASE("vcs: a function that takes a password has it hashed before its transaction") {
  App app;
  Settings settings;
  settings.modules = {"base", "vcs"};
  TestServer server(app, settings);
  auto made = server.strict("vcs.create_user",
                            R"({"username":"eva","password":"p+w","firstname":"Eva","lastname":"N","email":"e"})", "admin:admin");
  CHECK(has(made.body, "created new user eva"));
  CHECK(has(server.strict("vcs.get_user", R"(["eva"])", "eva:p+w").body, "-32011"));
  CHECK(has(server.strict("vcs.get_user", R"(["eva"])", "eva:wrong").body, "-32010"));
}

}  // namespace
}  // namespace parley::server
