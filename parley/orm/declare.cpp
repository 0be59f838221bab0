// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/declare.hpp"

#include "parley/orm/records.hpp"

namespace parley::orm {

Model::Model() = default;
Model::~Model() = default;

FieldBase::FieldBase(Model& model, std::string_view name, std::string_view type, const FieldOptions& options)
    : model_(&model), name_(name) {
  auto spec = std::make_unique<FieldSpec>();
  spec->name = name;
  spec->type = type;
  spec->label = options.label;
  spec->help = options.help;
  if (!options.unit.empty()) spec->help += (spec->help.empty() ? "Unit: " : " Unit: ") + std::string(options.unit);
  spec->is_required = options.required;
  spec->is_readonly = options.readonly;
  spec->is_indexed = options.index;
  spec_ = spec.get();
  model.fields.push_back(std::move(spec));
}

Filter FieldBase::compare(std::string_view op, const Value& value) const {
  return Filter(*model_, {name_, std::string(op), OwnedValue(value)});
}

Value filter_value(std::string_view text) { return Value::string(text); }
Value filter_value(std::int64_t number) { return Value::integer(number); }
Value filter_value(bool truth) { return Value::boolean(truth); }
Value filter_value(double number) { return Value::real(number); }
Value filter_value(parley::Date day) { return Value::date(day); }
Value filter_value(const DateTime& instant) { return Value::datetime(instant); }
OwnedValue filter_decimal(const Decimal& number) {
  Arena arena(64);
  return OwnedValue(Value::decimal(number, arena));
}

Char::Char(Model& model, std::string_view name, CharOptions options)
    : Field(model, name, "char",
            {.required = options.required, .readonly = options.readonly, .index = options.index,
             .label = options.label, .help = options.help}) {
  spec().size = options.size;
}

Monetary::Monetary(Model& model, std::string_view name, DecimalOptions options)
    : Field(model, name, "monetary",
            {.required = options.required, .readonly = options.readonly, .label = options.label,
             .help = options.help, .unit = options.unit}) {
  spec().scale = options.scale;
}

Selection::Selection(Model& model, std::string_view name, Choices choices, FieldOptions options)
    : Field(model, name, "selection", options) {
  for (const auto& [value, label] : choices) spec().selection.emplace_back(value, label);
}

RelationField::RelationField(Model& model, std::string_view name, std::string_view type, std::string_view comodel,
                             std::string_view inverse, const FieldOptions& options)
    : Field(model, name, type, options) {
  spec().relation = comodel;
  spec().inverse = inverse;
}

Value Filter::domain(Arena& arena) const {
  ListBuilder out(arena);
  for (const Item& item : items_) {
    if (item.path.empty()) {
      out.add(Value::string(item.op));
      continue;
    }
    ListBuilder leaf(arena);
    leaf.add(Value::string(item.path));
    leaf.add(Value::string(item.op));
    leaf.add(item.value.get());
    out.add(leaf.done());
  }
  return out.done();
}

Filter Filter::join(const char* connective, const Filter& a, const Filter& b) {
  PARLEY_ASSERT(a.model_ == b.model_);
  Filter out(*a.model_, {"", connective, OwnedValue()});
  out.items_.insert(out.items_.end(), a.items_.begin(), a.items_.end());
  out.items_.insert(out.items_.end(), b.items_.begin(), b.items_.end());
  return out;
}

Filter operator!(const Filter& a) {
  Filter out(*a.model_, {"", "!", OwnedValue()});
  out.items_.insert(out.items_.end(), a.items_.begin(), a.items_.end());
  return out;
}

Result<std::vector<std::int64_t>> Records::ids() const {
  PARLEY_TRY(const RuntimeModel* model, env_->find_model(filter_.model().name));
  PARLEY_TRY(const domain::Node* node, domain::parse(filter_.domain(env_->arena()), env_->limits(), env_->arena()));
  return search_records(*env_, *model, node, {});
}

Result<std::int64_t> Records::count() const {
  PARLEY_TRY(const RuntimeModel* model, env_->find_model(filter_.model().name));
  PARLEY_TRY(const domain::Node* node, domain::parse(filter_.domain(env_->arena()), env_->limits(), env_->arena()));
  return count_records(*env_, *model, node, {});
}

Result<Decimal> Records::sum(const Field<Decimal>& field) const {
  PARLEY_TRY(const RuntimeModel* model, env_->find_model(filter_.model().name));
  const RuntimeField* column = &field.model() == &filter_.model() ? model->find(field.name()) : nullptr;
  if (column == nullptr || !column->is_stored())
    return Error(Code::invalid_argument, "sum: " + field.name() + " is no stored field of " + model->name, "sum");
  PARLEY_CHECK(check_model_access(*env_, *model, Operation::read));
  PARLEY_CHECK(check_field_access(*env_, *column, Operation::read));
  PARLEY_TRY(const domain::Node* node, domain::parse(filter_.domain(env_->arena()), env_->limits(), env_->arena()));
  DomainCompiler compiler(*env_);
  Query query;
  query.table = model->table;
  PARLEY_TRY(query.where, compiler.visible(node, *model, 0, DomainCompiler::Archived::hidden));
  query.selected.push_back({column->column(0), Aggregate::sum});
  PARLEY_TRY(std::unique_ptr<Rows> rows, env_->transaction().query(query));
  PARLEY_TRY(bool has_row, rows->step());
  int scale = column->scale < 0 ? 2 : column->scale;
  return Decimal{has_row ? rows->cell(0).integer : 0, scale};
}

ModelSpec spec_of(const Model& model, std::string_view name) {
  ModelSpec out;
  out.name = name;
  out.description = name;
  for (const auto& field : model.fields) out.fields.push_back(*field);
  bool has_name = false;
  for (const FieldSpec& field : out.fields) has_name = has_name || field.name == "name";
  // The first text names a record of a model without a `name`.
  for (const FieldSpec& field : out.fields)
    if (!has_name && out.rec_name.empty() && field.type == "char") out.rec_name = field.name;
  return out;
}

void declare_model(Module& module, std::shared_ptr<Model> model, std::string_view name) {
  model->name = name;
  module.models.module = module.name;
  module.models.models.push_back(spec_of(*model, name));
  // Declared models are for the people who log in: internal users may do everything with them.
  Arena arena(1024);
  DictBuilder values(arena);
  std::string title = std::string(name) + " internal users";
  std::string model_id = "model:" + std::string(name);
  values.set("name", Value::string(title));
  values.set("model_id", Value::string(model_id));
  values.set("group_id", Value::string("base.group_user"));
  for (std::string_view right : {"perm_read", "perm_write", "perm_create", "perm_unlink"})
    values.set(right, Value::boolean(true));
  std::string id = module.name + ".access_" + std::string(name);
  std::replace(id.begin() + static_cast<std::ptrdiff_t>(module.name.size()) + 1, id.end(), '.', '_');
  module.data.push_back({id, "ir.model.access", OwnedValue(values.done()), 0, true});
  // A change of the struct is a change of the schema: hash what it says.
  std::size_t hash = std::hash<std::string>{}(module.schema_hash);
  for (const FieldSpec& field : module.models.models.back().fields)
    hash = hash * 1099511628211u ^ std::hash<std::string>{}(std::string(name) + field.name + field.type + field.relation);
  module.schema_hash = std::to_string(hash);
  module.declared.push_back(std::move(model));
}

}  // namespace parley::orm
