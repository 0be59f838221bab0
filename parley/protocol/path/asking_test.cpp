// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/asking.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "parley/protocol/path/service_for_test.hpp"

using namespace parley;
using testing::PathService;

namespace {

/// The outcomes as texts: JSON of a value, or "status code: message" of an error.
std::vector<std::string> heard(const PathService& service, path::Format format,
                               std::span<const Call> calls) {
  path::PathAsking asking(format, "");
  auto asked = asking.ask(calls);
  REQUIRE(asked);
  auto response = service.ask(asked->method, asked->target, asked->headers, asked->body);
  Arena arena;
  auto outcomes = asking.hear(calls, response, arena);
  REQUIRE(outcomes);
  std::vector<std::string> texts;
  for (Outcome& outcome : *outcomes) {
    if (outcome)
      texts.push_back(json::to_json(outcome->value()));
    else
      texts.push_back(std::string(row(outcome.error().code).name) + " " +
                      std::to_string(outcome.error().status) + ": " + outcome.error().message);
  }
  return texts;
}

}  // namespace

TEST_CASE("asking: what is asked and heard over path RPC is what was meant") {
  PathService service;
  Arena arena;
  auto call = [&arena](std::string_view method,
                       std::initializer_list<std::pair<std::string_view, Value>> named) {
    Call made;
    made.method = method;
    DictBuilder dict(arena);
    for (const auto& [name, value] : named) dict.set(name, value);
    made.named = dict.done();
    return made;
  };
  Call positional;
  positional.method = "add";
  const Value numbers[] = {Value::integer(2), Value::integer(3)};
  positional.positional = numbers;
  const std::pair<Call, std::string> rows[] = {
      {call("add", {{"a", Value::integer(2)}}), "9"},
      {positional, "5"},
      {call("nothing", {}), "null"},
      {call("binary", {{"value", Value::bytes(std::string_view("\0a", 2))}}), "\"AGE=\""},
      {call("decimal", {{"value", Value::decimal({1230, 2}, arena)}}), "12.30"},
      {call("add", {}), "invalid_argument 0: Missing required parameter: a"},
      {call("no_such", {}), "unknown_method 0: Method not found: no_such"},
      {call("fail", {{"status", Value::integer(1001)}}), "rejected 1001: No stock"},
  };
  for (auto format : {path::Format::json, path::Format::bson}) {
    std::vector<Call> all;
    std::vector<std::string> wanted;
    for (const auto& [one, text] : rows) {
      CAPTURE(text);
      CHECK(heard(service, format, {&one, 1}) == std::vector{text});
      all.push_back(one);
      wanted.push_back(text);
    }
    CHECK(heard(service, format, all) == wanted);
  }
}

TEST_CASE("asking: what a request of path RPC cannot carry is not asked") {
  path::PathAsking asking(path::Format::json, "/rpc");
  Arena arena;
  Call call;
  call.method = "a b";
  auto plain = asking.ask({&call, 1});
  REQUIRE(plain);
  CHECK(plain->target == "/rpc/a%20b");
  DictBuilder named(arena);
  named.set("value", Value::real(std::nan("")));
  call.named = named.done();
  CHECK_FALSE(asking.ask({&call, 1}));
  const Value one[] = {Value::integer(1)};
  call.positional = one;
  CHECK_FALSE(asking.ask({&call, 1}));
}

TEST_CASE("asking: an answer that is no envelope is malformed") {
  path::PathAsking asking(path::Format::json, "");
  Call call;
  call.method = "add";
  for (std::string_view body :
       {"", "5", "{}", R"({"status":"200","status_message":"OK"})", R"({"status":200})"}) {
    CAPTURE(body);
    http::Response response;
    response.body = body;
    Arena arena;
    auto heard = asking.hear({&call, 1}, response, arena);
    REQUIRE_FALSE(heard);
    CHECK(heard.error().code == Code::malformed);
  }
}
