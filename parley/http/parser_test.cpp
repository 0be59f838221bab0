// SPDX-License-Identifier: Apache-2.0
#include "parley/http/parser.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

using namespace parley;
using namespace parley::http;
using State = Parser::State;

namespace {

// What a request came to, in one line, so that two readings can be compared.
struct Reading {
  State state = State::need_more;
  std::string text;
  std::size_t bytes_taken = 0;
  bool operator==(const Reading&) const = default;
};

std::string describe(const Parser& parser) {
  const Request& r = parser.request();
  std::string text = std::string(r.method) + "|" + std::string(r.path) + "|" + std::string(r.query) + "|1." +
                     std::to_string(r.version_minor) + (parser.keeps_alive() ? "|keep" : "|close");
  for (const Header& h : r.headers) text += "|" + std::string(h.name) + "=" + std::string(h.value);
  return text + "|" + std::string(r.body);
}

// Feeds `bytes` in pieces ending at `cuts`, the way a connection does, each time in a buffer of
// its own with nothing behind the 64 spare bytes.
Reading read(std::string_view bytes, std::vector<std::size_t> cuts = {}, const Limits& limits = {}) {
  Parser parser(limits);
  Reading reading;
  std::string kept;
  std::size_t given = 0;
  cuts.push_back(bytes.size());
  for (std::size_t cut : cuts) {
    kept += bytes.substr(given, cut - given);
    given = cut;
    std::vector<char> buffer(kept.size() + 64, 'x');
    std::memcpy(buffer.data(), kept.data(), kept.size());
    reading.state = parser.parse(buffer.data(), kept.size());
    if (reading.state == State::failed) {
      reading.text = std::to_string(parser.status()) + " " + parser.error().message;
      return reading;
    }
    if (reading.state == State::complete) {
      reading.text = describe(parser);
      reading.bytes_taken = given - (kept.size() - parser.consumed());
      return reading;
    }
    kept.assign(buffer.data(), parser.kept());
  }
  return reading;
}

int status_of(std::string_view bytes, const Limits& limits = {}) {
  Reading reading = read(bytes, {}, limits);
  return reading.state == State::failed ? std::stoi(reading.text) : 0;
}

constexpr std::string_view host = "Host: a\r\n";
std::string get(std::string_view lines) { return "GET / HTTP/1.1\r\n" + std::string(lines) + "\r\n"; }
std::string post(std::string_view lines, std::string_view body) {
  return "POST / HTTP/1.1\r\n" + std::string(host) + std::string(lines) + "\r\n" + std::string(body);
}

}  // namespace

TEST_CASE("parser: a request is read into its parts") {
  Reading r = read("POST /a%20b?x=1&y HTTP/1.1\r\nHost: example.org:80\r\nX-A:  b c \t\r\nEmpty:\r\n"
                   "Content-Length: 5\r\n\r\nhelloGET");
  CHECK(r.state == State::complete);
  CHECK(r.text == "POST|/a%20b|x=1&y|1.1|keep|Host=example.org:80|X-A=b c|Empty=|Content-Length=5|hello");
}

TEST_CASE("parser: bytes behind a request are not taken") {
  std::string one = get(host);
  CHECK(read(one + one).bytes_taken == one.size());
  std::string two = post("Content-Length: 3\r\n", "abc");
  CHECK(read(two + "GET / ").bytes_taken == two.size());
  std::string three = post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n");
  CHECK(read(three + "GET / ").bytes_taken == three.size());
  std::string four = get("Host: a\r\nConnection: close\r\n");
  CHECK(read(four + "GET / ").bytes_taken == four.size());
  std::string five = get("Host: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n");
  CHECK(read(five + "GET / ").bytes_taken == five.size());
}

TEST_CASE("parser: a request cut at every byte reads the same") {
  const std::string requests[] = {
      get("Host: a\r\nAccept: */*\r\nEmpty:\r\nX:  y \r\n"),
      "\r\n" + get(host),
      post("Content-Length: 5\r\n", "hello") + "GET /next",
      post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nA;q=\"x\"\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n") + "GET",
      "GET http://b.example:8/p?q HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /x HTTP/1.0\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
      get("Host: a\r\nX: y\r\n folded\r\n"),
      post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"),
      "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
  };
  for (const std::string& bytes : requests) {
    Reading whole = read(bytes);
    CAPTURE(bytes);
    CHECK(whole.state != State::need_more);
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) CHECK(read(bytes, {cut}) == whole);
    std::vector<std::size_t> every(bytes.size() - 1);
    for (std::size_t i = 0; i < every.size(); ++i) every[i] = i + 1;
    CHECK(read(bytes, every) == whole);
  }
}

