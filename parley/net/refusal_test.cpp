// SPDX-License-Identifier: Apache-2.0
// What a client hears whose body was not taken.
#include <doctest/doctest.h>

#include <string>

#include "parley/net/loopback_client.hpp"
#include "parley/net/server.hpp"

using namespace parley;
using namespace parley::net;

namespace {

std::string post(std::string_view lines, std::string_view body) {
  return "POST /echo HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n" + std::string(body);
}
bool has(const LoopbackClient::Answer& answer, std::string_view line) { return answer.head.find(line) != std::string::npos; }

}  // namespace

TEST_CASE("server: who a request was for says why its body was not taken") {
  Options options;
  options.limits.body_bytes_max = 10;
  options.limits.body_ms = 50;
  options.refuser = [](const http::Request& request, const Error& error, http::Writer& out) {
    out.start(error.status != 0 ? error.status : row(error.code).http_status, "text/refusal");
    for (std::string_view part : {request.method, request.path, request.header("X-Id"), std::string_view(error.message)}) {
      out.body().put(part);
      out.body().put('|');
    }
    CHECK(request.body.empty());
  };
  options.threads = 1;
  options.sweep_ms = 1;
  options.handler = [](const http::Request& request, http::Writer& out) {
    out.start(200, "text/plain");
    out.body().put(request.path);
  };
  Server server(options);
  REQUIRE(server.start());
  const std::string first = "GET /first HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string chunks = post("Transfer-Encoding: chunked\r\nX-Id: 7\r\n", "8\r\n12345678\r\n8\r\n12345678\r\n");
  const std::string large = post("Content-Length: 11\r\nX-Id: 7\r\n", "");
  for (const std::string& before : {std::string(), first}) {
    for (const std::string& sent : {chunks, large}) {
      LoopbackClient client(server.port());
      client.send(before + sent);
      if (!before.empty()) CHECK(client.read().body == "/first");
      auto answer = client.read();
      CHECK(answer.status == 413);
      CHECK(has(answer, "Content-Type: text/refusal\r\n"));
      CHECK(has(answer, "Connection: close\r\n"));
      CHECK(answer.body == "POST|/echo|7|request body: more than 10 bytes|");
    }
  }
  // A late body, of a request that moved to the front of the buffer.
  LoopbackClient late(server.port());
  late.send(first + post("Content-Length: 10\r\nX-Id: 8\r\n", "123"));
  CHECK(late.read().body == "/first");
  auto answer = late.read();
  CHECK(answer.status == 408);
  CHECK(answer.body == "POST|/echo|8|request body: not complete after 50 ms|");
  // Nobody knows whom a bad head was for.
  LoopbackClient bad(server.port());
  bad.send("POST /echo HTTP/1.1\r\nHost : a\r\n\r\n");
  CHECK(has(bad.read(), "Content-Type: text/plain"));
}
