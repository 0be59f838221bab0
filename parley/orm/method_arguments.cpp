// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/method_arguments.hpp"

#include "parley/domain/repr.hpp"
#include "parley/orm/fields/collection.hpp"

namespace parley::orm {
namespace {

// A count or position from outside: an integer, or text of one.
Result<std::int64_t> whole(const Value& given, std::string_view name) {
  std::int64_t out = 0;
  if (given.is_integer()) out = given.as_integer();
  else if (given.is_string()) {
    auto [end, failure] = std::from_chars(given.text().data(), given.text().data() + given.text().size(), out);
    if (given.text().empty() || failure != std::errc{} || end != given.text().data() + given.text().size()) out = -1;
  } else out = -1;
  if (out < 0)
    return Error(Code::invalid_argument,
                 std::string(name) + ": expected a whole number from 0, not " + domain::repr(given), std::string(name));
  return out;
}

}  // namespace

Result<const domain::Node*> filter_argument(Env& env, const Value& given) {
  if (is_falsy(given)) return static_cast<const domain::Node*>(nullptr);
  return domain::parse(given, env.limits(), env.arena());
}

Result<SearchOptions> search_options(const Value& offset, const Value& limit, const Value& order) {
  SearchOptions out;
  if (!is_falsy(offset)) {
    PARLEY_TRY(out.offset, whole(offset, "offset"));
  }
  if (!is_falsy(limit)) {
    PARLEY_TRY(std::int64_t most, whole(limit, "limit"));
    if (most > 0) out.limit = most;
  }
  if (is_falsy(order)) return out;
  if (!order.is_string())
    return Error(Code::invalid_argument, "order: expected text, not " + domain::repr(order), "order");
  out.order = order.text();
  return out;
}

Result<Ids> ids_argument(Env& env, const Value& given) {
  std::span<const Value> items = given.is_list() ? given.items() : std::span<const Value>(&given, 1);
  if (items.size() > env.limits().ids_max)
    return Error(Code::too_large,
                 "ids: " + std::to_string(items.size()) + " ids, at most " + std::to_string(env.limits().ids_max), "ids");
  if (is_falsy(given)) return Ids{};
  Ids out;
  out.reserve(items.size());
  for (const Value& item : items) {
    if (is_falsy(item)) continue;
    if (!item.is_integer())
      return Error(Code::invalid_argument, "ids: expected integers, not " + domain::repr(item), "ids", "TypeError");
    out.push_back(item.as_integer());
  }
  return out;
}

Value ids_value(Arena& arena, std::span<const std::int64_t> ids) { return id_list(arena, ids); }

Value names_value(Arena& arena, std::span<const Named> names) {
  ListBuilder out(arena);
  for (const Named& named : names) {
    Value* pair = arena.allocate_array<Value>(2);
    pair[0] = Value::integer(named.id);
    pair[1] = Value::string(arena.copy(named.name));
    out.add(Value::list({pair, 2}));
  }
  return out.done();
}

Result<Value> with_external_ids(Env& env, const RuntimeModel& model, const Value& row) {
  DictBuilder out(env.arena());
  for (std::size_t i = 0; i < row.size(); ++i) out.set(row.keys()[i], row.values()[i]);
  ListBuilder all(env.arena());
  Value first = Value::boolean(false), is_fixed = Value::boolean(false);
  if (const RuntimeModel* data = env.schema().find("ir.model.data")) {
    DomainCompiler compiler(env);
    Query query;
    query.table = data->table;
    for (std::string_view column : {"module", "name", "noupdate"}) query.selected.push_back({{0, column, ColumnType::text}});
    Condition parts[] = {
        compiler.compare({0, "model", ColumnType::text}, Condition::Op::eq, Value::string(model.name)),
        compiler.compare({0, "res_id", ColumnType::integer}, Condition::Op::eq, *row.find("id"))};
    query.where = compiler.all(parts);
    query.order.push_back({{0, "id", ColumnType::integer}});
    PARLEY_TRY(std::unique_ptr<Rows> rows, env.transaction().query(query));
    for (;;) {
      PARLEY_TRY(bool has_row, rows->step());
      if (!has_row) break;
      DictBuilder item(env.arena());
      std::string_view module = env.arena().copy(rows->cell(0).text);
      item.set("xmlid", Value::string(env.arena().join(module, ".", rows->cell(1).text)));
      item.set("noupdate", Value::boolean(rows->cell(2).integer != 0));
      Value made = item.done();
      if (all.size() == 0) {
        first = *made.find("xmlid");
        is_fixed = *made.find("noupdate");
      }
      all.add(made);
    }
  }
  out.set("xmlid", first);
  out.set("noupdate", is_fixed);
  out.set("xmlids", all.done());
  return out.done();
}

Result<bool> passes_rules(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids, Operation operation) {
  PARLEY_TRY(const domain::Node* rules, rule_domain(env, model, operation));
  if (rules == nullptr || ids.empty()) return true;
  Ids wanted(ids.begin(), ids.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  PARLEY_TRY(std::int64_t passing, count_passing(env, model, *rules, wanted));
  return passing == static_cast<std::int64_t>(wanted.size());
}

}  // namespace parley::orm
