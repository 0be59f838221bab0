// SPDX-License-Identifier: Apache-2.0
// Path RPC over its whole way: a request, the calls, the reply. Rules: spec/path-rpc.md.
#include <doctest/doctest.h>

#include "parley/codec/bson/bson.hpp"
#include "parley/protocol/path/service_for_test.hpp"

using namespace parley;
using testing::PathService;

namespace {

/// The answer's data as JSON: what stands behind status and status_message; or "status: message".
std::string data_of(const http::Response& response, std::string_view method) {
  const std::string ok = R"({"status":200,"status_message":"OK")";
  const std::string key = ",\"" + std::string(method) + "\":";
  if (response.body == ok + "}") return "-";
  if (!response.body.starts_with(ok + key)) return response.body;
  return response.body.substr(ok.size() + key.size(),
                              response.body.size() - ok.size() - key.size() - 1);
}

struct Given {
  std::string_view method, query, gives;  // gives: the data, or the whole body of a refusal
};

std::string refusal(int status, std::string_view message) {
  return R"({"status":)" + std::to_string(status) + R"(,"status_message":")" +
         std::string(message) + "\"}";
}

}  // namespace

TEST_CASE("path: arguments of a query are what the declared types say") {
  PathService service;
  const Given cases[] = {
      {"int", "value=+007", "7"},
      {"int", "value=%202%20", "2"},
      {"int", "value=-123456789012345678901234567890", "-123456789012345678901234567890"},
      {"float", "value=1e3", "1000.0"},
      {"decimal", "value=12.30", "12.30"},
      {"bool", "value=True", "true"},
      {"bool", "value=off", "false"},
      {"str", "value=007", "\"007\""},
      {"str", "value=+a+", "\" a \""},
      {"str", "value=", "\"\""},
      {"str", "value=a%3Db=c", "\"a=b=c\""},
      {"list", "value=a&value=b", R"(["a","b"])"},
      {"list", "value=a", R"(["a"])"},
      {"list", "value=[1,%22b%22,null]", R"([1,"b",null])"},
      {"list", "value=%20[1]", "[1]"},
      {"ints", "value=1&value=2", "[1,2]"},
      {"ints", "value=[1,%222%22]", "[1,2]"},
      {"dict", "value={%22a%22:1}", R"({"a":1})"},
      {"time", "value=13:01:15.4589", "\"13:01:15.4589\""},
      {"time", "value=00:00:00", "\"00:00:00\""},
      {"date", "value=2024-02-29", "\"2024-02-29\""},
      {"datetime", "value=2024-02-29T12:30:00Z", "\"2024-02-29T12:30:00Z\""},
      {"datetime", "value=20240229T123000Z", "\"2024-02-29T12:30:00Z\""},
      {"uuid", "value=3F2504E0-4F89-41D3-9A0C-0305E82C3301",
       "\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\""},
      {"enum", "value=green", "\"green\""},
      {"enum", "value=2", "\"green\""},
      {"binary", "value=AAEC", "\"AAEC\""},
      {"choice", "value=5", "5"},
      {"choice", "value=x", "\"x\""},
      {"any", "value=5", "\"5\""},
      {"add", "a=2&b=", "9"},
      {"nothing", "", "-"},
      {"nothing", "&&", "-"},
  };
  for (const Given& one : cases) {
    CAPTURE(one.method);
    CAPTURE(one.query);
    auto response = service.get("/" + std::string(one.method) + "?" + std::string(one.query));
    CHECK(response.status == 200);
    CHECK(data_of(response, one.method) == one.gives);
  }
}

