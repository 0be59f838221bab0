// SPDX-License-Identifier: Apache-2.0
// Dialect: what differs between the SQL of one engine and another when a query is rendered.
#pragma once
#include <cstddef>
#include <string>

#include "parley/orm/query.hpp"

namespace parley::sql {

/// Const from any thread. Every function appends to `out`; parameters are numbered from 1.
class Dialect {
 public:
  virtual ~Dialect() = default;
  /// "?" or "$3"
  virtual void placeholder(std::string& out, std::size_t number) const = 0;
  /// Before a column for which the engine should not choose an index (Column::is_broad).
  virtual void no_index(std::string& out) const = 0;
  virtual void constant(std::string& out, bool value) const = 0;
  /// Makes a test of membership in a bound array of the column that `out` holds from `from` on.
  virtual void in_array(std::string& out, std::size_t from, orm::ColumnType type,
                        std::size_t number) const = 0;
  /// A SELECT of the items of a bound array of ids.
  virtual void select_array(std::string& out, std::size_t number) const = 0;
  /// Makes the text of a column of `type` from the column that `out` holds from `from` on.
  virtual void as_text(std::string& out, std::size_t from, orm::ColumnType type) const = 0;
  /// Makes a LIKE with '\' as escape from the text that `out` holds from `from` on.
  virtual void match(std::string& out, std::size_t from, std::size_t number,
                     bool is_folded) const = 0;
};

}  // namespace parley::sql
