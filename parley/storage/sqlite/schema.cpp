// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/schema.hpp"

#include <sqlite3.h>

#include <map>

#include "parley/storage/sqlite/dialect.hpp"

namespace parley::sqlite {
namespace {

using orm::ColumnSpec;
using orm::Reference;
using orm::TableSpec;

std::string quoted(std::string_view name) {
  std::string out;
  sql::append_identifier(out, name);
  return out;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + quoted(name);
  return out;
}

std::string_view words_of(Reference::OnDelete action) {
  switch (action) {
    case Reference::OnDelete::set_null:
      return "SET NULL";
    case Reference::OnDelete::restrict:
      return "RESTRICT";
    case Reference::OnDelete::cascade:
      return "CASCADE";
  }
  return "SET NULL";
}

std::string definition(const ColumnSpec& column, bool is_key) {
  auto out = quoted(column.name) + ' ' + std::string(kept_as(column.type));
  if (is_key) out += " NOT NULL";
  if (column.references) {
    out += " REFERENCES " + quoted(column.references->table) + "(\"id\") ON DELETE ";
    out += words_of(column.references->on_delete);
  }
  return out;
}

Result<void> create(Connection& connection, const TableSpec& table) {
  auto text = "CREATE TABLE " + quoted(table.name) + " (";
  if (table.key.empty()) text += "\"id\" INTEGER PRIMARY KEY";
  bool is_first = !table.key.empty();
  for (const auto& column : table.columns) {
    text += (is_first ? "" : ", ") + definition(column, !table.key.empty());
    is_first = false;
  }
  if (!table.key.empty()) text += ", PRIMARY KEY (" + list_of(table.key) + ")";
  text += table.key.empty() ? ") STRICT" : ") STRICT, WITHOUT ROWID";
  return connection.run(text);
}

// Rows of a pragma of one argument: the texts of two of its columns.
Result<std::vector<std::pair<std::string, std::string>>> pragma(Connection& connection,
                                                                std::string_view name,
                                                                std::string_view argument,
                                                                int first, int second) {
  auto text = "PRAGMA " + std::string(name) + "(" + quoted(argument) + ")";
  PARLEY_TRY(auto prepared, connection.prepare(text));
  std::vector<std::pair<std::string, std::string>> rows;
  auto text_at = [&prepared](int column) {
    auto* value = reinterpret_cast<const char*>(sqlite3_column_text(prepared.get(), column));
    return std::string(value == nullptr ? "" : value);
  };
  for (;;) {
    PARLEY_TRY(bool has_row, prepared.step());
    if (!has_row) return rows;
    rows.emplace_back(text_at(first), text_at(second));
  }
}

Result<std::vector<std::string>> columns_of_index(Connection& connection, std::string_view index) {
  PARLEY_TRY(auto rows, pragma(connection, "index_info", index, 2, 2));
  std::vector<std::string> names;
  for (auto& row : rows) names.push_back(std::move(row.first));
  return names;
}

Result<void> add_missing_columns(Connection& connection, const TableSpec& table) {
  PARLEY_TRY(auto rows, pragma(connection, "table_info", table.name, 1, 2));
  std::map<std::string, std::string> types(rows.begin(), rows.end());
  for (const auto& column : table.columns) {
    auto found = types.find(column.name);
    if (found == types.end()) {
      PARLEY_CHECK(connection.run("ALTER TABLE " + quoted(table.name) + " ADD COLUMN " +
                                  definition(column, false)));
    } else if (found->second != kept_as(column.type)) {
      return Error(Code::rejected,
                   "column " + column.name + " of table " + table.name + " is kept as " +
                       found->second + ", not as " + std::string(kept_as(column.type)),
                   table.name + "." + column.name);
    }
  }
  return {};
}

Result<void> add_indexes(Connection& connection, const TableSpec& table) {
  auto index = [&](const std::string& column) {
    return connection.run("CREATE INDEX IF NOT EXISTS " +
                          quoted("idx_" + table.name + "_" + column) + " ON " + quoted(table.name) +
                          " (" + quoted(column) + ")");
  };
  for (const auto& column : table.columns)
    if (column.is_indexed && table.key.empty()) PARLEY_CHECK(index(column.name));
  if (table.key.size() > 1) PARLEY_CHECK(index(table.key[1]));
  return {};
}

Result<void> add_uniques(Connection& connection, const TableSpec& table) {
  for (const auto& unique : table.uniques) {
    auto name = "unique_" + table.name + "_" + unique.name;
    PARLEY_TRY(auto columns, columns_of_index(connection, name));
    if (columns == unique.columns) continue;
    if (!columns.empty()) PARLEY_CHECK(connection.run("DROP INDEX " + quoted(name)));
    PARLEY_CHECK(connection.run("CREATE UNIQUE INDEX " + quoted(name) + " ON " +
                                quoted(table.name) + " (" + list_of(unique.columns) + ")"));
  }
  return {};
}

}  // namespace

Result<void> create_own_tables(Connection& connection) {
  PARLEY_CHECK(
      connection.run("CREATE TABLE IF NOT EXISTS parley_sequence("
                     "name TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID"));
  return connection.run(
      "CREATE TABLE IF NOT EXISTS parley_epoch("
      "name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID");
}

Result<void> define_table(Connection& connection, const TableSpec& table) {
  PARLEY_TRY(auto columns, pragma(connection, "table_info", table.name, 1, 2));
  if (columns.empty())
    PARLEY_CHECK(create(connection, table));
  else
    PARLEY_CHECK(add_missing_columns(connection, table));
  PARLEY_CHECK(add_indexes(connection, table));
  return add_uniques(connection, table);
}

Result<void> drop_table(Connection& connection, std::string_view table) {
  return connection.run("DROP TABLE IF EXISTS " + quoted(table));
}

// An index on the column would keep it from being dropped.
Result<void> drop_column(Connection& connection, std::string_view table, std::string_view column) {
  PARLEY_TRY(auto indexes, pragma(connection, "index_list", table, 1, 3));
  for (const auto& [index, origin] : indexes) {
    PARLEY_TRY(auto columns, columns_of_index(connection, index));
    if (origin == "c" && std::find(columns.begin(), columns.end(), column) != columns.end())
      PARLEY_CHECK(connection.run("DROP INDEX " + quoted(index)));
  }
  return connection.run("ALTER TABLE " + quoted(table) + " DROP COLUMN " + quoted(column));
}

}  // namespace parley::sqlite
