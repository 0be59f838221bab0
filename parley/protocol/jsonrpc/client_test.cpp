// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/jsonrpc/client.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace parley;
using namespace parley::jsonrpc;

namespace {

Call call_of(std::string_view method, std::span<const Value> positional = {}) {
  Call call;
  call.method = method;
  call.positional = positional;
  return call;
}

/// What `body` says to `count` calls.
Result<std::vector<Outcome>> heard(std::string_view body, std::size_t count, Arena& arena) {
  http::Response response;
  response.body = body;
  return Client().hear(std::vector(count, call_of("m")), response, arena);
}

}  // namespace

TEST_CASE("jsonrpc client: one call is a request, several are a batch") {
  Arena arena;
  const Value arguments[] = {Value::integer(5), Value::null()};
  DictBuilder names(arena);
  names.set("b", Value::boolean(true));
  Call named = call_of("n");
  named.named = names.done();
  auto one = Client().ask(std::vector{call_of("m", arguments)});
  REQUIRE(one);
  CHECK(one->target == "/jsonrpc/2");
  CHECK(one->body == R"({"jsonrpc":"2.0","id":1,"method":"m","params":[5,null]})");
  auto two = Client().ask(std::vector{call_of("m"), named});
  REQUIRE(two);
  CHECK(two->body ==
        R"([{"jsonrpc":"2.0","id":1,"method":"m","params":[]},{"jsonrpc":"2.0","id":2,"method":"n","params":{"b":true}}])");
}

TEST_CASE("jsonrpc client: what JSON-RPC cannot carry is refused") {
  Arena arena;
  const Value one[] = {Value::integer(1)};
  const Value infinity[] = {Value::real(std::numeric_limits<double>::infinity())};
  DictBuilder names(arena);
  names.set("a", Value::integer(1));
  Call both = call_of("m", one);
  both.named = names.done();
  for (const std::vector<Call>& calls : {std::vector<Call>{}, {both}, {call_of("m", infinity)}}) {
    auto asked = Client().ask(calls);
    REQUIRE_FALSE(asked);
    CHECK(asked.error().code == Code::invalid_call);
  }
}

TEST_CASE("jsonrpc client: replies are matched by id, whatever their order") {
  Arena arena;
  auto outcomes = heard(R"([{"jsonrpc":"2.0","id":2,"result":"b"},{"id":9,"result":0},{"id":1,"result":"a"}])", 3, arena);
  REQUIRE(outcomes);
  CHECK(outcomes->at(0)->value().text() == "a");
  CHECK(outcomes->at(1)->value().text() == "b");
  CHECK(outcomes->at(2).error().code == Code::malformed);
}

TEST_CASE("jsonrpc client: an error has the code of its name or number, or a number of its own") {
  struct Case {
    std::string_view error;
    Code code;
    int status;
    std::string_view message;
  };
  constexpr Case cases[] = {
      {R"({"code":-32601,"message":"Method not found"})", Code::unknown_method, 0, "Method not found"},
      {R"({"code":-32602,"message":"Invalid params","data":{"name":"invalid_argument","message":"a: b","where":"a"}})",
       Code::invalid_argument, 0, "a: b"},
      {R"({"code":1,"message":"x","data":{"name":"timeout"}})", Code::timeout, 0, "x"},
      {R"({"code":-32023,"message":"pay","data":{"name":"rejected","message":"pay first","status":402}})", Code::rejected, 402,
       "pay first"},
      {R"({"code":7,"message":"own","data":[1]})", Code::rejected, 7, "own"},
      {R"({"code":7777777777777,"message":"own"})", Code::rejected, 0, "own"}};
  for (const Case& each : cases) {
    CAPTURE(each.error);
    Arena arena;
    auto outcomes = heard(R"({"jsonrpc":"2.0","id":1,"error":)" + std::string(each.error) + "}", 1, arena);
    REQUIRE(outcomes);
    const Error& error = outcomes->at(0).error();
    CHECK(error.code == each.code);
    CHECK(error.status == each.status);
    CHECK(error.message == each.message);
  }
}

TEST_CASE("jsonrpc client: an error without an id is the outcome of every call") {
  Arena arena;
  auto outcomes = heard(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"too many"}})", 2, arena);
  REQUIRE(outcomes);
  CHECK(outcomes->size() == 2);
  CHECK(outcomes->at(1).error().code == Code::too_large);
}

TEST_CASE("jsonrpc client: what is no answer is malformed") {
  for (std::string_view body : {"", "<html>", "1", "{}", R"({"id":2,"result":1})", R"({"error":{"code":"x"}})"}) {
    CAPTURE(body);
    Arena arena;
    auto outcomes = heard(body, 1, arena);
    REQUIRE_FALSE(outcomes);
    CHECK(outcomes.error().code == Code::malformed);
  }
  Arena arena;
  for (std::string_view body : {R"({"id":1})", R"({"id":1,"error":5})", "[]"})
    CHECK(heard(body, 1, arena)->at(0).error().code == Code::malformed);
}
