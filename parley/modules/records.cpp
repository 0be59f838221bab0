// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/records.hpp"

#include "parley/modules/values.hpp"

namespace parley::modules {
namespace {

using orm::DataRow;

constexpr std::string_view rights[] = {"read", "write", "create", "unlink"};

// One record being read: everything but its values comes from the keys beside them.
struct Draft {
  explicit Draft(const KnownFields& fields) : known(fields) {}
  const KnownFields& known;
  Arena arena{4096};
  DictBuilder values{arena};
  DataRow row;

  Result<void> set_id(const File& file, const YAML::Node& node) {
    PARLEY_TRY(std::string text, text_of(file, node, "'id'"));
    PARLEY_TRY(row.external_id, external_id(file, node, text));
    return {};
  }
  Result<void> set_db_id(const File& file, const YAML::Node& node) {
    PARLEY_TRY(row.id, integer_of(file, node, "'db_id'"));
    if (row.id < 1) return fault(file, node, "'db_id' is a number from 1");
    return {};
  }
  Result<void> set_value(const File& file, const std::string& name, const YAML::Node& node) {
    const orm::FieldSpec* field = known.find(row.model, name);
    if (field == nullptr) return fault(file, node, row.model + " has no field '" + name + "'");
    PARLEY_TRY(Value value, value_of(file, node, *field, arena));
    values.set(field->name, value);
    return {};
  }
  DataRow done() {
    row.values = OwnedValue(values.done());
    return std::move(row);
  }
};

Result<std::string> model_of(const File& file, const Map& map, const KnownFields& known) {
  PARLEY_TRY(std::string model, map.needed_text("model"));
  if (!known.has_model(model))
    return fault(file, *map.find("model"),
                 "'" + model + "' is no model of this module or of one it depends on");
  return model;
}

Result<void> read_table_row(const File& file, const std::vector<std::string>& columns,
                            const YAML::Node& cells, Draft& draft) {
  if (!cells.IsSequence() || cells.size() != columns.size())
    return fault(file, cells,
                 "a row has " + std::to_string(columns.size()) + " values, as there are columns");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const YAML::Node cell = cells[i];
    if (columns[i] == "id")
      PARLEY_CHECK(draft.set_id(file, cell));
    else if (columns[i] == "db_id")
      PARLEY_CHECK(draft.set_db_id(file, cell));
    else
      PARLEY_CHECK(draft.set_value(file, columns[i], cell));
  }
  return {};
}

Result<void> read_table(const File& file, const YAML::Node& node, const KnownFields& known,
                        DataRows& out) {
  PARLEY_TRY(Map map, Map::open(file, node, "records", {"model", "columns", "rows", "noupdate"}));
  PARLEY_TRY(std::string model, model_of(file, map, known));
  PARLEY_TRY(bool is_fixed, map.boolean("noupdate", false));
  PARLEY_TRY(const YAML::Node* named, map.get("columns"));
  PARLEY_TRY(std::vector<std::string> columns, texts_of(file, *named, "'columns'"));
  bool has_id = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    has_id = has_id || columns[i] == "id";
    for (std::size_t j = 0; j < i; ++j)
      if (columns[i] == columns[j])
        return fault(file, *named, "column '" + columns[i] + "' occurs twice");
  }
  if (!has_id) return fault(file, *named, "column 'id' is missing");
  PARLEY_TRY(const YAML::Node* rows, map.get("rows"));
  if (!rows->IsSequence()) return fault(file, *rows, "'rows' must be a list of lists");
  for (const YAML::Node& cells : *rows) {
    Draft draft(known);
    draft.row.model = model;
    draft.row.is_fixed = is_fixed;
    PARLEY_CHECK(read_table_row(file, columns, cells, draft));
    out.push_back(draft.done());
  }
  return {};
}

// The four rights as perm_read ...; `fallback` when a key is missing, none = it must be there.
Result<void> set_rights(const File& file, const Map& map, std::optional<bool> fallback,
                        Draft& draft) {
  for (std::string_view right : rights) {
    const YAML::Node* node = map.find(right);
    bool may = fallback.value_or(false);
    if (node == nullptr && !fallback)
      return map.fault("access: key '" + std::string(right) + "' is missing");
    if (node != nullptr && node->IsScalar() && (node->Scalar() == "0" || node->Scalar() == "1"))
      may = node->Scalar() == "1";
    else if (node != nullptr) {
      PARLEY_TRY(may, boolean_of(file, *node, right));
    }
    draft.values.set(draft.arena.join("perm_", right), Value::boolean(may));
  }
  return {};
}

