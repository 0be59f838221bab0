// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/credentials.hpp"

#include <doctest/doctest.h>

namespace parley {
namespace {

TEST_CASE("credentials: the Authorization header says who calls") {
  struct Case {
    std::string_view header;
    Credentials::Kind kind;
    std::string_view login, secret;
  };
  const Case cases[] = {
      {"Bearer abc", Credentials::Kind::key, "", "abc"},
      {"bearer   abc", Credentials::Kind::key, "", "abc"},
      {"Basic YWRtaW46YTpi", Credentials::Kind::login, "admin", "a:b"},
      {"BASIC OmtleQ==", Credentials::Kind::login, "", "key"},
  };
  Arena arena;
  for (const Case& one : cases) {
    CAPTURE(one.header);
    http::Request request;
    request.headers = {{"authorization", one.header}};
    auto found = header_credentials(request, arena);
    REQUIRE(found);
    CHECK(found->kind == one.kind);
    CHECK(found->login == one.login);
    CHECK(found->secret == one.secret);
  }
  CHECK(header_credentials(http::Request{}, arena)->kind == Credentials::Kind::none);
}

TEST_CASE("credentials: a header of another scheme or shape is refused") {
  Arena arena;
  for (std::string_view header :
       {"", "Digest x", "Bearer", "Bearer ", "Basic", "Basic ???", "Basic YWRtaW4="}) {
    CAPTURE(header);
    http::Request request;
    request.headers = {{"Authorization", header}};
    auto found = header_credentials(request, arena);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Code::unauthenticated);
  }
}

struct Sent {
  std::string_view name, value;
};

TEST_CASE("credentials: what a page of another origin sends has no password that a browser remembered") {
  struct Case {
    std::vector<Sent> headers;
    bool is_foreign;
  };
  const Case cases[] = {
      {{}, false},
      {{{"Origin", "http://office:8069"}}, false},
      {{{"Origin", "HTTPS://Office:8069"}}, false},
      {{{"Origin", "http://office"}}, true},
      {{{"Origin", "null"}}, true},
      {{{"Origin", "http://evil.example"}}, true},
      {{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "http://seen.as.another"}}, false},
      {{{"Sec-Fetch-Site", "none"}}, false},
      {{{"Sec-Fetch-Site", "cross-site"}}, true},
      {{{"Sec-Fetch-Site", "same-site"}}, true},
      {{{"Referer", "http://office:8069/page"}}, false},
      {{{"Referer", "http://evil.example/office:8069"}}, true},
      {{{"User-Agent", "Mozilla/5.0 (X11)"}, {"Accept-Language", "en"}}, true},
      {{{"User-Agent", "Mozilla/5.0 (X11)"}, {"Accept-Language", "en"}, {"Referer", "http://office:8069/"}}, false},
      {{{"User-Agent", "Mozilla/5.0 WindowsPowerShell/5.1"}}, false},
      {{{"User-Agent", "curl/8.5.0"}, {"Accept-Language", "en"}}, false},
  };
  Arena arena;
  for (const Case& one : cases) {
    http::Request request;
    request.headers = {{"Host", "office:8069"}, {"Authorization", "Basic YWRtaW46YTpi"}};
    for (const Sent& header : one.headers) {
      CAPTURE(header.value);
      request.headers.push_back({header.name, header.value});
    }
    CHECK(is_cross_origin(request) == one.is_foreign);
    auto found = header_credentials(request, arena);
    REQUIRE(found);
    CHECK(found->kind == (one.is_foreign ? Credentials::Kind::none : Credentials::Kind::login));
    request.headers[1].value = "Bearer abc";  // which a browser never adds by itself
    CHECK(header_credentials(request, arena)->kind == Credentials::Kind::key);
  }
}

TEST_CASE("credentials: a cookie is found by its whole name in any Cookie header") {
  http::Request request;
  request.headers = {{"Cookie", "a=1; xsession_id=no;session_id2=no; flag"},
                     {"cookie", "b=\"2\"; session_id = x"},
                     {"Cookie", "session_id=abc"}};
  CHECK(cookie(request, "session_id") == "abc");
  CHECK(cookie(request, "a") == "1");
  CHECK(cookie(request, "b") == "2");
  CHECK(cookie(request, "c") == "");
}

}  // namespace
}  // namespace parley
