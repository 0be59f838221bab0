// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/jsonrpc/protocol.hpp"

#include <doctest/doctest.h>

#include "parley/protocol/exchange_for_test.hpp"

namespace parley {
namespace {

using testing::outcomes;

constexpr std::string_view version_call =
    R"("params":{"service":"common","method":"version","args":[]}})";

testing::Talk ask(std::string_view body, std::deque<Outcome> list = {},
                  const ProtocolSettings& settings = {}) {
  auto protocol = make_jsonrpc(settings);
  testing::TestRequest request(body);
  return testing::talk(*protocol, 0, request.request, std::move(list));
}

std::string body_of(std::string_view body, std::deque<Outcome> list = {}) {
  return ask(body, std::move(list)).response.body;
}

Outcome number(std::int64_t n) { return Answer(Value::integer(n)); }

TEST_CASE("jsonrpc: Odoo's form is answered byte for byte as Python prints it") {
  Arena arena;
  DictBuilder result(arena);
  result.set("name", Value::string("\u00e9"));
  const Value items[] = {Value::integer(1), Value::null(), Value::real(2)};
  result.set("list", Value::list(items));
  auto talk = ask(R"({"id":7,)" + std::string(version_call), outcomes(Answer(result.done())));
  CHECK(talk.response.status == 200);
  CHECK(talk.response.header("Content-Type") == "application/json; charset=utf-8");
  CHECK(talk.response.body ==
        "{\"jsonrpc\": \"2.0\", \"id\": 7, \"result\": {\"name\": \"\u00e9\", \"list\": [1, null, "
        "2.0]}}");
}

TEST_CASE("jsonrpc: Odoo's form echoes an id of any type as it was written") {
  struct Case {
    std::string_view id, echoed;
  };
  const Case cases[] = {{R"("id":"abc",)", R"("abc")"},
                        {R"("id":null,)", "null"},
                        {R"("id":1.50,)", "1.50"},
                        {R"("id":[1, 2],)", "[1, 2]"},
                        {R"("id":{"a":1},)", R"({"a": 1})"},
                        {R"("id":true,)", "true"},
                        {R"("id":12345678901234567890,)", "12345678901234567890"},
                        {"", "null"},
                        {R"("id":1,"id":2,)", "2"},
                        {R"("id":NaN,)", "NaN"},
                        {R"("id":-Infinity,)", "-Infinity"}};
  for (const Case& one : cases) {
    CAPTURE(one.id);
    CHECK(body_of("{" + std::string(one.id) + std::string(version_call), outcomes(number(5))) ==
          "{\"jsonrpc\": \"2.0\", \"id\": " + std::string(one.echoed) + ", \"result\": 5}");
  }
}

TEST_CASE("jsonrpc: Odoo's form has no result member when the method gave nothing") {
  CHECK(body_of(R"({"id":1,)" + std::string(version_call), outcomes(Answer(Value::null()))) ==
        R"({"jsonrpc": "2.0", "id": 1})");
}

TEST_CASE("jsonrpc: Odoo's form answers errors with HTTP 200 and its error object") {
  auto talk = ask(R"({"id":1,)" + std::string(version_call),
                  outcomes(Error(Code::forbidden, "not yours").with_cause("secret")));
  CHECK(talk.response.status == 200);
  CHECK(
      talk.response.body ==
      R"({"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": )"
      R"({"name": "odoo.exceptions.AccessError", "debug": "", "message": "not yours", "arguments": ["not yours"], )"
      R"("context": {}, "exception_type": "access_error"}}})");
  ProtocolSettings settings;
  settings.odoo_prefix = "flectra";
  settings.is_debug = true;
  auto debug = ask("{" + std::string(version_call),
                   outcomes(Error(Code::forbidden, "x").with_cause("why")), settings);
  CHECK(debug.response.body.find(R"("name": "flectra.exceptions.AccessError", "debug": "why")") !=
        std::string::npos);
}

TEST_CASE("jsonrpc: what is wrong with Odoo's params is answered with a Python class") {
  struct Case {
    std::string_view params, name, message;
  };
  const Case cases[] = {
      {"[]", "TypeError",
       "JSONRPC.jsonrpc() missing 3 required positional arguments: 'service', 'method', and "
       "'args'"},
      {R"({"service":"common","method":"version"})", "TypeError",
       "JSONRPC.jsonrpc() missing 1 required positional argument: 'args'"},
      {R"({"service":"common","method":"version","args":null})", "TypeError",
       "common.version() argument after * must be an iterable, not NoneType"},
      {"null", "TypeError", "'NoneType' object is not iterable"},
      {R"(["common","version",[]])", "ValueError",
       "params: expected an object with service, method and args"},
      {R"({"service":"svc","method":"version","args":[]})", "KeyError", "svc"},
      {R"({"service":1,"method":"version","args":[]})", "TypeError",
       "service and method must be str, not int"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.params);
    auto talk =
        ask(R"({"jsonrpc":"2.0","method":"call","id":1,"params":)" + std::string(one.params) + "}");
    CHECK(talk.asked == 0);
    CHECK(talk.response.body.starts_with(
        R"({"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": {"name": "builtins.)" +
        std::string(one.name) + R"(", "debug": "", "message": ")" + std::string(one.message) +
        '"'));
  }
}

TEST_CASE("jsonrpc: strict answers have a result, null too, and echo the id") {
  std::string_view call = R"({"jsonrpc":"2.0","method":"a","id":)";
  for (std::string_view id :
       {"1", "null", "\"x\"", "9007199254740993", "1.50", "123456789012345678901234567890"}) {
    CAPTURE(id);
    CHECK(body_of(std::string(call) + std::string(id) + "}", outcomes(number(19))) ==
          R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":19})");
  }
  CHECK(body_of(R"({"jsonrpc":"2.0","method":"a","id":1})", outcomes(Answer(Value::null()))) ==
        R"({"jsonrpc":"2.0","id":1,"result":null})");
}

TEST_CASE("jsonrpc: strict errors have the standard's codes and messages") {
  struct Case {
    Code code;
    std::string_view expected;
  };
  const Case cases[] = {
      {Code::unknown_method,
       R"({"code":-32601,"message":"Method not found","data":{"name":"unknown_method","message":"why"}})"},
      {Code::invalid_argument,
       R"({"code":-32602,"message":"Invalid params","data":{"name":"invalid_argument","message":"why"}})"},
      {Code::internal,
       R"({"code":-32603,"message":"Internal error","data":{"name":"internal","message":"why"}})"},
      {Code::forbidden,
       R"({"code":-32011,"message":"why","data":{"name":"forbidden","message":"why"}})"},
  };
  for (const Case& one : cases)
    CHECK(body_of(R"({"jsonrpc":"2.0","method":"a","id":1})",
                  outcomes(Error(one.code, "why").with_cause("secret"))) ==
          R"({"jsonrpc":"2.0","id":1,"error":)" + std::string(one.expected) + "}");
  CHECK(body_of(R"({"jsonrpc":"2.0","method":"a","id":1})",
                outcomes(Error(Code::invalid_argument, "m", "w").with_hint("h"))) ==
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params","data":)"
        R"({"name":"invalid_argument","message":"m","where":"w","hint":"h"}}})");
}

TEST_CASE("jsonrpc: bad JSON is a parse error with a null id and HTTP 200") {
  for (std::string_view body : {"", "hello", R"({"jsonrpc":"2.0","id":1,)", "\xef\xbb\xbf{}",
                                "\xe4", "[{]", R"({"jsonrpc":"2.0","method":"a","id":NaN})"}) {
    CAPTURE(body);
    auto talk = ask(body);
    CHECK(talk.response.status == 200);
    CHECK(talk.response.header("Content-Type") == "application/json; charset=utf-8");
    CHECK(talk.response.body.starts_with(
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error",)"));
  }
}

TEST_CASE("jsonrpc: an invalid request echoes its id when it has one") {
  auto start = [](std::string_view id) {
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) +
           R"(,"error":{"code":-32600,"message":"Invalid Request",)";
  };
  CHECK(body_of("{}").starts_with(start("null")));
  CHECK(body_of("[]").starts_with(start("null")));
  CHECK(body_of("null").starts_with(start("null")));
  CHECK(body_of(R"({"jsonrpc":"2.0","id":1})").starts_with(start("1")));
  CHECK(body_of(R"({"jsonrpc":"2.0","method":"a","id":true})").starts_with(start("null")));
  CHECK(body_of(R"({"jsonrpc":"2.0","method":"a","params":5})").starts_with(start("null")));
}