// What access rows and rules share: id, name and the model by its name.
Result<void> start_row(const File& file, const Map& map, std::string_view model, Draft& draft) {
  draft.row.model = model;
  PARLEY_TRY(const YAML::Node* id, map.get("id"));
  PARLEY_CHECK(draft.set_id(file, *id));
  PARLEY_TRY(std::string name, map.needed_text("name"));
  PARLEY_TRY(std::string about, model_of(file, map, draft.known));
  draft.values.set("name", Value::string(draft.arena.copy(name)));
  draft.values.set("model_id", Value::string(draft.arena.join("model:", about)));
  return {};
}

}  // namespace

void KnownFields::add(const orm::Module& module) {
  for (const orm::ModelSpec& model : module.models.models)
    for (const orm::FieldSpec& field : model.fields) models_[model.name][field.name] = &field;
}

const orm::FieldSpec* KnownFields::find(std::string_view model, std::string_view field) const {
  auto fields = models_.find(model);
  if (fields == models_.end()) return nullptr;
  auto found = fields->second.find(field);
  return found == fields->second.end() ? nullptr : found->second;
}

Result<void> read_records(const File& file, const YAML::Node& node, const KnownFields& known,
                          DataRows& out) {
  if (node.IsMap() && (node["rows"] || node["columns"])) return read_table(file, node, known, out);
  PARLEY_TRY(Map map,
             Map::open(file, node, "record", {"id", "model", "values", "noupdate", "db_id"}));
  Draft draft(known);
  PARLEY_TRY(const YAML::Node* id, map.get("id"));
  PARLEY_CHECK(draft.set_id(file, *id));
  PARLEY_TRY(draft.row.model, model_of(file, map, known));
  PARLEY_TRY(draft.row.is_fixed, map.boolean("noupdate", false));
  if (const YAML::Node* number = map.find("db_id")) PARLEY_CHECK(draft.set_db_id(file, *number));
  PARLEY_TRY(const YAML::Node* given, map.get("values"));
  PARLEY_TRY(Map values, Map::open_any(file, *given, "values"));
  for (const auto& [name, value] : values.entries())
    PARLEY_CHECK(draft.set_value(file, name, value));
  out.push_back(draft.done());
  return {};
}

Result<void> read_access(const File& file, const YAML::Node& node, const KnownFields& known,
                         DataRows& out) {
  PARLEY_TRY(Map map,
             Map::open(file, node, "access",
                       {"id", "name", "model", "group", "read", "write", "create", "unlink"}));
  Draft draft(known);
  PARLEY_CHECK(start_row(file, map, "ir.model.access", draft));
  PARLEY_TRY(const YAML::Node* group, map.get("group"));
  if (!group->IsNull()) {
    PARLEY_TRY(std::string text, text_of(file, *group, "'group'"));
    PARLEY_TRY(std::string full, external_id(file, *group, text));
    draft.values.set("group_id", Value::string(draft.arena.copy(full)));
  } else {
    draft.values.set("group_id", Value::null());
  }
  PARLEY_CHECK(set_rights(file, map, {}, draft));
  out.push_back(draft.done());
  return {};
}

Result<void> read_rule(const File& file, const YAML::Node& node, const KnownFields& known,
                       DataRows& out) {
  PARLEY_TRY(Map map, Map::open(file, node, "rule",
                                {"id", "name", "model", "domain", "groups", "read", "write",
                                 "create", "unlink"}));
  Draft draft(known);
  PARLEY_CHECK(start_row(file, map, "ir.rule", draft));
  PARLEY_TRY(std::string text, map.needed_text("domain"));
  PARLEY_CHECK(check_expression(file, *map.find("domain"), text));
  draft.values.set("domain_force", Value::string(draft.arena.copy(text)));
  ListBuilder groups(draft.arena);
  if (const YAML::Node* named = map.find("groups")) {
    PARLEY_TRY(std::vector<std::string> names, texts_of(file, *named, "'groups'"));
    for (const std::string& name : names) {
      PARLEY_TRY(std::string full, external_id(file, *named, name));
      groups.add(Value::string(draft.arena.copy(full)));
    }
  }
  draft.values.set("groups", groups.done());
  PARLEY_CHECK(set_rights(file, map, true, draft));
  out.push_back(draft.done());
  return {};
}

}  // namespace parley::modules
