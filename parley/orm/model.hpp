// SPDX-License-Identifier: Apache-2.0
// Models and fields: what modules say of them (specs) and what one database works with
// (RuntimeModel, Schema). A Schema is immutable; any thread may read it.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/value.hpp"
#include "parley/orm/query.hpp"
#include "parley/orm/store.hpp"
#include "parley/registry/registry.hpp"

namespace parley::orm {

class FieldType;
struct RuntimeModel;

/// One field as a module declares it. Names of other models and fields are resolved later.
struct FieldSpec {
  std::string name;
  std::string type;      // "char", "many2one" ...: a row of orm/list.cpp
  std::string label;     // shown to people; from the name when empty
  std::string help;
  bool is_required = false;
  bool is_readonly = false;
  bool is_indexed = false;
  bool is_translated = false;
  bool is_write_only = false;         // secrets: read as "", never searched or ordered by
  std::optional<bool> is_copied;      // default: yes, but one2many no
  int size = 0;                       // characters at most; 0 = any
  int scale = -1;                     // digits after the point; -1 = the type's default
  std::string relation;               // comodel
  std::string inverse;                // one2many: the many2one on the comodel
  std::string table, left, right;     // many2many: link table and its two columns
  Reference::OnDelete on_delete = Reference::OnDelete::set_null;
  std::string domain;                 // text, for clients
  std::string currency_field;
  std::vector<std::pair<std::string, std::string>> selection;  // (value, label)
  OwnedValue fallback = OwnedValue(Value::unset());             // default value
  std::string fallback_expression;    // default as an expression: "uid"
  std::vector<std::string> fallback_references;  // default of a relation: external ids
  std::vector<std::string> groups;    // external ids; empty = everybody
};

struct UniqueSpec {
  std::string name;
  std::vector<std::string> fields;
  std::string message;
};

struct ModelSpec {
  std::string name;
  bool is_extension = false;          // adds to a model of another module
  std::string description;
  std::string order;                  // "name, id desc"; empty = "id"
  std::string rec_name;               // default: "name" where there is one
  std::string parent_field;           // default: "parent_id" where there is one
  std::string recursion_message;
  bool log_access = true;
  std::vector<FieldSpec> fields;
  std::vector<UniqueSpec> uniques;
};

/// A field of one database's model, with everything resolved.
struct RuntimeField : FieldSpec {
  const FieldType* type_object = nullptr;
  const RuntimeModel* model = nullptr;
  const RuntimeModel* comodel = nullptr;  // of relations
  std::string module;
  int index = 0;                          // in RuntimeModel::fields
  bool is_automatic = false;              // id, display_name, create_uid ...: never written by callers
  bool is_manual = false;                 // defined at run time (x_...)
  std::optional<ColumnType> column_type;  // nullopt: the model's table has no such column
  bool is_stored() const { return column_type.has_value(); }
  Column column(std::uint16_t alias) const { return {alias, name, *column_type}; }
  bool copied() const { return is_copied.value_or(type != "one2many") && !is_automatic; }
};

struct OrderTerm {
  const RuntimeField* field;
  bool is_descending = false;
  Ordering::Nulls nulls = Ordering::Nulls::last_if_ascending;
};

struct RuntimeModel {
  std::string name, table, description, module;
  std::vector<std::unique_ptr<RuntimeField>> fields;  // id first, then declared, then log fields
  TextMap<const RuntimeField*> by_name;
  std::vector<OrderTerm> order;
  std::vector<UniqueSpec> uniques;
  std::string order_text, recursion_message;
  const RuntimeField* rec_name = nullptr;      // null: the display name is "model,id"
  const RuntimeField* parent = nullptr;        // hierarchy, null when there is none
  const RuntimeField* active = nullptr;        // archived records hide behind it
  bool log_access = true;

  const RuntimeField* find(std::string_view field) const;
  const RuntimeField& id_field() const { return *fields.front(); }
};

/// The models one module brings, in dependency order of modules.
struct ModuleModels {
  std::string module;
  std::vector<ModelSpec> models;
};

class Schema {
 public:
  /// fails:   rejected, naming module, model and field: unknown type, relation or inverse,
  ///          a field declared twice, an extension of an unknown model
  static Result<std::shared_ptr<const Schema>> build(std::span<const ModuleModels* const> modules);
  const RuntimeModel* find(std::string_view model) const;
  const std::vector<const RuntimeModel*>& models() const { return in_order_; }
  /// Tables to create or complete, in an order in which references exist.
  std::vector<TableSpec> tables() const;

 private:
  TextMap<std::unique_ptr<RuntimeModel>> models_;
  std::vector<const RuntimeModel*> in_order_;
};

/// "name desc, id" against `model`.
/// fails:   invalid_argument with the texts of spec/odoo-external-api.md 3.2
Result<std::vector<OrderTerm>> parse_order(const RuntimeModel& model, std::string_view text);

}  // namespace parley::orm