TEST_CASE("path: an argument that is not of its type is refused by its name") {
  PathService service;
  const Given cases[] = {
      {"add", "b=2", "Missing required parameter: a"},
      {"add", "a", "Missing required parameter: a"},
      {"add", "a=", "Missing required parameter: a"},
      {"add", "a=1&c=2", "Unknown parameter: c"},
      {"add", "a=x", "Parameter a: expected int, got "},
      {"add", "a=1&a=2", "Parameter a: expected int, got "},
      {"add", "a=0x10", "Parameter a: expected int"},
      {"str", "value=a&value=b", "Parameter value: expected str"},
      {"float", "value=NaN", "Parameter value: expected float"},
      {"decimal", "value=1,5", "Parameter value: expected decimal"},
      {"decimal", "value=1e3", "Parameter value: expected decimal"},
      {"list", "value=[1,", "Parameter value: expected list"},
      {"ints", "value=[1,true]", "Parameter value[1]: expected int"},
      {"dict", "value=[1]", "Parameter value: expected dict"},
      {"dict", "value={", "Parameter value: expected dict"},
      {"time", "value=24:00:00", "Parameter value: expected time"},
      {"time", "value=9:05:00", "Parameter value: expected time"},
      {"time", "value=12:05", "Parameter value: expected time"},
      {"date", "value=2023-02-29", "Parameter value: expected date"},
      {"date", "value=2024-2-9", "Parameter value: expected date"},
      {"uuid", "value=3f2504e0-4f89-11d3-9a0c-0305e82c3301", "Parameter value: expected uuid"},
      {"enum", "value=pink", "Parameter value: expected enum of red, green"},
      {"binary", "value=A", "Parameter value: expected b"},
      {"str", "value=%FF", "form: the text at byte 6 is not UTF-8"},
      {"str", "value=100%", "form: two hex digits must follow the % at byte 9"},
  };
  for (const Given& one : cases) {
    CAPTURE(one.method);
    CAPTURE(one.query);
    auto response = service.get("/" + std::string(one.method) + "?" + std::string(one.query));
    CHECK(response.status == 400);
    const std::string front = R"({"status":400,"status_message":")" + std::string(one.gives);
    CHECK(response.body.substr(0, front.size()) == front);
  }
}

