// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/jsonrpc/describe.hpp"

#include <doctest/doctest.h>

#include "parley/codec/json/writer.hpp"
#include "parley/registry/expose.hpp"

namespace parley::jsonrpc {
namespace {

TEST_CASE("jsonrpc: system.describe tells the service and its functions by type words") {
  Catalog catalog;
  std::shared_ptr<const Registry> functions;
  Served served{[&]() -> const Registry& { return *functions; }, {}, {"My notes", "What it does.", "3"}, {}};
  REQUIRE(add_describe(catalog, "server", served));
  REQUIRE(catalog.add_function(
      "server", bind_function("notes.add", [](std::string_view, std::int64_t, bool) { return std::vector<double>(); },
                              doc("Adds a note.\n\nAt the end."), arg("text", ""), arg("place", "", 1),
                              arg("is_big", "", false), effect::write)));
  REQUIRE(catalog.add_function("server", bind_function("notes.hidden", [] {}, doc("x"), effect::read)));
  Exposed(catalog.last()).unlisted();
  const std::string modules[] = {"server"};
  functions = Registry::build(catalog, modules, {});

  Arena arena;
  Limits limits;
  Context context{arena, limits, "1", "", ""};
  auto target = functions->find("system.describe");
  REQUIRE(target);
  CHECK(target->method().access == Access::open);
  auto answer = invoke(*target, Call{.method = "system.describe"}, context);
  REQUIRE(answer);
  StringOutput out;
  json::Writer json(out);
  REQUIRE(write(*answer, json));
  CHECK(out.view() ==
        R"({"sdversion":"1.0","name":"My notes","id":"urn:x-service:My%20notes","version":"3","help":"What it does.","procs":[)"
        R"({"name":"notes.add","summary":"Adds a note.","help":"Adds a note.\n\nAt the end.","idempotent":false,)"
        R"("params":[{"name":"text","type":"str"},{"name":"place","type":"num"},{"name":"is_big","type":"bit"}],"return":{"type":"arr"}},)"
        R"({"name":"system.describe","summary":"The service and its functions, as JSON-RPC 1.1 describes them.",)"
        R"("idempotent":true,"params":[],"return":{"type":"any"}}]})");
}

}  // namespace
}  // namespace parley::jsonrpc
