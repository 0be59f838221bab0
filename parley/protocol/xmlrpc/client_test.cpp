// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/client.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "parley/protocol/xmlrpc/reader.hpp"

using namespace parley;
using namespace parley::xmlrpc;

namespace {

Call call_of(std::string_view method, std::span<const Value> positional = {}) {
  Call call;
  call.method = method;
  call.positional = positional;
  return call;
}

http::Response response_of(std::string_view inside) {
  http::Response response;
  response.body = "<?xml version=\"1.0\"?>\n<methodResponse>" + std::string(inside) + "</methodResponse>\n";
  return response;
}

std::string fault(std::string_view code, std::string_view text) {
  return "<value><struct><member><name>faultCode</name><value><int>" + std::string(code) +
         "</int></value></member><member><name>faultString</name><value>" + std::string(text) +
         "</value></member></struct></value>";
}

/// What an answer to one call says.
Outcome heard(std::string_view inside, Arena& arena) {
  const Call calls[] = {call_of("m")};
  auto outcomes = Client().hear(calls, response_of(inside), arena);
  if (!outcomes) return std::move(outcomes).error();
  REQUIRE(outcomes->size() == 1);
  return std::move(outcomes->front());
}

}  // namespace

TEST_CASE("xmlrpc client: a call is a methodCall that the server half reads") {
  const Value arguments[] = {Value::integer(5), Value::string("a<b")};
  auto asked = Client().ask(std::vector{call_of("math.add", arguments)});
  REQUIRE(asked);
  CHECK(asked->method == "POST");
  CHECK(asked->target == "/RPC2");
  Arena arena;
  auto read = read_call(asked->body, Limits{}, Reals::finite, arena);
  REQUIRE(read);
  CHECK(read->name == "math.add");
  REQUIRE(read->params.size() == 2);
  CHECK(read->params[0].as_integer() == 5);
  CHECK(read->params[1].text() == "a<b");
}

TEST_CASE("xmlrpc client: several calls are one system.multicall") {
  const Value one[] = {Value::integer(1)};
  auto asked = Client().ask(std::vector{call_of("a", one), call_of("b")});
  REQUIRE(asked);
  Arena arena;
  auto read = read_call(asked->body, Limits{}, Reals::finite, arena);
  REQUIRE(read);
  CHECK(read->name == "system.multicall");
  REQUIRE(read->params.size() == 1);
  REQUIRE(read->params[0].size() == 2);
  const Value& first = read->params[0].items()[0];
  CHECK(first.find("methodName")->text() == "a");
  CHECK(first.find("params")->items()[0].as_integer() == 1);
  CHECK(read->params[0].items()[1].find("params")->size() == 0);
}

TEST_CASE("xmlrpc client: what XML-RPC cannot carry is refused") {
  Arena arena;
  Call named = call_of("m");
  DictBuilder names(arena);
  names.set("a", Value::integer(1));
  named.named = names.done();
  const Value nan[] = {Value::real(std::numeric_limits<double>::quiet_NaN())};
  for (const std::vector<Call>& calls : {std::vector<Call>{}, {named}, {call_of("m", nan)}}) {
    auto asked = Client().ask(calls);
    REQUIRE_FALSE(asked);
    CHECK(asked.error().code == Code::invalid_call);
  }
}

TEST_CASE("xmlrpc client: an answer is its value, which outlives the response") {
  Arena arena;
  auto outcome = heard("<params><param><value><array><data><value>long enough to be no small text</value></data></array>"
                       "</value></param></params>", arena);
  REQUIRE(outcome);
  CHECK(outcome->value().items()[0].text() == "long enough to be no small text");
}

TEST_CASE("xmlrpc client: a fault has the code of its number, or a number of the method's own") {
  struct Case {
    std::string_view number;
    Code code;
    int status;
  };
  constexpr Case cases[] = {{"-32601", Code::unknown_method, 0},    {"-32602", Code::invalid_argument, 0},
                            {"-32701", Code::unsupported_media, 0}, {"-32702", Code::malformed, 0},
                            {"11", Code::forbidden, 0},             {"402", Code::rejected, 402},
                            {"-7", Code::rejected, -7}};
  for (const Case& each : cases) {
    CAPTURE(each.number);
    Arena arena;
    auto outcome = heard("<fault>" + fault(each.number, "why") + "</fault>", arena);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == each.code);
    CHECK(outcome.error().status == each.status);
    CHECK(outcome.error().message == "why");
  }
}

TEST_CASE("xmlrpc client: every row's number is heard as its code") {
  for (const ErrorRow& each : error_table()) {
    Arena arena;
    auto outcome = heard("<fault>" + fault(std::to_string(each.xml_rpc), "x") + "</fault>", arena);
    CHECK(outcome.error().code == each.code);
  }
}

TEST_CASE("xmlrpc client: a multicall's answers and faults stand in their places") {
  const Call calls[] = {call_of("a"), call_of("b"), call_of("c")};
  Arena arena;
  auto outcomes = Client().hear(
      calls, response_of("<params><param><value><array><data><value><array><data><value><int>1</int></value></data></array></value>" +
                         fault("10", "who are you") + "<value><int>3</int></value></data></array></value></param></params>"),
      arena);
  REQUIRE(outcomes);
  REQUIRE(outcomes->size() == 3);
  CHECK(outcomes->at(0)->value().as_integer() == 1);
  CHECK(outcomes->at(1).error().code == Code::unauthenticated);
  CHECK(outcomes->at(2).error().code == Code::malformed);
  auto whole = Client().hear(calls, response_of("<fault>" + fault("1", "too many calls") + "</fault>"), arena);
  REQUIRE(whole);
  CHECK(whole->size() == 3);
  CHECK(whole->at(2).error().code == Code::too_large);
}

TEST_CASE("xmlrpc client: what is no answer is malformed") {
  Arena arena;
  constexpr std::string_view value = "<value/>";
  for (std::string_view inside : {"", "<params/>", "<params></params>", "<params><param/></params>", "<fault/>", "<x/>",
                                  "<fault><value><int>1</int></value></fault>"})
    CHECK(heard(inside, arena).error().code == Code::malformed);
  for (std::string_view between : {"<params><param>VV</param></params>", "<params><param>V</param><param>V</param></params>",
                                   "<params><param>V</param></params><params/>", "<fault>VV</fault>"}) {
    std::string inside(between);
    for (std::size_t at = inside.find('V'); at != inside.npos; at = inside.find('V', at)) inside.replace(at, 1, value);
    CHECK(heard(inside, arena).error().code == Code::malformed);
  }
  http::Response page;
  page.status = 503;
  page.body = "<html>";
  const Call calls[] = {call_of("m")};
  auto outcomes = Client().hear(calls, page, arena);
  REQUIRE_FALSE(outcomes);
  CHECK(outcomes.error().message.find("503") != std::string::npos);
}
