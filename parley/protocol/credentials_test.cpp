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
