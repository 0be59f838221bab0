// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/json2/protocol.hpp"

#include <doctest/doctest.h>

#include "parley/protocol/exchange_for_test.hpp"

namespace parley {
namespace {

using testing::outcomes;

enum Place : std::size_t { call, version, web_version, doc, doc_bearer };

struct Ask {
  std::string_view path;
  std::string_view body = {};
  std::string_view method = "POST";
  std::string_view authorization = "Bearer k3y";
  std::string_view type = "application/json";
  std::string_view origin = {};
};

testing::Talk talk(Place place, const Ask& ask, std::deque<Outcome> list = {}, const ProtocolSettings& settings = {}) {
  auto protocol = make_json2(settings);
  testing::TestRequest request(ask.body, ask.body.empty() ? "" : ask.type);
  request.request.method = ask.method;
  request.request.path = ask.path;
  if (!ask.authorization.empty()) request.request.headers.push_back({"Authorization", ask.authorization});
  if (!ask.origin.empty()) request.request.headers.push_back({"Origin", ask.origin});
  request.request.headers.push_back({"X-Odoo-Database", "notes"});
  return testing::talk(*protocol, place, request.request, std::move(list));
}

constexpr std::string_view search = "/json/2/res.partner/search";

TEST_CASE("json2: the path is a model's method and the body its arguments by name") {
  struct Case {
    std::string_view path, body, call;
  };
  const Case cases[] = {
      {search, R"({"domain":[],"limit":2})", R"(notes|key k3y|res.partner.search|[]|{"domain":[],"limit":2})"},
      {"/json/2/res.partner/search/", R"({"domain":[]})", R"(notes|key k3y|res.partner.search|[]|{"domain":[]})"},
      {"/json/2/res%2Epartner/search", "{}", "notes|key k3y|res.partner.search|[]|{}"},
      {"/json/2/res.users/context_get", "", "notes|key k3y|res.users.context_get|[]|{}"},
      {"/json/2/m/read", R"({"ids":1,"fields":["name"]})", R"(notes|key k3y|m.read|[]|{"ids":[1],"fields":["name"]})"},
      {"/json/2/m/read", R"({"ids":[1,2]})", R"(notes|key k3y|m.read|[]|{"ids":[1,2]})"},
      {"/json/2/m/search", R"({"ids":[],"domain":[]})", R"(notes|key k3y|m.search|[]|{"domain":[]})"},
      {"/json/2/m/read", R"({"ids":"1"})", "notes|key k3y|m.read|[]|{}"},
      {"/json/2/m/create", R"({"vals_list":{"name":"a"}})",
       R"(notes|key k3y|m.create|[]|{"vals_list":[{"name":"a"}]})"},
      {"/json/2/m/read", "[1]", "notes|key k3y|m.read|[]|{}"},
      {"/json/2/m/read", R"("x")", "notes|key k3y|m.read|[]|{}"},
      {"/json/2/m/read", "null", "notes|key k3y|m.read|[]|{}"},
      {"/json/2/m/f", R"({"context":{"lang":"fr_FR"}})", R"(notes|key k3y|m.f|[]|{"context":{"lang":"fr_FR"}})"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.path);
    CAPTURE(one.body);
    auto told = talk(call, {one.path, one.body}, outcomes(Answer(Value::null())));
    REQUIRE(told.calls.size() == 1);
    CHECK(told.calls.front() == one.call);
  }
}

TEST_CASE("json2: the answer is the bare result") {
  CHECK(talk(call, {search, "{}"}, outcomes(Answer(Value::null()))).response.body == "null");
  CHECK(talk(call, {search, "{}"}, outcomes(Answer(Value::boolean(true)))).response.body == "true");
  auto rows = talk(call, {search, "{}"}, outcomes(Answer(std::make_unique<testing::FixedRows>(2))));
  CHECK(rows.response.status == 200);
  CHECK(rows.response.header("Content-Type") == "application/json; charset=utf-8");
  CHECK(rows.response.body == R"([{"id": 1}, {"id": 2}])");
}

TEST_CASE("json2: only a bearer key is a caller") {
  for (std::string_view given : {"", "Basic YWRtaW46YWRtaW4=", "Digest x", "Bearer"}) {
    CAPTURE(given);
    auto told = talk(call, {search, "{}", "POST", given});
    CHECK(told.calls.empty());
    CHECK(told.response.status == 401);
    CHECK(told.response.header("WWW-Authenticate") == "Bearer");
    CHECK(told.response.body ==
          R"({"name": "werkzeug.exceptions.Unauthorized", "message": "User not authenticated, use an API Key with a )"
          R"(Bearer Authorization header.", "arguments": ["User not authenticated, use an API Key with a Bearer )"
          R"(Authorization header.", 401], "context": {}, "debug": ""})");
  }
  CHECK(talk(call, {search, "{}", "POST", "bEARER  k3y"}, outcomes(Answer(Value::null()))).calls.size() == 1);
}

