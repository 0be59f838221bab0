// SPDX-License-Identifier: Apache-2.0
// REST from the bytes of a request to those of its answer, with functions that are really bound.
#include <doctest/doctest.h>

#include "parley/protocol/exchange_for_test.hpp"
#include "parley/protocol/rest/xml_body.hpp"
#include "parley/protocol/rest/protocol.hpp"
#include "parley/registry/expose.hpp"
#include "parley/registry/file.hpp"

using namespace parley;

namespace {

struct Person {
  Nullable<std::int64_t> id;
  Nullable<std::string> name;
  Nullable<std::vector<std::string>> hobbies;
  static Structure<Person> describe() {
    return {"Person", field("id", &Person::id, "A number.").at_least(1), field("name", &Person::name, "A text."),
            field("hobbies", &Person::hobbies, "Texts.")};
  }
};

/// A catalog of functions, found as the server finds them.
class Service {
 public:
  Service() {
    add(bind_function("persons.get", [](std::int64_t id) -> Result<Person> {
          if (id != 1) return Error(Code::rejected, "Person " + std::to_string(id) + " not found").with_status(404);
          return Person{1, std::string("Ross"), std::vector<std::string>{"a", "b"}};
        }, doc(""), arg("id", ""), effect::read));
    add(bind_function("persons.update", [](const Person& p) { return p; }, doc(""), arg("p", ""), effect::write));
    Method& created = add(bind_function("crud.create", [](const Nullable<Person>& data) { return data; }, doc(""), arg("data", ""), effect::write));
    created.http = {.verb = "PUT", .body = "data", .status = 201};
    add(bind_function("crud.read", [] { return std::string("read"); }, doc(""), effect::read)).http.verb = "GET";
    add(bind_function("types.decimal", [](const Decimal& value) { return value; }, doc(""), arg("value", ""), effect::read));
    add(bind_function("types.time", [](const Time& value) { return value; }, doc(""), arg("value", ""), effect::read));
    add(bind_function("types.moment", [](const DateTime& value) { return value; }, doc(""), arg("value", ""), effect::read));
    add(bind_function("types.real", [](double value) { return value; }, doc(""), arg("value", ""), effect::read));
    add(bind_function("types.nan", [] { return 0.0 / 0.0; }, doc(""), effect::read));
    add(bind_function("types.dict", [](const Dict<std::string, std::string>& value) { return value; }, doc(""), arg("value", ""), effect::read));
    add(bind_function("types.file", [](const File& value) { return value; }, doc(""), arg("value", ""), effect::read));
    add(bind_function("types.any", [](const Value& value) { return value; }, doc(""), arg("value", ""), effect::read));
    add(bind_function("fails.conflict", []() -> Result<void> { return Error(Code::rejected, "m", "", "Conflict").with_status(409); }, doc(""), effect::read));
    add(bind_function("fails.bug", []() -> Result<void> { return Error(Code::internal, "broken").with_cause("inside"); }, doc(""), effect::read));
    add(bind_function("fails.gone", []() -> Result<void> { return Error(Code::rejected, "x").with_status(204); }, doc(""), effect::read));
    registry_ = Registry::build(catalog_, modules_, {});
  }

  Outcome call(const Call& asked, Arena& arena) const {
    static const Limits limits;
    Call call = asked;
    auto found = registry_->find(call.method);
    if (auto chosen = registry_->find_by_verb(call.method, call.verb); !found && chosen) found = *chosen;
    if (std::string verbs = registry_->verbs_of(call.method); !found && !verbs.empty())
      return Error(Code::unknown_method, "takes " + verbs).with_status(405).with_hint(verbs);
    if (!found) return Error(Code::unknown_method, "no such method");
    Context context{arena, limits, "1", "", ""};
    return invoke(*found, call, context);
  }

 private:
  Method& add(Method method) {
    method.access = Access::open;
    CHECK(catalog_.add_function("m", std::move(method)));
    return catalog_.last();
  }
  Catalog catalog_;
  std::vector<std::string> modules_{"m"};
  std::shared_ptr<const Registry> registry_;
};

class Called final : public Outcomes {
 public:
  Called(const Service& service, const Exchange& exchange, Arena& arena) : service_(service), exchange_(exchange), arena_(arena) {}
  Outcome next() override { return service_.call(exchange_.calls.at(at_++), arena_); }

