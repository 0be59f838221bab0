// SPDX-License-Identifier: Apache-2.0
// The whole story without sockets: requests in, answers out, on real databases.
#include <atomic>
#include <thread>

#include "parley/server/app_for_test.hpp"
#include "parley/server/passwords.hpp"

namespace parley::server {
namespace {

using testing::has;
using testing::TestServer;

/// One database for all cases that only need one; each leaves it as it found it.
struct Shared {
  App app;
  TestServer server{app};
};
Shared& shared() {
  static Shared one;
  return one;
}

TEST_CASE("server: common.version needs no database and no user") {
  CHECK(has(shared().server.service("common", "version", "[]"), R"("server_version": "17.0")"));
}

TEST_CASE("server: a record that is created is found by the next call") {
  TestServer& server = shared().server;
  CHECK(has(server.execute("res.partner", "create", R"([{"name":"Zoe Test"}])"), R"("result": )"));
  std::string found = server.execute("res.partner", "search_read", R"([[["name","=","Zoe Test"]],["name"]])");
  CHECK(has(found, R"("name": "Zoe Test")"));
}

TEST_CASE("server: a call that fails leaves nothing behind") {
  TestServer& server = shared().server;
  std::string before = server.execute("res.partner", "search_count", "[[]]");
  CHECK(has(server.execute("res.partner", "create", R"([[{"name":"A"},{"nope":1}]])"), "error"));
  CHECK(server.execute("res.partner", "search_count", "[[]]") == before);
}

TEST_CASE("server: many rows come whole") {
  std::string rows = shared().server.execute("res.country", "search_read", R"([[],["code"]])");
  CHECK(has(rows, R"("code": "BE")"));
  CHECK(rows.ends_with("}]}"));
}

TEST_CASE("server: long answers are compressed for who asks, from the setting's size on") {
  App app;
  Settings settings;
  settings.limits.gzip_bytes_min = 5000;
  TestServer server(app, std::move(settings));
  const std::vector<http::Header> asks{{"Accept-Encoding", "deflate, gzip"}};
  CHECK(server.get("/healthz", "127.0.0.1", asks).header("Content-Encoding").empty());
  const std::string call = R"({"jsonrpc":"2.0","method":"call","params":{"service":"object","method":"execute_kw",)"
                           R"("args":["parley",2,"admin","res.country","search_read",[]]},"id":1})";
  auto plain = server.post("/jsonrpc", call);
  CHECK(plain.header("Content-Encoding").empty());
  REQUIRE(plain.body.size() > 5000);
  auto compressed = server.post("/jsonrpc", call, "application/json", asks);
  CHECK(compressed.header("Content-Encoding") == "gzip");
  CHECK(compressed.body.size() < plain.body.size() / 2);
}

TEST_CASE("server: a wrong password, the system user and an empty login are refused") {
  TestServer& server = shared().server;
  for (std::string answer : {server.execute("res.partner", "search", "[[]]", "wrong"),
                             server.execute("res.partner", "search", "[[]]", "admin", 1),
                             server.service("object", "execute_kw",
                                            R"(["parley",false,"admin","res.partner","search",[[]]])")}) {
    CAPTURE(answer);
    CHECK(has(answer, "odoo.exceptions.AccessDenied"));
  }
}

TEST_CASE("server: login and authenticate answer false instead of an error") {
  TestServer& server = shared().server;
  CHECK(has(server.service("common", "login", R"(["parley","admin","admin"])"), R"("result": 2)"));
  CHECK(has(server.service("common", "authenticate", R"(["parley","admin","admin",{}])"), R"("result": 2)"));
  CHECK(has(server.service("common", "login", R"(["parley","admin","no"])"), R"("result": false)"));
  CHECK(has(server.service("common", "login", R"(["parley","nobody","no"])"), R"("result": false)"));
  CHECK(has(server.service("common", "login", R"(["parley","admin",false])"), R"("result": false)"));
}

TEST_CASE("server: a database that is not served is named and no other is") {
  std::string answer = shared().server.service("common", "login", R"(["nodb","admin","admin"])");
  CHECK(has(answer, R"(FATAL:  database \"nodb\" does not exist)"));
  CHECK_FALSE(has(answer, "parley"));
}

TEST_CASE("server: credentials in a header serve the default database") {
  TestServer& server = shared().server;
  CHECK(has(server.strict("res.partner.search_count", "[[]]", "admin:admin").body, R"("result":)"));
  // A stranger cannot tell what is there from what is not.
  for (std::string name : {"res.partner.search_count", "res.partner.nope", "no.such.model"}) {
    auto reply = server.strict(name, "[[]]");
    CHECK(has(reply.body, "-32601"));
    CHECK(has(reply.body, "some methods are only for users who are logged in"));
  }
  CHECK(has(server.strict("no.such.method", "[]", "admin:admin").body, "-32601"));
}

TEST_CASE("server: a web session logs in, calls and logs out") {
  TestServer& server = shared().server;
  auto in = server.post("/web/session/authenticate",
                        R"({"params":{"db":"parley","login":"admin","password":"admin"}})");
  CHECK(has(in.body, R"("partner_display_name": "Administrator")"));
  std::string cookie(in.header("Set-Cookie").substr(0, in.header("Set-Cookie").find(';')));
  auto with_cookie = [&](std::string_view path, std::string_view body) {
    return server.post(path, body, "application/json", {{"Cookie", cookie}}).body;
  };
  std::string_view count = R"({"params":{"model":"res.users","method":"search_count","args":[[]],"kwargs":{}}})";
  CHECK(has(with_cookie("/web/dataset/call_kw", count), R"("result": )"));
  CHECK(has(with_cookie("/web/session/get_session_info", "{}"), R"("username": "admin")"));
  with_cookie("/web/session/destroy", "{}");
  CHECK(has(with_cookie("/web/dataset/call_kw", count), R"("code": 100)"));
}

TEST_CASE("server: pages tell what is served, and paths that are not") {
  TestServer& server = shared().server;
  CHECK(server.get("/healthz").body == "ok\n");
  CHECK(has(server.get("/").body, "/xmlrpc/2/object"));
  CHECK(has(server.get("/").body, "password admin"));
  CHECK_FALSE(has(server.get("/", "192.0.2.1").body, "password admin"));
  CHECK_FALSE(has(server.get("/", "127.0.0.1", {{"X-Forwarded-For", "192.0.2.1"}}).body, "password admin"));
  CHECK(server.get("/nowhere").status == 404);
  CHECK(server.get("/jsonrpc").status == 405);
  CHECK(server.get("/jsonrpc").header("Allow") == "POST, PUT, PATCH");
}

TEST_CASE("server: without a master password the db service changes nothing") {
  TestServer& server = shared().server;
  CHECK(has(server.service("db", "list", "[]"), R"(["parley"])"));
  CHECK(has(server.service("db", "db_exist", R"(["nodb"])"), R"("result": false)"));
  for (std::string_view password : {"", "x", "admin"})
    CHECK(has(server.service("db", "drop", R"([")" + std::string(password) + R"(","parley"])"), "odoo.exceptions.AccessDenied"));
  CHECK(has(server.service("db", "list", "[]"), R"(["parley"])"));
}

TEST_CASE("server: a database can be made and dropped while others answer") {
  App app;
  Settings settings;
  settings.master_password = "m";
  TestServer server(app, settings);
  std::atomic<bool> is_over = false;
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i)
    clients.emplace_back([&] {
      while (!is_over) {
        answered += has(server.execute("res.partner", "search_count", "[[]]"), R"("result": )") ? 1 : 0;
        // Served, not yet or no more: never anything else.
        std::string other = server.service("object", "execute_kw", R"(["other",2,"w","res.partner","search_count",[[]]])");
        CHECK((has(other, R"("result": )") || has(other, "does not exist")));
        (void)server.get("/");
      }
    });
  for (int i = 0; i < 3; ++i) {
    CHECK(has(server.service("db", "create_database", R"(["m","other",false,"en_US","w"])"), R"("result": true)"));
    CHECK(has(server.service("db", "list", "[]"), R"(["other", "parley"])"));
    CHECK(has(server.service("db", "rename", R"(["m","other","third"])"), R"("result": true)"));
    CHECK(has(server.service("db", "drop", R"(["m","third"])"), R"("result": true)"));
  }
  is_over = true;
  for (auto& client : clients) client.join();
  CHECK(answered > 0);
}

TEST_CASE("server: a changed password ends what was remembered and every session") {
  App app;
  TestServer server(app);
  auto in = server.post("/web/session/authenticate", R"({"params":{"login":"admin","password":"admin"}})");
  std::string cookie(in.header("Set-Cookie").substr(0, in.header("Set-Cookie").find(';')));
  CHECK(has(server.execute("res.users", "write", R"([[2],{"password":"another"}])"), R"("result": true)"));
  CHECK(has(server.execute("res.users", "search_count", "[[]]"), "AccessDenied"));
  CHECK(has(server.execute("res.users", "search_count", "[[]]", "another"), R"("result": )"));
  CHECK(has(server.post("/web/session/get_session_info", "{}", "application/json", {{"Cookie", cookie}}).body,
            "Session expired"));
  CHECK_FALSE(has(server.get("/").body, "password admin"));
  CHECK(has(server.execute("res.users", "write", R"([[2],{"password":"admin"}])", "another"), R"("result": true)"));
  CHECK(has(server.get("/").body, "password admin"));
}

TEST_CASE("server: users change their own password knowing the old one, with few guesses") {
  App app;
  Settings settings;
  settings.login_failures_max = 3;
  TestServer server(app, settings);
  CHECK(has(server.execute("res.users", "change_password", R"(["admin","second"])"), R"("result": true)"));
  CHECK(has(server.execute("res.users", "search_count", "[[]]"), "AccessDenied"));
  CHECK(has(server.execute("res.users", "change_password", R"(["second",""])", "second"), "the new password is empty"));
  for (int i = 0; i < 3; ++i)
    CHECK(has(server.execute("res.users", "change_password", R"(["guess","x"])", "second"), "AccessDenied"));
  CHECK(has(server.execute("res.users", "change_password", R"(["second","x"])", "second"), "too many failed logins"));
  CHECK(has(server.execute("res.users", "search_count", "[[]]", "second"), R"("result": )"));
}

TEST_CASE("server: passwords given to new users let them in") {
  App app;
  TestServer server(app);
  CHECK(has(server.execute("res.users", "create",
                           R"([[{"name":"A","login":"a","password":"one"},{"name":"B","login":"b","password":"two"}]])"),
            R"("result": )"));
  CHECK_FALSE(has(server.service("common", "login", R"(["parley","a","one"])"), "false"));
  CHECK_FALSE(has(server.service("common", "login", R"(["parley","b","two"])"), "false"));
  CHECK(has(server.service("common", "login", R"(["parley","b","one"])"), "false"));
}

TEST_CASE("server: who is in a company counts at once, from whichever side it was written") {
  App app;
  TestServer server(app);
  std::string found = server.execute("ir.model", "search", R"([[["model","=","res.country"]]])");
  std::string model(found.substr(found.find('[') + 1, found.find(']') - found.find('[') - 1));
  CHECK(has(server.execute("ir.rule", "create",
                           R"([{"name":"r","model_id":)" + model + R"(,"domain_force":"[('id','in',company_ids)]"}])"),
            R"("result": )"));
  CHECK(has(server.execute("res.country", "search", "[[]]"), R"("result": [1])"));
  CHECK(has(server.execute("res.company", "write", R"([[1],{"user_ids":[[3,2]]}])"), R"("result": true)"));
  CHECK(has(server.execute("res.country", "search", "[[]]"), R"("result": [])"));
}

TEST_CASE("server: a new company gets a partner, and its maker may work in it") {
  App app;
  TestServer server(app);
  CHECK(has(server.execute("res.company", "create", R"([{"name":"Second"}])"), R"("result": 2)"));
  CHECK(has(server.execute("res.company", "read", R"([[2],["partner_id","user_ids"]])"),
            R"("Second"], "user_ids": [2])"));
  CHECK(has(server.execute("res.company", "create", R"([{"city":"nowhere"}])"), R"("error")"));
}

TEST_CASE("passwords: what is made from the default password is known again without hashing") {
  HashPool pool(1, {.passes = 1, .memory_bytes = 8192 * 8});
  Passwords passwords(pool);
  auto hashed = passwords.hash("admin");
  REQUIRE(hashed);
  CHECK(passwords.is_default(*hashed));
  CHECK_FALSE(passwords.is_default(*passwords.hash("other")));
  CHECK(passwords.learn(*pool.hash("other")));
  CHECK(*passwords.verify("admin", *hashed));
}

TEST_CASE("server: an empty name of a database is an error where a call must name one") {
  TestServer& server = shared().server;
  for (std::string_view db : {R"("")", "false", "1", "null"}) {
    CAPTURE(db);
    std::string login = "[" + std::string(db) + R"(,"admin","admin"])";
    CHECK(has(server.service("common", "login", login), "expected the name of a database"));
  }
  CHECK(has(server.service("object", "execute_kw", R"(["",2,"admin","res.partner","search",[[]]])"),
            "expected the name of a database"));
  CHECK(has(server.post("/web/session/authenticate", R"({"params":{"db":"","login":"admin","password":"admin"}})").body,
            "expected the name of a database"));
}

TEST_CASE("server: a call that names no database means --database, else the only one") {
  App app;
  Settings settings;
  settings.databases = {"second", "first"};
  TestServer server(app, settings);
  auto in = server.post("/web/session/authenticate", R"({"params":{"login":"admin","password":"admin"}})");
  CHECK(has(in.body, R"("db": "second")"));
}

TEST_CASE("server: after too many failures even the right password waits") {
  App app;
  Settings settings;
  settings.login_failures_max = 3;
  TestServer server(app, settings);
  for (int i = 0; i < 3; ++i) CHECK(has(server.execute("res.users", "search", "[[]]", "wrong"), "AccessDenied"));
  CHECK(has(server.execute("res.users", "search", "[[]]"), "too many failed logins"));
  auto refused = server.strict("res.users.search", "[[]]", "admin:admin");
  CHECK(has(refused.body, R"("result":)"));  // another door: by login, not by uid
}

TEST_CASE("server: a body over the limit is refused by the protocol") {
  App app;
  Settings settings;
  settings.limits.depth_max = 5;
  TestServer server(app, settings);
  CHECK(has(server.strict("common.about", "[[[[[[[[1]]]]]]]]").body, "error"));
}

std::int64_t twice(std::int64_t number) { return 2 * number; }
Result<std::string> who(Env& env) { return env.user().login; }
Result<std::int64_t> breaks(Env&) { throw std::runtime_error("s3cret"); }

TEST_CASE("app: exposed functions are there for users, open ones for everybody") {
  App app("library");
  app.expose("library.twice", twice, doc("Twice a number."), arg("number", "Any."), effect::read).open();
  app.expose("library.who", who, doc("Who calls."), effect::read);
  app.expose("library.breaks", breaks, doc("Has a bug."), effect::write);
  TestServer server(app);
  CHECK(has(server.strict("library.twice", "[21]").body, R"("result":42)"));
  CHECK(has(server.strict("library.who", "[]", "admin:admin").body, R"("result":"admin")"));
  CHECK(has(server.strict("library.who", "[]").body, "-32010"));
  std::string bug = server.strict("library.breaks", "[]", "admin:admin").body;
  CHECK(has(bug, "-32603"));
  CHECK_FALSE(has(bug, "s3cret"));
}

TEST_CASE("app: a function exposed twice does not start") {
  App app("library");
  app.expose("library.twice", twice, doc("Twice."), arg("number", "Any."), effect::read);
  app.expose("library.twice", twice, doc("Twice."), arg("number", "Any."), effect::read);
  CHECK(app.open({}).error().code == Code::conflict);
}

TEST_CASE("app: two programs cannot use one data folder") {
  App first, second;
  TestServer server(first);
  Settings settings;
  settings.data = server.folder.path;
  CHECK(second.open(settings).error().code == Code::unavailable);
}

}  // namespace
}  // namespace parley::server
