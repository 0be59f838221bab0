// SPDX-License-Identifier: Apache-2.0
// Tables as SQLite keeps them: created, completed, shortened.
#pragma once
#include "parley/orm/store.hpp"
#include "parley/storage/sqlite/connection.hpp"

namespace parley::sqlite {

/// Our own tables: the id counters and the epochs.
Result<void> create_own_tables(Connection& connection);
/// fails:   rejected when a column is there with another type; conflict when rows break a unique
Result<void> define_table(Connection& connection, const orm::TableSpec& table);
Result<void> drop_table(Connection& connection, std::string_view table);
Result<void> drop_column(Connection& connection, std::string_view table, std::string_view column);

}  // namespace parley::sqlite
