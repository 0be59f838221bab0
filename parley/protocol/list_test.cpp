// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "parley/protocol/router.hpp"

namespace parley {

TEST_CASE("protocols: no two of this build share a mount") {
  auto protocols = make_protocols({});
  auto router = Router::build(protocols);
  REQUIRE(router);
  struct Case {
    std::string_view path, protocol;
    int dialect;
  };
  const Case cases[] = {{"/jsonrpc", "jsonrpc", 0},
                        {"/jsonrpc/2/", "jsonrpc", 1},
                        {"/web/session/authenticate", "websession", 1},
                        {"/web/dataset/call_kw", "websession", 8},
                        {"/web/dataset/call_kw/res.partner/read", "websession", 8}};
  for (const Case& one : cases) {
    auto route = router->find(one.path, "POST");
    REQUIRE(route);
    CHECK(route->allow.empty());
    CHECK(route->protocol->name() == one.protocol);
    CHECK(route->mount->dialect == one.dialect);
  }
  CHECK(router->find("/jsonrpc", "GET")->allow == "POST, PUT, PATCH");
}

}  // namespace parley
