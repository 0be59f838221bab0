// SPDX-License-Identifier: Apache-2.0
// FieldType: the port of a field type. One file a type in orm/fields/, one line in list.cpp.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parley/core/sink.hpp"
#include "parley/domain/domain.hpp"
#include "parley/orm/env.hpp"
#include "parley/orm/model.hpp"

namespace parley::orm {

class DomainCompiler;
class CollectionType;

/// How many2one values are told: [id, name] or the bare id (`load` of read).
enum class LoadMode : std::uint8_t { with_names, bare_ids };

/// The columns and joins a read asks for.
class SelectPlan {
 public:
  SelectPlan(Query& query, LoadMode mode) : query_(query), mode_(mode) {}
  LoadMode mode() const { return mode_; }
  /// gives:   the index of the column in each row
  int add(const Column& column);
  /// LEFT JOIN; gives the alias.
  std::uint16_t join(std::string_view table, std::string_view key, const Column& left);

 private:
  Query& query_;
  LoadMode mode_;
  std::uint16_t next_alias_ = 0xffff;  // joins of a read count down; conditions count up
};

class FieldType {
 public:
  virtual ~FieldType() = default;
  virtual std::string_view name() const = 0;
  /// The column that holds it; nullopt when the model's table has none.
  virtual std::optional<ColumnType> column() const = 0;
  /// What a caller wrote as the Value the column takes (null = empty).
  /// fails:   invalid_argument naming model, field and value
  virtual Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const = 0;
  /// Adds what `load` needs to a query whose main table has alias 0; gives the first column.
  virtual int select(const RuntimeField& field, SelectPlan& plan) const = 0;
  /// Tells the field of the current row as Odoo's `read` does; `at` is what select gave.
  virtual void load(const RuntimeField& field, const Rows& rows, int at, LoadMode mode, Sink& sink) const = 0;
  /// (field op value) on the table with `alias`.
  virtual Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                                      domain::Operator op, const Value& value) const = 0;
  /// Adds what fields_get tells beyond the common attributes.
  virtual void describe(const RuntimeField& field, DictBuilder& out, Arena& arena) const = 0;
};

/// Fields that lead to records of a comodel.
class RelationType : public FieldType {
 public:
  /// Rows whose field leads to an id that `query` gives; negated: rows where it does not,
  /// empty ones included.
  virtual Condition related(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                            const Query* query, bool is_negated) const = 0;
};

/// Fields that hold many records: commands in, id lists out. `column()` is nullopt.
class CollectionType : public RelationType {
 public:
  /// Applies x2many commands to one record after it was written.
  virtual Result<void> apply(Env& env, const RuntimeField& field, std::int64_t id, const Value& commands) const = 0;
  /// The ids behind each of `ids` (sorted, unique), in the comodel's order: lists[i] of ids[i].
  virtual Result<std::vector<std::vector<std::int64_t>>> collect(Env& env, const RuntimeField& field,
                                                                 std::span<const std::int64_t> ids) const = 0;
};

/// Every type of this build. The objects live as long as the process.
std::span<const FieldType* const> field_types();
const FieldType* find_field_type(std::string_view name);
/// The RelationType of a field with a comodel, else null.
const RelationType* relation_of(const RuntimeField& field);
/// The CollectionType of a one2many or many2many, else null.
const CollectionType* collection_of(const RuntimeField& field);

}  // namespace parley::orm