TEST_CASE("parser: chunks are joined and framing is not kept") {
  Reading r = read(post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n1;x=y\r\nd\r\n02\r\nef\r\n0\r\nT: v\r\n\r\n"));
  CHECK(r.text == "POST|/||1.1|keep|Host=a|Transfer-Encoding=chunked|abcdef");
}

TEST_CASE("parser: targets in every form") {
  auto target = [](std::string_view t, std::string_view method = "GET") {
    Reading r = read(std::string(method) + " " + std::string(t) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    return r.text;
  };
  CHECK(target("/") == "GET|/||1.1|keep|Host=a|");
  CHECK(target("http://b.example/p?q=1") == "GET|/p|q=1|1.1|keep|Host=b.example|");
  CHECK(target("HTTPS://b?q") == "GET|/|q|1.1|keep|Host=b|");
  CHECK(target("*", "OPTIONS") == "OPTIONS|*||1.1|keep|Host=a|");
  for (std::string_view bad : {"*", "ftp://b/", "http:///x", "http://u:p@b/", "/a#b", "/a\x80", "b", "http://b/#f"}) {
    CAPTURE(bad);
    CHECK(target(bad).substr(0, 3) == "400");
  }
  CHECK(target("b:443", "CONNECT").substr(0, 3) == "501");
}

TEST_CASE("parser: an absolute target without Host in HTTP/1.0 names the host once") {
  CHECK(read("GET http://b/x HTTP/1.0\r\n\r\n").text == "GET|/x||1.0|close|Host=b|");
}

TEST_CASE("parser: keep-alive follows version and Connection") {
  auto keeps = [](std::string_view version, std::string_view lines) {
    Reading r = read("GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" + std::string(lines) + "\r\n");
    return r.text.find("|keep|") != std::string::npos;
  };
  CHECK(keeps("1.1", ""));
  CHECK_FALSE(keeps("1.1", "Connection: close\r\n"));
  CHECK_FALSE(keeps("1.1", "Connection: Foo, Close\r\n"));
  CHECK_FALSE(keeps("1.0", ""));
  CHECK(keeps("1.0", "Connection: keep-alive\r\n"));
}

TEST_CASE("parser: what could smuggle a request is refused") {
  struct Probe {
    std::string bytes;
    int status;
  };
  const Probe probes[] = {
      {get(""), 400},                                                                // RFC 9112 3.2
      {get("Host: a\r\nHost: a\r\n"), 400},
      {get("Host: a b\r\n"), 400},
      {get("Host: a/b\r\n"), 400},
      {post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},  // 6.3
      {post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400},
      {post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {post("Content-Length: 3, 3\r\n", "abc"), 400},
      {post("Content-Length: +5\r\n", "hello"), 400},
      {post("Content-Length: -5\r\n", "hello"), 400},
      {post("Content-Length: 0x5\r\n", "hello"), 400},
      {post("Content-Length: 5 5\r\n", "hello"), 400},
      {post("Content-Length:\r\n", "hello"), 400},
      {post("Content-Length: 99999999999999999999\r\n", "hello"), 400},
      {post("Content-Length : 5\r\n", "hello"), 400},                                // 5.1
      {post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},                   // 6.1
      {post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
      {post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400},
      {post("Transfer-Encoding: identity\r\n", ""), 501},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {post("Transfer-Encoding:\x0b" "chunked\r\n", "0\r\n\r\n"), 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\n\n", 400},                                          // 2.2, bare LF
      {"GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {get("Host: a\r\nX: a\rb\r\n"), 400},                                          // bare CR
      {get("Host: a\r\nX: a\r\n b\r\n"), 400},                                       // 5.2, folding
      {get("Host: a\r\nX:\r\n b\r\n"), 400},
      {get(" Host: a\r\n"), 400},
      {get("Host: a\r\nX\r\n"), 400},
      {"GET /\r\n:\xff\xff\t", 400},                                                // 5, no name
      {get(": a\r\nHost: a\r\n"), 400},
      {get("Host:\r\n: a\r\n"), 400},
      {get(std::string("Host: a\r\nX: a\0b\r\n", 17)), 400},
      {get("Host: a\r\nX[: a\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n"), 400},           // 7.1
      {post("Transfer-Encoding: chunked\r\n", "3\r\nabcX0\r\n\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\n", "+3\r\nabc\r\n0\r\n\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\n", "0x3\r\nabc\r\n0\r\n\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nabc"), 400},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 505},
      {"GET /\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"get / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"SOURCE / ICE/1.0\r\nHost: a\r\n\r\n", 400},
      {"\x16\x03\x01\x02", 400},
      {get("Host: a\r\nExpect: tea\r\n"), 417},
  };
  for (const Probe& probe : probes) {
    CAPTURE(probe.bytes);
    CHECK(status_of(probe.bytes) == probe.status);
  }
}

TEST_CASE("parser: a head over its limit is 431, at the limit it is read") {
  Limits limits;
  limits.head_bytes_max = 100;
  std::string frame = get("Host: a\r\nX: \r\n");
  std::string at = get("Host: a\r\nX: " + std::string(100 - frame.size(), 'v') + "\r\n");
  CHECK(read(at, {}, limits).state == State::complete);
  std::string above = get("Host: a\r\nX: " + std::string(101 - frame.size(), 'v') + "\r\n");
  CHECK(status_of(above, limits) == 431);
  CHECK(status_of("GET /" + std::string(200, 'a'), limits) == 431);
}

TEST_CASE("parser: more headers than the limit are 431") {
  Limits limits;
  limits.headers_max = 2;
  CHECK(read(get("Host: a\r\nA: b\r\n"), {}, limits).state == State::complete);
  CHECK(status_of(get("Host: a\r\nA: b\r\nC: d\r\n"), limits) == 431);
}

TEST_CASE("parser: a body over its limit is 413 in both framings") {
  Limits limits;
  limits.body_bytes_max = 4;
  CHECK(read(post("Content-Length: 4\r\n", "abcd"), {}, limits).state == State::complete);
  CHECK(status_of(post("Content-Length: 5\r\n", ""), limits) == 413);
  CHECK(read(post("Transfer-Encoding: chunked\r\n", "4\r\nabcd\r\n0\r\n\r\n"), {}, limits).state == State::complete);
  CHECK(status_of(post("Transfer-Encoding: chunked\r\n", "4\r\nabcd\r\n1\r\ne\r\n0\r\n\r\n"), limits) == 413);
}

TEST_CASE("parser: chunk extensions and trailers share the head's limit") {
  Limits limits;
  limits.head_bytes_max = 100;
  std::string filler(60, 'x');
  CHECK(read(post("Transfer-Encoding: chunked\r\n", "1;" + filler + "\r\na\r\n0\r\n\r\n"), {}, limits).state == State::complete);
  CHECK(status_of(post("Transfer-Encoding: chunked\r\n", "1;" + filler + "\r\na\r\n0\r\nT: " + filler + "\r\n\r\n"), limits) == 431);
}

TEST_CASE("parser: 100 Continue is wanted only until the body starts") {
  Limits limits;
  Parser parser(limits);
  std::string bytes = post("Expect: 100-continue\r\nContent-Length: 2\r\n", "");
  bytes.resize(bytes.size() + 66);
  std::size_t head = bytes.size() - 66;
  CHECK(parser.parse(bytes.data(), head) == State::need_more);
  CHECK(parser.wants_continue());
  CHECK(parser.parse(bytes.data(), head + 1) == State::need_more);
  CHECK_FALSE(parser.wants_continue());
  CHECK(parser.parse(bytes.data(), head + 2) == State::complete);
  std::string old = "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  parser.reset();
  CHECK(parser.parse(old.data(), old.size()) == State::need_more);
  CHECK_FALSE(parser.wants_continue());
}

TEST_CASE("parser: after reset nothing of the last request is left") {
  Limits limits;
  Parser parser(limits);
  std::string bad = "GET / HTTP/1.1\r\n\r\n", good = get(host);
  CHECK(parser.parse(bad.data(), bad.size()) == State::failed);
  parser.reset();
  CHECK(parser.parse(good.data(), good.size()) == State::complete);
  CHECK(parser.request().headers.size() == 1);
}
