// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/describe.hpp"

#include "parley/codec/json/writer.hpp"
#include "parley/protocol/offered.hpp"
#include "parley/registry/schema.hpp"

namespace parley::path {
namespace {

using Base = Type::Base;

constexpr std::string_view schema_dialect = "https://json-schema.org/draft/2020-12/schema";

/// Members of an enumeration and options of `any`, where `type` has them.
void add_choices(const Type& type, DictBuilder& out, Arena& arena) {
  if (type.base() == Base::any) {
    ListBuilder options(arena);
    for (const Type& option : type.options()) options.add(Value::string(word_of(option)));
    out.set("options", options.done());
  }
  if (type.base() != Base::enumeration) return;
  DictBuilder members(arena);
  for (const Type::Choice& choice : type.choices())
    members.set(arena.copy(choice.name), Value::integer(choice.number));
  out.set("members", members.done());
}

Value parameter_of(const Parameter& parameter, Arena& arena) {
  DictBuilder out(arena);
  out.set("name", Value::string(arena.copy(parameter.name)));
  out.set("type", Value::string(word_of(parameter.type)));
  out.set("required", Value::boolean(parameter.is_required));
  if (!parameter.fallback.get().is_absent())
    out.set("default", copy(parameter.fallback.get(), arena));
  add_choices(parameter.type, out, arena);
  if (!parameter.help.empty()) out.set("help", Value::string(arena.copy(parameter.help)));
  return out.done();
}

std::string_view effect_word(Effect effect) {
  switch (effect) {
    case Effect::read:
      return "read";
    case Effect::write:
      return "write";
    case Effect::exclusive:
      return "exclusive";
  }
  return "";
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string help_lines(const Method& method) {
  std::string help;
  for (const Parameter& parameter : method.parameters) {
    if (!help.empty()) help += '\n';
    help += "  " + parameter.name + " (" + std::string(word_of(parameter.type)) +
            (parameter.is_required ? ")" : ", optional)");
    if (!parameter.help.empty()) help += ": " + parameter.help;
  }
  return help;
}

std::string developer_lines(const Method& method, std::string_view module) {
  Arena arena;
  return "  schema: " + json::to_json(parameters_schema(method, arena)) +
         "\n  effect: " + std::string(effect_word(method.effect)) +
         "\n  module: " + std::string(module);
}

/// `parts` that are not empty, with `between` between them.
std::string joined(std::initializer_list<std::string_view> parts, std::string_view between) {
  std::string out;
  for (std::string_view part : parts) {
    if (part.empty()) continue;
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

}  // namespace

std::string_view word_of(const Type& type) {
  if (type.base() == Base::bytes) return "binary";
  return type.base() == Base::structure ? "dict" : type.name();
}

std::string signature_line(const Method& method) {
  std::string line = method.name + "(", separator;
  for (const Parameter& parameter : method.parameters) {
    std::string words = std::string(word_of(parameter.type)) + " " + parameter.name;
    line += separator + (parameter.is_required ? words : "[" + words + "]");
    separator = ", ";
  }
  if (method.takes_any_number) line += separator + "...";
  return line + ") -> " + std::string(word_of(method.returns));
}

std::string help_of(const Method& method) {
  return joined({signature_line(method), method.doc, help_lines(method)}, "\n\n");
}

Value signature_of(const Method& method, Arena& arena) {
  ListBuilder parameters(arena);
  for (const Parameter& parameter : method.parameters)
    parameters.add(parameter_of(parameter, arena));
  DictBuilder returns(arena);
  returns.set("type", Value::string(word_of(method.returns)));
  if (method.returns.base() == Base::enumeration) add_choices(method.returns, returns, arena);
  return dict_of(arena, {{"name", Value::string(arena.copy(method.name))},
                         {"params", parameters.done()},
                         {"returns", returns.done()}});
}

Value question_schema(const Method& method, Arena& arena) {
  Value schema = parameters_schema(method, arena);
  DictBuilder out(arena);
  out.set("$schema", Value::string(schema_dialect));
  for (std::size_t i = 0; i < schema.size(); ++i) out.set(schema.keys()[i], schema.values()[i]);
  return out.done();
}

Value answer_schema(const Method& method, Arena& arena) {
  auto of_type = [&arena](std::string_view name) {
    return dict_of(arena, {{"type", Value::string(name)}});
  };
  Value required[] = {Value::string("status"), Value::string("status_message")};
  Value properties = dict_of(arena, {{"status", of_type("integer")},
                                     {"status_message", of_type("string")},
                                     {arena.copy(method.name), method.returns.json_schema(arena)}});
  return dict_of(arena, {{"$schema", Value::string(schema_dialect)},
                         {"type", Value::string("object")},
                         {"properties", properties},
                         {"required", Value::list(arena.copy(std::span<const Value>(required)))},
                         {"additionalProperties", Value::boolean(false)}});
}

std::string info_of(const Method& method, std::string_view module, Look look) {
  const std::string line = signature_line(method), help = help_lines(method);
  const std::string developer = look.is_for_developers ? developer_lines(method, module) : "";
  if (!look.is_html) return joined({line, method.doc, help, developer}, "\n");
  auto block = [](std::string_view tag, std::string_view text) {
    if (text.empty()) return std::string();
    return "<" + std::string(tag) + ">" + escaped(text) + "</" + std::string(tag) + ">\n";
  };
  return "<section>\n" + block("h2", method.name) + block("code", line) + block("p", method.doc) +
         block("pre", help) + block("pre", developer) + "</section>";
}

}  // namespace parley::path
