// SPDX-License-Identifier: Apache-2.0
#include "parley/net/server.hpp"
#include "parley/net/tasks.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "parley/net/loopback_client.hpp"

using namespace parley;
using namespace parley::net;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::size_t large_bytes = 3'000'000;

// "/echo" tells what came, "/large" gives many bytes, "/abandon" stops half way.
void handle(const http::Request& request, http::Writer& out) {
  if (request.path == "/throw") throw std::runtime_error("bug");
  if (request.path == "/silent") return;
  if (request.path == "/nothing") return out.start(204, "");
  out.start(200, "text/plain");
  if (request.path == "/large" || request.path == "/abandon") {
    std::string line(1000, 'x');
    for (std::size_t i = 0; i < large_bytes / line.size(); ++i) out.body().put(line);
    if (request.path == "/abandon") out.abandon();
    return;
  }
  out.header("X-Peer", request.peer);
  out.body().put(request.method);
  out.body().put(' ');
  out.body().put(request.path);
  out.body().put(' ');
  out.body().put(request.body);
}

struct Running {
  Options options;
  std::unique_ptr<Server> server;

  explicit Running(Options given = {}) : options(std::move(given)) {
    options.threads = options.threads == 0 ? 1 : options.threads;
    if (!options.handler) options.handler = handle;
    options.sweep_ms = 1;
    server = std::make_unique<Server>(options);
    REQUIRE(server->start());
  }
  std::uint16_t port() const { return server->port(); }
};

std::string get(std::string_view path, std::string_view lines = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n";
}
std::string post(std::string_view lines, std::string_view body) {
  return "POST /echo HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n" + std::string(body);
}
bool has(const LoopbackClient::Answer& answer, std::string_view line) { return answer.head.find(line) != std::string::npos; }

template <class Condition>
bool eventually(Condition condition) {
  for (Deadline end = deadline_in(seconds(20)); std::chrono::steady_clock::now() < end; std::this_thread::yield())
    if (condition()) return true;
  return false;
}

}  // namespace

TEST_CASE("server: a kept connection answers one request after the other") {
  Running running;
  LoopbackClient client(running.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/echo"));
    auto answer = client.read();
    CHECK(answer.status == 200);
    CHECK(answer.body == "GET /echo ");
    CHECK(has(answer, "Server: Parley\r\n"));
    CHECK(has(answer, "Date: "));
    CHECK(has(answer, "X-Peer: 127.0.0.1\r\n"));
    CHECK_FALSE(has(answer, "Connection:"));
  }
  CHECK(running.server->stats().requests == 3);
  CHECK(running.server->stats().connections == 1);
}

TEST_CASE("server: pipelined requests are answered in order, the cut one later") {
  Running running;
  LoopbackClient client(running.port());
  std::string last = post("Content-Length: 3\r\n", "end");
  client.send(get("/1") + post("Content-Length: 2\r\n", "ab") + get("/large") + get("/3") + last.substr(0, last.size() - 1));
  CHECK(client.read().body == "GET /1 ");
  CHECK(client.read().body == "POST /echo ab");
  CHECK(client.read().body.size() == large_bytes);
  CHECK(client.read().body == "GET /3 ");
  client.send("d");
  CHECK(client.read().body == "POST /echo end");
}

