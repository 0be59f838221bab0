// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/mcp/tools.hpp"

#include <algorithm>

#include "parley/core/base64.hpp"
#include "parley/registry/expose.hpp"
#include "parley/registry/schema.hpp"

namespace parley::mcp {
namespace {

constexpr std::size_t name_bytes_max = 64;
constexpr std::string_view cursor_mark = "after:";

struct Tool {
  std::string name;
  const Method* method;
  bool is_operation;
};

std::vector<Tool> tools_for(const Registry& registry, Audience to, bool is_read_only) {
  std::vector<Tool> all;
  auto may = [is_read_only](const Method& method) {
    return !is_read_only || method.effect == Effect::read;
  };
  for (auto& listed : offered_functions(registry, to))
    if (can_be_tool(listed.name) && may(*listed.method))
      all.push_back({std::move(listed.name), listed.method, false});
  for (const auto& listed : offered_operations(registry, to)) {
    std::string name = std::string(operation_prefix) + listed.name;
    if (name.size() <= name_bytes_max && may(*listed.method))
      all.push_back({std::move(name), listed.method, true});
  }
  std::ranges::sort(all, {}, &Tool::name);
  return all;
}

/// JSON knows no NaN and methods may give nothing, so numbers and whole results may be null.
Value with_null(const Value& schema, Arena& arena) {
  const Value* type = schema.find("type");
  if (type == nullptr || !type->is_string()) return schema;
  ListBuilder types(arena), choices(arena);
  types.add(*type);
  types.add(Value::string("null"));
  if (const Value* given = schema.find("enum"))
    for (const Value& choice : given->items()) choices.add(choice);
  if (choices.size() > 0) choices.add(Value::null());
  return with(
      schema, arena,
      {{"type", types.done()}, {"enum", choices.size() == 0 ? Value::unset() : choices.done()}});
}

/// Numbers inside lists and dicts may be null too. As deep as the types that code declares.
Value with_null_numbers(const Value& schema, Arena& arena) {
  if (!schema.is_dict()) return schema;
  const Value* type = schema.find("type");
  if (type != nullptr && type->is_string() && type->text() == "number")
    return with_null(schema, arena);
  DictBuilder out(arena);
  for (std::size_t i = 0; i < schema.size(); ++i) {
    std::string_view key = schema.keys()[i];
    const Value& value = schema.values()[i];
    if (key == "items" || key == "additionalProperties") {
      out.set(key, with_null_numbers(value, arena));
    } else if (key == "properties") {
      DictBuilder properties(arena);
      for (std::size_t j = 0; j < value.size(); ++j)
        properties.set(value.keys()[j], with_null_numbers(value.values()[j], arena));
      out.set(key, properties.done());
    } else if (key == "anyOf") {
      ListBuilder options(arena);
      for (const Value& option : value.items()) options.add(with_null_numbers(option, arena));
      out.set(key, options.done());
    } else {
      out.set(key, value);
    }
  }
  return out.done();
}

/// Of the structured result; unset where a method may give anything. Earlier revisions know
/// objects only: what is none stands under "result" (reply.cpp does so with the values).
Value output_schema(const Method& method, bool is_legacy, Arena& arena) {
  const Type::Base base = method.returns.base();
  if (base == Type::Base::any) return Value::unset();
  Value schema = with_null_numbers(method.returns.json_schema(arena), arena);
  if (base == Type::Base::dict || base == Type::Base::structure) return schema;
  schema = with_null(schema, arena);
  if (!is_legacy) return schema;
  const Value required[] = {Value::string("result")};
  return dict_of(arena, {{"type", Value::string("object")},
                         {"properties", dict_of(arena, {{"result", schema}})},
                         {"required", Value::list(arena.copy(std::span<const Value>(required)))}});
}

Value annotations(const Tool& tool, Arena& arena) {
  const bool reads = tool.method->effect == Effect::read;
  return dict_of(arena,
                 {{"readOnlyHint", Value::boolean(reads)},
                  {"destructiveHint", reads ? Value::unset() : Value::boolean(true)},
                  {"openWorldHint", tool.is_operation ? Value::boolean(false) : Value::unset()}});
}

Value described(const Tool& tool, bool is_legacy, std::string_view result_bytes_max, Arena& arena) {
  const Method& method = *tool.method;
  std::string text = method.doc;
  const bool has_limit =
      std::ranges::any_of(method.parameters, [](const Parameter& p) { return p.name == "limit"; });
  if (tool.is_operation && has_limit)
    text += " Give a limit, and only the fields you need: a result of more than " +
            std::string(result_bytes_max) + " bytes is refused.";
  Value input = tool.is_operation ? operation_schema(method, ModelArgument::first, arena)
                                  : parameters_schema(method, arena);
  return dict_of(arena, {{"name", Value::string(arena.copy(tool.name))},
                         {"description", Value::string(arena.copy(text))},
                         {"inputSchema", input},
                         {"outputSchema", output_schema(method, is_legacy, arena)},
                         {"annotations", annotations(tool, arena)}});
}

/// The name behind which a page begins; "" for the first.
Result<std::string> name_in(std::string_view cursor) {
  if (cursor.empty()) return std::string();
  auto text = from_base64(cursor);
  if (!text || !text->starts_with(cursor_mark) || to_base64(*text) != cursor)
    return Error(Code::invalid_argument, "cursor: not one that this server gave", "cursor");
  return text->substr(cursor_mark.size());
}

Result<Value> page(const Served& served, Audience to, std::string_view cursor, bool is_legacy,
                   Arena& arena) {
  PARLEY_TRY(std::string after, name_in(cursor));
  const std::vector<Tool> all =
      tools_for(served.functions(), to, served.setting(read_only_setting) == "yes");
  auto from = std::ranges::upper_bound(all, after, {}, &Tool::name);
  auto end = all.end() - from > static_cast<std::ptrdiff_t>(tools_a_page) ? from + tools_a_page
                                                                          : all.end();
  ListBuilder tools(arena);
  for (auto tool = from; tool != end; ++tool)
    tools.add(described(*tool, is_legacy, served.setting(result_setting), arena));
  Value next = Value::unset();
  if (end != all.end())
    next = Value::string(arena.copy(to_base64(std::string(cursor_mark) + (end - 1)->name)));
  return dict_of(arena, {{"tools", tools.done()}, {"nextCursor", next}});
}

}  // namespace

bool can_be_tool(std::string_view name) {
  auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  return !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, is_plain) &&
         !name.starts_with(operation_prefix);
}

Result<void> add_tools(Catalog& catalog, std::string_view module, const Served& served) {
  constexpr Doc help = doc("The tools of MCP clients, a page of them.");
  auto cursor =
      arg("cursor", "Where the page begins, as the page before said; empty = at the first tool.",
          std::string_view());
  auto legacy = arg("legacy", "Results are objects always, as before 2026-07-28.", false);
  auto to_anybody = [served](Context& context, std::string_view after, bool is_legacy) {
    return page(served, Audience::anybody, after, is_legacy, context.arena);
  };
  auto to_user = [served](Context& context, std::string_view after, bool is_legacy) {
    return page(served, audience_of(context), after, is_legacy, context.arena);
  };
  PARLEY_CHECK(catalog.add_function(
      module, bind_function(public_tools_method, to_anybody, help, cursor, legacy, effect::read)));
  Exposed(catalog.last()).open().unlisted();
  PARLEY_CHECK(catalog.add_function(
      module, bind_function(tools_method, to_user, help, cursor, legacy, effect::read)));
  Exposed(catalog.last()).unlisted();
  return {};
}

}  // namespace parley::mcp
