// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/mcp/tools.hpp"

#include <doctest/doctest.h>

#include "parley/codec/json/writer.hpp"
#include "parley/registry/expose.hpp"

namespace parley::mcp {
namespace {

Method operation(std::string_view name, Effect what) {
  Method method;
  method.name = name;
  method.doc = "Does " + std::string(name) + ".";
  method.effect = what;
  method.binding = Binding::records;
  method.parameters = {{"ids", "Record ids.", Type::list(Type::integer())},
                       {"limit", "At most.", Type::integer(), false}};
  return method;
}

/// A process with these functions, and the tools that its clients see.
class Process {
 public:
  explicit Process(std::string_view is_read_only = "no") {
    Served served;
    served.functions = [this]() -> const Registry& { return *registry_; };
    served.setting = [is_read_only](std::string_view name) {
      return name == read_only_setting ? is_read_only : "1000";
    };
    CHECK(add_tools(catalog, "server", served));
  }
  Exposed expose(Method method) {
    CHECK(catalog.add_function("shop", std::move(method)));
    return Exposed(catalog.last());
  }
  void start() {
    const std::string modules[] = {"server", "shop"};
    registry_ = Registry::build(catalog, modules, {});
  }
  /// What `method` gives to a caller of this uid.
  Result<Value> tools(std::string_view method, std::string_view cursor = "", bool is_legacy = false,
                      bool is_admin = false) {
    Context context{arena_, limits_, "r", "", "p"};
    context.uid = method == tools_method ? 2 : 0;
    context.is_admin = is_admin;
    const Value positional[] = {Value::string(arena_.copy(cursor)), Value::boolean(is_legacy)};
    Call call;
    call.method = method;
    call.positional = arena_.copy(std::span<const Value>(positional));
    auto target = registry_->find(method);
    REQUIRE(target);
    PARLEY_TRY(Answer answer, invoke(*target, call, context));
    return answer.value();
  }
  std::vector<std::string> names(const Value& page) {
    std::vector<std::string> all;
    for (const Value& tool : page.find("tools")->items())
      all.emplace_back(tool.find("name")->text());
    return all;
  }
  Catalog catalog;

