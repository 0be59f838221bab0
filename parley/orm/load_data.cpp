// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/load_data.hpp"

#include <set>

#include "parley/orm/domain_compiler.hpp"
#include "parley/orm/field_type.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {
namespace {

std::string underscored(std::string_view model) {
  std::string out(model);
  std::replace(out.begin(), out.end(), '.', '_');
  return out;
}

Condition text_is(std::string_view column, std::string_view value) {
  Condition c;
  c.kind = Condition::Kind::compare;
  c.column = {0, column, ColumnType::text};
  c.value = Value::string(value);
  return c;
}

// Whether a value of `row` is the text of one of `names`: it may then refer to that record.
bool names_any(const DataRow& row, const std::set<std::string_view>& names) {
  auto is_one = [&](const Value& value) { return value.is_string() && names.contains(value.text()); };
  for (const Value& value : row.values->values()) {
    if (is_one(value)) return true;
    if (value.is_list() && std::any_of(value.items().begin(), value.items().end(), is_one)) return true;
  }
  return false;
}

// Runs of rows of one model without ids of their own, and without references to each other, are
// created in one batch.
std::size_t batch_end(std::span<const DataRow> rows, std::size_t start) {
  std::size_t end = start + 1;
  if (rows[start].id != 0) return end;
  std::set<std::string_view> names{rows[start].external_id};
  while (end < rows.size() && end - start < 500 && rows[end].model == rows[start].model && rows[end].id == 0 &&
         !names_any(rows[end], names))
    names.insert(rows[end++].external_id);
  return end;
}

}  // namespace

Result<std::int64_t> find_external_id(Transaction& transaction, std::string_view external_id) {
  std::size_t dot = external_id.find('.');
  if (dot == std::string_view::npos) return std::int64_t{0};
  Condition parts[] = {text_is("module", external_id.substr(0, dot)), text_is("name", external_id.substr(dot + 1))};
  Query query;
  query.table = "ir_model_data";
  query.selected.push_back({{0, "res_id", ColumnType::integer}});
  query.where.kind = Condition::Kind::all;
  query.where.parts = parts;
  PARLEY_TRY(std::unique_ptr<Rows> rows, transaction.query(query));
  PARLEY_TRY(bool has_row, rows->step());
  return has_row ? rows->cell(0).integer : std::int64_t{0};
}

Result<std::int64_t> DataLoader::resolve(std::string_view external_id) {
  if (auto found = known_.find(external_id); found != known_.end()) return found->second;
  std::string name(external_id);
  if (external_id.starts_with("model:")) {
    const RuntimeModel* model = env_.schema().find(external_id.substr(6));
    if (model == nullptr) return Error(Code::not_found, "unknown model '" + name.substr(6) + "'", name);
    name = model->module + ".model_" + underscored(model->name);
  }
  PARLEY_TRY(std::int64_t id, find_external_id(env_.transaction(), name));
  if (id == 0) return Error(Code::not_found, "External ID not found in the system: " + name, name);
  known_[std::string(external_id)] = id;
  return id;
}

Result<Value> DataLoader::resolve_values(const RuntimeModel& model, const Value& values) {
  DictBuilder out(env_.arena());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::string_view key = values.keys()[i];
    Value value = values.values()[i];
    const RuntimeField* field = model.find(key);
    if (field != nullptr && field->comodel != nullptr) {
      if (value.is_string()) {
        PARLEY_TRY(std::int64_t id, resolve(value.text()));
        value = Value::integer(id);
      } else if (value.is_list()) {
        ListBuilder ids(env_.arena());
        for (const Value& item : value.items()) {
          if (item.is_string()) {
            PARLEY_TRY(std::int64_t id, resolve(item.text()));
            ids.add(Value::integer(id));
          } else {
            ids.add(item);
          }
        }
        value = ids.done();
      }
    }
    out.set(key, value);
  }
  return out.done();
}

Result<void> DataLoader::load(std::span<const DataRow> rows) {
  for (std::size_t start = 0; start < rows.size();) {
    std::size_t end = batch_end(rows, start);
    std::span<const DataRow> batch = rows.subspan(start, end - start);
    auto in = [&](Error error) {
      std::string which = batch.front().external_id.empty() ? batch.front().model : batch.front().external_id;
      return Error(error.code, which + ": " + error.message, which, error.kind).with_cause(error.cause);
    };
    const RuntimeModel* model = env_.schema().find(batch.front().model);
    if (model == nullptr) return in(Error(Code::not_found, "unknown model '" + batch.front().model + "'"));
    std::vector<Value> values;
    for (const DataRow& row : batch) {
      Result<Value> resolved = resolve_values(*model, *row.values);
      if (!resolved) return in(std::move(resolved).error());
      values.push_back(*resolved);
    }
    Result<Ids> ids = create_records(env_, *model, values, batch.front().id);
    if (!ids) return in(std::move(ids).error());
    PARLEY_CHECK(name_records(*model, batch, *ids));
    start = end;
  }
  return {};
}

