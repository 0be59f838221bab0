// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/install.hpp"

#include "parley/orm/database.hpp"
#include "parley/orm/load_data.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {
namespace {

// What is installed is kept apart from ir.module.module, which clients may read and write.
TableSpec module_table() {
  TableSpec table;
  table.name = "parley_module";
  table.columns = {{"name", ColumnType::text}, {"schema_hash", ColumnType::text}};
  table.uniques = {{"parley_module_name", {"name"}}};
  return table;
}

struct Installed {
  std::string name, schema_hash;
};

Result<std::vector<Installed>> read_installed(Transaction& transaction) {
  PARLEY_TRY(std::int64_t schema_epoch, transaction.epoch("schema"));
  std::vector<Installed> out;
  if (schema_epoch == 0) return out;  // a new database has no tables yet
  Query query;
  query.table = "parley_module";
  for (std::string_view column : {"name", "schema_hash"}) query.selected.push_back({{0, column, ColumnType::text}});
  query.order.push_back({{0, "id", ColumnType::integer}});
  PARLEY_TRY(std::unique_ptr<Rows> rows, transaction.query(query));
  for (;;) {
    PARLEY_TRY(bool has_row, rows->step());
    if (!has_row) return out;
    out.push_back({std::string(rows->cell(0).text), std::string(rows->cell(1).text)});
  }
}

Result<std::shared_ptr<const Schema>> schema_of(const ModuleSet& modules, std::span<const std::string> names) {
  std::vector<const ModuleModels*> models;
  for (const std::string& name : names) {
    auto found = modules.modules.find(name);
    if (found == modules.modules.end())
      return Error(Code::rejected, "the module '" + name + "' is installed, but this program does not have it", name);
    models.push_back(&found->second.models);
  }
  return Schema::build(models);
}

Result<void> define_tables(Transaction& transaction, const Schema& schema) {
  PARLEY_CHECK(transaction.define(module_table()));
  for (const TableSpec& table : schema.tables()) PARLEY_CHECK(transaction.define(table));
  return {};
}

Result<void> remember(Transaction& transaction, const Module& module) {
  PARLEY_TRY(std::int64_t id, transaction.allocate_ids("parley_module", 1));
  Column columns[] = {{0, "id", ColumnType::integer}, {0, "name", ColumnType::text}, {0, "schema_hash", ColumnType::text}};
  Value values[] = {Value::integer(id), Value::string(module.name), Value::string(module.schema_hash)};
  return transaction.insert({"parley_module", columns, values});
}

// The Snapshot the installation itself works with: everything is allowed, nothing is cached.
Snapshot bare_snapshot(std::shared_ptr<const Schema> schema, const ModuleSet& modules,
                       std::vector<std::string> names) {
  Snapshot out;
  out.schema = std::move(schema);
  out.access = std::make_shared<const AccessTable>();
  out.hooks = modules.hooks;
  out.modules = std::move(names);
  return out;
}

}  // namespace

Result<std::vector<std::string>> installed_modules(Transaction& transaction) {
  PARLEY_TRY(std::vector<Installed> rows, read_installed(transaction));
  std::vector<std::string> out;
  for (Installed& row : rows) out.push_back(std::move(row.name));
  return out;
}

Result<std::vector<std::string>> outdated_modules(Store& store, const ModuleSet& modules) {
  PARLEY_TRY(std::unique_ptr<Transaction> transaction, store.begin(Mode::read, no_deadline));
  PARLEY_TRY(std::vector<Installed> rows, read_installed(*transaction));
  std::vector<std::string> out;
  for (const Installed& row : rows) {
    auto module = modules.modules.find(row.name);
    if (module != modules.modules.end() && module->second.schema_hash != row.schema_hash) out.push_back(row.name);
  }
  return out;
}

Result<void> update_tables(Store& store, const ModuleSet& modules) {
  PARLEY_TRY(std::unique_ptr<Transaction> transaction, store.begin(Mode::exclusive, no_deadline));
  PARLEY_TRY(std::vector<std::string> names, installed_modules(*transaction));
  PARLEY_TRY(std::shared_ptr<const Schema> schema, schema_of(modules, names));
  PARLEY_CHECK(define_tables(*transaction, *schema));
  for (const std::string& name : names) {
    Column hash[] = {{0, "schema_hash", ColumnType::text}};
    Value value[] = {Value::string(modules.modules.find(name)->second.schema_hash)};
    Condition by_name;
    by_name.kind = Condition::Kind::compare;
    by_name.column = {0, "name", ColumnType::text};
    by_name.value = Value::string(name);
    PARLEY_CHECK(transaction->update({"parley_module", 0, hash, value, by_name}));
  }
  PARLEY_CHECK(transaction->advance_epoch("schema"));
  return transaction->commit();
}

Result<std::vector<std::string>> install_modules(const Installation& with, std::span<const std::string> wanted,
                                                 bool with_demo) {
  PARLEY_TRY(std::vector<std::string> order, with.modules.in_order(wanted));
  PARLEY_TRY(std::unique_ptr<Transaction> transaction, with.store.begin(Mode::exclusive, no_deadline));
  PARLEY_TRY(std::vector<std::string> all, installed_modules(*transaction));
  std::vector<std::string> added;
  for (const std::string& name : order)
    if (std::find(all.begin(), all.end(), name) == all.end()) added.push_back(name);
  if (added.empty()) return added;
  all.insert(all.end(), added.begin(), added.end());
  PARLEY_TRY(std::shared_ptr<const Schema> schema, schema_of(with.modules, all));
  PARLEY_CHECK(define_tables(*transaction, *schema));
  Snapshot snapshot = bare_snapshot(schema, with.modules, all);
  auto system = std::make_shared<UserInfo>();
  system->uid = 1;
  for (const std::string& name : added) {
    const Module& module = with.modules.modules.find(name)->second;
    // An arena for each module: bulk data of one does not stay while the next is loaded.
    Arena arena(256 * 1024);
    Context context{arena, with.limits, "install", "", ""};
    context.uid = 1;
    Env env = Env(snapshot, *transaction, context, system).as_superuser();
    context.env = &env;
    DataLoader loader(env, snapshot);
    PARLEY_CHECK(loader.describe_models(module));
    PARLEY_CHECK(loader.load(module.data));
    if (with_demo) PARLEY_CHECK(loader.load(module.demo));
    PARLEY_CHECK(loader.describe_module(module));
    PARLEY_CHECK(remember(*transaction, module));
  }
  PARLEY_CHECK(transaction->advance_epoch("schema"));
  PARLEY_CHECK(transaction->advance_epoch("access"));
  PARLEY_CHECK(transaction->commit());
  return added;
}

Result<TextMap<std::int64_t>> load_references(Transaction& transaction, const Schema& schema) {
  TextMap<std::int64_t> out;
  for (const RuntimeModel* model : schema.models())
    for (const auto& field : model->fields)
      for (const std::string& name : field->fallback_references) out[name] = 0;
  for (auto& [name, id] : out) {
    PARLEY_TRY(id, find_external_id(transaction, name));
  }
  std::erase_if(out, [](const auto& item) { return item.second == 0; });
  return out;
}

}  // namespace parley::orm
