// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/documents/schemas.hpp"

#include <algorithm>

#include "parley/http/uri.hpp"
#include "parley/protocol/documents/info.hpp"
#include "parley/registry/schema.hpp"

namespace parley::documents {
namespace {

constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";

std::string_view path_of(std::string_view name, std::string_view part, Arena& arena) {
  return arena.copy("/schemas/" + http::percent_encode(name) + "/" + std::string(part) + ".json");
}

const Method* find(const std::vector<Registry::Listed>& all, std::string_view name) {
  auto found = std::ranges::find(all, name, &Registry::Listed::name);
  return found == all.end() ? nullptr : found->method;
}

}  // namespace

Value schema_index(const Registry& registry, Audience to, Arena& arena) {
  DictBuilder all(arena);
  auto tell = [&](const Registry::Listed& listed) {
    std::string_view name = arena.copy(listed.name);
    if (all.has(name)) return;
    all.set(name,
            dict_of(arena, {{parameters_part, Value::string(path_of(name, parameters_part, arena))},
                            {result_part, Value::string(path_of(name, result_part, arena))}}));
  };
  for (const auto& listed : offered_functions(registry, to)) tell(listed);
  for (const auto& listed : offered_operations(registry, to)) tell(listed);
  return all.done();
}

Result<Value> schema_of(const Registry& registry, std::string_view name, std::string_view part,
                        Audience to, Arena& arena) {
  const Method* function = find(offered_functions(registry, to), name);
  const Method* method =
      function != nullptr ? function : find(offered_operations(registry, to), name);
  if (method == nullptr || (part != parameters_part && part != result_part))
    return Error(Code::not_found, "schemas: there is none of '" + std::string(name) + "'",
                 std::string(name));
  Value schema = part == result_part   ? method->returns.json_schema(arena)
                 : function != nullptr ? parameters_schema(*method, arena)
                                       : operation_schema(*method, ModelArgument::first, arena);
  Value head = dict_of(arena, {{"$schema", Value::string(dialect)},
                               {"$id", Value::string(path_of(name, part, arena))},
                               {"title", Value::string(arena.join(name, " ", part))},
                               {"description", text_or_unset(method->doc)}});
  DictBuilder out(arena);
  for (std::size_t i = 0; i < head.size(); ++i) out.set(head.keys()[i], head.values()[i]);
  for (std::size_t i = 0; i < schema.size(); ++i)
    if (!out.has(schema.keys()[i])) out.set(schema.keys()[i], schema.values()[i]);
  return out.done();
}

}  // namespace parley::documents
