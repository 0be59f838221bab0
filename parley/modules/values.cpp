// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "parley/domain/expr.hpp"

namespace parley::modules {
namespace {

constexpr int json_depth_max = 32;      // nesting of a json value
constexpr int json_nodes_max = 10'000;  // of one json value; aliases count each time they are used

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Error wrong(const File& file, const YAML::Node& node, const orm::FieldSpec& field) {
  std::string shown = node.IsScalar() ? "'" + node.Scalar() + "'"
                      : node.IsNull() ? "null"
                                      : "a list or map";
  return fault(file, node, field.name + ": " + shown + " is no " + field.type);
}

Result<Value> number_of(const File& file, const YAML::Node& node, const orm::FieldSpec& field,
                        Arena& arena) {
  if (!node.IsScalar() || is_quoted(node)) return wrong(file, node, field);
  Result<Decimal> exact = parse_decimal(node.Scalar());
  if (!exact) return wrong(file, node, field);
  return field.type == "monetary" ? Value::decimal(*exact, arena) : Value::real(to_double(*exact));
}

// Plain scalars of a json value by YAML's core schema.
Value json_scalar(const YAML::Node& node, Arena& arena) {
  const std::string& text = node.Scalar();
  if (is_quoted(node)) return Value::string(arena.copy(text));
  if (text == "true" || text == "false") return Value::boolean(text == "true");
  std::int64_t whole = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (failure == std::errc{} && end == text.data() + text.size()) return Value::integer(whole);
  Result<Decimal> exact = parse_decimal(text);
  return exact ? Value::real(to_double(*exact)) : Value::string(arena.copy(text));
}

Result<Value> json_of(const File& file, const YAML::Node& node, Arena& arena, int depth,
                      int& nodes_left) {
  if (depth > json_depth_max || --nodes_left < 0)
    return fault(file, node, "a json value is nested or repeated too much");
  if (node.IsSequence()) {
    ListBuilder out(arena);
    for (const YAML::Node& item : node) {
      PARLEY_TRY(Value value, json_of(file, item, arena, depth + 1, nodes_left));
      out.add(value);
    }
    return out.done();
  }
  if (node.IsMap()) {
    PARLEY_TRY(Map map, Map::open_any(file, node, "json"));
    DictBuilder out(arena);
    for (const auto& [key, item] : map.entries()) {
      PARLEY_TRY(Value value, json_of(file, item, arena, depth + 1, nodes_left));
      out.set(arena.copy(key), value);
    }
    return out.done();
  }
  return node.IsScalar() ? json_scalar(node, arena) : Value::null();
}

Result<Value> reference_of(const File& file, const YAML::Node& node, const orm::FieldSpec& field,
                           Arena& arena) {
  if (!node.IsScalar()) return wrong(file, node, field);
  PARLEY_TRY(std::string id, external_id(file, node, node.Scalar()));
  return Value::string(arena.copy(id));
}

Result<Value> references_of(const File& file, const YAML::Node& node, const orm::FieldSpec& field,
                            Arena& arena) {
  ListBuilder out(arena);
  if (node.IsNull()) return out.done();
  if (!node.IsSequence()) return wrong(file, node, field);
  for (const YAML::Node& item : node) {
    PARLEY_TRY(Value id, reference_of(file, item, field, arena));
    out.add(id);
  }
  return out.done();
}

}  // namespace

bool is_collection(std::string_view type) { return type == "one2many" || type == "many2many"; }
bool is_relation(std::string_view type) { return type == "many2one" || is_collection(type); }

Result<std::string> external_id(const File& file, const YAML::Node& node, std::string_view name) {
  std::size_t dot = name.find('.');
  bool is_full = dot != std::string_view::npos;
  if (!is_word(name.substr(0, dot)) || (is_full && !is_word(name.substr(dot + 1))))
    return fault(file, node, "'" + std::string(name) + "' is no external id");
  return is_full ? std::string(name) : file.module + "." + std::string(name);
}

Result<Value> value_of(const File& file, const YAML::Node& node, const orm::FieldSpec& field,
                       Arena& arena) {
  if (is_collection(field.type)) return references_of(file, node, field, arena);
  if (node.IsNull()) return Value::null();
  if (field.type == "many2one") return reference_of(file, node, field, arena);
  if (field.type == "boolean") {
    PARLEY_TRY(bool truth, boolean_of(file, node, field.name));
    return Value::boolean(truth);
  }
  if (field.type == "integer") {
    PARLEY_TRY(std::int64_t whole, integer_of(file, node, field.name));
    return Value::integer(whole);
  }
  if (field.type == "float" || field.type == "monetary") return number_of(file, node, field, arena);
  if (field.type == "json") {
    int nodes_left = json_nodes_max;
    return json_of(file, node, arena, 0, nodes_left);
  }
  if (!node.IsScalar()) return wrong(file, node, field);
  if (field.type == "selection" &&
      std::none_of(field.selection.begin(), field.selection.end(),
                   [&](const auto& s) { return s.first == node.Scalar(); }))
    return fault(file, node, field.name + ": '" + node.Scalar() + "' is none of the values");
  return Value::string(arena.copy(node.Scalar()));
}

Result<void> check_expression(const File& file, const YAML::Node& node, std::string_view text) {
  Result<domain::Program> program = domain::compile(text, Limits{});
  if (program) return {};
  return fault(file, node, "no expression: " + program.error().message);
}

}  // namespace parley::modules
