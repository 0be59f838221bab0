// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "parley/protocol/exchange_for_test.hpp"
#include "parley/protocol/rhodecode/protocol.hpp"
#include "parley/protocol/rhodecode/request.hpp"

namespace parley {
namespace {

using testing::outcomes;

testing::Talk ask(std::string_view body, std::deque<Outcome> list = {}, const ProtocolSettings& settings = {},
                  const Limits& limits = {}) {
  auto protocol = make_rhodecode(settings);
  testing::TestRequest request(body, "text/plain");
  return testing::talk(*protocol, 0, request.request, std::move(list), limits);
}

std::string request_of(std::string_view method, std::string_view args, std::string_view id = "1") {
  return R"({"id":)" + std::string(id) + R"(,"api_key":"k","method":")" + std::string(method) + R"(","args":)" +
         std::string(args) + "}";
}

std::string failed(std::string_view id, std::string_view text) {
  return R"({"id": )" + std::string(id) + R"(, "result": null, "error": ")" + std::string(text) + "\"}";
}

Outcome text(std::string_view said) { return Answer(Value::string(said)); }

ProtocolSettings strict() {
  ProtocolSettings settings;
  settings.given["rhodecode-strict-1-2"] = "yes";
  return settings;
}

TEST_CASE("rhodecode: a success has id, result and error null, as HTTP 200 and JSON") {
  auto talk = ask(request_of("pull", R"({"repo":"CPython"})"), outcomes(text("Pulled from CPython")));
  CHECK(talk.calls == std::vector<std::string>{R"(|key k|vcs.pull|[]|{"repo":"CPython"})"});
  CHECK(talk.response.status == 200);
  CHECK(talk.response.header("Content-Type") == "application/json");
  CHECK(talk.response.body == R"({"id": 1, "result": "Pulled from CPython", "error": null})");
}

TEST_CASE("rhodecode: an id of any type comes back as it was written") {
  for (std::string_view id : {"7", "0", "-1", "1.50", "12345678901234567890", "true", "false", "null", R"("abc")",
                              R"("")", R"([1, "x"])", R"({"k": {"l": []}})"}) {
    CAPTURE(id);
    CHECK(ask(request_of("get_repos", "{}", id), outcomes(Answer(Value::null()))).response.body ==
          R"({"id": )" + std::string(id) + R"(, "result": null, "error": null})");
    CHECK(ask(request_of("get_repos", "{}", id), outcomes(Error(Code::rejected, "no"))).response.body ==
          failed(id, "no"));
  }
}

TEST_CASE("rhodecode: what is missing is named in the order api_key, id, method, args") {
  struct Case {
    std::string_view body, id, name;
  };
  const Case cases[] = {
      {"{}", "null", "api_key"},
      {R"({"id":1,"method":"m","args":{}})", "1", "api_key"},
      {R"({"api_key":"k","method":"m","args":{}})", "null", "id"},
      {R"({"api_key":"k"})", "null", "id"},
      {R"({"api_key":"k","id":[1],"args":{}})", "[1]", "method"},
      {R"({"auth_token":"k","id":1,"method":"m"})", "1", "args"},
      {"[1]", "null", "api_key"},
      {R"([{"id":1,"api_key":"k","method":"m","args":{}}])", "null", "api_key"},
      {"null", "null", "api_key"},
      {R"("text")", "null", "api_key"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.body);
    auto talk = ask(one.body);
    CHECK(talk.calls.empty());
    CHECK(talk.response.status == 200);
    CHECK(talk.response.body == failed(one.id, "Incorrect JSON query missing '" + std::string(one.name) + "'"));
  }
}

TEST_CASE("rhodecode: a body that is no JSON is told with what was got") {
  auto talk = ask(R"({"id":1,)");
  CHECK(talk.response.status == 200);
  CHECK(talk.response.body.starts_with(R"({"id": null, "result": null, "error": "JSON parse error ERR:)"));
  CHECK(talk.response.body.ends_with(R"( RAW:'{\"id\":1,'"})"));
  CHECK(ask("%zz").response.body.starts_with(failed("null", "JSON parse error ERR:").substr(0, 50)));
  CHECK(ask(std::string(5000, 'x')).response.body.size() < 500);
  CHECK(ask(request_of("m", std::string(300, '[') + std::string(300, ']'))).response.body.find("JSON parse error") !=
        std::string::npos);
}

TEST_CASE("rhodecode: octets are shown as Python 2 shows a str") {
  CHECK(rhodecode::repr("a\\b\n\r\t\x01\xc3\xa9", 200) == R"('a\\b\n\r\t\x01\xc3\xa9')");
  CHECK(rhodecode::repr("it's", 200) == R"("it's")");
  CHECK(rhodecode::repr(R"('")", 200) == R"('\'"')");
  CHECK(rhodecode::repr("abcdef", 3) == "'abc'");
}

TEST_CASE("rhodecode: no body and an empty one are told apart, whatever the HTTP method") {
  auto protocol = make_rhodecode({});
  for (std::string_view verb : {"GET", "POST", "PUT", "DELETE"}) {
    http::Request request;
    request.method = verb;
    CHECK(testing::talk(*protocol, 0, request).response.body == failed("null", "No Content-Length in request"));
    request.headers.push_back({"Content-Length", "0"});
    CHECK(testing::talk(*protocol, 0, request).response.body == failed("null", "Content-Length is 0"));
    testing::TestRequest full(request_of("get_repos", "{}"), "application/x-www-form-urlencoded");
    full.request.method = verb;
    CHECK(testing::talk(*protocol, 0, full.request, outcomes(text("x"))).calls.size() == 1);
  }
  http::Request chunked;
  chunked.headers.push_back({"Transfer-Encoding", "chunked"});
  CHECK(testing::talk(*protocol, 0, chunked).response.body == failed("null", "Content-Length is 0"));
}

TEST_CASE("rhodecode: only a body that begins with % is decoded, so that + and % stay elsewhere") {
  auto talk = ask("%7B%22id%22%3A1%2C%22api_key%22%3A%22k%22%2C%22method%22%3A%22pull%22%2C%22args%22%3A%7B%22repo%22%3A"
                  "%22a+b%2B%22%7D%7D",
                  outcomes(text("x")));
  CHECK(talk.calls == std::vector<std::string>{R"(|key k|vcs.pull|[]|{"repo":"a b+"})"});
  talk = ask(request_of("pull", R"({"repo":"a+b%41"})"), outcomes(text("x")));
  CHECK(talk.calls == std::vector<std::string>{R"(|key k|vcs.pull|[]|{"repo":"a+b%41"})"});
}

TEST_CASE("rhodecode: names of other versions mean the same methods and arguments") {
  struct Case {
    std::string_view method, args, call;
  };
  const Case cases[] = {
      {"pull", R"({"repo_name":"a"})", R"(vcs.pull|[]|{"repo":"a"})"},
      {"pull", R"({"repoid":5})", R"(vcs.pull|[]|{"repo":5})"},
      {"pull", R"({"repoid":"b","repo":"a"})", R"(vcs.pull|[]|{"repo":"a"})"},
      {"pull", R"({"x":1})", R"(vcs.pull|[]|{})"},
      {"get_repos", R"({"zzz":1})", R"(vcs.get_repos|[]|{})"},
      {"get_repos", "null", R"(vcs.get_repos|[]|{})"},
      {"get_repos", "1", R"(vcs.get_repos|[]|{})"},
      {"get_repos", "[1]", R"(vcs.get_repos|[]|{})"},
      {"get_user", R"({"userid":"a"})", R"(vcs.get_user|[]|{"username":"a"})"},
      {"get_repo", R"({"name":"a"})", R"(vcs.get_repo|[]|{"repo_name":"a"})"},
      {"hg.create.repository", R"({"repo_name":"a","owner":"b"})", R"(vcs.create_repo|[]|{"name":"a","owner_name":"b"})"},
      {"add_user_users_group", R"({"usersgroupid":"g","username":"u"})",
       R"(vcs.add_user_to_users_group|[]|{"group_name":"g","user_name":"u"})"},
      {"add_user_to_repo", R"({"repoid":"r","userid":"u","perm":null})",
       R"(vcs.add_user_to_repo|[]|{"repo_name":"r","user_name":"u","perm":null})"},
      {"method_of_a_program", R"({"a":1})", R"(vcs.method_of_a_program|[]|{"a":1})"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.method);
    CHECK(ask(request_of(one.method, one.args), outcomes(text("x"))).calls ==
          std::vector<std::string>{"|key k|" + std::string(one.call)});
  }
}

TEST_CASE("rhodecode: nothing but functions of module vcs can be reached") {
  for (std::string_view method : {"repository.search", "x.y", "", "../x", "_private", "a b", "vcs.pull", "p\\u0000ull"}) {
    CAPTURE(method);
    auto talk = ask(request_of(method, "{}"), outcomes(Error(Code::unknown_method, "secret")));
    CHECK(talk.calls == std::vector<std::string>{"|key k|vcs.?|[]|{}"});
    CHECK(talk.response.body.find("secret") == std::string::npos);
  }
}

TEST_CASE("rhodecode: a failed call has the text of RhodeCode for what was wrong, and its id") {
  struct Case {
    std::string_view method;
    Error error;
    std::string_view text;
    bool is_null_in_1_2;
  };
  const Case cases[] = {
      {"pull", Error(Code::unauthenticated, "Access Denied"), "Invalid API KEY", true},
      {"_pull", Error(Code::unauthenticated, "Access Denied"), "Invalid API KEY", true},
      {"_pull", Error(Code::unknown_method, "x"), "Method not allowed", true},
      {"nope", Error(Code::unknown_method, "x"), "No such method: nope", true},
      {"pull", Error(Code::invalid_argument, "missing required parameter: repo", "repo").breaking(Rule::missing, {}, {}),
       "Missing non optional repo arg in JSON DATA", true},
      {"pull", Error(Code::invalid_argument, "active: expected bool, got \\\"x\\\"", "active"),
       R"(active: expected bool, got \\\"x\\\")", false},
      {"pull", Error(Code::forbidden, "only for administrators"), "Access was denied to this resource.", false},
      {"pull", Error(Code::rejected, "Unknown repo"), "Unknown repo", false},
      {"pull", Error(Code::throttled, "too many"), "too many", false},
      {"pull", Error(Code::internal, "internal error (id 5)").with_cause("secret"), "Internal server error", false},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    auto talk = ask(request_of(one.method, "{}", "77"), outcomes(Error(one.error)));
    CHECK(talk.response.status == 200);
    CHECK(talk.response.body == failed("77", one.text));
    CHECK(ask(request_of(one.method, "{}", "77"), outcomes(Error(one.error)), strict()).response.body ==
          failed(one.is_null_in_1_2 ? "null" : "77", one.text));
  }
  CHECK(ask(R"({"id":1,"method":"m","args":{}})", {}, strict()).response.body ==
        failed("null", "Incorrect JSON query missing 'api_key'"));
}

TEST_CASE("rhodecode: a key or a method that is no text is one that does not exist") {
  auto talk = ask(R"({"id":1,"api_key":5,"method":5,"args":{}})", outcomes(Error(Code::unknown_method, "x")));
  CHECK(talk.calls == std::vector<std::string>{"|key|vcs.?|[]|{}"});
  CHECK(talk.response.body == failed("1", "No such method: 5"));
}

TEST_CASE("rhodecode: rows that end early are an error while nothing was sent, else the answer is cut") {
  auto talk = ask(request_of("get_repos", "{}"),
                  outcomes(Answer(std::make_unique<testing::FixedRows>(2))));
  CHECK(talk.response.body == R"({"id": 1, "result": [{"id": 1}, {"id": 2}], "error": null})");
  std::vector<Error> failure;
  failure.emplace_back(Code::timeout, "too slow");
  talk = ask(request_of("get_repos", "{}"),
             outcomes(Answer(std::make_unique<testing::FixedRows>(2, std::move(failure)))));
  CHECK(talk.response.body == failed("1", "too slow"));
}

TEST_CASE("rhodecode: it is served at both paths, with one slash or two in front") {
  auto protocol = make_rhodecode({});
  std::vector<std::string_view> paths;
  for (const Mount& mount : protocol->mounts()) paths.push_back(mount.path);
  CHECK(paths == std::vector<std::string_view>{"/_admin/api", "/_admin/apiv2", "//_admin/api", "//_admin/apiv2"});
}

}  // namespace
}  // namespace parley
