// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "parley/core/base64.hpp"
#include "parley/protocol/exchange_for_test.hpp"
#include "parley/protocol/mcp/protocol.hpp"
#include "parley/protocol/mcp/request.hpp"

namespace parley::mcp {
namespace {

using testing::outcomes;

constexpr std::string_view full_meta =
    R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}})";
using Headers = std::vector<http::Header>;

testing::Talk ask(std::string_view body, Headers headers = {}, std::deque<Outcome> list = {},
                  const ProtocolSettings& settings = {}) {
  auto protocol = make_mcp(settings);
  testing::TestRequest request(body);
  for (const http::Header& header : headers) request.request.headers.push_back(header);
  return testing::talk(*protocol, 0, request.request, std::move(list));
}

Headers modern(std::string_view method, Headers more = {}) {
  more.push_back({"MCP-Protocol-Version", "2026-07-28"});
  more.push_back({"Mcp-Method", method});
  return more;
}

std::string call(std::string_view params) {
  return R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{)" + std::string(params) + "," +
         std::string(full_meta) + "}}";
}
std::string legacy_call(std::string_view params) {
  return R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{)" + std::string(params) + "}}";
}

Outcome number(std::int64_t n) { return Answer(Value::integer(n)); }

TEST_CASE("mcp: a modern call is one call, and its result is told as text and as data") {
  auto talk = ask(call(R"("name":"add","arguments":{"a":2,"b":3})"),
                  modern("tools/call", {{"Mcp-Name", "add"}, {"X-Odoo-Database", "shop"}}),
                  outcomes(number(5)));
  CHECK(talk.calls == std::vector<std::string>{R"(shop|none|add|[]|{"a":2,"b":3})"});
  CHECK(talk.response.status == 200);
  CHECK(talk.response.header("Content-Type") == "application/json; charset=utf-8");
  CHECK(
      talk.response.body ==
      R"({"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":)"
      R"({"name":"Parley","version":"0"}},"content":[{"type":"text","text":"5"}],"structuredContent":5,"isError":false}})");
}

TEST_CASE("mcp: legacy results are objects always") {
  Arena arena;
  DictBuilder dict(arena);
  dict.set("a", Value::integer(1));
  struct Case {
    Value value;
    std::string_view content, structured;
  };
  const Case cases[] = {{Value::integer(5), "5", R"({"result":5})"},
                        {Value::null(), "null", R"({"result":null})"},
                        {Value::string("\"x\""), R"(\"x\")", R"({"result":"\"x\""})"},
                        {Value::list({}), "[]", R"({"result":[]})"},
                        {dict.done(), R"({\"a\":1})", R"({"a":1})"}};
  for (const Case& one : cases) {
    CAPTURE(one.structured);
    auto talk = ask(legacy_call(R"("name":"x")"), {}, outcomes(Answer(one.value)));
    CHECK(talk.response.body ==
          R"({"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":")" +
              std::string(one.content) + R"("}],"structuredContent":)" +
              std::string(one.structured) + R"(,"isError":false}})");
  }
}

TEST_CASE("mcp: rows are a list, and a result that is too large is an error that says what to do") {
  auto few = ask(legacy_call(R"("name":"x")"), {},
                 outcomes(Answer(std::make_unique<testing::FixedRows>(2))));
  CHECK(few.response.body.find(R"("structuredContent":{"result":[{"id":1},{"id":2}]})") !=
        std::string::npos);
  ProtocolSettings settings;
  settings.given["mcp-result-bytes-max"] = "10000";
  auto many = ask(legacy_call(R"("name":"x")"), {},
                  outcomes(Answer(std::make_unique<testing::FixedRows>(1'000'000))), settings);
  CHECK(many.response.body.find("more than 10000 bytes: ask for fewer records (limit)") !=
        std::string::npos);
  CHECK(many.response.body.find(R"("isError":true)") != std::string::npos);
  CHECK(many.response.body.size() < 1000);
  auto late = ask(legacy_call(R"("name":"x")"), {},
                  outcomes(Answer(std::make_unique<testing::FixedRows>(
                      2, std::vector{Error(Code::timeout, "too slow")}))));
  CHECK(late.response.body.find(R"("text":"too slow"}],"isError":true)") != std::string::npos);
}