TEST_CASE("json2: what is wrong with a request has a status of HTTP") {
  struct Case {
    Ask ask;
    int status;
    std::string_view start;
  };
  const Case cases[] = {
      {{search, "{", "POST"}, 400, R"({"name": "werkzeug.exceptions.BadRequest", "message": "could not parse the body as json: )"},
      {{search, "{}", "POST", "Bearer k", "text/plain"}, 415, R"({"name": "werkzeug.exceptions.UnsupportedMediaType",)"},
      {{search, "{}", "POST", "Bearer k", "application/x-www-form-urlencoded"}, 415, R"({"name": )"},
      {{search, "", "GET"}, 404, R"({"name": "werkzeug.exceptions.NotFound", "message": "Did you mean POST /json/2/<model>/<method>?")"},
      {{search, "", "OPTIONS"}, 404, R"({"name": )"},
      {{"/json/2", "{}"}, 404, R"({"name": )"},
      {{"/json/2/res.partner", "{}"}, 404, R"({"name": )"},
      {{"/json/2/res.partner/a/b", "{}"}, 404, R"({"name": )"},
      {{"/json/2/res/partner.read", "{}"}, 404, R"({"name": "werkzeug.exceptions.NotFound", "message": "The method)"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.ask.path);
    CAPTURE(one.ask.body);
    auto told = talk(call, one.ask);
    CHECK(told.calls.empty());
    CHECK(told.response.status == one.status);
    CHECK(told.response.body.starts_with(one.start));
  }
}

TEST_CASE("json2: each kind of error has its status and class") {
  struct Case {
    Error error;
    int status;
    std::string_view name, message;
  };
  auto argument = [](Rule rule, std::string name) {
    return Error(Code::invalid_argument, "python's words", name, "TypeError").breaking(rule, {}, name);
  };
  const Case cases[] = {
      {Error(Code::unauthenticated, "Invalid apikey", "Authorization", "AccessDenied"), 401,
       "werkzeug.exceptions.Unauthorized", "Invalid apikey"},
      {Error(Code::unauthenticated, "wrong", "old_passwd", "AccessDenied"), 403, "odoo.exceptions.AccessDenied",
       "Access Denied"},
      {Error(Code::forbidden, "not yours"), 403, "odoo.exceptions.AccessError", "not yours"},
      {Error(Code::not_found, "gone"), 404, "odoo.exceptions.MissingError", "gone"},
      {Error(Code::not_found, "no database", {}, "OperationalError"), 404, "werkzeug.exceptions.NotFound", "no database"},
      {Error(Code::unknown_method, "Object x doesn't exist", "x.f", "UserError"), 404, "werkzeug.exceptions.NotFound",
       "the model 'res.partner' does not exist"},
      {Error(Code::unknown_method, "The method 'res.partner.f' does not exist", "f"), 404, "werkzeug.exceptions.NotFound",
       "The method 'res.partner.f' does not exist"},
      {Error(Code::conflict, "locked", {}, "LockError"), 409, "odoo.exceptions.LockError", "locked"},
      {Error(Code::rejected, "bad value"), 422, "odoo.exceptions.ValidationError", "bad value"},
      {Error(Code::rejected, "no", {}, "UserError"), 422, "odoo.exceptions.UserError", "no"},
      {argument(Rule::missing, "domain"), 422, "werkzeug.exceptions.UnprocessableEntity",
       "missing a required argument: 'domain'"},
      {argument(Rule::unknown, "bogus"), 422, "werkzeug.exceptions.UnprocessableEntity",
       "got an unexpected keyword argument 'bogus'"},
      {argument(Rule::unknown, "ids"), 422, "werkzeug.exceptions.UnprocessableEntity",
       "cannot call res.partner.search with ids"},
      {Error(Code::invalid_argument, "Invalid field"), 500, "builtins.ValueError", "Invalid field"},
      {Error(Code::invalid_argument, "name", {}, "KeyError"), 500, "builtins.KeyError", "name"},
      {Error(Code::internal, "internal error (id 7)"), 500, "builtins.Exception", "internal error (id 7)"},
      {Error(Code::throttled, "later"), 429, "werkzeug.exceptions.TooManyRequests", "later"},
      {Error(Code::overloaded, "later"), 503, "werkzeug.exceptions.ServiceUnavailable", "later"},
      {Error(Code::too_large, "too large"), 413, "werkzeug.exceptions.RequestEntityTooLarge", "too large"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.message);
    auto told = talk(call, {search, "{}"}, outcomes(Error(one.error).with_cause("secret")));
    CHECK(told.response.status == one.status);
    CHECK(told.response.body.starts_with(R"({"name": ")" + std::string(one.name) + R"(", "message": ")" +
                                         std::string(one.message) + '"'));
    CHECK(told.response.body.ends_with(R"("context": {}, "debug": ""})"));
  }
  ProtocolSettings settings;
  settings.is_debug = true;
  settings.odoo_prefix = "flectra";
  auto told = talk(call, {search, "{}"}, outcomes(Error(Code::forbidden, "no").with_cause("why")), settings);
  CHECK(told.response.body == R"({"name": "flectra.exceptions.AccessError", "message": "no", "arguments": ["no"], )"
                              R"("context": {}, "debug": "why"})");
}

