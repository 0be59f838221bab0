// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "parley/codec/json/writer.hpp"
#include "parley/protocol/documents/components.hpp"
#include "parley/protocol/documents/etag.hpp"
#include "parley/protocol/documents/methods.hpp"
#include "parley/protocol/documents/protocol.hpp"
#include "parley/protocol/exchange_for_test.hpp"
#include "parley/protocol/offered.hpp"
#include "parley/registry/expose.hpp"

namespace parley::documents {
namespace {

struct Person {
  std::int64_t id = 0;
  std::string name;
  static Structure<Person> describe() {
    return {"Person", field("id", &Person::id, "Its number."), field("name", &Person::name, "")};
  }
};

/// A process with two functions and an operation, whose strangers are told what `said` says.
class Process {
 public:
  explicit Process(std::string said = "open") : said_(std::move(said)) {
    Served served;
    served.functions = [this]() -> const Registry& { return *registry_; };
    served.about = {"shop", "Sells.", "3"};
    served.setting = [this](std::string_view name) {
      return name == public_setting ? std::string_view(said_) : ProtocolSettings{}.text(name);
    };
    CHECK(add_methods(catalog_, "server", served));
    auto add = [this](Method method, Access access) {
      CHECK(catalog_.add_function("shop", std::move(method)));
      catalog_.last().access = access;
    };
    auto greet = [](const Person& whom, std::int64_t times) {
      return std::vector<Person>(static_cast<std::size_t>(times), whom);
    };
    add(bind_function("shop.greet", greet, doc("Greets. Often."), arg("whom", "The person."),
                      arg("times", "How often.", 1), effect::read),
        Access::open);
    add(bind_function(
            "shop.close", [] {}, doc("Closes."), effect::write),
        Access::user);
    add(bind_function(
            "shop.sell", [] {}, doc("Sells it."), effect::write),
        Access::admin);
    Method read;
    read.name = "read";
    read.doc = "Fields of records.";
    read.binding = Binding::records;
    read.parameters = {{"ids", "Record ids.", Type::any()}};
    CHECK(catalog_.add_method("shop", "", std::move(read)));
    const std::string modules[] = {"server", "shop"};
    registry_ = Registry::build(catalog_, modules, {});
  }
  Result<Value> ask(std::string_view method, bool is_admin = false,
                    std::vector<std::string_view> arguments = {}) {
    Context context{arena_, limits_, "r", "", "p"};
    context.uid = 2;
    context.is_admin = is_admin;
    std::vector<Value> positional;
    for (std::string_view argument : arguments) positional.push_back(Value::string(argument));
    Call call;
    call.method = method;
    call.positional = positional;
    auto target = registry_->find(method);
    REQUIRE(target);
    PARLEY_TRY(Answer answer, invoke(*target, call, context));
    return answer.value();
  }
  std::string text(std::string_view method, bool is_admin = false) {
    return json::to_json(*ask(method, is_admin));
  }