TEST_CASE("mcp: the limit of a result counts every byte of it") {
  ProtocolSettings settings;
  settings.given["mcp-result-bytes-max"] = "7000";
  for (std::size_t size : {6'998, 6'999, 20'000}) {
    CAPTURE(size);
    const std::string text(size, 'x');
    auto talk =
        ask(legacy_call(R"("name":"x")"), {}, outcomes(Answer(Value::string(text))), settings);
    CHECK((talk.response.body.find(R"("isError":true)") == std::string::npos) ==
          (size + 2 <= 7000));
  }
}

TEST_CASE("mcp: a tool that fails is a result; one that is not there is an error") {
  auto body = [](Error error, std::string_view tool = "x") {
    return ask(legacy_call(R"("name":")" + std::string(tool) + R"(","arguments":{"model":"m"})"),
               {{"Authorization", "Bearer k"}}, outcomes(std::move(error)))
        .response;
  };
  CHECK(
      body(Error(Code::invalid_argument, "a: expected int", "a")).body ==
      R"({"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"a: expected int"}],"isError":true}})");
  CHECK(body(Error(Code::forbidden, "not yours").with_cause("secret")).body.find("secret") ==
        std::string::npos);
  CHECK(body(Error(Code::unknown_method, "Method not found: x", "x")).body ==
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool: x"}})");
  CHECK(body(Error(Code::unknown_method, "no", "y")).body.find("isError") != std::string::npos);
  CHECK(body(Error(Code::unknown_method, "Object m doesn't exist", "m.read", "UserError"),
             "model.read")
            .body.find("isError") != std::string::npos);
  CHECK(body(Error(Code::unknown_method, "no", "m.red", "AttributeError"), "model.red")
            .body.find("Unknown tool: model.red") != std::string::npos);
  auto stranger = body(Error(Code::unauthenticated, "log in"));
  CHECK(stranger.status == 401);
  CHECK(stranger.header("WWW-Authenticate").starts_with("Bearer"));
  CHECK(stranger.body == R"({"jsonrpc":"2.0","id":1,"error":{"code":401,"message":"log in"}})");
}

TEST_CASE("mcp: an operation is a method of the model that the arguments name") {
  auto talk = ask(
      legacy_call(
          R"("name":"model.search_read","arguments":{"domain":[],"model":"res.partner","limit":1})"),
      {{"Authorization", "Bearer k"}}, outcomes(number(1)));
  CHECK(talk.calls ==
        std::vector<std::string>{R"(|key k|res.partner.search_read|[]|{"domain":[],"limit":1})"});
  for (std::string_view arguments : {R"({})", R"({"model":1})", R"({"model":""})"}) {
    auto without = ask(legacy_call(R"("name":"model.read","arguments":)" + std::string(arguments)));
    CHECK(without.calls.empty());
    CHECK(without.response.body.find("model: expected the name of a model") != std::string::npos);
  }
}

TEST_CASE("mcp: what is wrong with a modern request has its code and HTTP status") {
  struct Case {
    std::string_view why, body;
    Headers headers;
    int status, code;
  };
  const std::string list =
      R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{)" + std::string(full_meta) + "}}";
  const std::string named = call(R"("name":"add")");
  const std::string old =
      R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"1900-01-01"}}})";
  const std::string ping =
      R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{)" + std::string(full_meta) + "}}";
  const Case cases[] = {
      {"no _meta", R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})", modern("tools/list"), 400,
       -32602},
      {"no capabilities",
       R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})",
       modern("tools/list"), 400, -32602},
      {"no version header", list, {{"Mcp-Method", "tools/list"}}, 400, -32020},
      {"another version header",
       list,
       {{"MCP-Protocol-Version", "2025-11-25"}, {"Mcp-Method", "tools/list"}},
       400,
       -32020},
      {"two version headers", list, modern("tools/list", {{"mcp-protocol-version", "2025-11-25"}}),
       400, -32020},
      {"no method header", list, {{"MCP-Protocol-Version", "2026-07-28"}}, 400, -32020},
      {"letters of the method header", list, modern("TOOLS/LIST"), 400, -32020},
      {"no name header", named, modern("tools/call"), 400, -32020},
      {"another name header", named, modern("tools/call", {{"Mcp-Name", "echo"}}), 400, -32020},
      {"a name header of no base64", named, modern("tools/call", {{"Mcp-Name", "=?base64?*?="}}),
       400, -32020},
      {"unsupported",
       old,
       {{"MCP-Protocol-Version", "1900-01-01"}, {"Mcp-Method", "tools/list"}},
       400,
       -32022},
      {"unknown method", ping, modern("ping"), 404, -32601},
  };
  for (const Case& one : cases) {
    CAPTURE(one.why);
    auto talk = ask(one.body, one.headers);
    CHECK(talk.calls.empty());
    CHECK(talk.response.status == one.status);
    CHECK(talk.response.body.find("\"id\":1,\"error\":{\"code\":" + std::to_string(one.code) +
                                  ",") != std::string::npos);
  }
  CHECK(
      ask(old, cases[10].headers)
          .response.body.find(
              R"("data":{"supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26"],"requested":"1900-01-01"})") !=
      std::string::npos);
}

