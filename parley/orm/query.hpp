// SPDX-License-Identifier: Apache-2.0
// Query: what the object layer asks of a store, as data. A store renders it in its dialect.
// Everything is a view; it lives in the arena of the call that built it.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parley/core/value.hpp"

namespace parley::orm {

/// How a column is kept. A Value of the matching kind is bound for it; see `Cell` for reading.
enum class ColumnType : std::uint8_t {
  boolean,   // Kind::boolean
  integer,   // Kind::integer (64 bit)
  real,      // Kind::real
  decimal,   // Kind::decimal, already at the column's scale
  text,      // Kind::string
  date,      // Kind::date
  datetime,  // Kind::datetime, UTC
  blob,      // Kind::bytes
  json,      // Kind::string holding JSON text
};

/// `t<alias>.<name>`; aliases are unique in one statement, subqueries included.
struct Column {
  std::uint16_t alias = 0;
  std::string_view name;
  ColumnType type = ColumnType::integer;
  bool is_broad = false;  // most rows pass what is asked of it: no index is worth using
};

struct Query;

/// One node of a condition.
struct Condition {
  enum class Kind : std::uint8_t {
    constant,   // is_true
    all,        // every part (none = true)
    any,        // some part (none = false)
    negation,   // parts[0] is not true: false or unknown (SQL NULL)
    compare,    // column <op> value; unknown when the column is NULL
    same,       // column = other
    is_null,    // column IS NULL
    in,         // column IN (value's items); the items are bound as one array
    in_query,   // column IN (query's single column)
    exists,     // EXISTS (query)
    match,      // column LIKE value; '\' escapes; `is_folded` = by simple case folding;
                // other types than text are compared by their text
    in_tree,    // column IN (the rows reached from value's ids by following `parent` of `table`)
  };
  enum class Op : std::uint8_t { eq, ne, lt, le, gt, ge };
  enum class Direction : std::uint8_t { descendants, ancestors };  // of in_tree, seeds included

  Kind kind = Kind::constant;
  bool is_true = true;
  bool is_folded = false;
  Op op = Op::eq;
  Direction direction = Direction::descendants;
  Column column = {};
  Column other = {};
  Value value = {};
  const Query* query = nullptr;
  std::string_view table, parent;          // in_tree
  std::span<const Condition> parts = {};
};

/// LEFT JOIN table AS t<alias> ON t<alias>.<key> = <left>
struct Join {
  std::uint16_t alias = 0;
  std::string_view table, key;
  Column left;
};

enum class Aggregate : std::uint8_t { none, count, count_distinct, sum, avg, min, max };

struct Selected {
  Column column = {};
  Aggregate aggregate = Aggregate::none;   // count with an empty column name = count(*)
};

struct Ordering {
  enum class Nulls : std::uint8_t { last_if_ascending, first, last };  // default as PostgreSQL
  Column column;
  bool is_descending = false;
  Nulls nulls = Nulls::last_if_ascending;
};

/// SELECT selected FROM table AS t<alias> joins WHERE where GROUP BY group ORDER BY order ...
struct Query {
  std::string_view table;
  std::uint16_t alias = 0;
  std::vector<Selected> selected;
  std::vector<Join> joins;
  Condition where;                         // constant true = no filter
  std::vector<Column> group;
  std::vector<Ordering> order;
  std::optional<std::int64_t> limit;       // rows at most
  std::int64_t offset = 0;
};

/// INSERT of whole rows. values[row * columns.size() + column]; null = NULL.
struct Insert {
  std::string_view table;
  std::span<const Column> columns;         // alias unused
  std::span<const Value> values;
  bool ignore_conflicts = false;           // rows that exist already are left alone (m2m links)
};

/// UPDATE table AS t<alias> SET columns = values WHERE where
struct Update {
  std::string_view table;
  std::uint16_t alias = 0;
  std::span<const Column> columns;
  std::span<const Value> values;           // one a column
  Condition where;
};

struct Remove {
  std::string_view table;
  std::uint16_t alias = 0;
  Condition where;
};

}  // namespace parley::orm
