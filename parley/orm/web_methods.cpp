// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/web_methods.hpp"

#include "parley/orm/methods.hpp"
#include "parley/domain/repr.hpp"
#include "parley/orm/method_arguments.hpp"
#include "parley/orm/web_read.hpp"

namespace parley::orm {
namespace {

using In = Invocation&;

Result<Answer> answer_rows(Env& env, const RuntimeModel& model, Ids ids, const Value& specification) {
  PARLEY_TRY(Value rows, SpecifiedRead(env).read(model, std::move(ids), specification));
  return Answer(rows);
}

Result<Answer> web_read(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  return answer_rows(in.env(), *model, std::move(ids), in[1]);
}

/// How many records there are where a page shows `shown` of them from `options.offset` on.
Result<std::int64_t> length_of(Env& env, const RuntimeModel& model, const domain::Node* filter,
                               const SearchOptions& options, std::size_t shown, const Value& count_limit) {
  const auto so_far = options.offset + static_cast<std::int64_t>(shown);
  const bool is_last_page = !options.limit || static_cast<std::int64_t>(shown) < *options.limit;
  if (is_last_page && (shown > 0 || options.offset == 0)) return so_far;
  PARLEY_TRY(SearchOptions count, search_options(Value::null(), count_limit, Value::null()));
  return count_records(env, model, filter, count.limit);
}

Result<Answer> web_search_read(In in) {
  Env& env = in.env();
  PARLEY_TRY(const RuntimeModel* model, env.find_model(in.model));
  PARLEY_TRY(const domain::Node* filter, filter_argument(env, in[0]));
  PARLEY_TRY(SearchOptions options, search_options(in[2], in[3], in[4]));
  PARLEY_TRY(Ids ids, search_records(env, *model, filter, options));
  PARLEY_TRY(std::int64_t length, length_of(env, *model, filter, options, ids.size(), in[5]));
  PARLEY_TRY(Value rows, SpecifiedRead(env).read(*model, std::move(ids), in[1]));
  DictBuilder out(in.arena());
  out.set("length", Value::integer(length));
  out.set("records", rows);
  return Answer(out.done());
}

Result<Answer> web_save(In in) {
  Env& env = in.env();
  PARLEY_TRY(const RuntimeModel* model, env.find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(env, in[0]));
  if (ids.empty()) {
    PARLEY_TRY(ids, create_records(env, *model, {&in[1], 1}));
  } else {
    PARLEY_CHECK(write_records(env, *model, ids, in[1]));
  }
  PARLEY_TRY(Ids next, ids_argument(env, in[3]));
  return answer_rows(env, *model, next.empty() ? std::move(ids) : std::move(next), in[2]);
}

/// Runs name_search, whichever the model's is, and reads what it found.
Result<Answer> web_name_search(In in) {
  Env& env = in.env();
  PARLEY_TRY(const RuntimeModel* model, env.find_model(in.model));
  PARLEY_TRY(Target target, env.snapshot().registry->find_model_method(in.arena().join(in.model, ".", "name_search")));
  DictBuilder named(in.arena());
  named.set("name", in[0]);
  named.set("args", in[2]);
  named.set("operator", in[3]);
  named.set("limit", in[4]);
  Call call;
  call.method = target.method().name;
  call.named = named.done();
  call.policy = Policy::odoo;
  PARLEY_TRY(Bound bound, bind(target, call, in.context));
  Invocation inner{in.context, target.model, bound.arguments, bound.rest, target.chain};
  PARLEY_TRY(Answer found, target.method().body(inner));
  Ids ids;
  TextMap<Value> names;
  if (!found.is_rows() && found.value().is_list())
    for (const Value& pair : found.value().items())
      if (pair.is_list() && pair.size() == 2 && pair.items()[0].is_integer()) ids.push_back(pair.items()[0].as_integer());
  PARLEY_TRY(Value rows, SpecifiedRead(env).read(*model, std::move(ids), in[1]));
  ListBuilder out(in.arena());
  for (const Value& row : rows.items()) {
    DictBuilder one(in.arena());
    for (std::size_t i = 0; i < row.size(); ++i) one.set(row.keys()[i], row.values()[i]);
    if (const Value* name = row.find("display_name")) one.set("__formatted_display_name", *name);
    out.add(one.done());
  }
  return Answer(out.done());
}

bool is_nothing(const Value& value) { return is_falsy(value) || (value.is_list() && value.size() == 0); }

/// What an empty field of a new record shows; unset for relations of many, which begin empty.
Value empty_value(const RuntimeField& field) {
  if (field.type == "one2many" || field.type == "many2many") return Value::unset();
  if (field.type == "integer") return Value::integer(0);
  if (field.type == "float" || field.type == "monetary") return Value::real(0);
  return Value::boolean(false);
}

/// A new record begins with its defaults; no field's change makes others change.
Result<Answer> onchange(In in) {
  Env& env = in.env();
  PARLEY_TRY(const RuntimeModel* model, env.find_model(in.model));
  const bool is_new = is_nothing(in[0]) && is_nothing(in[2]);
  DictBuilder values(in.arena()), out(in.arena());
  Defaults defaults(env);
  for (std::size_t i = 0; is_new && in[3].is_dict() && i < in[3].size(); ++i) {
    const RuntimeField* field = model->find(in[3].keys()[i]);
    if (field == nullptr || !may_see(env, *field)) continue;
    PARLEY_TRY(Value value, defaults.of(*field));
    if (value.is_unset()) value = empty_value(*field);
    if (value.is_unset() || (value.is_list() && is_nothing(value))) continue;
    values.set(in[3].keys()[i], parley::copy(value, in.arena()));
  }
  out.set("value", values.done());
  return Answer(out.done());
}

Result<Answer> set_active(In in, bool is_active) {
  Env& env = in.env();
  PARLEY_TRY(const RuntimeModel* model, env.find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(env, in[0]));
  if (model->active == nullptr)
    return Error(Code::rejected, model->name + " has no field that archives", model->name, "UserError");
  DictBuilder values(in.arena());
  values.set(model->active->name, Value::boolean(is_active));
  PARLEY_CHECK(write_records(env, *model, ids, values.done()));
  return Answer(Value::null());
}

Result<Answer> action_archive(In in) { return set_active(in, false); }
Result<Answer> action_unarchive(In in) { return set_active(in, true); }

Result<Answer> toggle_active(In in) {
  Env& env = in.env();
  PARLEY_TRY(const RuntimeModel* model, env.find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(env, in[0]));
  if (model->active == nullptr) return set_active(in, true);
  PARLEY_TRY(auto rows, read_records(env, *model, ids, {&model->id_field(), model->active}, LoadMode::bare_ids));
  Ids shown, hidden;
  for (;;) {
    TreeBuilder row(in.arena());
    PARLEY_TRY(bool has_row, rows->next(row));
    if (!has_row) break;
    (row.result().find(model->active->name)->is_true() ? shown : hidden).push_back(row.result().find("id")->as_integer());
  }
  rows.reset();
  for (bool is_active : {false, true}) {
    const Ids& changed = is_active ? hidden : shown;
    if (changed.empty()) continue;
    DictBuilder values(in.arena());
    values.set(model->active->name, Value::boolean(is_active));
    PARLEY_CHECK(write_records(env, *model, changed, values.done()));
  }
  return Answer(Value::null());
}

Parameter needed(std::string name, std::string help) { return {std::move(name), std::move(help), Type::any()}; }
Parameter optional(std::string name, std::string help, Value fallback = Value::null()) {
  Parameter out{std::move(name), std::move(help), Type::any(), false, OwnedValue(fallback)};
  return out;
}

std::vector<BaseMethod> rows() {
  constexpr auto reads = Effect::read;
  constexpr auto writes = Effect::write;
  constexpr auto model = Binding::model;
  constexpr auto records = Binding::records;
  auto ids = needed("ids", "Record ids: a list, or one id.");
  auto specification = needed("specification", "{field: {}}; of relations also {\"fields\": {...}, \"limit\", \"order\"}.");
  auto limit = optional("limit", "Records at most; nothing or 0 = no limit.");
  return {
      {"web_read", records, reads, web_read, "Records as the specification asks for them.", {ids, specification}},
      {"web_search_read", model, reads, web_search_read,
       "{\"length\", \"records\"}: how many records a domain finds, and a page of them.",
       {needed("domain", "Search domain."), specification, optional("offset", "Records to skip.", Value::integer(0)), limit,
        optional("order", "\"field [asc|desc], ...\"."), optional("count_limit", "Count no further than this.")}},
      {"web_save", records, writes, web_save, "Changes records, or creates one where there are no ids; then reads them.",
       {ids, needed("vals", "{field: value}."), specification, optional("next_id", "Read this record instead.")}},
      {"web_name_search", model, reads, web_name_search, "Records whose name matches, as the specification asks for them.",
       {needed("name", "Text to look for."), specification, optional("domain", "Search domain."),
        optional("operator", "\"ilike\", \"=\" ...", Value::string("ilike")),
        optional("limit", "Records at most.", Value::integer(100))}},
      {"onchange", records, reads, onchange, "{\"value\"}: the defaults a new record begins with.",
       {ids, needed("values", "What the form holds."), needed("field_names", "The fields that were changed."),
        needed("fields_spec", "The fields of the form.")}},
      {"action_archive", records, writes, action_archive, "Hides records from searches.", {ids}},
      {"action_unarchive", records, writes, action_unarchive, "Shows archived records again.", {ids}},
      {"toggle_active", records, writes, toggle_active, "Archives records that are not, and shows those that are.", {ids}},
  };
}

}  // namespace

Result<void> add_web_methods(Catalog& catalog) {
  return add_to_every_model(catalog, rows());
}

}  // namespace parley::orm