TEST_CASE("mcp: a name header may be base64") {
  auto talk = ask(call(R"("name":"añ")"), modern("tools/call", {{"Mcp-Name", "=?base64?YcOx?="}}),
                  outcomes(number(1)));
  CHECK(talk.response.status == 200);
  CHECK(decoded_header("=?base64?"
                       "?=")
            .value() == "");
  CHECK(decoded_header("=?base64?=").value() == "=?base64?=");
  CHECK_FALSE(decoded_header("a\xc3\xb1"));
}

TEST_CASE("mcp: the message must be one, with an id that is a text or an integer") {
  struct Case {
    std::string_view body;
    int status, code;
  };
  const Case cases[] = {
      {"{", 400, -32700},
      {"", 400, -32700},
      {"[]", 400, -32600},
      {R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", 400, -32600},
      {"5", 400, -32600},
      {R"({"jsonrpc":"2.0","id":null,"method":"ping"})", 400, -32600},
      {R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})", 400, -32600},
      {R"({"jsonrpc":"2.0","id":true,"method":"ping"})", 400, -32600},
      {R"({"jsonrpc":"1.0","id":1,"method":"ping"})", 400, -32600},
      {R"({"id":1,"method":"ping"})", 400, -32600},
      {R"({"jsonrpc":"2.0","id":1})", 400, -32600},
      {R"({"jsonrpc":"2.0","id":1,"result":{}})", 400, -32600},
      {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})", 400, -32600},
      {R"({"jsonrpc":"2.0","method":"tools/list"})", 400, -32600},
      {R"({"jsonrpc":"2.0","id":1,"method":"resources/list"})", 200, -32601},
      {R"({"jsonrpc":"2.0","id":1,"method":"server/discover"})", 200, -32601},
      {R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})", 400, -32602},
      {R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}})", 400, -32602},
      {R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":[]}})",
       400, -32602},
  };
  for (const Case& one : cases) {
    CAPTURE(one.body);
    auto talk = ask(one.body);
    CHECK(talk.response.status == one.status);
    CHECK(talk.response.body.find("\"error\":{\"code\":" + std::to_string(one.code) + ",") !=
          std::string::npos);
    CHECK(talk.response.body.find("null") == std::string::npos);
  }
}

TEST_CASE("mcp: ids come back as they were sent") {
  for (std::string_view id :
       {"1", "\"a\"", "9007199254740993", "123456789012345678901234567890", "-3", "\"\""}) {
    auto talk = ask(R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":"ping"})");
    CHECK(talk.response.body == R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":{}})");
  }
}

TEST_CASE("mcp: the handshake gives back a version we have, else our newest of before 2026-07-28") {
  struct Case {
    std::string_view asked, told;
  };
  for (const Case& one : {Case{"2025-11-25", "2025-11-25"},
                          {"2025-06-18", "2025-06-18"},
                          {"2025-03-26", "2025-03-26"},
                          {"2024-11-05", "2025-11-25"},
                          {"2026-07-28", "2025-11-25"},
                          {"x", "2025-11-25"}}) {
    ProtocolSettings settings;
    settings.about = {"shop", "Sells *things*.", "3"};
    auto talk =
        ask(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":")" +
                std::string(one.asked) + R"("}})",
            {}, {}, settings);
    CHECK(
        talk.response.body ==
        R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":")" + std::string(one.told) +
            R"(","capabilities":{"tools":{}},"instructions":"Sells *things*.","serverInfo":{"name":"shop","version":"3"}}})");
  }
}

TEST_CASE("mcp: notifications are taken with 202 and no body") {
  for (const Headers& headers : {Headers{}, Headers{{"MCP-Protocol-Version", "2025-11-25"}},
                                 modern("notifications/initialized")}) {
    auto talk = ask(R"({"jsonrpc":"2.0","method":"notifications/initialized"})", headers);
    CHECK(talk.response.status == 202);
    CHECK(talk.response.body.empty());
    CHECK(talk.calls.empty());
  }
}

TEST_CASE("mcp: a legacy version header must be one we have") {
  constexpr std::string_view list = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
  for (std::string_view version : {"2025-11-25", "2025-06-18", "2025-03-26"})
    CHECK(ask(list, {{"MCP-Protocol-Version", version}}, outcomes(Answer(Value::dict(nullptr, 0))))
              .response.status == 200);
  CHECK(ask(list, {{"MCP-Protocol-Version", "banana"}}).response.status == 400);
}