TEST_CASE("json2: rows that fail before bytes went out are an error") {
  auto told = talk(call, {search, "{}"},
                   outcomes(Answer(std::make_unique<testing::FixedRows>(1, std::vector{Error(Code::timeout, "too slow")}))));
  CHECK(told.response.status == 504);
}

TEST_CASE("json2: the version is told to anybody") {
  for (Place place : {version, web_version}) {
    Arena arena;
    DictBuilder out(arena);
    const Value info[] = {Value::integer(17), Value::integer(0)};
    out.set("server_version", Value::string("17.0"));
    out.set("server_version_info", Value::list(info));
    auto told = talk(place, {"/json/version", "", "GET", ""}, outcomes(Answer(out.done())));
    CHECK(told.calls == std::vector<std::string>{"|none|common.version|[]"});
    CHECK(told.response.body == R"({"version_info": [17, 0], "version": "17.0"})");
  }
}

TEST_CASE("json2: documents are for callers with a key, the page that asks for one is for all") {
  struct Case {
    Place place;
    std::string_view path;
    std::string call;
  };
  const Case cases[] = {
      {doc_bearer, "/doc-bearer/index.json", "notes|key k3y|doc.index|[]"},
      {doc_bearer, "/doc-bearer/res.partner.json", R"(notes|key k3y|doc.model|["res.partner"])"},
      {doc, "/doc/index.json", "notes|key k3y|doc.index|[]"},
      {doc, "/doc/res.partner.json", R"(notes|key k3y|doc.model|["res.partner"])"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.path);
    CHECK(talk(one.place, {one.path, "", "GET"}, outcomes(Answer(Value::null()))).calls ==
          std::vector<std::string>{one.call});
    auto stranger = talk(one.place, {one.path, "", "GET", ""});
    CHECK(stranger.response.status == 401);
    CHECK(!stranger.response.body.empty());
  }
  CHECK(talk(doc_bearer, {"/doc-bearer", "", "GET"}).response.status == 404);
  CHECK(talk(doc_bearer, {"/doc-bearer/.json", "", "GET"}).response.status == 404);
  for (std::string_view path : {"/doc", "/doc/", "/doc/index.html", "/doc/res.partner"}) {
    auto page = talk(doc, {path, "", "GET", ""});
    CHECK(page.response.status == 200);
    CHECK(page.response.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.response.header("Content-Security-Policy").starts_with("default-src 'none'"));
    CHECK(page.response.body.find("/doc/page.js") != std::string::npos);
  }
  auto script = talk(doc, {"/doc/page.js", "", "GET", ""});
  CHECK(script.response.header("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(script.response.body.find("innerHTML") == std::string::npos);
}

}  // namespace
}  // namespace parley
