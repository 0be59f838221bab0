// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/introspection.hpp"

#include <algorithm>
#include <array>

#include "parley/registry/expose.hpp"

namespace parley::xmlrpc {
namespace {

struct Capability {
  std::string_view name, url;
  std::int64_t version;
};
constexpr std::array<Capability, 5> capabilities{
    {{"xmlrpc", "http://xmlrpc.com/spec.md", 1},
     {"faults_interop", "http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php", 20010516},
     {"system.multicall", "http://www.xmlrpc.com/discuss/msgReader$1208", 1},
     {"introspection", "http://xmlrpc-c.sourceforge.net/introspection.html", 1},
     {"nil", "http://ontosys.com/xml-rpc/extensions.php", 1}}};

/// What the introspection interface wants for a method whose types cannot be said: no array.
constexpr std::string_view no_signature = "undef";

Result<const Method*> method_named(const Registry& functions, std::string_view name) {
  auto target = functions.find(name);
  if (!target) return Error(Code::unknown_method, "no function is named " + std::string(name), std::string(name));
  return &target->method();
}

/// A Value may be anything, which no type of XML-RPC says.
bool has_signature(const Method& method) {
  auto is_any = [](const Parameter& parameter) { return parameter.type.base() == Type::Base::any; };
  return !method.takes_any_number && method.returns.base() != Type::Base::any &&
         std::ranges::none_of(method.parameters, is_any);
}

/// [signature][0 = result, then one type a parameter], shortest first.
Value signatures_of(const Method& method, Arena& arena) {
  if (!has_signature(method)) return Value::string(no_signature);
  const auto& parameters = method.parameters;
  auto last_required = std::ranges::find_if(parameters.rbegin(), parameters.rend(), &Parameter::is_required);
  const auto least = static_cast<std::size_t>(parameters.rend() - last_required);
  ListBuilder signatures(arena);
  for (std::size_t length = least; length <= parameters.size(); ++length) {
    ListBuilder types(arena);
    types.add(Value::string(method.returns.xml_rpc_name()));
    for (std::size_t i = 0; i < length; ++i) types.add(Value::string(parameters[i].type.xml_rpc_name()));
    signatures.add(types.done());
  }
  return signatures.done();
}

/// The method's own text, then a line a parameter.
std::string help_of(const Method& method) {
  std::string help = method.doc;
  for (const Parameter& parameter : method.parameters) {
    if (!help.empty()) help += '\n';
    help += parameter.name + " (" + std::string(parameter.type.name()) + (parameter.is_required ? ")" : ", optional)");
    if (!parameter.help.empty()) help += ": " + parameter.help;
  }
  return help;
}

Value capabilities_in(Arena& arena) {
  DictBuilder all(arena);
  for (const Capability& capability : capabilities) {
    DictBuilder one(arena);
    one.set("specUrl", Value::string(capability.url));
    one.set("specVersion", Value::integer(capability.version));
    all.set(capability.name, one.done());
  }
  return all.done();
}

Result<void> add_open(Catalog& catalog, std::string_view module, Method method) {
  PARLEY_CHECK(catalog.add_function(module, std::move(method)));
  Exposed(catalog.last()).open().unlisted();
  return {};
}

}  // namespace

Result<void> add_introspection(Catalog& catalog, std::string_view module, Functions functions) {
  auto list_methods = [functions] {
    std::vector<std::string> names;
    for (auto& listed : functions().list(false)) names.push_back(std::move(listed.name));
    return names;
  };
  PARLEY_CHECK(add_open(catalog, module, bind_function("system.listMethods", list_methods,
                                               doc("The names of all functions, sorted."), effect::read)));

  auto method_signature = [functions](Context& context, std::string_view name) -> Result<Value> {
    PARLEY_TRY(const Method* method, method_named(functions(), name));
    return signatures_of(*method, context.arena);
  };
  PARLEY_CHECK(add_open(
      catalog, module, bind_function("system.methodSignature", method_signature,
                             doc("The signatures of a function: lists of type names, the result's first. One for "
                                 "each number of arguments; the text \"undef\" where a type may be any."),
                             arg("name", "Name of the function."), effect::read)));

  auto method_help = [functions](std::string_view name) -> Result<std::string> {
    PARLEY_TRY(const Method* method, method_named(functions(), name));
    return help_of(*method);
  };
  PARLEY_CHECK(add_open(catalog, module, bind_function("system.methodHelp", method_help,
                                               doc("The help of a function and of its parameters."),
                                               arg("name", "Name of the function."), effect::read)));

  auto get_capabilities = [](Context& context) { return capabilities_in(context.arena); };
  PARLEY_CHECK(add_open(catalog, module, bind_function("system.getCapabilities", get_capabilities,
                                               doc("The specifications this server follows, with their versions."),
                                               effect::read)));

  // A protocol that has no multicall of its own gets here.
  auto multicall = [](const std::vector<Value>&) -> Result<std::vector<Value>> {
    return Error(Code::invalid_call, "system.multicall is a call of XML-RPC only");
  };
  return add_open(catalog, module,
                  bind_function("system.multicall", multicall,
                                doc("Runs many calls in one request; each answer is a list of one, or a fault."),
                                arg("calls", "Structs of methodName and params."), effect::read));
}

}  // namespace parley::xmlrpc
