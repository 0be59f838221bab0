// SPDX-License-Identifier: Apache-2.0
#include "parley/server/proxies.hpp"

#include <doctest/doctest.h>

namespace parley::server {
namespace {

Proxies some() {
  const std::string networks[] = {"127.0.0.1", "10.1.0.0/16", "fd00::/8", "::1"};
  auto proxies = Proxies::parse(networks);
  REQUIRE(proxies);
  return *proxies;
}

TEST_CASE("proxies: the client is who the last proxy that is not trusted says it is") {
  struct Case {
    std::string_view peer, forwarded, expected;
  };
  const Case cases[] = {
      {"127.0.0.1", "192.0.2.7", "192.0.2.7"},
      {"127.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"},       // the first was invented by the client
      {"127.0.0.1", "192.0.2.7, 10.1.200.3", "192.0.2.7"},        // two proxies of ours
      {"127.0.0.1", "192.0.2.7, 10.2.0.3", "10.2.0.3"},           // the second is none of ours
      {"::ffff:127.0.0.1", "192.0.2.7:4711", "192.0.2.7"},
      {"::1", "[2001:db8::5]:80", "2001:db8::5"},
      {"fd12::1", "2001:db8::5", "2001:db8::5"},
      {"127.0.0.1", "nonsense", "127.0.0.1"},
      {"127.0.0.1", "192.0.2.7, nonsense", "127.0.0.1"},
      {"127.0.0.1", "", "127.0.0.1"},
      {"192.0.2.1", "192.0.2.7", "192.0.2.1"},                    // not trusted: its word does not count
      {"127.0.0.2", "192.0.2.7", "127.0.0.2"},
      {"10.10.0.1", "192.0.2.7", "10.10.0.1"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.peer);
    CAPTURE(one.forwarded);
    http::Request request;
    request.peer = one.peer;
    if (!one.forwarded.empty()) request.headers.push_back({"x-forwarded-for", one.forwarded});
    CHECK(some().seen_through(request).peer == one.expected);
  }
}

TEST_CASE("proxies: whether it came by TLS is what a trusted proxy says") {
  http::Request request;
  request.headers.push_back({"X-Forwarded-Proto", "https"});
  request.peer = "127.0.0.1";
  CHECK(some().seen_through(request).is_secure);
  request.peer = "192.0.2.1";
  CHECK_FALSE(some().seen_through(request).is_secure);
}

TEST_CASE("proxies: what is no address or network is named") {
  for (const char* text : {"x", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0/8", "10.0.0.0/-1", "", "10.0.0.0/8x"}) {
    const std::string one[] = {text};
    auto proxies = Proxies::parse(one);
    REQUIRE_FALSE(proxies);
    CHECK(proxies.error().message == "trusted-proxies: expected an address or network, not '" + std::string(text) + "'");
  }
}

}  // namespace
}  // namespace parley::server