TEST_CASE("path: bodies are JSON, BSON or forms by their media type, and nothing else") {
  PathService service;
  const Given cases[] = {
      {"application/json", R"({"a":2,"b":3})", "5"},
      {"Application/JSON; charset=utf-8", R"({"a":2,"b":3})", "5"},
      {"text/json", R"({"a":"2","b":3.0})", "5"},
      {"text/plain", R"({"a":9,"a":2})", "9"},
      {"application/json", R"({"a":2,"b":null})", "9"},
      {"application/x-www-form-urlencoded", "a=2&b=3", "5"},
      {"application/json", R"({"a":true})", "Parameter a: expected int, got true"},
      {"application/json", "[2,3]", "JSON body: expected an object whose keys are the parameters"},
      {"application/json", "null", "JSON body: expected an object whose keys are the parameters"},
      {"application/x-www-form-urlencoded", "a=2&callback=cb", "Unknown parameter: callback"},
  };
  for (const Given& one : cases) {
    CAPTURE(one.method);
    CAPTURE(one.query);
    auto response =
        service.ask("POST", "/add", {{"Content-Type", std::string(one.method)}}, one.query);
    std::string data = data_of(response, "add");
    if (response.status == 200)
      CHECK(data == one.gives);
    else
      CHECK(data == refusal(400, one.gives));
  }
  for (std::string_view type : {"", "application/xml", "multipart/form-data; boundary=x", "json"}) {
    CAPTURE(type);
    auto response = service.ask("POST", "/add", {{"Content-Type", std::string(type)}}, "a=2");
    CHECK(response.status == 415);
    CHECK(response.body.starts_with(R"({"status":415,)"));
  }
  auto unreadable = service.ask(
      "POST", "/add", {{"Content-Type", "a/\xFF"}, {"Accept", "application/bson"}}, "a=2");
  Arena arena;
  CHECK(bson::read_tree(unreadable.body, Limits(), arena));
  CHECK(data_of(service.ask("POST", "/nothing"), "nothing") == "-");
  CHECK(
      service.post("/add", "{").body.starts_with(R"({"status":400,"status_message":"JSON body: )"));
}

TEST_CASE("path: what query and body both have is the body's, each by the rules of its own") {
  PathService service;
  auto form = service.ask("POST", "/add?a=2&b=1",
                          {{"Content-Type", "application/x-www-form-urlencoded"}}, "b=3");
  CHECK(data_of(form, "add") == "5");
  CHECK(data_of(service.post("/add?a=2&b=1", R"({"b":3})"), "add") == "5");
  CHECK(data_of(service.post("/add?a=2", R"({"b":true})"), "add") ==
        refusal(400, "Parameter b: expected int, got true"));
  CHECK(data_of(service.post("/add?a=2", R"({"c":1})"), "add") ==
        refusal(400, "Unknown parameter: c"));
}

TEST_CASE("path: a method's name is the path without one slash, its escapes read once") {
  PathService service;
  CHECK(service.get("/n%6Fthing").status == 200);
  for (std::string_view path :
       {"/Nothing", "/nothing/", "//nothing", "/n%256Fthing", "/a/../nothing", "/status",
        "/status_message", "/RPC2", "/no_such"}) {
    CAPTURE(path);
    auto response = service.get(path);
    CHECK(response.status == 404);
    CHECK(response.body.starts_with(R"({"status":404,)"));
  }
  for (std::string_view path : {"/noth%00ing", "/noth%FFing", "/noth%zzing"}) {
    CAPTURE(path);
    CHECK(service.get(path).status == 400);
  }
}

TEST_CASE("path: a prefix stands in front of every method") {
  PathService service("path-prefix", "/rpc/");
  CHECK(service.protocol().mounts()[0].path == "/rpc");
  CHECK(data_of(service.get("/rpc/add?a=1&b=1"), "add") == "2");
  CHECK(service.get("/rpc").status == 404);
}

TEST_CASE("path: HTTP's status is the object's where HTTP has it") {
  PathService service;
  const std::pair<int, int> cases[] = {{404, 404}, {1001, 500}, {-5, 500},  {100, 500},
                                       {204, 200}, {304, 500},  {599, 599}, {600, 500}};
  for (auto [status, http] : cases) {
    CAPTURE(status);
    auto response = service.get("/fail?status=" + std::to_string(status));
    CHECK(response.status == http);
    CHECK(response.body == refusal(status, "No stock"));
  }
  auto bug = service.get("/crash");
  CHECK(bug.status == 500);
  CHECK(bug.body == refusal(500, "Internal error (id id)"));
}

TEST_CASE("path: a result that JSON cannot say is a 500, in BSON it is said") {
  PathService service;
  CHECK(service.get("/nan").status == 500);
  auto bson = service.get("/nan", {{"Accept", "application/bson"}});
  CHECK(bson.status == 200);
  CHECK(bson.header("Content-Type") == "application/bson");
}

TEST_CASE("path: rows are told one by one, and a failure among them is the whole answer's") {
  PathService service;
  CHECK(data_of(service.get("/rows?count=2"), "rows") == R"([{"n":1},{"n":2}])");
  CHECK(data_of(service.get("/rows?count=0"), "rows") == "[]");
  const PathService::Headers accepts[] = {{}, {{"Accept", "application/bson"}}};
  for (const auto& accept : accepts)
    CHECK(service.get("/rows?count=2&fails=1", accept).status == 504);
}

TEST_CASE("path: an answer in BSON has a limit, one in JSON has none") {
  PathService service("path-bson-bytes-max", "2000");
  const PathService::Headers bson = {{"Accept", "application/bson"}};
  const std::string many = "[{%22method%22:%22rows%22,%22params%22:{%22count%22:1000}},{%22method%22:%22nothing%22}]";
  CHECK(service.get("/rows?count=50", bson).status == 200);
  for (std::string target : {std::string("/rows?count=1000"), "/system_multicall?calls=" + many}) {
    auto response = service.get(target, bson);
    Arena arena;
    auto read = bson::read_tree(response.body, Limits(), arena);
    REQUIRE(read);
    CHECK(json::to_json(*read).find("at most 2000 bytes: ask for fewer records") != std::string::npos);
    CHECK(response.body.size() < 2000);
  }
  CHECK(service.get("/rows?count=1000", bson).status == 413);
  CHECK(service.get("/rows?count=1000").status == 200);
}

TEST_CASE("path: Reply-OK-Only asks for HTTP's 200, for no data, or for both, as it is set") {
  struct Row {
    std::string_view setting, header, target;
    int status;
    std::string_view body;
  };
  const Row rows[] = {
      {"http200", "1", "/fail?status=404", 200, R"({"status":404,"status_message":"No stock"})"},
      {"http200", "Yes", "/add?a=1&b=1", 200, R"({"status":200,"status_message":"OK","add":2})"},
      {"http200", "0", "/fail?status=404", 404, R"({"status":404,"status_message":"No stock"})"},
      {"no_data", "1", "/add?a=1&b=1", 200, R"({"status":200,"status_message":"OK"})"},
      {"no_data", "1", "/fail?status=404", 404, R"({"status":404,"status_message":"No stock"})"},
      {"both", "on", "/fail?status=404", 200, R"({"status":404,"status_message":"No stock"})"},
      {"both", "true", "/add?a=1&b=1", 200, R"({"status":200,"status_message":"OK"})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.setting);
    CAPTURE(row.target);
    PathService service("reply-ok-only", row.setting);
    auto response = service.get(row.target, {{"Reply-OK-Only", std::string(row.header)}});
    CHECK(response.status == row.status);
    CHECK(response.body == row.body);
  }
}

TEST_CASE("path: every reply has the CORS headers, nosniff and Vary, and none allows credentials") {
  PathService service;
  for (std::string_view target :
       {"/nothing", "/no_such", "/add", "/nothing?callback=cb", "/nothing?callback=1"}) {
    CAPTURE(target);
    auto response = service.get(target, {{"Origin", "http://tool.example"}});
    CHECK(response.header("Access-Control-Allow-Origin") == "*");
    CHECK(response.header("Access-Control-Allow-Methods") == "POST, GET, OPTIONS");
    CHECK(response.header("Access-Control-Allow-Headers")
              .starts_with("Reply-OK-Only, Content-Type, Accept, Authorization"));
    CHECK(response.header("Access-Control-Allow-Credentials").empty());
    CHECK(response.header("X-Content-Type-Options") == "nosniff");
    CHECK(response.header("Vary") == "Accept, Reply-OK-Only");
  }
  for (std::string_view target : {"/nothing", "/no_such", "*"}) {
    auto options = service.ask("OPTIONS", target);
    CHECK(options.status == 204);
    CHECK(options.body.empty());
    CHECK(options.header("Access-Control-Allow-Origin") == "*");
  }
}

TEST_CASE("path: origins that are listed are allowed one by one") {
  PathService service("cors-origins", "http://a.example,http://b.example");
  auto listed = service.get("/nothing", {{"Origin", "http://b.example"}});
  CHECK(listed.header("Access-Control-Allow-Origin") == "http://b.example");
  CHECK(listed.header("Vary") == "Accept, Reply-OK-Only, Origin");
  auto other = service.get("/nothing", {{"Origin", "http://c.example"}});
  CHECK(other.header("Access-Control-Allow-Origin").empty());
  CHECK(other.header("Vary") == "Accept, Reply-OK-Only, Origin");
  CHECK(other.status == 200);
}

TEST_CASE("path: a callback is one of GET only") {
  PathService service;
  for (std::string_view verb : {"PUT", "DELETE"}) {
    auto response = service.ask(verb, "/nothing?callback=x");
    CHECK(response.status == 405);
    CHECK(response.header("Content-Type") == "application/json");
  }
}

TEST_CASE("path: other verbs are a 405 that names those there are") {
  PathService service;
  for (std::string_view verb : {"PUT", "DELETE", "PATCH", "BREW"}) {
    CAPTURE(verb);
    auto response = service.ask(verb, "/add");
    CHECK(response.status == 405);
    CHECK(response.header("Allow") == "GET, HEAD, POST, OPTIONS");
    CHECK(response.body.starts_with(R"({"status":405,"status_message":")"));
  }
}

TEST_CASE("path: GET of what changes something can be switched off") {
  PathService open;
  CHECK(open.get("/change").status == 200);
  PathService closed("path-get-changes", "no");
  for (std::string_view verb : {"GET", "HEAD"}) {
    auto response = closed.ask(verb, "/change");
    CHECK(response.status == 405);
    CHECK(response.header("Allow") == "POST, OPTIONS");
  }
  CHECK(closed.ask("POST", "/change").status == 200);
  CHECK(closed.get("/nothing").status == 200);
  auto many = closed.get("/system_multicall?calls=[{%22method%22:%22change%22}]");
  CHECK(data_of(many, "system_multicall") == "[" + refusal(405, "by POST") + "]");
}

TEST_CASE("path: JSONP wraps the object for every kind of outcome, always with 200") {
  PathService service;
  struct Row {
    std::string_view query, body;
  };
  const Row rows[] = {
      {"/nothing?callback=cb", R"(/**/cb({"status":200,"status_message":"OK"});)"},
      {"/nothing?_callback=a.$b", R"(/**/a.$b({"status":200,"status_message":"OK"});)"},
      {"/nothing?_=cb", R"(/**/cb({"status":200,"status_message":"OK"});)"},
      {"/nothing?_=1&callback=cb&_callback=other",
       R"(/**/cb({"status":200,"status_message":"OK"});)"},
      {"/fail?status=404&callback=cb", R"(/**/cb({"status":404,"status_message":"No stock"});)"},
      {"/add?callback=cb",
       R"(/**/cb({"status":400,"status_message":"Missing required parameter: a"});)"},
      {"/str?value=%3C/script%3E%E2%80%A8&callback=cb",
       R"(/**/cb({"status":200,"status_message":"OK","str":"\u003c/script>\u2028"});)"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.query);
    auto response = service.get(row.query, {{"Accept", "application/bson"}});
    CHECK(response.status == 200);
    CHECK(response.header("Content-Type") == "application/javascript; charset=utf-8");
    CHECK(response.body == row.body);
  }
  CHECK(service.get("/nothing?_=1700000000000").header("Content-Type") == "application/json");
  for (std::string_view query : {"callback=", "callback=a b", "callback=a..b", "callback=evil()",
                                 "_=", "callback=a&callback=b", "callback=delete"}) {
    CAPTURE(query);
    auto response = service.get("/nothing?" + std::string(query), {{"Accept", "application/bson"}});
    CHECK(response.status == 400);
    CHECK(response.header("Content-Type") == "application/json");
    CHECK(response.body.starts_with(R"({"status":400,"status_message":"callback: )"));
    CHECK(response.body.find("evil") == std::string::npos);
  }
}

TEST_CASE("path: a call by JSONP says nothing of its caller") {
  PathService service;
  Arena arena;
  Limits limits;
  http::Request request;
  request.method = "GET";
  request.path = "/nothing";
  request.headers = {{"Authorization", "Bearer key"}, {"X-Odoo-Database", "library"}};
  auto read = [&] {
    return service.protocol().read(request, {arena, limits, service.protocol().mounts()[0]});
  };
  auto plain = read();
  REQUIRE(plain);
  const Call& call = (*plain)->calls[0];
  CHECK(call.credentials.kind == Credentials::Kind::key);
  CHECK(call.database == "library");
  CHECK_FALSE(call.is_from_anywhere);
  request.query = "callback=cb";
  auto script = read();
  REQUIRE(script);
  CHECK((*script)->calls[0].is_from_anywhere);
  CHECK((*script)->calls[0].credentials.kind == Credentials::Kind::none);
}

TEST_CASE("path: system_multicall answers each call with an envelope, in order") {
  PathService service;
  struct Row {
    std::string_view calls, envelopes;
  };
  const Row rows[] = {
      {R"([])", "[]"},
      {R"([{"method":"add","params":{"a":2}},{"methodName":"nothing"}])",
       R"([{"status":200,"status_message":"OK","add":9},{"status":200,"status_message":"OK"}])"},
      {R"([{"method":"add","params":[2,3]}])", R"([{"status":200,"status_message":"OK","add":5}])"},
      {R"([{"method":"nan"},{"method":"rows","params":{"count":1,"fails":true}},{"method":"nothing"}])",
       R"([{"status":500,"status_message":"JSON can't contain a float that is not a number, or infinite"},)"
       R"({"status":504,"status_message":"the rows took too long"},{"status":200,"status_message":"OK"}])"},
      {R"([{"method":"system_multicall","params":{"calls":[]}}])",
       R"([{"status":400,"status_message":"recursive system_multicall is forbidden"}])"},
      {R"([5])",
       R"([{"status":400,"status_message":"each call is a dict with method and params"}])"},
      {R"([{"method":"add","parms":{}}])",
       R"([{"status":400,"status_message":"a call has method and params, not parms"}])"},
      {R"([{"method":"no_such"},{"params":{}}])",
       R"([{"status":404,"status_message":"Method not found: no_such"},)"
       R"({"status":400,"status_message":"a call needs method, the name of a method"}])"},
      {R"([{"method":"status"}])",
       R"([{"status":404,"status_message":"Method not found: status"}])"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.calls);
    auto response =
        service.post("/system_multicall", R"({"calls":)" + std::string(row.calls) + "}");
    CHECK(response.status == 200);
    CHECK(data_of(response, "system_multicall") == row.envelopes);
  }
}

TEST_CASE("path: system_multicall itself takes exactly a list of calls, and not too many") {
  PathService service;
  service.limits.calls_max = 2;
  CHECK(data_of(service.post("/system_multicall", "{}"), "") ==
        refusal(400, "Missing required parameter: calls"));
  CHECK(data_of(service.post("/system_multicall", R"({"calls":{}})"), "") ==
        refusal(400, "Parameter calls: expected list, got {}"));
  CHECK(data_of(service.post("/system_multicall", R"({"calls":[],"x":1})"), "") ==
        refusal(400, "Unknown parameter: x"));
  CHECK(data_of(service.post("/system_multicall", R"({"calls":[1,2,3]})"), "") ==
        refusal(413, "system_multicall: 3 calls, at most 2"));
  CHECK(data_of(service.get("/system_multicall?calls=[{%22method%22:%22nothing%22}]"),
                "system_multicall") == R"([{"status":200,"status_message":"OK"}])");
}

TEST_CASE("path: BSON goes in and out, and what fails follows Accept too") {
  PathService service;
  bson::Writer document;
  document.begin_dict();
  document.key("a");
  document.integer(2);
  document.end_dict();
  auto body = document.take();
  REQUIRE(body);
  const PathService::Headers both = {{"Content-Type", "application/bson"},
                                     {"Accept", "application/bson"}};
  for (auto [target, text] :
       {std::pair{"/add", R"({"status":200,"status_message":"OK","add":9})"},
        std::pair{"/str", R"({"status":400,"status_message":"Unknown parameter: a"})"}}) {
    auto response = service.ask("POST", target, both, *body);
    CHECK(response.header("Content-Type") == "application/bson");
    Arena arena;
    auto read = bson::read_tree(response.body, Limits(), arena);
    REQUIRE(read);
    CHECK(json::to_json(*read) == text);
  }
  auto broken =
      service.ask("POST", "/add", {{"Content-Type", "application/bson"}}, body->substr(1));
  CHECK(broken.body.starts_with(R"({"status":400,"status_message":"BSON body: )"));
  bson::Writer calls;
  write(Value::dict(nullptr, 0), calls);
  auto empty = calls.take();
  REQUIRE(empty);
  CHECK(service.ask("POST", "/nothing", {{"Content-Type", "application/bson"}}, *empty).status ==
        200);
}