 private:
  std::string said_;
  Arena arena_;
  Limits limits_;
  Catalog catalog_;
  std::shared_ptr<const Registry> registry_;
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("documents: strangers are told what anybody may call, users and administrators more") {
  Process process;
  for (MethodNames names : {openapi_methods, openrpc_methods, index_methods}) {
    CAPTURE(names.open);
    const std::string open = process.text(names.open), user = process.text(names.user),
                      admin = process.text(names.user, true);
    CHECK(has(open, "shop.greet"));
    CHECK_FALSE(has(open, "shop.close"));
    CHECK(has(user, "shop.close"));
    CHECK_FALSE(has(user, "shop.sell"));
    CHECK(has(admin, "shop.sell"));
    CHECK_FALSE(has(admin, "rpc.discover"));
  }
}

TEST_CASE("documents: the setting says what strangers are told") {
  Process all("all"), none("none"), other("opne");
  CHECK(has(all.text("rpc.discover"), "shop.sell"));
  CHECK(none.ask("rpc.discover").error().code == Code::unauthenticated);
  CHECK(none.ask("document.public.schema", false, {"shop.greet", "result"}).error().code ==
        Code::unauthenticated);
  CHECK(has(none.text("document.openrpc"), "shop.close"));
  CHECK(other.ask("document.public.openapi").error().code == Code::unauthenticated);
}

TEST_CASE("documents: OpenRPC has functions as methods, and what every model has beside them") {
  Process process;
  const std::string text = process.text("document.openrpc");
  CHECK(has(text,
            R"({"openrpc":"1.3.2","info":{"title":"shop","version":"3","description":"Sells."},)"));
  CHECK(has(
      text,
      R"({"name":"shop.greet","summary":"Greets","description":"Greets. Often.","paramStructure":"either","params":[)"
      R"({"name":"whom","description":"The person.","required":true,"schema":{"description":"The person.","allOf":[{"$ref":"#/components/schemas/Person"}]}},)"
      R"({"name":"times","description":"How often.","required":false,"schema":{"type":"integer","description":"How often.","default":1}}],)"
      R"("result":{"name":"result","schema":{"type":"array","items":{"$ref":"#/components/schemas/Person"}}}})"));
  CHECK(has(text, R"("x-model-methods":[{"name":"read",)"));
  CHECK(has(text, R"("components":{"schemas":{"Person":{"title":"Person","type":"object",)"));
  CHECK_FALSE(has(process.text("rpc.discover"), "x-model-methods"));
}

TEST_CASE(
    "documents: OpenAPI has a path for each way a function is served, and ids for generators") {
  Process process;
  Value document = *process.ask("document.openapi");
  CHECK(document.find("openapi")->text() == "3.1.1");
  const Value& paths = *document.find("paths");
  REQUIRE(paths.find("/shop.greet") != nullptr);
  const Value& get = *paths.find("/shop.greet")->find("get");
  CHECK(get.find("operationId")->text() == "get_shop.greet");
  CHECK(get.find("security")->size() == 0);
  const std::string parameters = json::to_json(*get.find("parameters"));
  CHECK(has(
      parameters,
      R"({"name":"whom","in":"query","description":"The person.","required":true,"content":{"application/json":)"));
  CHECK(has(
      parameters,
      R"({"name":"times","in":"query","description":"How often.","required":false,"schema":{"type":"integer",)"));
  const std::string post = json::to_json(*paths.find("/shop.greet")->find("post"));
  for (std::string_view type :
       {"application/json", "application/x-www-form-urlencoded", "application/bson"})
    CHECK(has(post, type));
  CHECK(paths.find("/ws/shop/close")->find("post")->find("security")->size() == 2);
  const Value& read = *paths.find("/json/2/{model}/read")->find("post");
  CHECK(read.find("security")->size() == 1);
  CHECK(has(json::to_json(*read.find("parameters")), R"({"name":"model","in":"path",)"));
  CHECK(has(json::to_json(*document.find("components")), R"("securitySchemes":{"basic":)"));
  CHECK(process.ask("document.public.openapi")->find("paths")->find("/json/2/{model}/read") ==
        nullptr);
}

TEST_CASE("documents: a schema is told of what is offered, and of nothing else") {
  Process process;
  auto schema = process.ask("document.schema", false, {"read", "parameters"});
  REQUIRE(schema);
  const std::string text = json::to_json(*schema);
  CHECK(has(
      text,
      R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"/schemas/read/parameters.json","title":"read parameters",)"));
  CHECK(has(text, R"("required":["model","ids"])"));
  struct Case {
    std::string_view method, part;
  };
  for (const Case& one : {Case{"shop.nothing", "result"},
                          {"shop.sell", "result"},
                          {"shop.greet", "secrets"},
                          {"rpc.discover", "result"}})
    CHECK(process.ask("document.schema", false, {one.method, one.part}).error().code ==
          Code::not_found);
  CHECK(process.ask("document.schema", true, {"shop.sell", "result"}));
}

TEST_CASE("documents: two structures of one title have two places") {
  Arena arena;
  Components components(arena);
  const Type one = Type::structure("A b", {{"x", "", Type::integer()}}),
             other = Type::structure("A b", {{"x", "", Type::string()}});
  CHECK(json::to_json(components.named(one.json_schema(arena))) ==
        R"({"$ref":"#/components/schemas/A_b"})");
  CHECK(json::to_json(components.named(other.json_schema(arena))) ==
        R"({"$ref":"#/components/schemas/A_b_2"})");
  CHECK(json::to_json(components.named(Type::list(one).json_schema(arena))) ==
        R"({"type":"array","items":{"$ref":"#/components/schemas/A_b"}})");
  CHECK(components.schemas().find("schemas")->size() == 2);
}

TEST_CASE("documents: a member may be called like a word of JSON Schema") {
  Arena arena;
  Components components(arena);
  const Type inner = Type::structure("Inner", {{"x", "", Type::integer()}});
  const Type outer = Type::structure(
      "Outer", {{"default", "", inner}, {"description", "", Type::string()}, {"enum", "", inner}});
  (void)components.named(outer.json_schema(arena));
  const std::string text = json::to_json(*components.schemas().find("schemas")->find("Outer"));
  CHECK(has(text, R"("default":{"$ref":"#/components/schemas/Inner"})"));
  CHECK(has(text, R"("enum":{"$ref":"#/components/schemas/Inner"})"));
  CHECK(has(text, R"("description":{"type":"string"})"));
}

testing::Talk get(std::string_view path, std::size_t mount, std::vector<http::Header> headers = {},
                  std::deque<Outcome> list = {}) {
  auto protocol = make_documents({});
  testing::TestRequest request("", "");
  request.request.method = "GET";
  request.request.path = path;
  request.request.headers = std::move(headers);
  return testing::talk(*protocol, mount, request.request, std::move(list));
}

TEST_CASE("documents: paths are methods, open ones without credentials") {
  auto answer = [] { return testing::outcomes(Answer(Value::integer(1))); };
  CHECK(get("/openapi.json", 0, {}, answer()).calls.front() == "|none|document.public.openapi|[]");
  CHECK(get("/openrpc.json", 1, {{"Authorization", "Bearer k"}, {"X-Odoo-Database", "d"}}, answer())
            .calls.front() == "d|key k|document.openrpc|[]");
  CHECK(get("/schemas/a%2Eb/result.json", 3, {}, answer()).calls.front() ==
        R"(|none|document.public.schema|[]|{"method":"a.b","part":"result"})");
  for (std::string_view path :
       {"/schemas", "/schemas/", "/schemas/a", "/schemas/a/result", "/schemas/%/result.json"})
    CHECK(get(path, 3).is_refused);
  CHECK(get("/schemas", 3).response.status == 404);
  auto refused =
      get("/openapi.json", 0, {}, testing::outcomes(Error(Code::unauthenticated, "who?"))).response;
  CHECK(refused.status == 401);
  CHECK(refused.header("WWW-Authenticate").starts_with("Basic"));
}

TEST_CASE("documents: whoever has the text already gets 304") {
  auto answer = [] { return testing::outcomes(Answer(Value::integer(1))); };
  auto first = get("/openapi.json", 0, {}, answer()).response;
  CHECK(first.status == 200);
  CHECK(first.body == "1");
  CHECK(first.header("Cache-Control") == "public, no-cache");
  CHECK(first.header("Vary") == "Authorization");
  const std::string etag(first.header("ETag"));
  for (const std::string& known : {etag, "W/" + etag, "\"x\" , " + etag, std::string("*")}) {
    auto again = get("/openapi.json", 0, {{"If-None-Match", known}}, answer()).response;
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.header("ETag") == etag);
  }
  CHECK(get("/openapi.json", 0, {{"If-None-Match", "\"x\""}}, answer()).response.status == 200);
  CHECK(get("/openapi.json", 0, {{"Authorization", "Bearer k"}}, answer())
            .response.header("Cache-Control") == "private, no-cache");
  CHECK(etag_of("a") != etag_of("b"));
}

TEST_CASE("documents: a summary is the first sentence") {
  CHECK(summary("One. Two.") == "One");
  CHECK(summary("One.") == "One");
  CHECK(summary("One\ntwo.") == "One");
  CHECK(summary("") == "");
}

}  // namespace
}  // namespace parley::documents