 private:
  const Service& service_;
  const Exchange& exchange_;
  Arena& arena_;
  std::size_t at_ = 0;
};

struct Sent {
  std::string method = "GET", target, type, body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// The answer to one request.
http::Response answer(const Sent& sent, const ProtocolSettings& settings = {}) {
  static const Service service;
  auto protocol = make_rest(settings);
  testing::TestRequest request(sent.body, sent.type);
  request.request.method = sent.method;
  request.request.target = sent.target;
  request.request.path = std::string_view(sent.target).substr(0, sent.target.find('?'));
  if (auto mark = sent.target.find('?'); mark != std::string::npos) request.request.query = std::string_view(sent.target).substr(mark + 1);
  for (const auto& [name, value] : sent.headers) request.request.headers.push_back({name, value});
  Arena arena;
  Limits limits;
  limits.depth_max = 20;
  http::ResponseWriter writer;
  const Mount& mount = protocol->mounts()[0];
  if (auto exchange = protocol->read(request.request, {.arena = arena, .limits = limits, .mount = mount})) {
    Called outcomes(service, **exchange, arena);
    protocol->write(**exchange, outcomes, writer);
  } else {
    protocol->refuse(request.request, mount, exchange.error(), writer);
  }
  return writer.take();
}

std::string shown(const http::Response& response) { return std::to_string(response.status) + " " + response.body; }
std::string get(std::string target) { return shown(answer({"GET", std::move(target), "", ""})); }
std::string post(std::string target, std::string body, std::string type = "application/json") {
  return shown(answer({"POST", std::move(target), std::move(type), std::move(body)}));
}
std::string client(std::string_view text) {
  return "400 {\"faultcode\": \"Client\", \"faultstring\": \"" + std::string(text) + "\", \"debuginfo\": null}";
}

constexpr std::string_view ross = R"({"id": 1, "name": "Ross", "hobbies": ["a", "b"]})";
constexpr std::string_view ross_xml = "<result><id>1</id><name>Ross</name><hobbies><item>a</item><item>b</item></hobbies></result>";

}  // namespace

TEST_CASE("rest: arguments in a query, a form, JSON or XML are one call") {
  const std::string expected = R"(200 {"id": 1, "name": "Ross", "hobbies": ["a", "b"]})";
  CHECK(get("/ws/persons/update?p.id=1&p.name=Ross&p.hobbies[0]=a&p.hobbies[1]=b") == expected);
  CHECK(get("/ws/persons/update?p.id=1;p.name=Ross;p.hobbies=a;p.hobbies=b") == expected);
  CHECK(post("/ws/persons/update", "p.id=1&p.name=Ross&p.hobbies=a&p.hobbies=b", "application/x-www-form-urlencoded") == expected);
  CHECK(post("/ws/persons/update", R"({"p": {"name": "Ross", "id": 1, "hobbies": ["a", "b"]}})") == expected);
  CHECK(post("/ws/persons/update.json", "<x><p><id>1</id><name>Ross</name><hobbies><item>a</item><item>b</item></hobbies></p></x>", "text/xml") == expected);
  CHECK(get("/ws/persons/update?__body__=%7B%22p%22:%7B%22id%22:1,%22name%22:%22Ross%22,%22hobbies%22:[%22a%22,%22b%22]%7D%7D") == expected);
}

TEST_CASE("rest: a path is a name, however its slashes are written") {
  for (auto path : {"/ws/persons/get?id=1", "/ws//persons/get/?id=1", "/ws/persons/g%65t?id=1", "/ws/persons/get.xml.json?id=1"})
    CHECK(get(path) == "200 " + std::string(ross));
  CHECK(get("/ws/persons//get?id=1") == client("Unknown function name: persons//get"));
  CHECK(get("/ws/persons/n%C3%A9.json") == client("Unknown function name: persons/n%C3%A9"));
  CHECK(get("/ws/persons/_x") == client("Unknown function name: persons/_x"));
  CHECK(get("/ws/persons/get.json.json") == client("Unknown function name: persons/get.json"));
  CHECK(get("/ws") == client("Unknown function name: "));
}

TEST_CASE("rest: the format of an answer") {
  const std::string json = std::string(ross), xml = std::string(ross_xml);
  struct Row {
    std::string target, accept, sent_type;
    bool is_json;
    std::string type;
  };
  const std::string path = "/ws/persons/get";
  const Row rows[] = {
      {path + "?id=1", "", "", true, "application/json; charset=UTF-8"},
      {path + ".xml?id=1", "application/json", "", false, "text/xml; charset=UTF-8"},
      {path + "?id=1&wsmeproto=restxml", "application/json", "", false, "text/xml; charset=UTF-8"},
      {path + ".json?id=1&wsmeproto=restxml", "", "", true, "application/json; charset=UTF-8"},
      {path + "?id=1", "text/xml;q=0.5, application/json;q=0.4", "", false, "text/xml; charset=UTF-8"},
      {path + "?id=1", "text/javascript", "", true, "text/javascript; charset=UTF-8"},
      {path + "?id=1", "application/xml", "", false, "application/xml; charset=UTF-8"},
      {path + "?id=1", "text/*, text/javascript;q=0.1", "", false, "text/xml; charset=UTF-8"},
      {path + "?id=1", "application/json;q=0, */*", "", true, "text/javascript; charset=UTF-8"},
      {path + ".json?id=1", "text/html", "", true, "application/json; charset=UTF-8"},
      {path + "?id=1", "", "text/xml", false, "text/xml; charset=UTF-8"},
      {path + "?id=1", "application/json;charset=utf-8", "text/xml", true, "application/json; charset=UTF-8"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    CAPTURE(row.accept);
    Sent sent{"GET", row.target, row.sent_type, ""};
    if (!row.accept.empty()) sent.headers.push_back({"Accept", row.accept});
    auto response = answer(sent);
    CHECK(response.status == 200);
    CHECK(response.body == (row.is_json ? json : xml));
    CHECK(response.header("Content-Type") == row.type);
  }
  CHECK(answer({"GET", path + "?id=1", "", "", {{"Accept", "text/html"}}}).status == 406);
  CHECK(answer({"GET", path + "?id=1&wsmeproto=soap", "", ""}).status == 406);
}

TEST_CASE("rest: the texts of errors") {
  CHECK(get("/ws/persons/get") == client(R"(Missing argument: \"id\")"));
  CHECK(get("/ws/persons/get?id=1&q=2&a=3") == client(R"(Unknown argument: \"q, a\")"));
  CHECK(get("/ws/persons/update?p.zz=1") == client(R"(Unknown argument: \"p.zz\")"));
  CHECK(get("/ws/persons/get?id=1&id.x=2") == client(R"(Unknown argument: \"id.x\")"));
  CHECK(get("/ws/persons/get?id=abc") ==
        client("Invalid input for field/attribute id. Value: 'abc'. invalid literal for int() with base 10: 'abc'"));
  CHECK(post("/ws/persons/update", R"({"p": {"id": 1, "q": 2, "a": 3}})") == client("Unknown attributes for argument p: q, a"));
  CHECK(post("/ws/persons/update", R"({"p": {"id": "it's"}})") ==
        client(R"(Invalid input for field/attribute p. Value: '{\"id\": \"it's\"}'. invalid literal for int() with base 10: \"it's\")"));
  CHECK(post("/ws/persons/update", R"({"p": {"name": 5}})") ==
        client("Invalid input for field/attribute name. Value: '5'. Wrong type. Expected '<class 'str'>', got '<class 'int'>'"));
  CHECK(post("/ws/persons/update", R"({"p": {"id": 0}})") ==
        client("Invalid input for field/attribute id. Value: '0'. Value should be greater or equal to 1"));
  CHECK(get("/ws/persons/update?p.id=0") ==
        client("Invalid input for field/attribute id. Value: '0'. Value should be greater or equal to 1"));
  CHECK(post("/ws/persons/update", R"({"p": {"hobbies": "x"}})") ==
        client(R"(Invalid input for field/attribute p. Value: '{\"hobbies\": \"x\"}'. Value not a valid list: x)"));
  CHECK(post("/ws/persons/get?id=1", R"({"id": 1})") == client("Parameter id was given several times"));
  CHECK(post("/ws/persons/get", R"({"id": 1)") == client("Request is not in valid JSON format"));
  CHECK(post("/ws/persons/get", "[1]") == client("Request must be a JSON dict"));
  CHECK(post("/ws/persons/get", "x", "text/plain").starts_with("415 {\"faultcode\": \"Client\", \"faultstring\": \"Unknown mimetype: text/plain\""));
  CHECK(post("/ws/persons/update.xml", "<x><p><zz/></p></x>", "text/xml") ==
        "400 <error><faultcode>Client</faultcode><faultstring>Unknown attribute for argument p: zz</faultstring><debuginfo /></error>");
}

TEST_CASE("rest: what documents may not be") {
  CHECK(post("/ws/persons/get", "<!DOCTYPE p [<!ENTITY e \"1\">]><p><id>&e;</id></p>", "text/xml").starts_with("400 <error>"));
  CHECK(post("/ws/persons/get", "<p><id>1</p>", "application/xml").starts_with("400 <error>"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  CHECK(post("/ws/persons/get", deep, "text/xml").starts_with("413 "));
  CHECK(post("/ws/persons/get", "{\"id\": " + std::string(100, '[')).starts_with("413 "));
  CHECK(post("/ws/persons/get", R"({"id": NaN})") == client("Request is not in valid JSON format"));
}

TEST_CASE("rest: a long namespace is not repeated with each name") {
  std::string body = "<parameters xmlns=\"" + std::string(50'000, 'n') + "\">";
  for (int i = 0; i < 4000; ++i) body += "<b/>";
  body += "</parameters>";
  Arena arena;
  auto read = rest::read_xml_body(body, {}, arena);
  REQUIRE(read);
  CHECK(arena.reserved_bytes() < 8'000'000);
}

TEST_CASE("rest: a method's status, its word for the fault, and no body where HTTP has none") {
  CHECK(get("/ws/persons/get?id=2") == R"(404 {"faultcode": "Client", "faultstring": "Person 2 not found", "debuginfo": null})");
  CHECK(get("/ws/fails/conflict") == R"(409 {"faultcode": "Conflict", "faultstring": "m", "debuginfo": null})");
  CHECK(get("/ws/fails/bug") == R"(500 {"faultcode": "Server", "faultstring": "broken", "debuginfo": null})");
  CHECK(get("/ws/fails/gone") == "204 ");
  ProtocolSettings debug;
  debug.is_debug = true;
  CHECK(shown(answer({"GET", "/ws/fails/bug", "", ""}, debug)) == R"(500 {"faultcode": "Server", "faultstring": "broken", "debuginfo": "inside"})");
}

TEST_CASE("rest: the HTTP method may stand for the name, and the body be one argument") {
  auto created = answer({"PUT", "/ws/crud", "application/json", R"({"id": 5})"});
  CHECK(shown(created) == R"(201 {"id": 5})");
  CHECK(shown(answer({"PUT", "/ws/crud", "text/xml", "<any nil='true'/>"})) == "201 <result nil=\"true\" />");
  CHECK(get("/ws/crud") == "200 \"read\"");
  auto refused = answer({"PATCH", "/ws/crud", "", ""});
  CHECK(refused.status == 405);
  CHECK(refused.header("Allow") == "GET, HEAD, PUT");
  auto options = answer({"OPTIONS", "/ws/crud", "", ""});
  CHECK(options.status == 204);
  CHECK(options.header("Allow") == "GET, HEAD, PUT");
}

TEST_CASE("rest: a preflight is answered without a call, for the origins of the setting") {
  Sent preflight{"OPTIONS", "/ws/crud", "", "", {{"Origin", "https://a.example"}, {"Access-Control-Request-Method", "PUT"}}};
  auto response = answer(preflight);
  CHECK(response.status == 204);
  CHECK(response.header("Access-Control-Allow-Origin") == "*");
  CHECK(response.header("Access-Control-Allow-Methods").find("PUT") != std::string_view::npos);
  ProtocolSettings strict;
  strict.given["rest-origins"] = "https://b.example";
  CHECK(answer(preflight, strict).header("Access-Control-Allow-Origin").empty());
  strict.given["rest-origins"] = "https://b.example,https://a.example";
  CHECK(answer(preflight, strict).header("Access-Control-Allow-Origin") == "https://a.example");
  CHECK(answer(preflight, strict).header("Vary") == "Accept, Origin");
}

TEST_CASE("rest: values of each type in both formats") {
  CHECK(get("/ws/types/decimal?value=1.50") == "200 \"1.50\"");
  CHECK(post("/ws/types/decimal", R"({"value": 3.14})") == "200 \"3.14\"");
  CHECK(get("/ws/types/time?value=12:12:15%2B0200") == "200 \"12:12:15+02:00\"");
  CHECK(get("/ws/types/moment.xml?value=2008-04-06T12:12:15Z") == "200 <result>2008-04-06T12:12:15+00:00</result>");
  CHECK(get("/ws/types/real?value=1e16") == "200 1e+16");
  CHECK(post("/ws/types/real", "<x><value>-INF</value></x>", "text/xml") == "200 <result>-INF</result>");
  CHECK(get("/ws/types/nan.xml") == "200 <result>NaN</result>");
  CHECK(get("/ws/types/nan").starts_with("500 "));
  CHECK(get("/ws/types/dict.xml?value[a]=b&value[c]=") ==
        "200 <result><item><key>a</key><value>b</value></item><item><key>c</key><value /></item></result>");
  CHECK(post("/ws/types/any.xml", R"({"value": {"a": [1, null], "b": {}}})") == "200 <result><a><item>1</item><item nil=\"true\" /></a><b /></result>");
  CHECK(post("/ws/types/any.xml", R"({"value": {"a b": "<"}})") == "200 <result><item><key>a b</key><value>&lt;</value></item></result>");
}

TEST_CASE("rest: a file is uploaded as a form") {
  const std::string body = "--BB\r\nContent-Disposition: form-data; name=\"value\"; filename=\"a.txt\"\r\n"
                           "Content-Type: text/x-my\r\n\r\nhello\r\n--BB--\r\n";
  CHECK(post("/ws/types/file", body, "multipart/form-data; boundary=BB") ==
        R"(200 {"filename": "a.txt", "contenttype": "text/x-my", "content": "aGVsbG8="})");
}

TEST_CASE("rest: results may be nested, errors are not") {
  ProtocolSettings nested;
  nested.given["rest-nest-result"] = "yes";
  CHECK(shown(answer({"GET", "/ws/crud", "", ""}, nested)) == R"(200 {"result": "read"})");
  CHECK(shown(answer({"GET", "/ws/crud.xml", "", ""}, nested)) == "200 <result>read</result>");
  CHECK(shown(answer({"GET", "/ws/persons/get", "", ""}, nested)) == client(R"(Missing argument: \"id\")"));
}

TEST_CASE("rest: the prefix is a setting") {
  ProtocolSettings rooted;
  rooted.given["rest-prefix"] = "/api/v1/";
  CHECK(shown(answer({"GET", "/api/v1/persons/get?id=1", "", ""}, rooted)) == "200 " + std::string(ross));
  CHECK(make_rest(rooted)->mounts()[0].path == "/api/v1");
}

TEST_CASE("rest: rows are written one by one, and a failure between them is no whole answer") {
  auto protocol = make_rest({});
  for (auto [target, expected] : {std::pair{"/ws/a.b/c", R"([{"id": 1}, {"id": 2}])"},
                                  {"/ws/a.b/c.xml", "<result><item><id>1</id></item><item><id>2</id></item></result>"}}) {
    testing::TestRequest request("", "");
    request.request.method = "GET";
    request.request.path = target;
    auto talk = testing::talk(*protocol, 0, request.request, testing::outcomes(Answer(std::make_unique<testing::FixedRows>(2))));
    CHECK(talk.calls.at(0).starts_with("|none|a.b.c|"));
    CHECK(talk.response.body == expected);
    std::vector<Error> late;
    late.emplace_back(Code::internal, "late");
    auto broken = testing::talk(*protocol, 0, request.request, testing::outcomes(Answer(std::make_unique<testing::FixedRows>(2, std::move(late)))));
    CHECK(broken.response.body.find("late") != std::string::npos);
    CHECK(broken.response.status == 500);
  }
}

TEST_CASE("rest: caller and database come from the headers") {
  auto protocol = make_rest({});
  testing::TestRequest request(R"({"domain": []})");
  request.request.path = "/ws/res.partner/search_read";
  request.request.query = "fields=name&limit=2";
  request.request.headers.push_back({"Authorization", "Basic YWRtaW46c2VjcmV0"});
  request.request.headers.push_back({"X-Odoo-Database", "db"});
  auto talk = testing::talk(*protocol, 0, request.request, testing::outcomes(Answer(Value::null())));
  CHECK(talk.calls.at(0) == R"(db|login admin secret|res.partner.search_read|[]|{"fields":"name","limit":"2"})");
}
