// SPDX-License-Identifier: Apache-2.0
// Reading by specification: {field: {}} for its value, {field: {"fields": specification}} for the
// records a relation leads to, with "limit" and "order" for those of an x2many.
#pragma once
#include "parley/orm/records.hpp"

namespace parley::orm {

class SpecifiedRead {
 public:
  explicit SpecifiedRead(Env& env) : env_(env) {}

  /// Dicts with `id` and the specified fields, in the order of `ids`; missing ids are left out.
  /// A many2one is its id or false, with "fields" a dict or false; an x2many its ids or dicts.
  ///
  /// takes:   anything but a dict as `specification` asks for the id alone
  /// limits:  path_levels_max relations deep, ids_max records read, values_max values in the answer,
  ///          in which a record is told wherever a relation leads to it
  /// fails:   invalid_argument "Invalid field 'x' on 'model'", forbidden, too_large
  Result<Value> read(const RuntimeModel& model, Ids ids, const Value& specification);

 private:
  using Rows = std::vector<std::vector<Value>>;  // [record][field], the id first
  /// A record as it is told, and how many values that is, with those of the records inside it.
  struct Told {
    std::int64_t id = 0;
    Value value = {};
    std::size_t values = 0;
  };
  using ById = std::map<std::int64_t, Told>;
  using Sizes = std::vector<std::size_t>;  // [record] values

  Result<std::vector<Told>> read_level(const RuntimeModel& model, Ids ids, const Value& specification);
  Result<Rows> rows_of(const RuntimeModel& model, Ids ids, const std::vector<const RuntimeField*>& fields);
  Result<void> follow(const RuntimeField& field, std::size_t column, const Value& wanted, Rows& rows, Sizes& sizes);
  Result<ById> related(const RuntimeField& field, Ids ids, const Value& fields);
  Result<std::map<std::int64_t, std::size_t>> places(const RuntimeField& field, const Ids& ids, const Value& order);

  Env& env_;
  std::size_t level_ = 0;
  std::size_t records_ = 0;
};

}  // namespace parley::orm
