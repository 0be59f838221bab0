// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/fields/collection.hpp"

#include "parley/orm/records.hpp"

namespace parley::orm {

Result<std::vector<std::vector<std::int64_t>>> collect_pairs(Env& env, DomainCompiler& compiler,
                                                             const RuntimeField& field, Query& query,
                                                             const Condition& mine,
                                                             std::span<const std::int64_t> ids) {
  const RuntimeModel& comodel = *field.comodel;
  PARLEY_TRY(Condition seen, compiler.visible(nullptr, comodel, query.alias, DomainCompiler::Archived::hidden));
  Condition parts[] = {mine, seen};
  query.where = compiler.all(parts);
  add_order(compiler, query, comodel.order);
  PARLEY_TRY(std::unique_ptr<Rows> rows, env.transaction().query(query));
  std::vector<std::vector<std::int64_t>> lists(ids.size());
  for (;;) {
    PARLEY_TRY(bool has_row, rows->step());
    if (!has_row) return lists;
    auto at = std::lower_bound(ids.begin(), ids.end(), rows->cell(0).integer);
    if (at != ids.end() && *at == rows->cell(0).integer)
      lists[static_cast<std::size_t>(at - ids.begin())].push_back(rows->cell(1).integer);
  }
}

Value id_list(Arena& arena, std::span<const std::int64_t> ids) {
  Value* items = arena.allocate_array<Value>(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) items[i] = Value::integer(ids[i]);
  return Value::list({items, ids.size()});
}

Value one_member(Arena& arena, std::string_view key, const Value& value) {
  DictBuilder dict(arena);
  dict.set(key, value);
  return dict.done();
}

Value with_member(Arena& arena, const Value& dict, std::string_view key, const Value& value) {
  DictBuilder out(arena);
  for (std::size_t i = 0; i < dict.size(); ++i) out.set(dict.keys()[i], dict.values()[i]);
  out.set(key, value);
  return out.done();
}

}  // namespace parley::orm