TEST_CASE("jsonrpc: a notification is executed and not answered") {
  for (std::string_view body :
       {R"({"jsonrpc":"2.0","method":"a"})", R"([{"jsonrpc":"2.0","method":"a"}])",
        R"({"method":"a","params":[],"id":null})"}) {
    CAPTURE(body);
    auto good = ask(body, outcomes(number(1)));
    CHECK(good.asked == 1);
    CHECK(good.response.status == 204);
    CHECK(good.response.body.empty());
    CHECK(good.response.header("Content-Type").empty());
    CHECK(ask(body, outcomes(Error(Code::unknown_method, "x"))).response.status == 204);
  }
}

TEST_CASE("jsonrpc: a batch is answered in order, without its notifications") {
  auto talk = ask(
      R"([{"jsonrpc":"2.0","method":"a","id":"1"},{"jsonrpc":"2.0","method":"n"},{"foo":"boo"},)"
      R"({"jsonrpc":"2.0","method":"b","id":2},{"method":"c","params":[],"id":3}])",
      outcomes(number(1), number(2), Error(Code::unknown_method, "b"), number(3)));
  CHECK(talk.asked == 4);
  CHECK(
      talk.response.body ==
      R"([{"jsonrpc":"2.0","id":"1","result":1},)"
      R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request","data":{"name":"invalid_call",)"
      R"("message":"jsonrpc: missing, expected \"2.0\"","where":"jsonrpc"}}},)"
      R"({"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found","data":{"name":"unknown_method","message":"b"}}},)"
      R"({"result":3,"error":null,"id":3}])");
}

