// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/model.hpp"

#include "parley/orm/field_type.hpp"
#include "parley/orm/fields/scalar.hpp"

namespace parley::orm {
namespace {

std::string table_name(std::string_view model) {
  std::string out(model);
  std::replace(out.begin(), out.end(), '.', '_');
  return out;
}

// "country_id" -> "Country", "is_company" -> "Is Company"
std::string label_of(std::string_view name) {
  std::string out;
  bool starts_word = true;
  for (char c : name) {
    if (c == '_') {
      out += ' ';
      starts_word = true;
    } else {
      out += starts_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      starts_word = false;
    }
  }
  for (std::string_view tail : {" Ids", " Id"})
    if (out.size() > tail.size() && out.ends_with(tail)) return out.substr(0, out.size() - tail.size());
  return out;
}

Error refused(std::string_view module, std::string_view model, std::string_view field, std::string text) {
  std::string where(module);
  where += ": " + std::string(model);
  if (!field.empty()) where += "." + std::string(field);
  return Error(Code::rejected, where + ": " + std::move(text), where);
}

RuntimeField& add_field(RuntimeModel& model, FieldSpec spec, const FieldType& type, std::string_view module) {
  auto field = std::make_unique<RuntimeField>();
  static_cast<FieldSpec&>(*field) = std::move(spec);
  if (field->label.empty()) field->label = label_of(field->name);
  field->type_object = &type;
  field->model = &model;
  field->module = module;
  field->index = static_cast<int>(model.fields.size());
  field->column_type = type.column();
  RuntimeField& out = *field;
  model.by_name[out.name] = &out;
  model.fields.push_back(std::move(field));
  return out;
}

void add_automatic(RuntimeModel& model, std::string name, std::string label, std::string type,
                   std::string relation = {}) {
  FieldSpec spec;
  spec.name = std::move(name);
  spec.label = std::move(label);
  spec.type = type;
  spec.relation = std::move(relation);
  spec.is_readonly = true;
  add_field(model, std::move(spec), *find_field_type(type), "base").is_automatic = true;
}

Result<void> declare(RuntimeModel& model, const FieldSpec& spec, std::string_view module) {
  const FieldType* type = find_field_type(spec.type);
  if (type == nullptr) return refused(module, model.name, spec.name, "unknown field type '" + spec.type + "'");
  if (const RuntimeField* known = model.find(spec.name); known != nullptr) {
    if (known->is_automatic) return refused(module, model.name, spec.name, "the name is taken by every model");
    if (known->module == module) return refused(module, model.name, spec.name, "declared twice");
    if (known->type != spec.type)
      return refused(module, model.name, spec.name, "is a " + known->type + " in module " + known->module);
    // An extension of a field: what it says replaces what was said.
    RuntimeField& field = *model.fields[static_cast<std::size_t>(known->index)];
    static_cast<FieldSpec&>(field) = spec;
    if (field.label.empty()) field.label = label_of(field.name);
    return {};
  }
  add_field(model, spec, *type, module);
  return {};
}

void merge(RuntimeModel& model, const ModelSpec& spec) {
  if (!spec.description.empty()) model.description = spec.description;
  if (!spec.order.empty()) model.order_text = spec.order;
  if (!spec.recursion_message.empty()) model.recursion_message = spec.recursion_message;
  model.log_access = model.log_access && spec.log_access;
  for (const UniqueSpec& unique : spec.uniques) model.uniques.push_back(unique);
}

void start_model(RuntimeModel& model, const ModelSpec& spec, std::string_view module) {
  model.name = spec.name;
  model.table = table_name(spec.name);
  model.module = module;
  model.description = spec.name;
  FieldSpec id;
  id.name = "id";
  id.label = "ID";
  id.type = "integer";
  id.is_readonly = true;
  add_field(model, id, id_type(), "base").is_automatic = true;
  FieldSpec display;
  display.name = "display_name";
  display.label = "Display Name";
  display.type = "char";
  display.is_readonly = true;
  add_field(model, display, display_name_type(), "base").is_automatic = true;
}

Result<void> finish_model(RuntimeModel& model, const ModelSpec& first) {
  if (model.log_access) {
    add_automatic(model, "create_uid", "Created by", "many2one", "res.users");
    add_automatic(model, "create_date", "Created on", "datetime");
    add_automatic(model, "write_uid", "Last Updated by", "many2one", "res.users");
    add_automatic(model, "write_date", "Last Updated on", "datetime");
  }
  std::string_view rec_name = first.rec_name.empty() ? std::string_view("name") : std::string_view(first.rec_name);
  model.rec_name = model.find(rec_name);
  if (model.rec_name == nullptr && !first.rec_name.empty())
    return refused(model.module, model.name, rec_name, "rec_name names no field");
  if (model.rec_name != nullptr && model.rec_name->column_type != ColumnType::text) model.rec_name = nullptr;
  std::string_view parent = first.parent_field.empty() ? std::string_view("parent_id") : std::string_view(first.parent_field);
  model.parent = model.find(parent);
  if (model.parent != nullptr && model.parent->relation != model.name) model.parent = nullptr;
  model.active = model.find("active");
  if (model.active != nullptr && model.active->type != "boolean") model.active = nullptr;
  for (UniqueSpec& unique : model.uniques)
    for (const std::string& field : unique.fields)
      if (model.find(field) == nullptr || !model.find(field)->is_stored())
        return refused(model.module, model.name, field, "the constraint " + unique.name + " needs a stored field");
  return {};
}

// Fills in comodels, inverses and link tables.
Result<void> resolve(RuntimeModel& model, const Schema& schema) {
  for (auto& field : model.fields) {
    bool is_relation = field->type == "many2one" || field->type == "one2many" || field->type == "many2many";
    if (!is_relation) continue;
    field->comodel = schema.find(field->relation);
    if (field->comodel == nullptr)
      return refused(field->module, model.name, field->name, "unknown model '" + field->relation + "'");
    if (field->type == "one2many") {
      const RuntimeField* inverse = field->comodel->find(field->inverse);
      if (inverse == nullptr || inverse->type != "many2one" || inverse->relation != model.name)
        return refused(field->module, model.name, field->name,
                       "the inverse '" + field->inverse + "' is no many2one of " + field->relation + " to " + model.name);
    }
    if (field->type == "many2many") {
      std::string other = field->comodel->table;
      if (field->table.empty())
        field->table = model.table < other ? model.table + "_" + other + "_rel" : other + "_" + model.table + "_rel";
      if (field->left.empty()) field->left = model.table + "_id";
      if (field->right.empty()) field->right = other + "_id";
      if (field->left == field->right)
        return refused(field->module, model.name, field->name, "both columns of the link table have one name");
    }
  }
  return {};
}

// A link table is shared by the two sides of one relation and by nothing else.
Result<void> check_link_tables(std::span<const RuntimeModel* const> models) {
  TextMap<const RuntimeField*> owners;
  for (const RuntimeModel* model : models)
    for (const auto& field : model->fields) {
      if (field->type != "many2many") continue;
      auto [known, is_first] = owners.emplace(field->table, field.get());
      if (is_first) continue;
      const RuntimeField& other = *known->second;
      if (other.left == field->right && other.right == field->left && other.model == field->comodel &&
          other.comodel == field->model)
        continue;
      return refused(field->module, model->name, field->name,
                     "shares the link table " + field->table + " with " + other.model->name + "." + other.name +
                         "; name another `table`, or the same columns the other way round");
    }
  return {};
}

TableSpec table_of(const RuntimeModel& model) {
  TableSpec table;
  table.name = model.table;
  for (const auto& field : model.fields) {
    if (!field->is_stored() || field->name == "id") continue;
    ColumnSpec column;
    column.name = field->name;
    column.type = *field->column_type;
    column.scale = field->type == "monetary" ? (field->scale < 0 ? 2 : field->scale) : 0;
    column.is_indexed = field->is_indexed;
    // Who created or changed a record is a log: it outlives the user it names.
    if (field->type == "many2one" && !field->is_automatic) {
      // What is required cannot be emptied: without a word of the module it holds the record back.
      bool must_stay = field->is_required && field->on_delete == Reference::OnDelete::set_null;
      column.references = Reference{field->comodel->table, must_stay ? Reference::OnDelete::restrict : field->on_delete};
      column.is_indexed = true;  // deleting a record looks for what refers to it
    }
    table.columns.push_back(std::move(column));
  }
  for (const UniqueSpec& unique : model.uniques) table.uniques.push_back({model.table + "_" + unique.name, unique.fields});
  return table;
}

}  // namespace

const RuntimeField* RuntimeModel::find(std::string_view field) const {
  auto found = by_name.find(field);
  return found == by_name.end() ? nullptr : found->second;
}

const RuntimeModel* Schema::find(std::string_view model) const {
  auto found = models_.find(model);
  return found == models_.end() ? nullptr : found->second.get();
}

Result<std::shared_ptr<const Schema>> Schema::build(std::span<const ModuleModels* const> modules) {
  auto schema = std::make_shared<Schema>();
  TextMap<const ModelSpec*> first;
  for (const ModuleModels* module : modules) {
    for (const ModelSpec& spec : module->models) {
      auto& slot = schema->models_[spec.name];
      if (spec.is_extension && slot == nullptr)
        return refused(module->module, spec.name, "", "extends a model that no module before it declares");
      if (!spec.is_extension && slot != nullptr)
        return refused(module->module, spec.name, "", "declared by module " + slot->module + " already");
      if (slot == nullptr) {
        slot = std::make_unique<RuntimeModel>();
        start_model(*slot, spec, module->module);
        first[spec.name] = &spec;
        schema->in_order_.push_back(slot.get());
      }
      merge(*slot, spec);
      for (const FieldSpec& field : spec.fields) PARLEY_CHECK(declare(*slot, field, module->module));
    }
  }
  for (auto& [name, model] : schema->models_) {
    // Without users there is nobody to log: a schema of plain models (tools, tests).
    if (schema->find("res.users") == nullptr) model->log_access = false;
    PARLEY_CHECK(finish_model(*model, *first[name]));
  }
  for (auto& [name, model] : schema->models_) PARLEY_CHECK(resolve(*model, *schema));
  PARLEY_CHECK(check_link_tables(schema->in_order_));
  for (auto& [name, model] : schema->models_) {
    PARLEY_TRY(model->order, parse_order(*model, model->order_text.empty() ? "id" : model->order_text));
  }
  return std::shared_ptr<const Schema>(std::move(schema));
}

std::vector<TableSpec> Schema::tables() const {
  std::vector<TableSpec> out;
  for (const RuntimeModel* model : in_order_) out.push_back(table_of(*model));
  // Link tables last: both ends exist by then. Two fields may be the two sides of one table.
  TextMap<bool> done;
  for (const RuntimeModel* model : in_order_)
    for (const auto& field : model->fields) {
      if (field->type != "many2many" || !done.emplace(field->table, true).second) continue;
      TableSpec link;
      link.name = field->table;
      for (const auto& [column, target] : {std::pair{field->left, model->table}, {field->right, field->comodel->table}}) {
        ColumnSpec spec;
        spec.name = column;
        spec.type = ColumnType::integer;
        spec.references = Reference{target, Reference::OnDelete::cascade};
        link.columns.push_back(std::move(spec));
      }
      link.key = {field->left, field->right};
      out.push_back(std::move(link));
    }
  return out;
}

}  // namespace parley::orm
