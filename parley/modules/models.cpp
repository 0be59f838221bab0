// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/models.hpp"

#include <algorithm>

#include "parley/modules/values.hpp"
#include "parley/orm/field_type.hpp"

namespace parley::modules {
namespace {

using orm::FieldSpec;
using orm::ModelSpec;

constexpr std::string_view model_keys[] = {
    "model",  "inherit",           "description", "order",  "rec_name",
    "parent", "recursion_message", "log_access",  "fields", "constraints"};
constexpr std::string_view field_keys[] = {
    "type",    "string",       "help",     "required",       "readonly", "index",
    "default", "default_expr", "copy",     "translate",      "groups",   "write_only",
    "size",    "digits",       "relation", "inverse",        "table",    "left",
    "right",   "ondelete",     "domain",   "currency_field", "selection"};

// Keys that only some types have, and the types that cannot do without.
struct TypeKey {
  std::string_view key;
  std::string_view types;  // with blanks around each
  std::string_view needed_by = "";
};
constexpr TypeKey type_keys[] = {
    {"size", " char "},
    {"digits", " float "},
    {"currency_field", " monetary ", " monetary "},
    {"selection", " selection reference ", " selection reference "},
    {"relation", " many2one one2many many2many ", " many2one one2many many2many "},
    {"inverse", " one2many ", " one2many "},
    {"table", " many2many ", " many2many "},
    {"left", " many2many ", " many2many "},
    {"right", " many2many ", " many2many "},
    {"ondelete", " many2one "},
    {"domain", " many2one one2many many2many "},
};

bool is_name(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

bool is_model_name(std::string_view text) {
  while (true) {
    std::size_t dot = text.find('.');
    if (!is_name(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

Result<void> check_type_keys(const File& file, const Map& map, const FieldSpec& field) {
  std::string type = " " + field.type + " ";
  for (const TypeKey& row : type_keys) {
    const YAML::Node* given = map.find(row.key);
    if (given != nullptr && row.types.find(type) == std::string_view::npos)
      return fault(file, *given,
                   field.name + ": a " + field.type + " has no '" + std::string(row.key) + "'");
    if (given == nullptr && row.needed_by.find(type) != std::string_view::npos)
      return map.fault(field.name + ": a " + field.type + " needs '" + std::string(row.key) + "'");
  }
  return {};
}

Result<void> read_selection(const File& file, const YAML::Node& node, FieldSpec& field) {
  if (!node.IsSequence())
    return fault(file, node, field.name + ": selection must be a list of pairs");
  for (const YAML::Node& item : node) {
    PARLEY_TRY(std::vector<std::string> pair,
               texts_of(file, item, field.name + ": a selection pair"));
    if (pair.size() != 2)
      return fault(file, item, field.name + ": a selection pair is [value, label]");
    for (const auto& known : field.selection)
      if (known.first == pair[0])
        return fault(file, item, field.name + ": selection value '" + pair[0] + "' occurs twice");
    field.selection.emplace_back(std::move(pair[0]), std::move(pair[1]));
  }
  return {};
}

Result<void> read_on_delete(const File& file, const Map& map, FieldSpec& field) {
  PARLEY_TRY(std::string text, map.text("ondelete", "set null"));
  using OnDelete = orm::Reference::OnDelete;
  if (text == "set null")
    field.on_delete = OnDelete::set_null;
  else if (text == "restrict")
    field.on_delete = OnDelete::restrict;
  else if (text == "cascade")
    field.on_delete = OnDelete::cascade;
  else
    return fault(file, *map.find("ondelete"),
                 field.name + ": ondelete is set null, restrict or cascade, not '" + text + "'");
  if (field.type == "many2one" && field.is_required && field.on_delete == OnDelete::set_null)
    return map.fault(field.name + ": a required many2one needs ondelete restrict or cascade");
  return {};
}

// A list of texts separated by commas, as full external ids.
Result<void> read_groups(const File& file, const YAML::Node& node, FieldSpec& field) {
  PARLEY_TRY(std::string text, text_of(file, node, field.name + ": groups"));
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find(',', at), text.size());
    std::string_view one = std::string_view(text).substr(at, end - at);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    PARLEY_TRY(std::string id, external_id(file, node, one));
    field.groups.push_back(std::move(id));
    at = end + 1;
  }
  return {};
}

Result<void> read_default(const File& file, const YAML::Node& node, FieldSpec& field) {
  if (node.IsMap() && field.type != "json") {
    PARLEY_TRY(Map map, Map::open(file, node, field.name + ": default", {"expr"}));
    PARLEY_TRY(field.fallback_expression, map.needed_text("expr"));
    return check_expression(file, node, field.fallback_expression);
  }
  Arena arena(1024);
  PARLEY_TRY(Value value, value_of(file, node, field, arena));
  if (!is_relation(field.type)) {
    field.fallback = OwnedValue(value);
    return {};
  }
  if (value.is_string()) field.fallback_references.emplace_back(value.text());
  if (value.is_list())
    for (const Value& item : value.items()) field.fallback_references.emplace_back(item.text());
  return {};
}

Result<void> read_digits(const File& file, const YAML::Node& node, FieldSpec& field) {
  constexpr std::int64_t digits_max = 30;
  if (!node.IsSequence() || node.size() != 2)
    return fault(file, node, field.name + ": digits are [total, after the point]");
  PARLEY_TRY(std::int64_t total, integer_of(file, node[0], field.name + ": digits"));
  PARLEY_TRY(std::int64_t scale, integer_of(file, node[1], field.name + ": digits"));
  if (scale < 0 || scale > total || total > digits_max)
    return fault(file, node,
                 field.name + ": digits are at most " + std::to_string(digits_max) +
                     ", those after the point included");
  field.scale = static_cast<int>(scale);
  return {};
}

// The keys that every type may have.
Result<void> read_common(const Map& map, FieldSpec& field) {
  PARLEY_TRY(field.label, map.text("string"));
  PARLEY_TRY(field.help, map.text("help"));
  PARLEY_TRY(field.is_required, map.boolean("required", false));
  PARLEY_TRY(field.is_readonly, map.boolean("readonly", false));
  PARLEY_TRY(field.is_indexed, map.boolean("index", false));
  PARLEY_TRY(field.is_translated, map.boolean("translate", false));
  PARLEY_TRY(field.is_write_only, map.boolean("write_only", false));
  if (map.find("copy") != nullptr) {
    PARLEY_TRY(field.is_copied, map.boolean("copy", true));
  }
  PARLEY_TRY(field.relation, map.text("relation"));
  PARLEY_TRY(field.inverse, map.text("inverse"));
  PARLEY_TRY(field.table, map.text("table"));
  PARLEY_TRY(field.left, map.text("left"));
  PARLEY_TRY(field.right, map.text("right"));
  PARLEY_TRY(field.domain, map.text("domain"));
  PARLEY_TRY(field.currency_field, map.text("currency_field"));
  return {};
}

Result<FieldSpec> read_field(const File& file, const std::string& name, const YAML::Node& node) {
  PARLEY_TRY(Map map, Map::open(file, node, "field " + name, field_keys));
  FieldSpec field;
  field.name = name;
  if (!is_name(name)) return map.fault("'" + name + "' is no field name");
  PARLEY_TRY(field.type, map.needed_text("type"));
  if (orm::find_field_type(field.type) == nullptr)
    return fault(file, *map.find("type"), name + ": unknown type '" + field.type + "'");
  PARLEY_CHECK(check_type_keys(file, map, field));
  PARLEY_CHECK(read_common(map, field));
  PARLEY_CHECK(read_on_delete(file, map, field));
  PARLEY_TRY(std::int64_t size, map.integer("size", 0));
  if (size < 0 || size > INT32_MAX) return map.fault(name + ": size is a number of characters");
  field.size = static_cast<int>(size);
  if (const YAML::Node* given = map.find("digits")) PARLEY_CHECK(read_digits(file, *given, field));
  if (const YAML::Node* given = map.find("selection"))
    PARLEY_CHECK(read_selection(file, *given, field));
  if (const YAML::Node* given = map.find("groups")) PARLEY_CHECK(read_groups(file, *given, field));
  if (const YAML::Node* given = map.find("default"))
    PARLEY_CHECK(read_default(file, *given, field));
  if (const YAML::Node* given = map.find("default_expr")) {
    if (map.find("default") != nullptr)
      return fault(file, *given, name + ": default and default_expr exclude each other");
    PARLEY_TRY(field.fallback_expression, map.needed_text("default_expr"));
    PARLEY_CHECK(check_expression(file, *given, field.fallback_expression));
  }
  return field;
}

Result<orm::UniqueSpec> read_constraint(const File& file, const YAML::Node& node,
                                        const ModelSpec& model) {
  PARLEY_TRY(Map map, Map::open(file, node, "constraint", {"name", "unique", "message"}));
  orm::UniqueSpec out;
  PARLEY_TRY(out.name, map.needed_text("name"));
  PARLEY_TRY(out.message, map.needed_text("message"));
  PARLEY_TRY(const YAML::Node* fields, map.get("unique"));
  PARLEY_TRY(out.fields, texts_of(file, *fields, "unique"));
  if (out.fields.empty()) return map.fault("constraint " + out.name + ": unique names no field");
  for (const orm::UniqueSpec& known : model.uniques)
    if (known.name == out.name) return map.fault("constraint '" + out.name + "' exists already");
  return out;
}

}  // namespace

Result<ModelSpec> read_model(const File& file, const YAML::Node& node) {
  PARLEY_TRY(Map map, Map::open(file, node, "model", model_keys));
  ModelSpec out;
  out.is_extension = map.find("inherit") != nullptr;
  if (out.is_extension && map.find("model") != nullptr)
    return map.fault("a model has either 'model' or 'inherit'");
  PARLEY_TRY(out.name, map.needed_text(out.is_extension ? "inherit" : "model"));
  if (!is_model_name(out.name)) return map.fault("'" + out.name + "' is no model name");
  PARLEY_TRY(out.description,
             out.is_extension ? map.text("description") : map.needed_text("description"));
  PARLEY_TRY(out.order, map.text("order"));
  PARLEY_TRY(out.rec_name, map.text("rec_name"));
  PARLEY_TRY(out.parent_field, map.text("parent"));
  PARLEY_TRY(out.recursion_message, map.text("recursion_message"));
  PARLEY_TRY(out.log_access, map.boolean("log_access", true));
  if (const YAML::Node* fields = map.find("fields")) {
    PARLEY_TRY(Map named, Map::open_any(file, *fields, out.name + ": fields"));
    for (const auto& [name, spec] : named.entries()) {
      PARLEY_TRY(FieldSpec field, read_field(file, name, spec));
      out.fields.push_back(std::move(field));
    }
  }
  if (const YAML::Node* constraints = map.find("constraints")) {
    if (!constraints->IsSequence())
      return fault(file, *constraints, out.name + ": constraints must be a list");
    for (const YAML::Node& item : *constraints) {
      PARLEY_TRY(orm::UniqueSpec unique, read_constraint(file, item, out));
      out.uniques.push_back(std::move(unique));
    }
  }
  return out;
}

}  // namespace parley::modules
