// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/system.hpp"

#include <doctest/doctest.h>

#include "parley/protocol/path/service_for_test.hpp"

using namespace parley;
using testing::PathService;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("system: alive is what monitoring waits for") {
  PathService service;
  CHECK(service.get("/system_alive").body ==
        R"({"status":200,"status_message":"OK","system_alive":1})");
}

TEST_CASE("system: the status has uptime, calls and version") {
  PathService service;
  auto body = service.get("/system_status").body;
  for (std::string_view key :
       {"\"uptime\":", "\"calls\":0", "\"version\":\"0\"", "\"in_flight\":0"})
    CHECK(has(body, key));
}

TEST_CASE("system: methods that are only for users are told of to nobody") {
  PathService service;
  auto list = service.get("/system_list_methods").body;
  CHECK(has(list, R"("add","any","binary")"));
  CHECK(has(
      list,
      R"("system_alive","system_list_methods","system_method_help","system_method_info","system_method_json_schema",)"
      R"("system_method_response_json_schema","system_method_sig","system_multicall","system_status")"));
  CHECK_FALSE(has(list, "hidden"));
  CHECK_FALSE(has(service.get("/system_method_info").body, "hidden"));
  for (std::string_view asks : {"help", "sig", "info", "json_schema", "response_json_schema"}) {
    CAPTURE(asks);
    std::string path = "/system_method_" + std::string(asks) + "?method=";
    CHECK(service.get(path + "hidden").body ==
          R"({"status":404,"status_message":"Method not found: hidden"})");
    CHECK(service.get(path + "nope").status == 404);
    CHECK(service.get(path + "add").status == 200);
    CHECK(service.get(path + "system_multicall").status == 200);
  }
}

TEST_CASE("system: a signature says types, what may be left out, options and members") {
  PathService service;
  auto sig = [&](std::string method) {
    return service.get("/system_method_sig?method=" + method).body;
  };
  CHECK(has(
      sig("add"),
      R"({"name":"add","params":[{"name":"a","type":"int","required":true,"help":"One."},)"
      R"({"name":"b","type":"int","required":false,"default":7,"help":"Two."}],"returns":{"type":"int"}})"));
  CHECK(has(sig("enum"), R"("type":"enum","required":true,"members":{"red":1,"green":2})"));
  CHECK(has(sig("any"), R"("type":"any","required":true,"options":[])"));
  CHECK(has(sig("choice"), R"("options":["int","str"])"));
  CHECK(has(sig("binary"), R"("type":"binary")"));
}

TEST_CASE("system: the info has brackets around what may be left out, as text and as HTML") {
  PathService service;
  auto info = [&](std::string query) { return service.get("/system_method_info" + query).body; };
  CHECK(has(info("?method=add"),
            R"(add(int a, [int b]) -> int\nThe sum.\n  a (int): One.\n  b (int, optional): Two.)"));
  CHECK(has(info("?method=add&html=1"), R"(<code>add(int a, [int b]) -&gt; int</code>)"));
  CHECK(has(info("?method=add&devel=1"), R"(effect: read)"));
  CHECK_FALSE(has(info("?method=add"), "effect"));
  CHECK(has(info(""), "add(int a"));
  CHECK(has(info(""), "nothing()"));
}

TEST_CASE("system: schemas are of the parameters and of the whole answer") {
  PathService service;
  CHECK(has(service.get("/system_method_json_schema?method=add").body, R"("required":["a"])"));
  auto answer = service.get("/system_method_response_json_schema?method=add").body;
  CHECK(has(
      answer,
      R"("properties":{"status":{"type":"integer"},"status_message":{"type":"string"},"add":{"type":"integer"}})"));
}
