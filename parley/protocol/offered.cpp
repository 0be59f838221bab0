// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/offered.hpp"

#include "parley/registry/schema.hpp"

namespace parley {
namespace {

std::vector<Registry::Listed> offered(std::vector<Registry::Listed> all, Audience to) {
  std::erase_if(all,
                [to](const Registry::Listed& listed) { return !is_offered(*listed.method, to); });
  return all;
}

}  // namespace

bool is_offered(const Method& method, Audience to) {
  if (!method.is_documented) return false;
  switch (method.access) {
    case Access::open:
      return true;
    case Access::user:
      return to != Audience::anybody;
    case Access::admin:
      return to == Audience::admin;
  }
  return false;
}

std::vector<Registry::Listed> offered_functions(const Registry& registry, Audience to) {
  return offered(registry.list(false), to);
}

std::vector<Registry::Listed> offered_operations(const Registry& registry, Audience to) {
  return offered(registry.list_base(), to);
}

Value operation_schema(const Method& method, ModelArgument model, Arena& arena) {
  Value own = parameters_schema(method, arena);
  DictBuilder properties(arena);
  ListBuilder required(arena);
  if (model == ModelArgument::first) {
    properties.set(
        model_argument,
        dict_of(arena, {{"type", Value::string("string")},
                        {"description", Value::string("Name of the model: \"res.partner\".")}}));
    required.add(Value::string(model_argument));
  }
  const Value& named = *own.find("properties");
  for (std::size_t i = 0; i < named.size(); ++i) properties.set(named.keys()[i], named.values()[i]);
  if (!properties.has("context"))
    properties.set(
        "context",
        dict_of(arena,
                {{"type", Value::string("object")},
                 {"description",
                  Value::string("Language, time zone and the like: {\"lang\": \"en_US\"}.")}}));
  if (const Value* names = own.find("required"))
    for (const Value& name : names->items()) required.add(name);
  return dict_of(arena, {{"type", Value::string("object")},
                         {"properties", properties.done()},
                         {"required", required.size() == 0 ? Value::unset() : required.done()},
                         {"additionalProperties", Value::boolean(false)}});
}

std::string_view summary(std::string_view doc) {
  std::size_t end = doc.find(". ");
  end = std::min({end, doc.find(".\n"), doc.find('\n'), doc.size()});
  doc = doc.substr(0, end);
  if (doc.ends_with('.')) doc.remove_suffix(1);
  return doc;
}

Value dict_of(Arena& arena, Members members) {
  DictBuilder out(arena);
  for (const auto& [name, value] : members)
    if (!value.is_unset()) out.set(name, value);
  return out.done();
}

Value with(const Value& dict, Arena& arena, Members members) {
  DictBuilder out(arena);
  for (std::size_t i = 0; i < dict.size(); ++i) out.set(dict.keys()[i], dict.values()[i]);
  for (const auto& [name, value] : members)
    if (!value.is_unset()) out.set(name, value);
  return out.done();
}

}  // namespace parley
