// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/asking.hpp"

#include <doctest/doctest.h>

#include "parley/codec/json/reader.hpp"
#include "parley/codec/json/writer.hpp"
#include "parley/protocol/exchange_for_test.hpp"
#include "parley/protocol/rest/protocol.hpp"

using namespace parley;
using rest::Format;

namespace {

/// Asks, lets our server half read it and answer with `outcome`, and hears that.
struct Round {
  std::string body;       // what the server half read as the body
  std::string call;       // and as the call
  std::string heard;
};
Round round(Format format, const Call& call, Outcome outcome) {
  const rest::RestAsking asking(format, "/ws");
  Round result;
  auto asked = asking.ask({&call, 1});
  REQUIRE(asked);
  auto protocol = make_rest({});
  testing::TestRequest request(asked->body, "");
  for (const auto& [name, value] : asked->headers) request.request.headers.push_back({name, value});
  request.request.method = asked->method;
  request.request.path = asked->target;
  Arena arena;
  Limits limits;
  auto exchange = protocol->read(request.request, {.arena = arena, .limits = limits, .mount = protocol->mounts()[0]});
  REQUIRE(exchange);
  result.body = json::to_json((*exchange)->calls[0].body);
  result.call = testing::to_text((*exchange)->calls[0]);
  testing::FixedOutcomes outcomes;
  outcomes.list.push_back(std::move(outcome));
  http::ResponseWriter writer;
  protocol->write(**exchange, outcomes, writer);
  auto heard = asking.hear({&call, 1}, writer.take(), arena);
  REQUIRE(heard);
  REQUIRE(heard->size() == 1);
  const Outcome& one = heard->front();
  result.heard = one ? json::to_json(one->value()) : std::string(row(one.error().code).name) + ": " + one.error().message;
  return result;
}

Value tree(std::string_view text) {
  static Arena arena;
  std::string_view padded = arena.join(text, std::string(64, '\0')).substr(0, text.size());
  return *json::read_tree(padded, Limits(), arena);
}

}  // namespace

TEST_CASE("rest asking: what is asked is what the server half reads, in JSON and in XML") {
  Call call;
  call.method = "persons.update";
  call.named = tree(R"({"p": {"id": 1, "name": "a<b", "hobbies": ["x", "y"], "none": null}})");
  call.database = "db";
  call.credentials = {.kind = Credentials::Kind::login, .login = "admin", .secret = "secret"};
  const std::string expected = "db|login admin secret|persons.update|[]|{}";
  auto json = round(Format::json, call, Answer(tree(R"({"id": 1, "list": [1, null]})")));
  CHECK(json.call == expected);
  CHECK(json.body == R"({"p":{"id":1,"name":"a<b","hobbies":["x","y"],"none":null}})");
  CHECK(json.heard == R"({"id":1,"list":[1,null]})");
  auto xml = round(Format::xml, call, Answer(tree(R"({"id": 1, "list": [1, null], "one": ["a"]})")));
  CHECK(xml.call == expected);
  CHECK(xml.body == R"({"p":{"id":"1","name":"a<b","hobbies":{"item":["x","y"]},"none":null}})");
  CHECK(xml.heard == R"({"id":"1","list":["1",null],"one":["a"]})");
}

TEST_CASE("rest asking: errors are heard by their status and their text") {
  Call call;
  call.method = "a.b";
  for (Format format : {Format::json, Format::xml}) {
    auto heard = [&](Error error) { return round(format, call, std::move(error)).heard; };
    CHECK(heard(Error(Code::rejected, "no")) == "rejected: no");
    CHECK(heard(Error(Code::internal, "broken")) == "internal: broken");
    CHECK(heard(Error(Code::forbidden, "not you")) == "forbidden: not you");
    CHECK(heard(Error(Code::unknown_method, "x")) == "unknown_method: Unknown function name: a/b");
    CHECK(heard(Error(Code::invalid_argument, "", "id").breaking(Rule::missing, {}, "id")) == "invalid_argument: Missing argument: \"id\"");
  }
}

TEST_CASE("rest asking: what a request cannot carry is said") {
  const rest::RestAsking asking(Format::json, "/ws");
  std::vector<Call> calls(2);
  CHECK(asking.ask(calls).error().code == Code::invalid_call);
  const Value one = Value::integer(1);
  calls[0].positional = {&one, 1};
  CHECK(asking.ask(std::span(calls).first(1)).error().code == Code::invalid_call);
  Arena arena;
  http::Response page;
  page.headers.push_back({"Content-Type", "text/html"});
  CHECK(asking.hear({}, page, arena).error().code == Code::malformed);
}
