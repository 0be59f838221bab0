// SPDX-License-Identifier: Apache-2.0
// One query a relation and level, whatever the number of records it is followed from.
#include "parley/orm/web_read.hpp"

#include <algorithm>
#include <set>

#include "parley/orm/method_arguments.hpp"

namespace parley::orm {
namespace {

/// The ids a relation's value holds: one, a list of them, or none.
std::span<const Value> ids_in(const Value& value) {
  if (value.is_list()) return value.items();
  if (value.is_integer()) return {&value, 1};
  return {};
}

bool asks_for_name_alone(const Value& fields) {
  return fields.size() == 0 || (fields.size() == 1 && fields.keys()[0] == "display_name");
}

Value with_id(Arena& arena, std::int64_t id) {
  DictBuilder out(arena);
  out.set("id", Value::integer(id));
  return out.done();
}

}  // namespace

Result<Value> SpecifiedRead::read(const RuntimeModel& model, Ids ids, const Value& specification) {
  PARLEY_TRY(std::vector<Told> rows, read_level(model, std::move(ids), specification));
  ListBuilder out(env_.arena());
  for (const Told& row : rows) out.add(row.value);
  return out.done();
}

Result<std::vector<SpecifiedRead::Told>> SpecifiedRead::read_level(const RuntimeModel& model, Ids ids,
                                                                   const Value& specification) {
  if (++level_ > env_.limits().path_levels_max)
    return Error(Code::too_large,
                 "specification: follows more than " + std::to_string(env_.limits().path_levels_max) + " relations",
                 "specification");
  ListBuilder names(env_.arena());
  names.add(Value::string("id"));
  if (specification.is_dict())
    for (std::string_view name : specification.keys()) names.add(Value::string(name));
  PARLEY_TRY(auto fields, choose_fields(env_, model, names.done()));
  PARLEY_TRY(Rows rows, rows_of(model, std::move(ids), fields));
  Sizes sizes(rows.size(), fields.size());
  for (std::size_t column = 1; column < fields.size(); ++column) {
    const Value* wanted = specification.find(fields[column]->name);
    if (fields[column]->comodel != nullptr && wanted != nullptr && wanted->find("fields") != nullptr)
      PARLEY_CHECK(follow(*fields[column], column, *wanted, rows, sizes));
  }
  --level_;
  std::vector<Told> out;
  std::size_t values = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    values += sizes[i];
    if (values > env_.limits().values_max)
      return Error(Code::too_large,
                   "specification: the answer has more than " + std::to_string(env_.limits().values_max) + " values",
                   "specification");
    DictBuilder one(env_.arena());
    for (std::size_t column = 0; column < fields.size(); ++column)
      one.set(env_.arena().copy(fields[column]->name), rows[i][column]);
    out.push_back({rows[i][0].as_integer(), one.done(), sizes[i]});
  }
  return out;
}

Result<SpecifiedRead::Rows> SpecifiedRead::rows_of(const RuntimeModel& model, Ids ids,
                                                   const std::vector<const RuntimeField*>& fields) {
  records_ += ids.size();
  if (records_ > env_.limits().ids_max)
    return Error(Code::too_large, "specification: more than " + std::to_string(env_.limits().ids_max) + " records",
                 "specification");
  Rows out;
  out.reserve(ids.size());
  PARLEY_TRY(auto source, read_records(env_, model, std::move(ids), fields, LoadMode::bare_ids));
  for (;;) {
    TreeBuilder row(env_.arena());
    PARLEY_TRY(bool has_row, source->next(row));
    if (!has_row) return out;
    std::vector<Value> cells;
    for (const RuntimeField* field : fields) cells.push_back(*row.result().find(field->name));
    out.push_back(std::move(cells));
  }
}