TEST_CASE("jsonrpc: 1.0 answers with result and error, 1.1 with its version and HTTP 500") {
  CHECK(body_of(R"({"method":"a","params":["x"],"id":{"any":1}})", outcomes(number(5))) ==
        R"({"result":5,"error":null,"id":{"any":1}})");
  CHECK(
      body_of(R"({"method":"a","params":[],"id":"x"})",
              outcomes(Error(Code::unknown_method, "a"))) ==
      R"({"result":null,"error":{"code":-32601,"message":"Method not found","data":{"name":"unknown_method","message":"a"}},"id":"x"})");
  CHECK(body_of(R"({"version":"1.1","method":"a","params":[1]})", outcomes(number(5))) ==
        R"({"version":"1.1","result":5})");
  CHECK(body_of(R"({"version":"1.1","method":"a","id":"q"})", outcomes(number(5))) ==
        R"({"version":"1.1","id":"q","result":5})");
  auto talk =
      ask(R"({"version":"1.1","method":"a"})", outcomes(Error(Code::unknown_method, "why")));
  CHECK(talk.response.status == 500);
  CHECK(
      talk.response.body ==
      R"({"version":"1.1","error":{"name":"JSONRPCError","code":404,"message":"Method not found","error":{"name":"unknown_method","message":"why"}}})");
}

TEST_CASE("jsonrpc: rows are a list") {
  CHECK(body_of(R"({"jsonrpc":"2.0","method":"a","id":1})",
                outcomes(Answer(std::make_unique<testing::FixedRows>(2)))) ==
        R"({"jsonrpc":"2.0","id":1,"result":[{"id":1},{"id":2}]})");
  CHECK(body_of(R"({"id":1,)" + std::string(version_call),
                outcomes(Answer(std::make_unique<testing::FixedRows>(0)))) ==
        R"({"jsonrpc": "2.0", "id": 1, "result": []})");
}

TEST_CASE("jsonrpc: rows that fail before anything was sent are answered with the error") {
  auto failing = [] {
    return outcomes(Answer(
        std::make_unique<testing::FixedRows>(1, std::vector{Error(Code::timeout, "too slow")})));
  };
  CHECK(
      body_of(R"({"jsonrpc":"2.0","method":"a","id":1})", failing()) ==
      R"({"jsonrpc":"2.0","id":1,"error":{"code":-32040,"message":"too slow","data":{"name":"timeout","message":"too slow"}}})");
  CHECK(
      body_of(R"([{"jsonrpc":"2.0","method":"a","id":1}])", failing()) ==
      R"([{"jsonrpc":"2.0","id":1,"error":{"code":-32040,"message":"too slow","data":{"name":"timeout","message":"too slow"}}}])");
  CHECK(body_of(R"({"id":1,)" + std::string(version_call), failing())
            .starts_with(R"({"jsonrpc": "2.0", "id": 1, "error": {"code": 200,)"));
}

