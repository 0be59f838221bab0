// SPDX-License-Identifier: Apache-2.0
#include "parley/http/response_head.hpp"

#include <doctest/doctest.h>

using namespace parley::http;

namespace {

std::string text(const ResponseHead& head) {
  std::string out;
  append_head(out, head);
  return out;
}

}  // namespace

TEST_CASE("response head: a common answer") {
  CHECK(text({.content_type = "text/xml", .lines = "X: y\r\n", .date = "D", .body_bytes = 12}) ==
        "HTTP/1.1 200 OK\r\nServer: Parley\r\nDate: D\r\nContent-Type: text/xml\r\nX: y\r\nContent-Length: 12\r\n\r\n");
}

TEST_CASE("response head: framing and connection in each version") {
  CHECK(text({.status = 404, .framing = BodyFraming::chunked}) ==
        "HTTP/1.1 404 Not Found\r\nServer: Parley\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(text({.status = 204, .framing = BodyFraming::none, .keeps_alive = false}) ==
        "HTTP/1.1 204 No Content\r\nServer: Parley\r\nConnection: close\r\n\r\n");
  CHECK(text({.request_minor = 0}) ==
        "HTTP/1.1 200 OK\r\nServer: Parley\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(text({.request_minor = 0, .framing = BodyFraming::until_close, .keeps_alive = false}) ==
        "HTTP/1.1 200 OK\r\nServer: Parley\r\nConnection: close\r\n\r\n");
}

TEST_CASE("response head: a value cannot start a line of its own") {
  std::string lines;
  append_header(lines, "X", "a\r\nSet-Cookie: b");
  CHECK(lines == "X: a  Set-Cookie: b\r\n");
}

TEST_CASE("response head: every control character at every place of a value becomes a space, no other does") {
  for (std::size_t size : {1u, 7u, 8u, 9u, 16u, 21u}) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int octet = 0; octet < 256; ++octet) {
        std::string lines, value(size, 'a');
        value[place] = static_cast<char>(octet);
        append_header(lines, "X", value);
        if (octet < ' ' || octet == 0x7f) value[place] = ' ';
        REQUIRE(lines == "X: " + value + "\r\n");
      }
    }
  }
}

TEST_CASE("response head: dates in the form of RFC 9110 section 5.6.7") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}
