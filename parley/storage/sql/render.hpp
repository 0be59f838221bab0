// SPDX-License-Identifier: Apache-2.0
// Rendering: Query, Insert, Update and Remove as SQL text and the parameters it binds.
// Values never enter the text, so queries of one shape share one text and one prepared statement.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/orm/query.hpp"
#include "parley/storage/sql/dialect.hpp"

namespace parley::sql {

/// Conditions and subqueries nested deeper than this are refused.
inline constexpr int depth_max = 200;

struct Parameter {
  Value value;                                      // views what the query views
  orm::ColumnType type = orm::ColumnType::integer;  // of the column it meets
  bool is_array = false;                            // value is a list; its nulls do not count
};

/// One statement; kept and cleared by its user so that rendering does not allocate again.
struct Statement {
  std::string text;
  std::vector<Parameter> parameters;
  void clear() {
    text.clear();
    parameters.clear();
  }
};

/// Each clears `out` first.
/// fails:   too_large when nested beyond depth_max
Result<void> render(const orm::Query& query, const Dialect& dialect, Statement& out);
Result<void> render(const orm::Update& update, const Dialect& dialect, Statement& out);
Result<void> render(const orm::Remove& remove, const Dialect& dialect, Statement& out);
/// The text for `rows` rows; parameters stay empty, they are insert.values in order.
void render(const orm::Insert& insert, std::size_t rows, const Dialect& dialect, Statement& out);

/// Appends `name` as a quoted identifier.
void append_identifier(std::string& out, std::string_view name);

}  // namespace parley::sql