 private:
  Arena arena_;
  Limits limits_;
  std::shared_ptr<const Registry> registry_;
};

const auto nothing = [] {};
using Names = std::vector<std::string>;

TEST_CASE("mcp: strangers see open tools, users theirs, administrators all") {
  Process process;
  process.expose(bind_function("b.open", nothing, doc("Open."), effect::read)).open();
  process.expose(bind_function("a_user", nothing, doc("For users."), effect::read));
  process.expose(bind_function("an_admin", nothing, doc("For administrators."), effect::read))
      .admin();
  process.expose(bind_function("hidden", nothing, doc("Hidden."), effect::read)).open().unlisted();
  process.expose(bind_function("no tool", nothing, doc("Its name has a blank."), effect::read))
      .open();
  process
      .expose(bind_function("model.own", nothing, doc("Its name is that of an operation."),
                            effect::read))
      .open();
  CHECK(process.catalog.add_method("shop", "", operation("read", Effect::read)));
  CHECK(process.catalog.add_method("shop", "", operation("write", Effect::write)));
  process.start();
  CHECK(process.names(*process.tools(public_tools_method)) == Names{"b.open"});
  CHECK(process.names(*process.tools(tools_method)) ==
        Names{"a_user", "b.open", "model.read", "model.write"});
  CHECK(process.names(*process.tools(tools_method, "", false, true)) ==
        Names{"a_user", "an_admin", "b.open", "model.read", "model.write"});
}

TEST_CASE("mcp: where only reading is served, what changes something is no tool") {
  Process process("yes");
  process.expose(bind_function("change", nothing, doc("Changes."), effect::write)).open();
  process.expose(bind_function("look", nothing, doc("Reads."), effect::read)).open();
  CHECK(process.catalog.add_method("shop", "", operation("write", Effect::write)));
  process.start();
  CHECK(process.names(*process.tools(tools_method)) == Names{"look"});
}

TEST_CASE("mcp: tools come in pages that fit together") {
  Process process;
  for (int i = 0; i < 150; ++i)
    process
        .expose(
            bind_function("tool" + std::to_string(1000 + i), nothing, doc("One."), effect::read))
        .open();
  process.start();
  Names all;
  std::string cursor;
  std::vector<std::size_t> sizes;
  do {
    Value page = *process.tools(public_tools_method, cursor);
    for (auto& name : process.names(page)) all.push_back(name);
    sizes.push_back(page.find("tools")->size());
    const Value* next = page.find("nextCursor");
    cursor = next == nullptr ? "" : std::string(next->text());
  } while (!cursor.empty());
  CHECK(sizes == std::vector<std::size_t>{64, 64, 22});
  CHECK(std::ranges::is_sorted(all));
  CHECK(all.size() == 150);
  for (std::string_view wrong : {"x", "YWZ0ZXI", "!!!!", "tool1063"}) {
    auto refused = process.tools(public_tools_method, wrong);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().where == "cursor");
  }
}

TEST_CASE("mcp: a tool says what it takes, what it gives and whether it changes anything") {
  Process process;
  auto half = [](std::int64_t a) { return static_cast<double>(a) / 2; };
  process
      .expose(bind_function("half", half, doc("Half of it."), arg("a", "A number."), effect::read))
      .open();
  CHECK(process.catalog.add_method("shop", "", operation("write", Effect::write)));
  process.start();
  auto tool = [&](bool is_legacy, std::size_t at) {
    return json::to_json(process.tools(tools_method, "", is_legacy)->find("tools")->items()[at]);
  };
  CHECK(
      tool(false, 0) ==
      R"({"name":"half","description":"Half of it.","inputSchema":{"type":"object","properties":{"a":{"type":"integer","description":"A number."}},)"
      R"("required":["a"],"additionalProperties":false},"outputSchema":{"type":["number","null"]},"annotations":{"readOnlyHint":true}})");
  CHECK(
      tool(true, 0).find(
          R"("outputSchema":{"type":"object","properties":{"result":{"type":["number","null"]}},"required":["result"]})") !=
      std::string::npos);
  const std::string write = tool(false, 1);
  CHECK(write.find(R"("properties":{"model":{"type":"string",)") != std::string::npos);
  CHECK(write.find(R"("required":["model","ids"])") != std::string::npos);
  CHECK(
      write.find(
          R"("annotations":{"readOnlyHint":false,"destructiveHint":true,"openWorldHint":false})") !=
      std::string::npos);
  CHECK(write.find("a result of more than 1000 bytes is refused") != std::string::npos);
}

TEST_CASE("mcp: what is in no document cannot be called as a tool") {
  Catalog catalog;
  CHECK(
      catalog.add_function("shop", bind_function("hidden", nothing, doc("Hidden."), effect::read)));
  Exposed(catalog.last()).open().unlisted();
  const std::string modules[] = {"shop"};
  auto registry = Registry::build(catalog, modules, {});
  Arena arena;
  Limits limits;
  Context context{arena, limits, "r", "", "p"};
  Call call;
  call.method = "hidden";
  CHECK(invoke(*registry->find("hidden"), call, context));
  call.is_of_documents = true;
  auto refused = invoke(*registry->find("hidden"), call, context);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::unknown_method);
  CHECK(refused.error().where == "hidden");
}

TEST_CASE("mcp: names of tools are 1 to 64 plain characters") {
  CHECK(can_be_tool("examples.getStateName"));
  CHECK(can_be_tool(std::string(64, 'a')));
  CHECK_FALSE(can_be_tool(std::string(65, 'a')));
  for (std::string_view name : {"", "a b", "a/b", "a,b", "\xc3\xb1", "model.read"})
    CHECK_FALSE(can_be_tool(name));
}

}  // namespace
}  // namespace parley::mcp
