// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/websession/protocol.hpp"

#include <doctest/doctest.h>

#include "parley/protocol/exchange_for_test.hpp"

namespace parley {
namespace {

using testing::outcomes;

enum Path : std::size_t {
  version_info,
  authenticate,
  session_info,
  destroy,
  check,
  modules,
  languages,
  account,
  call_kw,
  call,
  call_button,
  search_read,
  list_databases,
  health
};

/// One request with the headers of a logged-in client.
testing::Talk ask(Path path, std::string_view body, std::deque<Outcome> list = {},
                  const ProtocolSettings& settings = {}) {
  auto protocol = make_websession(settings);
  testing::TestRequest request(body, body.empty() ? "" : "application/json");
  request.request.headers.push_back({"Cookie", "a=b; session_id=s3cret"});
  return testing::talk(*protocol, path, request.request, std::move(list));
}

struct Case {
  Path path;
  std::string_view body;
  std::string call;
};

TEST_CASE("websession: every path is one call") {
  const Case cases[] = {
      {version_info, R"({"jsonrpc":"2.0","method":"call","params":{},"id":"x"})",
       "|none|common.version_info|[]"},
      {version_info, "", "|none|common.version_info|[]"},
      {version_info, "{}", "|none|common.version_info|[]"},
      {version_info, R"({"params":[]})", "|none|common.version_info|[]"},
      {authenticate, R"({"params":{"db":"d","login":"admin","password":"pw","base_location":"x"}})",
       R"(|none|session.authenticate|["d","admin","pw"])"},
      {authenticate, R"({"params":{"login":"admin","password":"pw"}})",
       R"(|none|session.authenticate|[null,"admin","pw"])"},
      {session_info, R"({"params":null})", "|session s3cret|session.info|[]"},
      {destroy, "{}", "|session s3cret|session.destroy|[]"},
      {call_kw,
       R"({"params":{"model":"res.partner","method":"search_read","args":[[]],"kwargs":{"limit":2}}})",
       R"(|session s3cret|res.partner.search_read|[[]]|{"limit":2})"},
      {call_kw, R"({"params":{"model":"res.partner","method":"search_count"}})",
       "|session s3cret|res.partner.search_count|[]"},
      {list_databases, "{}", "|none|db.list|[]"},
      {check, "{}", "|session s3cret|session.check|[]"},
      {modules, "{}", "|session s3cret|session.modules|[]"},
      {languages, "{}", "|none|db.list_lang|[]"},
      {account, "{}", "|session s3cret|session.account|[]"},
      {call, R"({"params":{"model":"m","method":"f","args":[1]}})", "|session s3cret|m.f|[1]"},
      {call_button, R"({"params":{"model":"m","method":"f","args":[[1]],"kwargs":{}}})",
       "|session s3cret|m.f|[[1]]"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.body);
    CHECK(ask(one.path, one.body, outcomes(Answer(Value::null()))).calls ==
          std::vector<std::string>{one.call});
  }
}

TEST_CASE("websession: a header names the database of session calls") {
  auto protocol = make_websession({});
  testing::TestRequest request(R"({"params":{"model":"m","method":"f"}})");
  request.request.headers.push_back({"X-Odoo-Database", "notes"});
  CHECK(testing::talk(*protocol, call_kw, request.request).calls ==
        std::vector<std::string>{"notes|session|m.f|[]"});
}

TEST_CASE("websession: params without what the path needs are a TypeError") {
  struct Row {
    Path path;
    std::string_view params, message;
  };
  const Row rows[] = {
      {authenticate, "{}",
       "Session.authenticate() missing 2 required positional arguments: 'login' and 'password'"},
      {call_kw, R"({"model":"m"})",
       "DataSet.call_kw() missing 1 required positional argument: 'method'"},
      {call_kw, R"({"model":"m","method":"f","args":{}})",
       "args: argument after * must be a list, not dict"},
      {session_info, "[1]", "params: expected an object, not list"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.params);
    auto talk = ask(row.path, R"({"id":1,"params":)" + std::string(row.params) + "}");
    CHECK(talk.calls.empty());
    CHECK(talk.response.status == 200);
    CHECK(talk.response.body.find(R"("name": "builtins.TypeError", "debug": "", "message": ")" +
                                  std::string(row.message) + '"') != std::string::npos);
  }
}

TEST_CASE("websession: a button answers the action that comes next, else false") {
  Arena arena;
  auto press = [](std::deque<Outcome> list) {
    return ask(call_button, R"({"id":1,"params":{"model":"m","method":"f"}})", std::move(list)).response.body;
  };
  DictBuilder action(arena);
  action.set("type", Value::string("ir.actions.act_window"));
  CHECK(press(outcomes(Answer(action.done()))) ==
        R"({"jsonrpc": "2.0", "id": 1, "result": {"type": "ir.actions.act_window"}})");
  for (Value other : {Value::null(), Value::boolean(true), Value::integer(3), Value::list({})})
    CHECK(press(outcomes(Answer(other))) == R"({"jsonrpc": "2.0", "id": 1, "result": false})");
  CHECK(press(outcomes(Answer(std::make_unique<testing::FixedRows>(1)))) == R"({"jsonrpc": "2.0", "id": 1, "result": false})");
}

TEST_CASE("websession: search_read counts, then reads a page") {
  auto page = [](std::string_view params, std::deque<Outcome> list) {
    return ask(search_read, R"({"id":1,"params":)" + std::string(params) + "}", std::move(list));
  };
  auto both = [] {
    return outcomes(Answer(Value::integer(12)), Answer(std::make_unique<testing::FixedRows>(2)));
  };
  auto told = page(R"({"model":"m","fields":["name"],"offset":2,"limit":2,"domain":[["a","=",1]],"sort":"id"})", both());
  CHECK(told.calls ==
        std::vector<std::string>{
            R"(|session s3cret|m.search_count|[]|{"domain":[["a","=",1]]})",
            R"(|session s3cret|m.search_read|[]|{"domain":[["a","=",1]],"fields":["name"],"offset":2,"limit":2,"order":"id"})"});
  CHECK(told.response.body ==
        R"({"jsonrpc": "2.0", "id": 1, "result": {"length": 12, "records": [{"id": 1}, {"id": 2}]}})");
  CHECK(page(R"({"model":"m","domain":null,"limit":null})", both()).calls ==
        std::vector<std::string>{R"(|session s3cret|m.search_count|[]|{"domain":[]})",
                                 R"(|session s3cret|m.search_read|[]|{"domain":[]})"});
  CHECK(page(R"({"model":"m"})", outcomes(Error(Code::forbidden, "no"), Error(Code::forbidden, "no")))
            .response.body.find("odoo.exceptions.AccessError") != std::string::npos);
  CHECK(page(R"({"model":"m"})",
             outcomes(Answer(Value::integer(1)),
                      Answer(std::make_unique<testing::FixedRows>(1, std::vector{Error(Code::timeout, "slow")}))))
            .response.body.find(R"("message": "slow")") != std::string::npos);
  CHECK(page("{}", {}).response.body.find("DataSet.search_read() missing 1 required") != std::string::npos);
}

TEST_CASE("websession: health is a bare document for who watches") {
  auto protocol = make_websession({});
  CHECK(protocol->mounts()[health].methods == std::vector<std::string>{"GET"});
  auto well = ask(health, "", outcomes(Answer(Value::list({}))));
  CHECK(well.response.status == 200);
  CHECK(well.response.body == R"({"status": "pass"})");
  CHECK(ask(health, "", outcomes(Error(Code::unavailable, "down"))).response.status == 500);
}

Outcome session(Arena& arena, std::string_view id) {
  DictBuilder info(arena);
  info.set("uid", Value::integer(2));
  info.set("session_id", Value::string(id));
  return Answer(info.done());
}

TEST_CASE("websession: a log-in sets the session cookie and names it in the result") {
  Arena arena;
  constexpr std::string_view log_in =
      R"({"id":3,"params":{"db":"d","login":"admin","password":"pw"}})";
  auto talk = ask(authenticate, log_in, outcomes(session(arena, "aB-_9")));
  CHECK(talk.response.header("Set-Cookie") ==
        "session_id=aB-_9; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800");
  CHECK(talk.response.body ==
        R"({"jsonrpc": "2.0", "id": 3, "result": {"uid": 2, "session_id": "aB-_9"}})");

  ProtocolSettings behind_tls;
  behind_tls.is_secure_cookie = true;
  CHECK(ask(authenticate, log_in, outcomes(session(arena, "x")), behind_tls)
            .response.header("Set-Cookie")
            .ends_with("; Secure"));
  CHECK(ask(authenticate, log_in, outcomes(session(arena, "x; Domain=evil")))
            .response.header("Set-Cookie")
            .empty());
  CHECK(
      ask(session_info, "{}", outcomes(session(arena, "x"))).response.header("Set-Cookie").empty());
}

TEST_CASE("websession: a wrong password is AccessDenied without a cookie") {
  auto talk = ask(authenticate, R"({"params":{"login":"admin","password":"no"}})",
                  outcomes(Error(Code::unauthenticated, "wrong password")));
  CHECK(talk.response.status == 200);
  CHECK(talk.response.header("Set-Cookie").empty());
  CHECK(
      talk.response.body ==
      R"({"jsonrpc": "2.0", "id": null, "error": {"code": 200, "message": "Odoo Server Error", "data": )"
      R"({"name": "odoo.exceptions.AccessDenied", "debug": "", "message": "Access Denied", "arguments": ["Access Denied"], )"
      R"("context": {}, "exception_type": "access_denied"}}})");
}

TEST_CASE("websession: a session that is no more has error code 100") {
  auto talk =
      ask(session_info, R"({"id":4})",
          outcomes(Error(Code::unauthenticated, "Session expired", {}, "SessionExpiredException")));
  CHECK(talk.response.body.starts_with(
      R"({"jsonrpc": "2.0", "id": 4, "error": {"code": 100, "message": "Odoo Session Expired", "data": {"name": "odoo.http.SessionExpiredException",)"));
}

TEST_CASE("websession: an unknown model is code 404 here") {
  auto talk =
      ask(call_kw, R"({"id":4,"params":{"model":"no.model","method":"read"}})",
          outcomes(Error(Code::unknown_method, "Object no.model doesn't exist", {}, "UserError")));
  CHECK(
      talk.response.body.find(
          R"("error": {"code": 404, "message": "404: Not Found", "data": {"name": "werkzeug.exceptions.NotFound")") !=
      std::string::npos);
}

TEST_CASE("websession: a log-out takes the cookie away") {
  auto talk = ask(destroy, R"({"id":5})", outcomes(Answer(Value::null())));
  CHECK(talk.response.header("Set-Cookie") ==
        "session_id=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  CHECK(talk.response.body == R"({"jsonrpc": "2.0", "id": 5})");
}

TEST_CASE("websession: pages of other origins are refused") {
  auto protocol = make_websession({});
  struct Row {
    std::string_view origin, host;
    bool is_ok;
  };
  const Row rows[] = {
      {"http://erp.test:8069", "erp.test:8069", true}, {"https://ERP.test", "erp.TEST", true},
      {"http://evil.test", "erp.test", false},         {"null", "erp.test", false},
      {"http://erp.test:1", "erp.test:8069", false},   {"http://", "", false}};
  for (const Row& row : rows) {
    CAPTURE(row.origin);
    testing::TestRequest request("{}");
    request.request.headers.push_back({"Origin", row.origin});
    request.request.headers.push_back({"Host", row.host});
    auto talk = testing::talk(*protocol, list_databases, request.request);
    CHECK(talk.is_refused == !row.is_ok);
    CHECK(talk.response.status == (row.is_ok ? 200 : 403));
  }
}

TEST_CASE("websession: a browser's word about the site counts before Origin") {
  auto protocol = make_websession({});
  for (auto [site, is_ok] : {std::pair{"same-origin", true}, {"none", true}, {"same-site", false}, {"cross-site", false}}) {
    CAPTURE(site);
    testing::TestRequest request("{}");
    request.request.headers.push_back({"Sec-Fetch-Site", site});
    CHECK(testing::talk(*protocol, list_databases, request.request).is_refused == !is_ok);
  }
}

TEST_CASE("websession: a body must be JSON by type, by grammar and an object") {
  auto protocol = make_websession({});
  struct Row {
    std::string_view body, type;
    int status;
  };
  const Row rows[] = {{"{}", "application/json; charset=utf-8", 200},
                      {"{}", "text/plain", 415},
                      {"{}", "", 415},
                      {"{}", "application/x-www-form-urlencoded", 415},
                      {"{", "application/json", 400},
                      {"[]", "application/json", 400},
                      {"", "text/plain", 200}};
  for (const Row& row : rows) {
    CAPTURE(row.body);
    CAPTURE(row.type);
    testing::TestRequest request(row.body, row.type);
    CHECK(testing::talk(*protocol, version_info, request.request).response.status == row.status);
  }
}

}  // namespace
}  // namespace parley
