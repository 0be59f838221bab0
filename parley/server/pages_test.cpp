// SPDX-License-Identifier: Apache-2.0
#include "parley/server/pages.hpp"

#include <doctest/doctest.h>

#include "parley/server/page_files.hpp"

using namespace parley;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

http::Response ask(const server::Pages& pages, std::string_view path, std::string_view method = "GET") {
  http::ResponseWriter writer;
  pages.answer({.method = method, .target = path, .path = path, .peer = "127.0.0.1"}, Error(Code::not_found, "none"), {}, writer);
  return writer.take();
}

server::Pages pages_about(std::string about) {
  return server::Pages([about] { return server::Facts{"1.2", about, {"first & last"}, true}; });
}

}  // namespace

TEST_CASE("pages: the first page has the author's text and this server's facts, escaped") {
  auto reply = ask(pages_about("# Loans\n<script>alert(1)</script> <!-- facts -->"), "/");
  CHECK(reply.status == 200);
  CHECK(reply.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(has(reply.body, "<input id=\"address\""));
  CHECK(has(reply.body, "# Loans\n&lt;script&gt;alert(1)&lt;/script&gt; &lt;!-- facts --&gt;"));
  CHECK(has(reply.body, "first &amp; last"));
  CHECK(has(ask(pages_about(""), "/").body, "wrote none"));
}

TEST_CASE("pages: no page has script or style within itself, and its policy forbids them") {
  for (const auto& [name, bytes] : server::page_files()) {
    CAPTURE(name);
    CHECK_FALSE(has(bytes, "style=\""));
    CHECK_FALSE(has(bytes, "<style"));
    CHECK_FALSE(has(bytes, "<script>"));
    auto reply = ask(pages_about(""), name == "index.html" ? "/" : "/_explorer/" + name);
    CHECK(reply.status == 200);
    CHECK(has(reply.header("Content-Security-Policy"), "default-src 'none'"));
    CHECK_FALSE(has(reply.header("Content-Security-Policy"), "unsafe"));
    CHECK(reply.header("X-Content-Type-Options") == "nosniff");
  }
}

TEST_CASE("pages: scripts of other servers run without an origin") {
  auto frame = ask(pages_about(""), "/_explorer/jsonp.html");
  CHECK(has(frame.header("Content-Security-Policy"), "sandbox allow-scripts;"));
  CHECK_FALSE(has(frame.header("Content-Security-Policy"), "allow-same-origin"));
  CHECK(has(ask(pages_about(""), "/").header("Content-Security-Policy"), "script-src 'self';"));
}

TEST_CASE("pages: what is no file of the explorer is not found, and none takes a POST") {
  for (std::string_view path : {"/_explorer/", "/_explorer/README.md", "/_explorer/index.html", "/_explorer/../pages.cpp"}) {
    CAPTURE(path);
    CHECK(ask(pages_about(""), path).status == 404);
  }
  CHECK(ask(pages_about(""), "/_explorer/explorer.js", "POST").status == 405);
  CHECK(ask(pages_about(""), "/", "POST").header("Allow") == "GET, HEAD");
}
