// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/router.hpp"

#include <doctest/doctest.h>

namespace parley {
namespace {

class Stub final : public Protocol {
 public:
  Stub(std::string name, std::vector<Mount> mounts)
      : name_(std::move(name)), mounts_(std::move(mounts)) {}
  std::string_view name() const override { return name_; }
  std::span<const Mount> mounts() const override { return mounts_; }
  Result<std::unique_ptr<Exchange>> read(const http::Request&, const Reading&) const override {
    return std::make_unique<Exchange>();
  }
  void write(const Exchange&, Outcomes&, http::Writer&) const override {}
  void refuse(const http::Request&, const Mount&, const Error&, http::Writer&) const override {}

 private:
  std::string name_;
  std::vector<Mount> mounts_;
};

using Protocols = std::vector<std::unique_ptr<Protocol>>;
constexpr auto exact = Mount::Match::exact;
constexpr auto prefix = Mount::Match::prefix;

Protocols some() {
  Protocols list;
  list.push_back(std::make_unique<Stub>("root", std::vector<Mount>{{"/", prefix, {"GET"}, 1}}));
  list.push_back(
      std::make_unique<Stub>("rpc", std::vector<Mount>{{"/jsonrpc", exact, {"POST", "PUT"}, 2},
                                                       {"/jsonrpc/2", exact, {"POST"}, 3}}));
  list.push_back(
      std::make_unique<Stub>("json2", std::vector<Mount>{{"/json/2", prefix, {"POST"}, 4},
                                                         {"/json/2/doc", prefix, {"POST"}, 5},
                                                         {"/json/2/doc", exact, {"POST"}, 6}}));
  list.push_back(
      std::make_unique<Stub>("read", std::vector<Mount>{{"/jsonrpc", exact, {"GET"}, 7}}));
  return list;
}

struct Case {
  std::string_view path, verb;
  int dialect;
  std::string_view allow;
};

TEST_CASE("router: exact mounts beat longer prefixes beat the root") {
  auto protocols = some();
  auto router = Router::build(protocols);
  REQUIRE(router);
  const Case cases[] = {
      {"/jsonrpc", "POST", 2, ""},
      {"/jsonrpc/", "POST", 2, ""},
      {"/jsonrpc/2", "POST", 3, ""},
      {"/json/2/a/b", "POST", 4, ""},
      {"/json/2", "POST", 4, ""},
      {"/json/2/doc/x", "POST", 5, ""},
      {"/json/2/doc", "POST", 6, ""},
      {"/json/2/docs", "POST", 4, ""},
      {"/json/22", "GET", 1, ""},
      {"/", "GET", 1, ""},
      {"", "GET", 1, ""},
      {"/any/thing", "HEAD", 1, ""},
      {"/json%72pc", "POST", 2, ""},
      {"/jsonrpc", "GET", 7, ""},
      {"/jsonrpc", "HEAD", 7, ""},
      {"/jsonrpc/2", "GET", 3, "POST"},
      {"/any", "POST", 1, "GET, HEAD"},
      {"/jsonrpc", "DELETE", 2, "POST, PUT, GET, HEAD"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.path);
    CAPTURE(one.verb);
    auto route = router->find(one.path, one.verb);
    REQUIRE(route);
    CHECK(route->mount->dialect == one.dialect);
    CHECK(route->allow == one.allow);
  }
}

TEST_CASE("router: the path of a route is decoded and has no trailing slash") {
  auto protocols = some();
  auto router = Router::build(protocols);
  REQUIRE(router);
  auto route = router->find("/json/2/a%20b/", "POST");
  REQUIRE(route);
  CHECK(route->path == "/json/2/a b");
}

TEST_CASE("router: an unknown path is not found") {
  Protocols list;
  list.push_back(std::make_unique<Stub>("rpc", std::vector<Mount>{{"/rpc", exact, {"POST"}, 0}}));
  auto router = Router::build(list);
  REQUIRE(router);
  for (std::string_view path : {"/", "/rpc/x", "/rp", "*", "rpc"}) {
    CAPTURE(path);
    auto route = router->find(path, "POST");
    REQUIRE_FALSE(route);
    CHECK(route.error().code == Code::not_found);
  }
  auto broken = router->find("/rpc%zz", "POST");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == Code::malformed);
}

TEST_CASE("router: what is no path, and the server as a whole, are of whoever serves every path") {
  Protocols list;
  list.push_back(std::make_unique<Stub>("page", std::vector<Mount>{{"/", exact, {"GET"}, 1}}));
  list.push_back(std::make_unique<Stub>("root", std::vector<Mount>{{"/", prefix, {}, 2}}));
  auto router = Router::build(list);
  REQUIRE(router);
  CHECK(router->find("/a%zz", "GET")->mount->dialect == 2);
  CHECK(router->find("*", "OPTIONS")->mount->dialect == 2);
  CHECK(router->find("/", "GET")->mount->dialect == 1);
}

TEST_CASE("router: two mounts of one path with a shared verb are a conflict") {
  Protocols list;
  list.push_back(
      std::make_unique<Stub>("one", std::vector<Mount>{{"/rpc", exact, {"GET", "POST"}, 0}}));
  list.push_back(
      std::make_unique<Stub>("two", std::vector<Mount>{{"/rpc/", exact, {"PUT", "POST"}, 0}}));
  auto router = Router::build(list);
  REQUIRE_FALSE(router);
  CHECK(router.error().code == Code::conflict);
  CHECK(router.error().message == "mount /rpc/: one and two both serve POST");
}

TEST_CASE("router: an exact mount and a prefix of one path live together") {
  Protocols list;
  list.push_back(std::make_unique<Stub>("one", std::vector<Mount>{{"/rpc", exact, {"POST"}, 1}}));
  list.push_back(std::make_unique<Stub>("two", std::vector<Mount>{{"/rpc", prefix, {"POST"}, 2}}));
  auto router = Router::build(list);
  REQUIRE(router);
  CHECK(router->find("/rpc", "POST")->mount->dialect == 1);
  CHECK(router->find("/rpc/x", "POST")->mount->dialect == 2);
}

TEST_CASE("router: a mount without verbs takes every one, and shares its path with nobody") {
  Protocols list;
  list.push_back(std::make_unique<Stub>("any", std::vector<Mount>{{"/", prefix, {}, 1}}));
  list.push_back(std::make_unique<Stub>("rpc", std::vector<Mount>{{"/rpc", exact, {"POST"}, 2}}));
  auto router = Router::build(list);
  REQUIRE(router);
  for (std::string_view verb : {"GET", "PUT", "OPTIONS", "X-OWN"}) {
    auto route = router->find("/a", verb);
    REQUIRE(route);
    CHECK(route->mount->dialect == 1);
    CHECK(route->allow.empty());
  }
  CHECK(router->find("/rpc", "GET")->allow == "POST");
  for (const Mount& mount : {Mount{"/", prefix, {}, 3}, Mount{"/", prefix, {"GET"}, 3}}) {
    list.push_back(std::make_unique<Stub>("other", std::vector<Mount>{mount}));
    CHECK_FALSE(Router::build(list));
    list.pop_back();
  }
}

}  // namespace
}  // namespace parley