TEST_CASE("jsonrpc: a large result stands whole in its batch, failing late it fails the batch") {
  constexpr int many = 100'000;
  constexpr std::string_view calls = R"([{"jsonrpc":"2.0","method":"a","id":1},{"jsonrpc":"2.0","method":"b","id":2}])";
  std::string body = body_of(std::string(calls), outcomes(Answer(std::make_unique<testing::FixedRows>(many)), Answer(Value::integer(3))));
  CHECK(body.starts_with(R"([{"jsonrpc":"2.0","id":1,"result":[{"id":1},)"));
  CHECK(body.ends_with(R"({"id":100000}]},{"jsonrpc":"2.0","id":2,"result":3}])"));
  auto failing = outcomes(Answer(std::make_unique<testing::FixedRows>(many, std::vector{Error(Code::timeout, "too slow")})), Answer(Value::integer(3)));
  CHECK(body_of(std::string(calls), std::move(failing)) ==
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32040,"message":"too slow","data":{"name":"timeout","message":"too slow"}}})");
}

/// Says that bytes went out already, as a socket would.
class SentWriter final : public http::Writer {
 public:
  void start(int, std::string_view) override { ++starts; }
  void header(std::string_view, std::string_view) override {}
  Output& body() override { return body_; }
  bool abandon() override { return ++abandoned > 0; }
  int starts = 0, abandoned = 0;

 private:
  StringOutput body_;
};

TEST_CASE("jsonrpc: rows that fail after bytes went out cut the answer") {
  auto protocol = make_jsonrpc({});
  for (std::string body :
       {std::string(R"({"jsonrpc":"2.0","method":"a","id":1})"), "{" + std::string(version_call)}) {
    testing::TestRequest request(body);
    Arena arena;
    Limits limits;
    auto exchange = protocol->read(
        request.request, {.arena = arena, .limits = limits, .mount = protocol->mounts()[0]});
    REQUIRE(exchange);
    testing::FixedOutcomes fixed;
    fixed.list = outcomes(
        Answer(std::make_unique<testing::FixedRows>(1, std::vector{Error(Code::timeout, "x")})));
    SentWriter writer;
    protocol->write(**exchange, fixed, writer);
    CHECK(writer.abandoned == 1);
    CHECK(writer.starts == 1);
  }
}

TEST_CASE("jsonrpc: a request refused as a whole keeps its error's status") {
  auto protocol = make_jsonrpc({});
  struct Case {
    Code code;
    int status;
  };
  for (const Case& one : {Case{Code::malformed, 200}, Case{Code::invalid_call, 200},
                          Case{Code::too_large, 413}, Case{Code::overloaded, 503}}) {
    http::ResponseWriter writer;
    protocol->refuse(http::Request{}, protocol->mounts()[0], Error(one.code, "x"), writer);
    CHECK(writer.take().status == one.status);
  }
}

TEST_CASE("jsonrpc: errors have a status of HTTP by a setting alone") {
  ProtocolSettings settings;
  settings.given["jsonrpc-http-status"] = "by-error";
  struct Case {
    std::string_view body;
    Code code;
    int always, by_error;
  };
  constexpr std::string_view v2 = R"({"jsonrpc":"2.0","method":"a","id":1})";
  constexpr std::string_view v1 = R"({"method":"a","params":[],"id":1})";
  constexpr std::string_view v11 = R"({"version":"1.1","method":"a"})";
  const Case cases[] = {{v2, Code::unknown_method, 200, 404}, {v2, Code::invalid_call, 200, 400},
                        {v2, Code::invalid_argument, 200, 500}, {v2, Code::forbidden, 200, 500},
                        {v1, Code::unknown_method, 200, 404}, {v11, Code::unknown_method, 500, 500},
                        {"{", Code::malformed, 200, 500}, {"[]", Code::invalid_call, 200, 400},
                        {R"([{"jsonrpc":"2.0","method":"a","id":1}])", Code::forbidden, 200, 200}};
  for (const Case& one : cases) {
    CAPTURE(one.body);
    CHECK(ask(one.body, outcomes(Error(one.code, "x"))).response.status == one.always);
    CHECK(ask(one.body, outcomes(Error(one.code, "x")), settings).response.status == one.by_error);
  }
  auto good = R"({"jsonrpc":"2.0","method":"a","id":1})";
  CHECK(ask(good, outcomes(Answer(Value::null())), settings).response.status == 200);
  auto odoo = ask("{" + std::string(version_call), outcomes(Error(Code::forbidden, "x")), settings);
  CHECK(odoo.response.status == 200);
}

}  // namespace
}  // namespace parley
