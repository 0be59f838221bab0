// SPDX-License-Identifier: Apache-2.0
#include "parley/http/message.hpp"

#include <doctest/doctest.h>

using namespace parley::http;

TEST_CASE("message: header names compare without case") {
  Request request;
  request.headers = {{"Content-Type", "a/b"}, {"X-Two", "1"}, {"x-two", "2"}, {"Empty", ""}};
  CHECK(request.header("content-type") == "a/b");
  CHECK(request.header("X-TWO") == "1");
  CHECK(request.header("content-typ").empty());
  CHECK(request.has_header("empty"));
  CHECK_FALSE(request.has_header("absent"));
  CHECK_FALSE(same_letters("a@", "A`"));
}

TEST_CASE("message: ResponseWriter collects one response") {
  ResponseWriter writer;
  writer.start(201, "text/plain");
  writer.header("Location", "/x");
  writer.body().put("hello");
  Response response = writer.take();
  CHECK(response.status == 201);
  CHECK(response.header("content-type") == "text/plain");
  CHECK(response.header("location") == "/x");
  CHECK(response.body == "hello");
}

TEST_CASE("message: an abandoned answer in memory starts again") {
  ResponseWriter writer;
  writer.start(200, "text/plain");
  writer.body().put("half");
  CHECK_FALSE(writer.abandon());
  writer.start(500, "");
  Response response = writer.take();
  CHECK(response.status == 500);
  CHECK(response.headers.empty());
  CHECK(response.body.empty());
}

TEST_CASE("message: every status of the error table has a reason phrase") {
  for (int status : {400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 429, 431, 499, 500, 501, 503, 504, 505})
    CHECK(reason(status) != "Unknown");
  CHECK(reason(799) == "Unknown");
}
