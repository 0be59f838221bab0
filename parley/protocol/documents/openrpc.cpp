// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/documents/openrpc.hpp"

#include "parley/protocol/documents/components.hpp"
#include "parley/protocol/documents/info.hpp"
#include "parley/registry/schema.hpp"

namespace parley::documents {
namespace {

constexpr std::string_view version = "1.3.2";
constexpr std::string_view endpoint = "/jsonrpc/2";

/// Each property of a schema of arguments as a content descriptor.
Value parameters(const Value& schema, Components& components, Arena& arena) {
  const Value* required = schema.find("required");
  auto is_required = [required](std::string_view name) {
    if (required == nullptr) return false;
    for (const Value& one : required->items())
      if (one.text() == name) return true;
    return false;
  };
  ListBuilder all(arena);
  const Value& properties = *schema.find("properties");
  for (std::size_t i = 0; i < properties.size(); ++i) {
    const Value& property = properties.values()[i];
    const Value* help = property.find("description");
    all.add(dict_of(arena, {{"name", Value::string(properties.keys()[i])},
                            {"description", help == nullptr ? Value::unset() : *help},
                            {"required", Value::boolean(is_required(properties.keys()[i]))},
                            {"schema", components.named(property)}}));
  }
  return all.done();
}

Value described(const Registry::Listed& listed, const Value& arguments, Components& components,
                Arena& arena) {
  const Method& method = *listed.method;
  std::string_view structure = method.takes_any_number ? "by-position" : "either";
  Value result = dict_of(arena, {{"name", Value::string("result")},
                                 {"schema", components.named(method.returns.json_schema(arena))}});
  return dict_of(arena, {{"name", Value::string(arena.copy(listed.name))},
                         {"summary", text_or_unset(summary(method.doc))},
                         {"description", text_or_unset(method.doc)},
                         {"paramStructure", Value::string(structure)},
                         {"params", parameters(arguments, components, arena)},
                         {"result", result}});
}

}  // namespace

Value openrpc(const Registry& registry, const About& about, Audience to, Arena& arena) {
  Components components(arena);
  ListBuilder methods(arena), operations(arena);
  for (const auto& listed : offered_functions(registry, to))
    methods.add(described(listed, parameters_schema(*listed.method, arena), components, arena));
  for (const auto& listed : offered_operations(registry, to))
    operations.add(described(listed,
                             operation_schema(*listed.method, ModelArgument::left_out, arena),
                             components, arena));
  return dict_of(
      arena,
      {{"openrpc", Value::string(version)},
       {"info", info(about, arena)},
       {"x-endpoint", Value::string(endpoint)},  // servers want whole URLs, which we do not know
       {"methods", methods.done()},
       {"x-model-methods", operations.size() == 0 ? Value::unset() : operations.done()},
       {"components", components.schemas()}});
}

}  // namespace parley::documents
