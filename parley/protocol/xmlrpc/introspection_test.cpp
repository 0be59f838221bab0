// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/introspection.hpp"

#include <doctest/doctest.h>

#include "parley/registry/expose.hpp"

using namespace parley;

namespace {

struct Stage {
  Stage() {
    REQUIRE(xmlrpc::add_introspection(catalog, "", [this]() -> const Registry& { return *functions; }));
    auto lend = [](std::string_view, std::optional<std::int64_t> days) { return days.value_or(7) > 0; };
    REQUIRE(catalog.add_function("", bind_function("book.lend", lend, doc("Lends a book."), arg("title", "Which one."),
                                                   arg("days", "How long.", 7), effect::write)));
    REQUIRE(catalog.add_function("", bind_function("book.keep", [](Value v) { return v; }, doc(""),
                                                   arg("what", ""), effect::read)));
    functions = Registry::build(catalog, {}, {});
  }

  Outcome call(std::string_view method, std::initializer_list<Value> arguments = {}) {
    auto target = functions->find(method);
    if (!target) return std::move(target).error();
    Call asked;
    asked.positional = {arguments.begin(), arguments.size()};
    return invoke(*target, asked, context);
  }
  Outcome ask(std::string_view method, std::string_view name) { return call(method, {Value::string(name)}); }

  Catalog catalog;
  std::shared_ptr<const Registry> functions;
  Arena arena;
  Limits limits;
  Context context{arena, limits, "1", "", ""};
};

std::string joined(const Value& texts) {
  std::string all;
  for (const Value& text : texts.items()) all += (all.empty() ? "" : " ") + std::string(text.text());
  return all;
}

}  // namespace

TEST_CASE("introspection: the list has every function by name, its own among them") {
  Stage stage;
  auto names = stage.call("system.listMethods");
  REQUIRE(names);
  CHECK(joined(names->value()) ==
        "book.keep book.lend system.getCapabilities system.listMethods system.methodHelp system.methodSignature "
        "system.multicall");
  auto refused = stage.ask("system.listMethods", "all");
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::invalid_argument);
}

TEST_CASE("introspection: a function has one signature for each number of arguments") {
  Stage stage;
  auto signatures = stage.ask("system.methodSignature", "book.lend");
  REQUIRE(signatures);
  REQUIRE(signatures->value().size() == 2);
  CHECK(joined(signatures->value().items()[0]) == "boolean string");
  CHECK(joined(signatures->value().items()[1]) == "boolean string int");
}

TEST_CASE("introspection: a function that takes anything has no signature, which is no array") {
  Stage stage;
  auto signatures = stage.ask("system.methodSignature", "book.keep");
  REQUIRE(signatures);
  CHECK(signatures->value().is_string());
}

TEST_CASE("introspection: help names the parameters") {
  Stage stage;
  auto help = stage.ask("system.methodHelp", "book.lend");
  REQUIRE(help);
  CHECK(help->value().text() == "Lends a book.\ntitle (str): Which one.\ndays (int, optional): How long.");
}

TEST_CASE("introspection: an unknown name is an unknown method") {
  Stage stage;
  for (auto method : {"system.methodSignature", "system.methodHelp"}) {
    auto refused = stage.ask(method, "nope");
    REQUIRE(!refused);
    CHECK(refused.error().code == Code::unknown_method);
  }
}

TEST_CASE("introspection: capabilities have a place and a version") {
  Stage stage;
  auto capabilities = stage.call("system.getCapabilities");
  REQUIRE(capabilities);
  const Value* interop = capabilities->value().find("faults_interop");
  REQUIRE(interop != nullptr);
  CHECK(interop->find("specVersion")->as_integer() == 20010516);
  CHECK(interop->find("specUrl")->is_string());
}

TEST_CASE("introspection: multicall is refused where its protocol does not answer it") {
  Stage stage;
  auto refused = stage.call("system.multicall", {Value::list({})});
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::invalid_call);
}