TEST_CASE("mcp: what tools/list tells depends on who asks") {
  constexpr std::string_view list =
      R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}})";
  auto page = [] { return outcomes(Answer(Value::dict(nullptr, 0))); };
  CHECK(ask(list, {}, page()).calls ==
        std::vector<std::string>{R"(|none|mcp.public.tools|[]|{"cursor":"x","legacy":true})"});
  CHECK(ask(list, {{"Authorization", "Bearer k"}}, page()).calls ==
        std::vector<std::string>{R"(|key k|mcp.tools|[]|{"cursor":"x","legacy":true})"});
  auto modern_list = [&](Headers headers) {
    return ask(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{)" +
                   std::string(full_meta) + "}}",
               modern("tools/list", std::move(headers)), page())
        .response.body;
  };
  CHECK(modern_list({}).find(R"("ttlMs":60000,"cacheScope":"public")") != std::string::npos);
  CHECK(modern_list({{"Authorization", "Bearer k"}}).find(R"("cacheScope":"private")") !=
        std::string::npos);
  CHECK(ask(list, {{"Authorization", "Nothing k"}}).response.status == 401);
  CHECK(ask(list, {}, outcomes(Error(Code::invalid_argument, "cursor: no")))
            .response.body.find("-32602") != std::string::npos);
}

TEST_CASE("mcp: only pages of origins that are allowed may ask") {
  struct Case {
    std::string_view origin;
    bool is_allowed;
  };
  const Case cases[] = {{"http://localhost", true},
                        {"http://localhost:3000", true},
                        {"https://LOCALHOST:1", true},
                        {"http://127.0.0.1:8069", true},
                        {"http://[::1]:80", true},
                        {"https://app.example", true},
                        {"https://app.example:444", false},
                        {"http://app.example", false},
                        {"http://evil.example", false},
                        {"http://localhost.evil.example", false},
                        {"http://evil.example/localhost", false},
                        {"null", false},
                        {"http://[::1", false},
                        {"", false}};
  ProtocolSettings settings;
  settings.given["mcp-origins"] = "localhost,127.0.0.1,[::1],https://app.example";
  for (const Case& one : cases) {
    CAPTURE(one.origin);
    auto talk =
        ask(R"({"jsonrpc":"2.0","id":1,"method":"ping"})", {{"Origin", one.origin}}, {}, settings);
    CHECK(talk.response.status == (one.is_allowed ? 200 : 403));
    CHECK(talk.response.header("Access-Control-Allow-Origin") ==
          (one.is_allowed ? one.origin : std::string_view()));
  }
}

TEST_CASE("mcp: where only reading is served, calls may only read") {
  for (bool is_read_only : {true, false}) {
    Arena arena;
    const Limits limits;
    const Mount mount{"/mcp"};
    const std::string body = legacy_call(R"("name":"model.write","arguments":{"model":"m"})");
    testing::TestRequest request(body);
    auto exchange =
        read_request(request.request, {.arena = arena, .limits = limits, .mount = mount},
                     {.origins = {}, .is_read_only = is_read_only});
    REQUIRE(exchange);
    const Call& made = (*exchange)->calls.front();
    CHECK(made.may_only_read == is_read_only);
    CHECK(made.is_of_documents);
    CHECK(made.is_model_method);
  }
  ProtocolSettings settings;
  settings.given["mcp-read-only"] = "yes";
  auto talk = ask(legacy_call(R"("name":"sell")"), {},
                  outcomes(Error(Code::forbidden, "by POST").with_status(405)), settings);
  CHECK(
      talk.response.body.find(
          R"("text":"sell: changes something, and only reading is served here"}],"isError":true)") !=
      std::string::npos);
}

TEST_CASE("mcp: other HTTP methods are refused, but for a browser's question") {
  auto protocol = make_mcp({});
  for (std::string_view verb : {"GET", "DELETE", "PUT", "HEAD"}) {
    testing::TestRequest request("", "");
    request.request.method = verb;
    auto talk = testing::talk(*protocol, 0, request.request);
    CHECK(talk.response.status == 405);
    CHECK(talk.response.header("Allow") == "POST, OPTIONS");
    CHECK(talk.response.body.find(R"("error":{"code":-32600)") != std::string::npos);
  }
  testing::TestRequest request("", "");
  request.request.method = "OPTIONS";
  request.request.headers.push_back({"Origin", "http://localhost:3000"});
  auto talk = testing::talk(*protocol, 0, request.request);
  CHECK(talk.response.status == 204);
  CHECK(talk.response.header("Access-Control-Allow-Methods") == "POST, OPTIONS");
}

TEST_CASE("mcp: bodies that any form could send are not read") {
  auto protocol = make_mcp({});
  for (std::string_view type : {"", "text/plain", "application/x-www-form-urlencoded"}) {
    testing::TestRequest request(R"({"jsonrpc":"2.0","id":1,"method":"ping"})", type);
    CHECK(testing::talk(*protocol, 0, request.request).response.status == 415);
  }
}

}  // namespace
}  // namespace parley::mcp
