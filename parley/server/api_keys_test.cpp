// SPDX-License-Identifier: Apache-2.0
#include "parley/server/api_keys.hpp"

#include "parley/server/app_for_test.hpp"

namespace parley::server {
namespace {

using testing::TestServer;

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// The text or number behind `"name": ` in an answer.
std::string member(std::string_view body, std::string_view name) {
  std::size_t at = body.find("\"" + std::string(name) + "\": ");
  if (at == body.npos) return {};
  std::string_view rest = body.substr(at + name.size() + 4);
  if (rest.starts_with('"')) return std::string(rest.substr(1, rest.find('"', 1) - 1));
  return std::string(rest.substr(0, rest.find_first_of(",}")));
}

/// A web session of one user, and the wizard in it.
struct Session {
  TestServer& server;
  std::string cookie;
  Session(TestServer& of, std::string_view login, std::string_view password) : server(of) {
    auto in = server.post("/web/session/authenticate", R"({"params":{"login":")" + std::string(login) +
                                                           R"(","password":")" + std::string(password) + R"("}})");
    cookie = in.header("Set-Cookie").substr(0, in.header("Set-Cookie").find(';'));
  }
  std::string call(std::string_view model, std::string_view method, std::string_view args, std::string_view kwargs = "{}") {
    return server
        .post("/web/dataset/call_kw",
              R"({"params":{"model":")" + std::string(model) + R"(","method":")" + std::string(method) + R"(","args":)" +
                  std::string(args) + R"(,"kwargs":)" + std::string(kwargs) + "}}",
              "application/json", {{"Cookie", cookie}})
        .body;
  }
  /// The id of the question that making a key of these values ends with.
  std::string ask(std::string_view values) {
    std::string id = member(call("res.users.apikeys.description", "create", "[" + std::string(values) + "]"), "result");
    return member(call("res.users.apikeys.description", "make_key", "[[" + id + "]]"), "res_id");
  }
  std::string answer(std::string_view question, std::string_view password) {
    return call("res.users.identitycheck", "run_check", "[[" + std::string(question) + "]]",
                R"({"context":{"password":")" + std::string(password) + R"("}})");
  }
};

http::Response json2(TestServer& server, std::string_view key, std::string_view path, std::string_view body = "{}") {
  std::string authorization = "Bearer " + std::string(key);
  return server.post("/json/2/" + std::string(path), body, "application/json", {{"Authorization", authorization}});
}

TEST_CASE("keys: the wizard makes a key that JSON-2 takes, once the password was right") {
  App app;
  TestServer server(app);
  Session admin(server, "admin", "admin");
  std::string question = admin.ask(R"({"name":"mine","duration":"30"})");
  CHECK(has(admin.answer(question, "wrong"), "Incorrect password"));
  CHECK(has(admin.answer(question, ""), "Incorrect password"));
  std::string key = member(admin.answer(question, "admin"), "default_key");
  REQUIRE(key.size() == 40);
  CHECK(has(json2(server, key, "res.users/context_get").body, R"("uid": 2)"));
  CHECK(has(admin.call("res.users.apikeys", "search_read", R"([[],["name","scope","key"]])"), "mine"));
  CHECK_FALSE(has(admin.call("res.users.apikeys", "search_read", R"([[],["key"]])"), key));

  // Nothing is left of the questions, and they are answered once.
  CHECK(has(admin.answer(question, "admin"), "MissingError"));
  CHECK(has(admin.call("res.users.apikeys.description", "search_count", "[[]]"), R"("result": 0)"));

  // No password opens JSON-2, and no key a web session.
  CHECK(json2(server, "admin", "res.users/context_get").status == 401);
  CHECK(has(server.post("/web/session/authenticate", R"({"params":{"login":"admin","password":")" + key + R"("}})").body,
            "AccessDenied"));
}

TEST_CASE("keys: nobody answers another's question, and a password written to one is not kept") {
  App app;
  TestServer server(app);
  Session admin(server, "admin", "admin");
  CHECK(has(admin.call("res.users", "create", R"([{"name":"Ulla","login":"ulla","password":"ulla"}])"), "result"));
  Session ulla(server, "ulla", "ulla");
  std::string question = admin.ask(R"({"name":"mine"})");
  CHECK_FALSE(has(ulla.answer(question, "ulla"), "default_key"));
  CHECK(has(admin.call("res.users.identitycheck", "write", "[[" + question + R"(],{"password":"admin"}])"), "true"));
  CHECK(has(admin.answer(question, "wrong"), "Incorrect password"));

  // Keys of users end; those of administrators need not.
  CHECK(has(ulla.answer(ulla.ask(R"({"name":"for ever","duration":"0"})"), "ulla"), "must have an end"));
  CHECK(has(ulla.answer(ulla.ask(R"({"name":"x","duration":"-1","expiration_date":"2099-01-01"})"), "ulla"), "must have an end"));
  CHECK(has(ulla.answer(ulla.ask(R"({"name":"x","duration":"-1","expiration_date":"2001-01-01"})"), "ulla"), "is over"));
  CHECK(has(ulla.answer(ulla.ask(R"({"name":"x","duration":"-1"})"), "ulla"), "needs an expiration date"));
  CHECK(has(ulla.answer(ulla.ask(R"({"name":"a week","duration":"7"})"), "ulla"), "default_key"));
  CHECK(has(admin.answer(admin.ask(R"({"name":"for ever","duration":"0"})"), "admin"), "default_key"));
}