Result<void> DataLoader::name_records(const RuntimeModel&, std::span<const DataRow> rows,
                                      std::span<const std::int64_t> ids) {
  const RuntimeModel* data = env_.schema().find("ir.model.data");
  std::vector<Value> names;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string& external_id = rows[i].external_id;
    if (external_id.empty()) continue;
    known_[external_id] = ids[i];
    snapshot_.references[external_id] = ids[i];
    std::size_t dot = external_id.find('.');
    DictBuilder name(env_.arena());
    name.set("module", Value::string(std::string_view(external_id).substr(0, dot)));
    name.set("name", Value::string(std::string_view(external_id).substr(dot + 1)));
    name.set("model", Value::string(rows[i].model));
    name.set("res_id", Value::integer(ids[i]));
    name.set("noupdate", Value::boolean(rows[i].is_fixed));
    names.push_back(name.done());
  }
  if (data == nullptr || names.empty()) return {};
  PARLEY_CHECK(create_records(env_, *data, names));
  return {};
}

Result<void> DataLoader::describe_models(const Module& module) {
  const RuntimeModel* models = env_.schema().find("ir.model");
  const RuntimeModel* fields = env_.schema().find("ir.model.fields");
  if (models == nullptr || fields == nullptr) return {};
  Arena& arena = env_.arena();
  std::vector<DataRow> rows;
  std::vector<Value> field_rows;
  for (const RuntimeModel* model : env_.schema().models()) {
    if (model->module == module.name) {
      DictBuilder values(arena);
      values.set("name", Value::string(model->description));
      values.set("model", Value::string(model->name));
      values.set("order", Value::string(model->order_text.empty() ? std::string_view("id")
                                                                    : std::string_view(model->order_text)));
      values.set("state", Value::string("base"));
      rows.push_back({module.name + ".model_" + underscored(model->name), "ir.model", OwnedValue(values.done()), 0, true});
    }
  }
  PARLEY_CHECK(load(rows));
  for (const RuntimeModel* model : env_.schema().models()) {
    for (const auto& field : model->fields) {
      // Automatic fields belong to the model's module, declared ones to their own.
      const std::string& owner = field->is_automatic ? model->module : field->module;
      if (owner != module.name) continue;
      PARLEY_TRY(std::int64_t model_id, resolve("model:" + model->name));
      DictBuilder values(arena);
      values.set("name", Value::string(field->name));
      values.set("model", Value::string(model->name));
      values.set("model_id", Value::integer(model_id));
      values.set("field_description", Value::string(field->label));
      values.set("ttype", Value::string(field->type));
      values.set("state", Value::string("base"));
      if (!field->help.empty()) values.set("help", Value::string(field->help));
      if (!field->relation.empty()) values.set("relation", Value::string(field->relation));
      if (!field->inverse.empty()) values.set("relation_field", Value::string(field->inverse));
      values.set("required", Value::boolean(field->is_required));
      values.set("readonly", Value::boolean(field->is_readonly));
      values.set("index", Value::boolean(field->is_indexed));
      values.set("store", Value::boolean(field->is_stored() || collection_of(*field) != nullptr));
      values.set("copied", Value::boolean(field->copied()));
      field_rows.push_back(values.done());
    }
  }
  PARLEY_CHECK(create_records(env_, *fields, field_rows));
  return {};
}

Result<void> DataLoader::describe_module(const Module& module) {
  if (env_.schema().find("ir.module.module") == nullptr) return {};
  DictBuilder values(env_.arena());
  values.set("name", Value::string(module.name));
  values.set("shortdesc", Value::string(module.title.empty() ? module.name : module.title));
  values.set("summary", Value::string(module.summary));
  values.set("installed_version", Value::string(module.version));
  values.set("latest_version", Value::string(module.version));
  values.set("state", Value::string("installed"));
  std::vector<DataRow> rows;
  rows.push_back({"base.module_" + module.name, "ir.module.module", OwnedValue(values.done()), 0, true});
  return load(rows);
}

}  // namespace parley::orm
