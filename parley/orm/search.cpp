// SPDX-License-Identifier: Apache-2.0
// Finding records: ids, counts, names.
#include "parley/orm/fields/collection.hpp"
#include "parley/orm/hooks.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {
namespace {

Result<Ids> all_ids(Env& env, const Query& query) {
  PARLEY_TRY(std::unique_ptr<Rows> rows, env.transaction().query(query));
  Ids out;
  for (;;) {
    PARLEY_TRY(bool has_row, rows->step());
    if (!has_row) return out;
    out.push_back(rows->cell(0).integer);
  }
}

}  // namespace

Result<void> start_search(Env& env, DomainCompiler& compiler, const RuntimeModel& model, const domain::Node* filter,
                          const SearchOptions& options, Query& query) {
  PARLEY_CHECK(check_model_access(env, model, Operation::read));
  query.table = model.table;
  query.alias = 0;
  PARLEY_TRY(query.where, compiler.visible(filter, model, 0, options.archived));
  query.offset = options.offset;
  query.limit = options.limit;
  if (options.order.empty()) {
    add_order(compiler, query, model.order);
    return {};
  }
  PARLEY_TRY(std::vector<OrderTerm> terms, parse_order(model, options.order));
  for (const OrderTerm& term : terms) PARLEY_CHECK(check_field_access(env, *term.field, Operation::read));
  add_order(compiler, query, terms);
  return {};
}

Result<Ids> search_records(Env& env, const RuntimeModel& model, const domain::Node* filter,
                           const SearchOptions& options) {
  DomainCompiler compiler(env);
  Query query;
  PARLEY_CHECK(start_search(env, compiler, model, filter, options, query));
  query.selected.push_back({model.id_field().column(0)});
  return all_ids(env, query);
}

Result<std::int64_t> count_records(Env& env, const RuntimeModel& model, const domain::Node* filter,
                                   std::optional<std::int64_t> limit) {
  if (limit) {
    PARLEY_TRY(Ids ids, search_records(env, model, filter, {.limit = limit}));
    return static_cast<std::int64_t>(ids.size());
  }
  PARLEY_CHECK(check_model_access(env, model, Operation::read));
  DomainCompiler compiler(env);
  Query query;
  query.table = model.table;
  PARLEY_TRY(query.where, compiler.visible(filter, model, 0, DomainCompiler::Archived::hidden));
  query.selected.push_back({{}, Aggregate::count});
  PARLEY_TRY(std::unique_ptr<Rows> rows, env.transaction().query(query));
  PARLEY_TRY(bool has_row, rows->step());
  return has_row ? rows->cell(0).integer : 0;
}

Result<Ids> existing_ids(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids) {
  if (ids.empty()) return Ids{};
  DomainCompiler compiler(env);
  Query query;
  query.table = model.table;
  query.selected.push_back({model.id_field().column(0)});
  query.where = compiler.in(model.id_field().column(0), id_list(env.arena(), ids));
  PARLEY_TRY(Ids found, all_ids(env, query));
  if (ids.size() == 1) return found;
  std::sort(found.begin(), found.end());
  Ids out;
  for (std::int64_t id : ids)
    if (std::binary_search(found.begin(), found.end(), id)) out.push_back(id);
  return out;
}

Result<const domain::Node*> name_domain(Env& env, const RuntimeModel& model, domain::Operator op, const Value& text) {
  auto hooks = env.snapshot().hooks.find(model.name);
  if (hooks != env.snapshot().hooks.end() && hooks->second->names) return hooks->second->names(env, model, op, text);
  return domain::leaf(model.rec_name != nullptr ? std::string_view(model.rec_name->name) : std::string_view("id"), op,
                      text, env.arena());
}

Result<Ids> ids_named(Env& env, const RuntimeModel& model, domain::Operator op, const Value& text,
                      std::optional<std::int64_t> limit) {
  PARLEY_TRY(const domain::Node* node, name_domain(env, model, op, text));
  return search_records(env, model, node, {.limit = limit});
}

Result<std::vector<Named>> names_of(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids) {
  std::vector<const RuntimeField*> fields{&model.id_field(), model.find("display_name")};
  PARLEY_TRY(std::unique_ptr<RowSource> rows,
             read_records(env, model, Ids(ids.begin(), ids.end()), fields, LoadMode::bare_ids));
  std::vector<Named> out;
  for (;;) {
    TreeBuilder row(env.arena());
    PARLEY_TRY(bool has_row, rows->next(row));
    if (!has_row) return out;
    const Value* name = row.result().find("display_name");
    out.push_back({row.result().find("id")->as_integer(), std::string(name->text())});
  }
}

}  // namespace parley::orm
