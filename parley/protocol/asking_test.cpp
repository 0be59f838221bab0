// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/asking.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "parley/protocol/credentials.hpp"

using namespace parley;

namespace {

Call call_of(const Credentials& caller, std::string_view database = {}) {
  Call call;
  call.credentials = caller;
  call.database = database;
  return call;
}

/// The header lines as one text; a failure's name.
std::string text_of(std::initializer_list<Call> calls) {
  auto headers = caller_headers({calls.begin(), calls.size()});
  if (!headers) return std::string(row(headers.error().code).name);
  std::string text;
  for (const auto& [name, value] : *headers) text += name + ": " + value + ";";
  return text;
}

}  // namespace

TEST_CASE("asking: the caller and the database are headers that the server half reads back") {
  const Credentials me{.kind = Credentials::Kind::login, .login = "me", .secret = "a:b"};
  auto headers = caller_headers(std::vector{call_of(me, "library")});
  REQUIRE(headers);
  http::Request request;
  for (const auto& [name, value] : *headers) request.headers.push_back({name, value});
  Arena arena;
  auto read = header_credentials(request, arena);
  REQUIRE(read);
  CHECK(read->login == "me");
  CHECK(read->secret == "a:b");
  CHECK(header_database(request) == "library");
  CHECK(text_of({call_of({.kind = Credentials::Kind::key, .secret = "k"})}) == "Authorization: Bearer k;");
  CHECK(text_of({call_of({})}).empty());
}

TEST_CASE("asking: what headers cannot say is refused") {
  const Credentials me{.kind = Credentials::Kind::login, .login = "me", .secret = "x"};
  CHECK(text_of({call_of(me), call_of({})}) == "invalid_call");
  CHECK(text_of({call_of(me, "a"), call_of(me, "b")}) == "invalid_call");
  CHECK(text_of({call_of({.kind = Credentials::Kind::uid, .uid = 2, .secret = "x"})}) == "invalid_call");
  CHECK(text_of({call_of({.kind = Credentials::Kind::session, .secret = "x"})}) == "invalid_call");
  CHECK(text_of({call_of({.kind = Credentials::Kind::login, .login = "a:b", .secret = "x"})}) == "invalid_call");
}

TEST_CASE("asking: NaN is found however deep it stands") {
  Arena arena;
  Value inner[] = {Value::integer(1), Value::real(std::numeric_limits<double>::quiet_NaN())};
  DictBuilder dict(arena);
  dict.set("a", Value::list(inner));
  Value outer[] = {dict.done()};
  CHECK_FALSE(is_finite(Value::list(outer)));
  CHECK_FALSE(is_finite(Value::real(-std::numeric_limits<double>::infinity())));
  inner[1] = Value::real(1e300);
  CHECK(is_finite(Value::list(outer)));
}

TEST_CASE("asking: rows are found by the names that go over the wire") {
  for (const ErrorRow& each : error_table()) CHECK(row_named(each.name) == &each);
  CHECK(row_named("nope") == nullptr);
}