TEST_CASE("keys: a key made for something else opens nothing") {
  App app;
  TestServer server(app);
  Session admin(server, "admin", "admin");
  auto key_for = [&](std::string_view scope) {
    std::string values = R"({"name":"k","scope":")" + std::string(scope) + R"("})";
    return member(admin.answer(admin.ask(values), "admin"), "default_key");
  };
  CHECK(json2(server, key_for("rpc"), "res.users/context_get").status == 200);
  CHECK(json2(server, key_for(""), "res.users/context_get").status == 200);
  std::string mail = key_for("odoo.plugin.outlook");
  CHECK(json2(server, mail, "res.users/context_get").status == 401);
  CHECK(has(server.service("common", "login", R"(["parley","admin",")" + mail + R"("])"), R"("result": false)"));
}

TEST_CASE("keys: guesses of the password in the wizard are counted like those of a log-in") {
  App app;
  Settings settings;
  settings.login_failures_max = 3;
  TestServer server(app, std::move(settings));
  Session admin(server, "admin", "admin");
  std::string question = admin.ask(R"({"name":"k"})");
  for (int i = 0; i < 3; ++i) CHECK(has(admin.answer(question, "wrong"), "Incorrect password"));
  CHECK_FALSE(has(admin.answer(question, "admin"), "default_key"));
}

TEST_CASE("json2: errors over a whole server have their statuses") {
  App app;
  TestServer server(app);
  Session admin(server, "admin", "admin");
  std::string key = member(admin.answer(admin.ask(R"({"name":"k"})"), "admin"), "default_key");
  struct Case {
    std::string_view path, body;
    int status;
    std::string_view says;
  };
  const Case cases[] = {
      {"res.partner/search", R"({"domain":[],"limit":1})", 200, "["},
      {"res.partner/read", "{}", 200, "[]"},
      {"res.partner/create", R"({"vals_list":{"name":"One"}})", 200, "["},
      {"no.model/search", "{}", 404, "the model 'no.model' does not exist"},
      {"res.partner/no_method", "{}", 404, "The method 'res.partner.no_method' does not exist"},
      {"res.partner/_search", "{}", 403, "Private methods"},
      {"res.partner/search", "{}", 422, "missing a required argument: 'domain'"},
      {"res.partner/search", R"({"domain":[],"bogus":1})", 422, "got an unexpected keyword argument 'bogus'"},
      {"res.partner/search", R"({"domain":[],"ids":[1]})", 422, "cannot call res.partner.search with ids"},
      {"res.partner/search", R"({"domain":[["bogus","=",1]]})", 500, "builtins.ValueError"},
      {"res.partner/write", R"({"ids":[999999],"vals":{"name":"x"}})", 404, "odoo.exceptions.MissingError"},
      {"res.country/create", R"({"vals_list":[{"name":"X"}]})", 422, "odoo.exceptions.ValidationError"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.path);
    CAPTURE(one.body);
    auto told = json2(server, key, one.path, one.body);
    CHECK(told.status == one.status);
    CHECK(has(told.body, one.says));
  }
  std::string authorization = "Bearer " + key;
  auto index = server.get("/doc-bearer/index.json", "127.0.0.1", {{"Authorization", authorization}});
  CHECK(index.status == 200);
  CHECK(has(index.body, R"("modules": ["base"])"));
  CHECK(has(index.body, R"("model": "res.partner")"));
  auto model = server.get("/doc-bearer/res.partner.json", "127.0.0.1", {{"Authorization", authorization}});
  CHECK(has(model.body, R"~("read": {"signature": "(fields=None, load=None)", "parameters": {"fields": )~"));
  CHECK(has(model.body, R"("api": ["model", "readonly"])"));
  CHECK(server.get("/doc-bearer/no.model.json", "127.0.0.1", {{"Authorization", authorization}}).status == 404);
  CHECK(server.get("/doc-bearer/index.json").status == 401);
  CHECK(has(server.get("/web/version").body, R"("version": "17.0")"));
}

}  // namespace
}  // namespace parley::server