// Replaces the ids in a column by what the specification asks for about them.
Result<void> SpecifiedRead::follow(const RuntimeField& field, std::size_t column, const Value& wanted, Rows& rows,
                                   Sizes& sizes) {
  if (!wanted.find("fields")->is_dict())
    return Error(Code::invalid_argument, "specification: fields of " + field.name + " must be a dict of fields",
                 "specification", "ValueError");
  const Value* limit = wanted.find("limit");
  const bool is_single = field.type == "many2one";
  Value order = wanted.find("order") == nullptr ? Value::null() : *wanted.find("order");
  std::set<std::int64_t> unique;
  for (const auto& row : rows)
    for (const Value& id : ids_in(row[column])) unique.insert(id.as_integer());
  Ids all(unique.begin(), unique.end());
  PARLEY_TRY(auto place, places(field, all, order));
  PARLEY_TRY(SearchOptions options, search_options(Value::null(), limit == nullptr ? Value::null() : *limit, Value::null()));
  const auto most = static_cast<std::size_t>(options.limit.value_or(std::int64_t{1} << 40));

  std::vector<Ids> of_row;
  std::set<std::int64_t> shown;
  for (const auto& row : rows) {
    Ids ids;
    for (const Value& id : ids_in(row[column])) ids.push_back(id.as_integer());
    if (!place.empty())
      std::ranges::stable_sort(ids, {}, [&](std::int64_t id) {
        auto found = place.find(id);
        return found == place.end() ? place.size() : found->second;
      });
    shown.insert(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(most, ids.size())));
    of_row.push_back(std::move(ids));
  }
  PARLEY_TRY(ById told, related(field, Ids(shown.begin(), shown.end()), *wanted.find("fields")));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ListBuilder list(env_.arena());
    for (std::size_t k = 0; k < of_row[i].size(); ++k) {
      auto found = k < most ? told.find(of_row[i][k]) : told.end();
      list.add(found == told.end() ? with_id(env_.arena(), of_row[i][k]) : found->second.value);
      sizes[i] += found == told.end() ? 1 : found->second.values;
    }
    Value made = list.done();
    if (is_single)
      rows[i][column] = made.size() == 0 ? Value::boolean(false) : made.items()[0];
    else
      rows[i][column] = made;
  }
  return {};
}

// Whoever may see a record may see the names of those it points to.
Result<SpecifiedRead::ById> SpecifiedRead::related(const RuntimeField& field, Ids ids, const Value& fields) {
  ById out;
  if (ids.empty()) return out;
  if (field.type == "many2one" && asks_for_name_alone(fields)) {
    Env inside = env_.as_superuser();
    PARLEY_TRY(std::vector<Named> names, names_of(inside, *field.comodel, ids));
    for (const Named& named : names) {
      DictBuilder one(env_.arena());
      one.set("id", Value::integer(named.id));
      if (fields.size() > 0) one.set("display_name", Value::string(env_.arena().copy(named.name)));
      out[named.id] = {named.id, one.done(), 1 + fields.size()};
    }
    return out;
  }
  PARLEY_TRY(std::vector<Told> rows, read_level(*field.comodel, std::move(ids), fields));
  for (const Told& row : rows) out[row.id] = row;
  return out;
}

// Where each id comes in `order`; empty when none is asked for.
Result<std::map<std::int64_t, std::size_t>> SpecifiedRead::places(const RuntimeField& field, const Ids& ids,
                                                                  const Value& order) {
  std::map<std::int64_t, std::size_t> out;
  PARLEY_TRY(SearchOptions options, search_options(Value::null(), Value::null(), order));
  if (options.order.empty() || ids.empty()) return out;
  options.archived = DomainCompiler::Archived::shown;
  const domain::Node* these = domain::leaf("id", domain::Operator::in, ids_value(env_.arena(), ids), env_.arena());
  PARLEY_TRY(Ids ordered, search_records(env_, *field.comodel, these, options));
  for (std::int64_t id : ordered) out.emplace(id, out.size());
  return out;
}

}  // namespace parley::orm