TEST_CASE("server: HTTP/1.0 closes unless asked not to") {
  Running running;
  LoopbackClient one(running.port());
  one.send("GET /echo HTTP/1.0\r\n\r\n");
  auto answer = one.read();
  CHECK(answer.body == "GET /echo ");
  CHECK(has(answer, "Connection: close\r\n"));
  CHECK(one.read_to_end().empty());
  LoopbackClient two(running.port());
  two.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(has(two.read(), "Connection: keep-alive\r\n"));
  two.send("GET /large HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  auto large = two.read();
  CHECK(has(large, "Connection: close\r\n"));
  CHECK_FALSE(has(large, "Transfer-Encoding"));
  CHECK(large.body.size() == large_bytes);
}

TEST_CASE("server: HEAD and 204 have no body") {
  Running running;
  LoopbackClient client(running.port());
  client.send("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\nHEAD /large HTTP/1.1\r\nHost: a\r\n\r\n" + get("/nothing") + get("/echo"));
  CHECK(has(client.read(true), "Content-Length: 11\r\n"));
  CHECK(has(client.read(true), "Transfer-Encoding: chunked\r\n"));
  auto nothing = client.read();
  CHECK(nothing.status == 204);
  CHECK_FALSE(has(nothing, "Content-"));
  CHECK(client.read().body == "GET /echo ");
}

TEST_CASE("server: chunks come in and a long answer goes out in chunks") {
  Running running;
  LoopbackClient client(running.port());
  client.send(post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"));
  CHECK(client.read().body == "POST /echo abcde");
  client.send(get("/large"));
  auto large = client.read();
  CHECK(has(large, "Transfer-Encoding: chunked\r\n"));
  CHECK(large.body == std::string(large_bytes, 'x'));
  std::string body(1'000'000, 'b');
  client.send(post("Content-Length: 1000000\r\n", body));
  CHECK(client.read().body == "POST /echo " + body);
}

TEST_CASE("server: Expect: 100-continue is met while the body is missing") {
  Running running;
  LoopbackClient client(running.port());
  client.send(post("Expect: 100-continue\r\nContent-Length: 3\r\n", ""));
  CHECK(client.read().status == 100);
  client.send("abc");
  CHECK(client.read().body == "POST /echo abc");
  client.send(get("/1") + post("Expect: 100-continue\r\nContent-Length: 1\r\n", ""));
  CHECK(client.read().status == 200);
  CHECK(client.read().status == 100);
  client.send("x");
  CHECK(client.read().body == "POST /echo x");
  client.send(post("Expect: 100-continue\r\nContent-Length: 3\r\n", "abc"));
  CHECK(client.read().status == 200);
}

TEST_CASE("server: what breaks a rule is answered with the rule, then closed") {
  Options options;
  options.limits.body_bytes_max = 1000;
  options.limits.head_bytes_max = 500;
  Running running(options);
  struct Case {
    std::string bytes;
    int status;
    std::string_view text;
  };
  for (const Case& c : {Case{post("Content-Length: 1001\r\n", ""), 413, "1000 bytes"},
                        {get("/", "X: " + std::string(600, 'x') + "\r\n"), 431, "500 bytes"},
                        {"GET / HTTP/1.1\r\n\r\n", 400, "Host"},
                        {post("Transfer-Encoding: gzip\r\n", ""), 501, "chunked"}}) {
    LoopbackClient client(running.port());
    client.send(get("/1") + c.bytes + std::string(100'000, 'z'));
    CHECK(client.read().body == "GET /1 ");
    auto answer = client.read();
    CHECK(answer.status == c.status);
    CHECK(answer.body.find(c.text) != std::string::npos);
    CHECK(has(answer, "Connection: close\r\n"));
    client.end_sending();
    CHECK(client.read_to_end().empty());
    CHECK_FALSE(client.was_reset());
  }
  CHECK(running.server->stats().bad_requests == 4);
}

TEST_CASE("server: slow clients are cut at the limit of their phase") {
  // One limit at a time is short: a slow machine must not run into another one.
  Options head;
  head.limits.head_ms = head.linger_ms = 5;
  Running head_server(head);
  LoopbackClient one(head_server.port());
  one.send("GET / HT");
  auto answer = one.read();
  CHECK(answer.status == 408);
  CHECK(answer.body.find("head: not complete after 5 ms") != std::string::npos);
  CHECK(eventually([&] { return head_server.server->stats().connections == 0; }));
  Options body;
  body.limits.body_ms = 5;
  Running body_server(body);
  LoopbackClient two(body_server.port());
  two.send(post("Content-Length: 3\r\n", "a"));
  CHECK(two.read().body.find("body: not complete after 5 ms") != std::string::npos);
  Options idle;
  idle.limits.idle_ms = 5;
  Running idle_server(idle);
  LoopbackClient three(idle_server.port());
  CHECK(three.read_to_end().empty());
  CHECK(eventually([&] { return idle_server.server->stats().connections == 0; }));
}

namespace {

/// Answers with 100 MB; `was_open` says whether all of it was taken.
Options large_answers(std::promise<bool>& was_open, std::int64_t body_ms) {
  Options options;
  options.limits.body_ms = body_ms;
  options.handler = [&was_open](const http::Request&, http::Writer& out) {
    out.start(200, "text/plain");
    std::string piece(65536, 'x');
    for (int i = 0; i < 1600 && out.body().is_open(); ++i) out.body().put(piece);
    was_open.set_value(out.body().is_open());
  };
  return options;
}

}  // namespace

TEST_CASE("server: a client that does not read its answer is cut") {
  std::promise<bool> was_open;
  Running running(large_answers(was_open, 20));
  LoopbackClient client(running.port(), 4096);
  client.send(get("/"));
  CHECK_FALSE(was_open.get_future().get());
  CHECK(running.server->stats().timeouts == 1);
}

TEST_CASE("server: a client that takes its answer byte by byte is cut as well") {
  std::promise<bool> was_open;
  Running running(large_answers(was_open, 100));
  LoopbackClient client(running.port(), 4096);
  client.send(get("/"));
  auto cut = was_open.get_future();
  int taken = 0;
  for (; cut.wait_for(std::chrono::milliseconds(2)) != std::future_status::ready && taken < 10'000; ++taken) client.take_some(64);
  CHECK(taken < 10'000);
  CHECK_FALSE(cut.get());
}

TEST_CASE("server: a handler learns that its client is gone while it writes") {
  std::promise<std::size_t> written;
  Options options;
  options.handler = [&](const http::Request&, http::Writer& out) {
    out.start(200, "text/plain");
    std::string piece(65536, 'x');
    std::size_t bytes = 0;
    for (; bytes < 100'000'000 && out.body().is_open(); bytes += piece.size()) out.body().put(piece);
    written.set_value(bytes);
  };
  Running running(options);
  LoopbackClient client(running.port(), 4096);
  client.send(get("/"));
  client.read(true);
  client.close();
  CHECK(written.get_future().get() < 100'000'000);
  CHECK(eventually([&] { return running.server->stats().connections == 0; }));
}

TEST_CASE("server: a client that leaves cancels its waiting request") {
  std::promise<void> waiting;
  std::promise<Waited> waited;
  Options options;
  options.handler = [&](const http::Request&, http::Writer& out) {
    waiting.set_value();
    waited.set_value(this_waiter().park(no_deadline));
    out.start(200, "");
  };
  Running running(options);
  LoopbackClient client(running.port());
  client.send(get("/"));
  waiting.get_future().get();
  client.close();
  CHECK(waited.get_future().get() == Waited::cancelled);
  CHECK(eventually([&] { return running.server->stats().connections == 0; }));
  CHECK(running.server->stats().gone_clients == 1);
}

TEST_CASE("server: waiting requests do not hold up others") {
  std::promise<Waiter*> waiter;
  Options options;
  options.handler = [&](const http::Request& request, http::Writer& out) {
    if (request.path == "/wait") {
      waiter.set_value(&this_waiter());
      this_waiter().park(no_deadline);
    }
    handle(request, out);
  };
  Running running(options);
  LoopbackClient slow(running.port()), quick(running.port());
  slow.send(get("/wait") + get("/next"));
  Waiter* parked = waiter.get_future().get();
  quick.send(get("/quick"));
  CHECK(quick.read().body == "GET /quick ");
  slow.send(get("/third"));
  parked->unpark();
  CHECK(slow.read().body == "GET /wait ");
  CHECK(slow.read().body == "GET /next ");
  CHECK(slow.read().body == "GET /third ");
}

TEST_CASE("server: half an answer is never taken for a whole one") {
  Running running;
  for (std::string_view version : {"1.0", "1.1"}) {
    LoopbackClient client(running.port());
    client.send("GET /abandon HTTP/" + std::string(version) + "\r\nHost: a\r\n\r\n");
    auto answer = client.read();
    CHECK((!answer.is_whole || client.was_reset()));
  }
}

TEST_CASE("server: a handler's bug or silence is a 500, and the connection lives on") {
  std::atomic<int> logged = 0;
  Options options;
  options.on_log = [&](std::string_view) { ++logged; };
  Running running(options);
  LoopbackClient client(running.port());
  client.send(get("/throw") + get("/silent") + get("/echo"));
  CHECK(client.read().status == 500);
  CHECK(client.read().status == 500);
  CHECK(client.read().status == 200);
  CHECK(logged == 1);
}

TEST_CASE("server: connections above the limit get 503") {
  Options options;
  options.limits.connections_max = 1;
  Running running(options);
  LoopbackClient one(running.port());
  one.send(get("/1"));
  CHECK(one.read().status == 200);
  LoopbackClient two(running.port());
  auto answer = two.read();
  CHECK(answer.status == 503);
  CHECK(has(answer, "Retry-After: 1\r\n"));
  CHECK(two.read_to_end().empty());
  one.close();
  CHECK(eventually([&] { return running.server->stats().connections == 0; }));
  LoopbackClient three(running.port());
  three.send(get("/3"));
  CHECK(three.read().status == 200);
}

TEST_CASE("server: bodies share a budget; beyond it they get 503, and it is given back") {
  Options options;
  options.limits.bodies_bytes_max = 300'000;
  Running running(options);
  const std::string body(200'000, 'x');
  const std::string head = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  LoopbackClient slow(running.port());
  slow.send(post(head, body.substr(1)));  // all but one byte
  CHECK(eventually([&] { return running.server->stats().large_bytes >= body.size() - 64 * 1024; }));
  LoopbackClient refused(running.port());
  refused.send(post(head, body.substr(1)));
  auto answer = refused.read();
  CHECK(answer.status == 503);
  CHECK(has(answer, "Retry-After: 1\r\n"));
  CHECK(running.server->stats().overloads == 1);
  slow.send("x");
  CHECK(slow.read().status == 200);
  CHECK(eventually([&] { return running.server->stats().large_bytes == 0; }));
  LoopbackClient next(running.port());
  next.send(post(head, body));
  CHECK(next.read().status == 200);
}

TEST_CASE("server: draining ends idle connections at once and busy ones after their answer") {
  std::promise<Waiter*> waiter;
  Options options;
  options.threads = 2;
  options.handler = [&](const http::Request& request, http::Writer& out) {
    if (request.path == "/wait") {
      waiter.set_value(&this_waiter());
      this_waiter().park(no_deadline);
    }
    handle(request, out);
  };
  Running running(options);
  LoopbackClient idle(running.port()), busy(running.port());
  idle.send(get("/1"));
  CHECK(idle.read().status == 200);
  busy.send(get("/wait"));
  Waiter* parked = waiter.get_future().get();
  CHECK_FALSE(running.server->drain(deadline_in(milliseconds(5))));
  CHECK(idle.read_to_end().empty());
  CHECK(eventually([&] { return !LoopbackClient(running.port()).is_connected(); }));
  parked->unpark();
  CHECK(has(busy.read(), "Connection: close\r\n"));
  busy.close();
  CHECK(running.server->drain(no_deadline));
}

TEST_CASE("server: a task that holds something waits for its client until its deadline at most") {
  std::promise<void> ended;
  Options options;
  options.handler = [&](const http::Request&, http::Writer& out) {
    out.start(200, "text/plain");
    Hold hold(deadline_in(milliseconds(20)));
    while (out.body().is_open()) out.body().put("0123456789abcdef");
    ended.set_value();
  };
  Running running(options);
  LoopbackClient client(running.port());
  client.send(get("/"));  // and takes nothing; body_ms alone would allow a minute
  CHECK(ended.get_future().wait_for(seconds(30)) == std::future_status::ready);
}

TEST_CASE("server: stop cancels what still runs") {
  std::promise<void> waiting;
  std::atomic<bool> was_cancelled = false;
  Options options;
  options.handler = [&](const http::Request&, http::Writer&) {
    waiting.set_value();
    was_cancelled = this_waiter().sleep(no_deadline) == Waited::cancelled;
  };
  Running running(options);
  LoopbackClient client(running.port());
  client.send(get("/"));
  waiting.get_future().get();
  running.server->stop();
  CHECK(was_cancelled);
  CHECK(client.read().status == 0);
}

TEST_CASE("server: few connections are spread over all threads") {
  Options options;
  options.threads = 2;
  std::atomic<int> inside = 0;
  // Each request needs another one running at the same time on the other thread.
  options.handler = [&](const http::Request&, http::Writer& out) {
    ++inside;
    for (Deadline end = deadline_in(seconds(20)); inside < 2 && std::chrono::steady_clock::now() < end;) std::this_thread::yield();
    out.start(inside == 2 ? 200 : 503, "");
  };
  for (int round = 0; round < 5; ++round) {
    inside = 0;
    Running running(options);
    LoopbackClient one(running.port()), two(running.port());
    REQUIRE(eventually([&] { return running.server->stats().accepted == 2; }));
    one.send(get("/"));
    two.send(get("/"));
    CHECK(one.read().status == 200);
    CHECK(two.read().status == 200);
  }
}

TEST_CASE("server: a port that is taken, or a host that is no address, is an error") {
  for (unsigned threads : {1u, 2u}) {
    Running running;
    Options options;
    options.port = running.port();
    options.threads = threads;
    Server second(options);
    auto started = second.start();
    REQUIRE_FALSE(started);
    CHECK(started.error().code == Code::unavailable);
  }
  Options options;
  options.threads = 2;
  Running shared(options);
  options.port = shared.port();
  CHECK_FALSE(Server(options).start());
  options.host = "nowhere.invalid";
  CHECK(Server(options).start().error().code == Code::invalid_argument);
}
