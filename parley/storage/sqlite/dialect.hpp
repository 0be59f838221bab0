// SPDX-License-Identifier: Apache-2.0
// SQLite's dialect, the functions it needs on every connection, and how values are bound.
#pragma once
#include <string>

#include "parley/storage/sql/render.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace parley::sqlite {

class SqliteDialect final : public sql::Dialect {
 public:
  void placeholder(std::string& out, std::size_t number) const override;
  void no_index(std::string& out) const override { out += '+'; }
  void constant(std::string& out, bool value) const override;
  void in_array(std::string& out, std::size_t from, orm::ColumnType type,
                std::size_t number) const override;
  void select_array(std::string& out, std::size_t number) const override;
  void as_text(std::string& out, std::size_t from, orm::ColumnType type) const override;
  void match(std::string& out, std::size_t from, std::size_t number, bool is_folded) const override;
};

/// The type a column is kept as: "INTEGER", "REAL", "TEXT" or "BLOB".
std::string_view kept_as(orm::ColumnType type);

/// Registers parley_like, parley_date and parley_datetime. gives: a result code of SQLite
int add_functions(sqlite3* db);

/// Whether bound texts are copied: a query's rows may outlive what the query views.
enum class Keep : std::uint8_t { view, copy };

/// Binds parameter `number`, counted from 1.
/// fails:   invalid_argument for a number that does not fit 64 bits
Result<void> bind(sqlite3_stmt* statement, int number, const Value& value, Keep keep);
Result<void> bind_array(sqlite3_stmt* statement, int number, std::span<const Value> items);

}  // namespace parley::sqlite
