// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/system.hpp"

#include <algorithm>

#include "parley/protocol/offered.hpp"
#include "parley/protocol/path/describe.hpp"
#include "parley/protocol/path/request.hpp"
#include "parley/registry/expose.hpp"

namespace parley::path {
namespace {

using Functions = std::function<const Registry&()>;

constexpr std::string_view method_help = "Name of the method.";

bool is_told(std::string_view name, const Method& method) {
  return !is_reserved(name) && (name == multicall_name || is_offered(method, Audience::anybody));
}

/// Methods that are called by a path of their own, by name.
std::vector<Registry::Listed> told(const Registry& functions) {
  auto all = functions.list(false);
  std::erase_if(all, [](const Registry::Listed& one) { return !is_told(one.name, *one.method); });
  return all;
}

Result<const Method*> method_named(const Registry& functions, std::string_view name) {
  auto target = functions.find(name);
  if (!target || !is_told(name, target->method()))
    return Error(Code::unknown_method, "Method not found: " + std::string(name), std::string(name));
  return &target->method();
}

Result<void> add_open(Catalog& catalog, std::string_view module, Method method) {
  PARLEY_CHECK(catalog.add_function(module, std::move(method)));
  Exposed(catalog.last()).open();
  return {};
}

/// A method that answers what `tell` says of the method it is asked about.
template <class Tell>
Method about_method(std::string_view name, std::string_view help, Functions functions, Tell tell) {
  using Told = std::invoke_result_t<Tell, const Method&, Arena&>;
  auto body = [functions, tell](Context& context, std::string_view method) -> Result<Told> {
    PARLEY_TRY(const Method* found, method_named(functions(), method));
    return tell(*found, context.arena);
  };
  return bind_function(name, body, doc(help), arg("method", method_help), effect::read);
}

Value status_of(const Served& served, Arena& arena) {
  const Counts counts = served.counts();
  constexpr std::int64_t micros_per_second = 1'000'000;
  return dict_of(
      arena, {{"uptime", Value::integer(now_micros() / micros_per_second - counts.started_seconds)},
              {"started", Value::datetime({counts.started_seconds * micros_per_second, true, 0})},
              {"calls", Value::integer(counts.calls)},
              {"errors", Value::integer(counts.errors)},
              {"in_flight", Value::integer(counts.in_flight)},
              {"version", Value::string(arena.copy(served.about.version))}});
}

/// The module that brought `method`; "" when the catalog has no such method.
std::string_view module_of(const Catalog& catalog, const Method& method) {
  for (const Catalog::Entry& entry : catalog.entries())
    if (&entry.method == &method) return entry.module;
  return {};
}

Result<std::string> info(const Catalog& catalog, const Registry& functions,
                         const std::optional<std::string>& name, Look look) {
  if (name) {
    PARLEY_TRY(const Method* method, method_named(functions, *name));
    return info_of(*method, module_of(catalog, *method), look);
  }
  std::string all;
  for (const Registry::Listed& one : told(functions))
    all +=
        (all.empty() ? "" : "\n\n") + info_of(*one.method, module_of(catalog, *one.method), look);
  return all;
}

Result<void> add_state(Catalog& catalog, std::string_view module, const Served& served) {
  auto alive = []() -> std::int64_t { return 1; };
  PARLEY_CHECK(add_open(
      catalog, module,
      bind_function("system_alive", alive, doc("1 as long as the server is well. For monitoring."),
                    effect::read)));
  auto status = [served](Context& context) { return status_of(served, context.arena); };
  Method method = bind_function("system_status", status,
                                doc("How the server is: seconds since its start, calls, those that "
                                    "failed and those under way, version."),
                                effect::read);
  method.returns = Type::dict();
  return add_open(catalog, module, std::move(method));
}

Result<void> add_lists(Catalog& catalog, std::string_view module, const Functions& functions) {
  auto list = [functions] {
    std::vector<std::string> names;
    for (Registry::Listed& one : told(functions())) names.push_back(std::move(one.name));
    return names;
  };
  PARLEY_CHECK(add_open(catalog, module,
                        bind_function("system_list_methods", list,
                                      doc("The names of all methods, sorted."), effect::read)));
  auto text = [functions, &catalog](const std::optional<std::string>& name, bool is_html,
                                    bool is_for_developers) {
    return info(catalog, functions(), name, {is_html, is_for_developers});
  };
  return add_open(
      catalog, module,
      bind_function(
          "system_method_info", text, doc("A description of one method, or of all, for people."),
          arg("method", "Name of the method; none: all of them."), arg("html", "As HTML.", false),
          arg("devel", "With the schema of the parameters, the effect and the module.", false),
          effect::read));
}

Result<void> add_details(Catalog& catalog, std::string_view module, const Functions& functions) {
  PARLEY_CHECK(add_open(
      catalog, module,
      about_method("system_method_help", "The help of a method and of its parameters.", functions,
                   [](const Method& method, Arena&) { return help_of(method); })));
  auto add_dict = [&](std::string_view name, std::string_view help, auto tell) {
    Method method = about_method(name, help, functions, tell);
    method.returns = Type::dict();
    return add_open(catalog, module, std::move(method));
  };
  PARLEY_CHECK(add_dict("system_method_sig",
                        "The signature of a method: parameters and result with their types.",
                        signature_of));
  PARLEY_CHECK(add_dict("system_method_json_schema", "JSON Schema of a method's parameters.",
                        question_schema));
  return add_dict("system_method_response_json_schema", "JSON Schema of a method's whole answer.",
                  answer_schema);
}

}  // namespace

Method multicall_method() {
  auto multicall = [](const std::vector<Value>&) -> Result<std::vector<Value>> {
    return Error(Code::invalid_call, "system_multicall is a call of path RPC only");
  };
  return bind_function(
      multicall_name, multicall,
      doc("Runs many calls in one request; the answers are whole, in the order of the calls."),
      arg("calls", "Dicts of method and params: a dict, or a list in the order of the parameters."),
      effect::read);
}

Result<void> add_system_methods(Catalog& catalog, std::string_view module, const Served& served) {
  PARLEY_CHECK(add_state(catalog, module, served));
  PARLEY_CHECK(add_lists(catalog, module, served.functions));
  PARLEY_CHECK(add_details(catalog, module, served.functions));
  PARLEY_CHECK(add_open(catalog, module, multicall_method()));
  Exposed(catalog.last()).unlisted();
  return {};
}

}  // namespace parley::path
