// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/jsonrpc/request.hpp"

#include <doctest/doctest.h>

#include "parley/protocol/exchange_for_test.hpp"
#include "parley/protocol/jsonrpc/protocol.hpp"

namespace parley::jsonrpc {
namespace {

struct Case {
  std::string_view body;
  std::vector<std::string> calls;
};

void check(std::size_t mount, std::span<const Case> cases) {
  auto protocol = make_jsonrpc({});
  for (const Case& one : cases) {
    CAPTURE(one.body);
    testing::TestRequest request(one.body);
    auto talk = testing::talk(*protocol, mount, request.request);
    CHECK_FALSE(talk.is_refused);
    CHECK(talk.calls == one.calls);
    CHECK(talk.asked == one.calls.size());
  }
}

TEST_CASE("jsonrpc: params with a service are calls of Odoo's API, whatever else the object says") {
  const Case cases[] = {
      {R"({"jsonrpc":"2.0","method":"call","params":{"service":"common","method":"version","args":[]},"id":1})",
       {"|none|common.version|[]"}},
      {R"({"params":{"service":"common","method":"version","args":{},"extra":1}})",
       {"|none|common.version|[]"}},
      {R"({"jsonrpc":"9","method":[],"params":{"service":"db","method":"list","args":[]},"id":[1]})",
       {"|none|db.list|[]"}},
      {R"({"params":{"service":"object","method":"execute_kw","args":["db",2,"pw","res.partner","read",[[1]],{"fields":["name"]}]},"id":1})",
       {R"(db|uid 2 pw|res.partner.read|[[1]]|{"fields":["name"]})"}},
  };
  check(0, cases);
}

TEST_CASE("jsonrpc: strict requests call by full name, by position or by name") {
  const Case cases[] = {
      {R"({"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":1})",
       {"|none|subtract|[42,23]"}},
      {R"({"jsonrpc":"2.0","method":"subtract","params":{"a":1},"id":1})",
       {R"(|none|subtract|[]|{"a":1})"}},
      {R"({"jsonrpc":"2.0","method":"res.partner.search","params":null,"id":1})",
       {"|none|res.partner.search|[]"}},
      {R"({"jsonrpc":"2.0","method":"update","params":[1]})", {"|none|update|[1]"}},
      {R"([{"jsonrpc":"2.0","method":"a","id":1},1,{"jsonrpc":"2.0","method":"b"}])",
       {"|none|a|[]", "|none|b|[]"}},
      {R"({"method":"echo","params":["x"],"id":1})", {R"(|none|echo|["x"])"}},
      {R"({"jsonrpc":"1.0","method":"echo","params":[],"id":1})", {"|none|echo|[]"}},
      {R"({"version":"1.1","method":"echo","params":{"0":5,"1":6}})", {"|none|echo|[5,6]"}},
      {R"({"version":"1.1","method":"echo","params":{"1":5}})", {R"(|none|echo|[]|{"1":5})"}},
      {R"({"jsonrpc":"2.0","method":"echo","params":{"0":5},"id":1})",
       {R"(|none|echo|[]|{"0":5})"}},
  };
  check(0, cases);
  check(1, cases);
}

TEST_CASE("jsonrpc: the strict mount knows no services") {
  const Case cases[] = {
      {R"({"jsonrpc":"2.0","method":"call","params":{"service":"common"},"id":1})",
       {R"(|none|call|[]|{"service":"common"})"}},
  };
  check(1, cases);
}

TEST_CASE("jsonrpc: no call comes of what is no request") {
  const Case cases[] = {
      {"1", {}},
      {"{}", {}},
      {R"({"foo":"boo"})", {}},
      {R"({"jsonrpc":2.0,"method":"a","id":1})", {}},
      {R"({"jsonrpc":"2.0","Method":"a","id":1})", {}},
      {R"({"jsonrpc":"2.0","method":1,"id":1})", {}},
      {R"({"jsonrpc":"2.0","method":"a","params":"bar","id":1})", {}},
      {R"({"jsonrpc":"2.0","method":"a","id":true})", {}},
      {R"({"jsonrpc":"2.0","method":"a","id":[1]})", {}},
      {R"({"jsonrpc":"1.0","method":"a","params":{"b":1},"id":1})", {}},
      {R"({"method":"a","id":1})", {}},
  };
  check(0, cases);
  check(1, cases);
}

TEST_CASE("jsonrpc: headers name the caller and the database of strict calls") {
  auto protocol = make_jsonrpc({});
  testing::TestRequest request(
      R"([{"jsonrpc":"2.0","method":"a","id":1},{"jsonrpc":"2.0","method":"b","id":2}])");
  request.request.headers.push_back({"Authorization", "Basic YWRtaW46cHc="});
  request.request.headers.push_back({"X-Odoo-Database", "notes"});
  CHECK(testing::talk(*protocol, 1, request.request).calls ==
        std::vector<std::string>{"notes|login admin pw|a|[]", "notes|login admin pw|b|[]"});
}

TEST_CASE("jsonrpc: an Authorization header that says nothing is every call's error") {
  auto protocol = make_jsonrpc({});
  testing::TestRequest request(R"({"jsonrpc":"2.0","method":"a","id":1})");
  request.request.headers.push_back({"Authorization", "Digest x"});
  auto talk = testing::talk(*protocol, 1, request.request);
  CHECK(talk.calls.empty());
  CHECK(talk.response.body.find("-32010") != std::string::npos);
}

TEST_CASE("jsonrpc: a batch has at most calls_max requests") {
  auto protocol = make_jsonrpc({});
  Limits limits;
  limits.calls_max = 2;
  std::string_view one = R"({"jsonrpc":"2.0","method":"a"})";
  testing::TestRequest two("[" + std::string(one) + "," + std::string(one) + "]");
  CHECK(testing::talk(*protocol, 0, two.request, {}, limits).calls.size() == 2);
  testing::TestRequest three("[" + std::string(one) + "," + std::string(one) + "," +
                             std::string(one) + "]");
  auto talk = testing::talk(*protocol, 0, three.request, {}, limits);
  CHECK(talk.is_refused);
  CHECK(talk.response.status == 413);
}

TEST_CASE("jsonrpc: which content types are JSON depends on the form") {
  auto protocol = make_jsonrpc({});
  std::string_view strict = R"({"jsonrpc":"2.0","method":"a","id":1})";
  std::string_view odoo = R"({"params":{"service":"common","method":"version","args":[]}})";
  struct Row {
    std::string_view type;
    bool is_strict_ok, is_odoo_ok;
  };
  const Row rows[] = {
      {"application/json", true, true},
      {"Application/JSON-RPC; charset=utf-8", true, true},
      {"application/jsonrequest", true, false},
      {"text/json", true, false},
      {"text/plain", true, false},
      {"", true, false},
      {"application/x-www-form-urlencoded", false, false},
      {"multipart/form-data; boundary=x", false, false},
      {"text/html", false, false},
      {"json", false, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.type);
    testing::TestRequest a(strict, row.type);
    CHECK(testing::talk(*protocol, 0, a.request).response.status == (row.is_strict_ok ? 200 : 415));
    testing::TestRequest b(odoo, row.type);
    auto talk = testing::talk(*protocol, 0, b.request);
    CHECK(talk.response.status == (row.is_odoo_ok ? 200 : 415));
    if (!row.is_odoo_ok)
      CHECK(talk.response.header("Accept") == "application/json, application/json-rpc");
  }
}

}  // namespace
}  // namespace parley::jsonrpc
