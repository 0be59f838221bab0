// SPDX-License-Identifier: Apache-2.0
// The bodies only translate arguments; what they do is in records.hpp.
#include "parley/orm/methods.hpp"

#include "parley/domain/repr.hpp"
#include "parley/orm/describe.hpp"
#include "parley/orm/fields/scalar.hpp"
#include "parley/orm/method_arguments.hpp"
#include "parley/orm/records.hpp"
#include "parley/orm/web_methods.hpp"

namespace parley::orm {
namespace {

using In = Invocation&;

Result<Answer> search(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(const domain::Node* filter, filter_argument(in.env(), in[0]));
  PARLEY_TRY(SearchOptions options, search_options(in[1], in[2], in[3]));
  if (to_truth(in[4])) {
    PARLEY_TRY(std::int64_t count, count_records(in.env(), *model, filter, {}));
    return Answer(Value::integer(count));
  }
  PARLEY_TRY(Ids ids, search_records(in.env(), *model, filter, options));
  return Answer(ids_value(in.arena(), ids));
}

Result<Answer> search_count(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(const domain::Node* filter, filter_argument(in.env(), in[0]));
  PARLEY_TRY(SearchOptions options, search_options(Value::null(), in[1], Value::null()));
  PARLEY_TRY(std::int64_t count, count_records(in.env(), *model, filter, options.limit));
  return Answer(Value::integer(count));
}

LoadMode load_mode(const Value& load) {
  return load.is_unset() || (load.is_string() && load.text() == "_classic_read") ? LoadMode::with_names : LoadMode::bare_ids;
}

Result<Answer> search_read(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(const domain::Node* filter, filter_argument(in.env(), in[0]));
  PARLEY_TRY(auto fields, choose_fields(in.env(), *model, in[1]));
  PARLEY_TRY(SearchOptions options, search_options(in[2], in[3], in[4]));
  PARLEY_TRY(auto rows, search_read_records(in.env(), *model, filter, std::move(fields), options, load_mode(in[5])));
  return Answer(std::move(rows));
}

// Ids that cannot be records (0, False) are left out, as missing ones are.
Result<Answer> read(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(auto fields, choose_fields(in.env(), *model, in[1]));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  PARLEY_TRY(auto rows, read_records(in.env(), *model, std::move(ids), std::move(fields), load_mode(in[2])));
  return Answer(std::move(rows));
}

Result<Answer> create(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  const Value& given = in[0];
  if (given.is_dict()) {
    PARLEY_TRY(Ids ids, create_records(in.env(), *model, {&given, 1}));
    return Answer(Value::integer(ids.front()));
  }
  if (!given.is_list())
    return Error(Code::invalid_argument, "create takes a dict of values or a list of them, not " + domain::repr(given),
                 "vals_list", "TypeError");
  PARLEY_TRY(Ids ids, create_records(in.env(), *model, given.items()));
  return Answer(ids_value(in.arena(), ids));
}

Result<Answer> write(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  PARLEY_CHECK(write_records(in.env(), *model, ids, in[1]));
  return Answer(Value::boolean(true));
}

Result<Answer> unlink(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  PARLEY_CHECK(unlink_records(in.env(), *model, ids));
  return Answer(Value::boolean(true));
}

// An id gives an id, a list gives a list (decision 2).
Result<Answer> copy(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  std::vector<Value> rows;
  for (std::int64_t id : ids) {
    PARLEY_TRY(Value values, copy_values(in.env(), *model, id, in[1]));
    rows.push_back(values);
  }
  PARLEY_TRY(Ids made, create_records(in.env(), *model, rows));
  if (in[0].is_integer()) return Answer(Value::integer(made.front()));
  return Answer(ids_value(in.arena(), made));
}

Result<Answer> copy_data(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  ListBuilder out(in.arena());
  for (std::int64_t id : ids) {
    PARLEY_TRY(Value values, copy_values(in.env(), *model, id, in[1]));
    out.add(values);
  }
  return Answer(out.done());
}

Result<Answer> exists(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_CHECK(check_model_access(in.env(), *model, Operation::read));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  PARLEY_TRY(Ids found, existing_ids(in.env(), *model, ids));
  return Answer(ids_value(in.arena(), found));
}

Result<Answer> fields_get(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Value described, describe_fields(in.env(), *model, in[0], in[1]));
  return Answer(described);
}

Result<Answer> fields_get_keys(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  ListBuilder out(in.arena());
  for (const auto& field : model->fields)
    if (may_see(in.env(), *field)) out.add(Value::string(in.arena().copy(field->name)));
  return Answer(out.done());
}

// [[6, 0, ids]]
Value set_command(Arena& arena, const Value& ids) {
  Value command[] = {Value::integer(6), Value::integer(0), ids};
  Value list = Value::list(arena.copy(std::span<const Value>(command)));
  return Value::list(arena.copy(std::span<const Value>(&list, 1)));
}

Result<Answer> default_get(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  Defaults defaults(in.env());
  DictBuilder out(in.arena());
  auto add = [&](const RuntimeField& field) -> Result<void> {
    if (field.is_automatic || !may_see(in.env(), field)) return {};
    PARLEY_TRY(Value value, defaults.of(field));
    if (value.is_unset()) return {};
    bool is_ids = collection_of(field) != nullptr && value.is_list() && value.size() > 0 && value.items()[0].is_integer();
    out.set(field.name, is_ids ? set_command(in.arena(), value) : value);
    return {};
  };
  const Value& names = in[0].is_list() ? in[0] : in[1];
  if (!names.is_list()) {
    for (const auto& field : model->fields) PARLEY_CHECK(add(*field));
    return Answer(parley::copy(out.done(), in.arena()));  // defaults live in the schema
  }
  for (const Value& name : names.items()) {
    const RuntimeField* field = name.is_string() ? model->find(name.text()) : nullptr;
    if (field != nullptr) PARLEY_CHECK(add(*field));
  }
  return Answer(parley::copy(out.done(), in.arena()));
}

Result<Answer> name_get(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  PARLEY_TRY(std::vector<Named> names, names_of(in.env(), *model, ids));
  return Answer(names_value(in.arena(), names));
}

// What to look for; numbers count as their text. Empty = no name asked for.
Result<std::string_view> searched_name(Arena& arena, const Value& given) {
  if (is_falsy(given)) return std::string_view();
  if (given.is_string()) return given.text();
  if (given.is_integer()) return arena.copy(std::to_string(given.as_integer()));
  return Error(Code::invalid_argument, "name: expected text, not " + domain::repr(given), "name");
}

// (name, args, operator, limit); the second is called domain by newer clients, and both hold.
Result<Answer> name_search(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(std::string_view name, searched_name(in.arena(), in[0]));
  PARLEY_TRY(const domain::Node* filter, filter_argument(in.env(), in[1]));
  PARLEY_TRY(const domain::Node* second, filter_argument(in.env(), in[4]));
  if (second != nullptr) filter = filter == nullptr ? second : domain::all_of(filter, second, in.arena());
  std::string_view word = in[2].is_string() ? in[2].text() : std::string_view("ilike");
  std::optional<domain::Operator> op = domain::find_operator(word);
  if (!op) return Error(Code::invalid_argument, "Invalid operator '" + std::string(word) + "'", "operator");
  if (!name.empty()) {
    PARLEY_TRY(const domain::Node* named, name_domain(in.env(), *model, *op, Value::string(name)));
    filter = filter == nullptr ? named : domain::all_of(named, filter, in.arena());
  }
  PARLEY_TRY(SearchOptions options, search_options(Value::null(), in[3], Value::null()));
  PARLEY_TRY(Ids ids, search_records(in.env(), *model, filter, options));
  PARLEY_TRY(std::vector<Named> names, names_of(in.env(), *model, ids));
  return Answer(names_value(in.arena(), names));
}

Result<Answer> name_create(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  if (model->rec_name == nullptr)
    return Error(Code::rejected, "Cannot execute name_create, no _rec_name defined on " + model->name, model->name, "UserError");
  DictBuilder values(in.arena());
  values.set(model->rec_name->name, in[0]);
  Value row = values.done();
  PARLEY_TRY(Ids ids, create_records(in.env(), *model, {&row, 1}));
  PARLEY_TRY(std::vector<Named> names, names_of(in.env(), *model, ids));
  return Answer(names_value(in.arena(), names).items()[0]);
}

Result<Answer> get_metadata(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  std::vector<const RuntimeField*> fields{&model->id_field()};
  for (std::string_view name : {"create_uid", "create_date", "write_uid", "write_date"})
    if (const RuntimeField* field = model->find(name)) fields.push_back(field);
  PARLEY_TRY(auto rows, read_records(in.env(), *model, ids, fields, LoadMode::with_names));
  ListBuilder out(in.arena());
  for (;;) {
    TreeBuilder row(in.arena());
    PARLEY_TRY(bool has_row, rows->next(row));
    if (!has_row) return Answer(out.done());
    PARLEY_TRY(Value full, with_external_ids(in.env(), *model, row.result()));
    out.add(full);
  }
}

Result<Answer> check_access_rights(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Operation operation, parse_operation(in[0].text()));
  Result<void> allowed = check_model_access(in.env(), *model, operation);
  if (!allowed && to_truth(in[1])) return std::move(allowed).error();
  return Answer(Value::boolean(allowed.has_value()));
}

Result<Answer> has_access(In in) {
  PARLEY_TRY(const RuntimeModel* model, in.env().find_model(in.model));
  PARLEY_TRY(Ids ids, ids_argument(in.env(), in[0]));
  PARLEY_TRY(Operation operation, parse_operation(in[1].text()));
  if (!check_model_access(in.env(), *model, operation)) return Answer(Value::boolean(false));
  PARLEY_TRY(bool allowed, passes_rules(in.env(), *model, ids, operation));
  return Answer(Value::boolean(allowed));
}

Parameter required(std::string name, Type type, std::string help) { return {std::move(name), std::move(help), std::move(type)}; }

Parameter optional(std::string name, Type type, std::string help, Value fallback = Value::null()) {
  return {std::move(name), std::move(help), std::move(type), false, OwnedValue(fallback)};
}

// One that is never a dict: older clients put the context there.
Parameter plain(std::string name, Type type, std::string help, Value fallback = Value::null()) {
  Parameter out = optional(std::move(name), std::move(type), std::move(help), fallback);
  out.takes_dict = false;
  return out;
}

Parameter domain_parameter() {
  return required("domain", Type::any(), "Search domain: a list of (field, operator, value) and '&', '|', '!'.");
}
Parameter ids_parameter() { return required("ids", Type::any(), "Record ids: a list, or one id."); }
/// Where one name may be a list of one (query strings) the type says so; else whatever is sent is looked at here.
Parameter fields_parameter() {
  return plain("fields", Type::any({Type::list(Type::string()), Type::any()}), "Field names; nothing or [] = all.");
}
Parameter offset_parameter() { return plain("offset", Type::any(), "Records to skip.", Value::integer(0)); }
Parameter limit_parameter() { return plain("limit", Type::any(), "Records at most; nothing or 0 = no limit."); }
Parameter order_parameter() {
  return plain("order", Type::any(), "\"field [asc|desc] [nulls first|last], ...\"; nothing = the model's order.");
}
Parameter load_parameter() {
  return plain("load", Type::any(), "\"_classic_read\" tells many2one as [id, name], anything else as id.", Value::unset());
}

std::vector<BaseMethod> rows() {
  constexpr auto model = Binding::model;
  constexpr auto records = Binding::records;
  constexpr auto reads = Effect::read;
  constexpr auto writes = Effect::write;
  Type any = Type::any();
  auto values = required("vals", Type::any(), "{field: value}.");
  auto defaults = optional("default", any, "Values that replace the copied ones.");
  return {
      {"search", model, reads, search, "Ids of the records a domain finds.",
       {domain_parameter(), offset_parameter(), limit_parameter(), order_parameter(),
        plain("count", Type::boolean(), "True: only their number.", Value::boolean(false))}},
      {"search_count", model, reads, search_count, "Number of records a domain finds.",
       {domain_parameter(), limit_parameter()}},
      {"search_read", model, reads, search_read, "Fields of the records a domain finds.",
       {plain("domain", any, "Search domain."), fields_parameter(), offset_parameter(), limit_parameter(),
        order_parameter(), load_parameter()}},
      {"read", records, reads, read, "Fields of records, in the order of their ids.",
       {ids_parameter(), fields_parameter(), load_parameter()}},
      {"create", model, writes, create, "Creates one record (a dict gives an id) or many (a list gives ids).",
       {required("vals_list", any, "{field: value}, or a list of them.")}},
      {"write", records, writes, write, "Changes records.", {ids_parameter(), values}},
      {"unlink", records, writes, unlink, "Deletes records.", {ids_parameter()}},
      {"copy", records, writes, copy, "Copies records.", {ids_parameter(), defaults}},
      {"copy_data", records, reads, copy_data, "The values copies would be created with.", {ids_parameter(), defaults}},
      {"exists", records, reads, exists, "Those of the ids that are records.", {ids_parameter()}},
      {"fields_get", model, reads, fields_get, "The fields of the model and their attributes.",
       {plain("allfields", any, "Field names; nothing or [] = all."),
        plain("attributes", any, "Attributes wanted; nothing or [] = all.")}},
      {"fields_get_keys", model, reads, fields_get_keys, "Names of the fields.", {}},
      {"default_get", model, reads, default_get, "Default values of fields that have one.",
       {plain("fields_list", any, "Field names; nothing = all."),
        plain("fields", any, "The same as fields_list, for newer clients.")}},
      {"name_get", records, reads, name_get, "[[id, display name]] of records.", {ids_parameter()}},
      {"name_search", model, reads, name_search, "[[id, display name]] of records whose name matches.",
       {plain("name", any, "Text to look for.", Value::string("")), plain("args", any, "Search domain."),
        plain("operator", any, "\"ilike\", \"=\" ...", Value::string("ilike")),
        plain("limit", any, "Records at most.", Value::integer(100)),
        plain("domain", any, "The same as args, for newer clients.")}},
      {"name_create", model, writes, name_create, "Creates a record from its name; [id, display name].",
       {required("name", any, "The display name.")}},
      {"get_metadata", records, reads, get_metadata, "Who created and changed records, and their external ids.",
       {ids_parameter()}},
      {"perm_read", records, reads, get_metadata, "The same as get_metadata, for older clients.",
       {ids_parameter(), plain("details", Type::boolean(), "Ignored.", Value::boolean(true))}},
      {"check_access_rights", model, reads, check_access_rights, "Whether the user may do an operation on the model.",
       {required("operation", Type::string(), "read, write, create or unlink."),
        plain("raise_exception", Type::boolean(), "True: an AccessError instead of false.", Value::boolean(true))}},
      {"has_access", records, reads, has_access, "Whether the user may do an operation on all these records.",
       {ids_parameter(), required("operation", Type::string(), "read, write, create or unlink.")}},
  };
}

}  // namespace

Result<void> add_to_every_model(Catalog& catalog, std::vector<BaseMethod> rows) {
  for (BaseMethod& row : rows) {
    Method method{row.name, row.doc, std::move(row.parameters)};
    method.effect = row.effect;
    method.binding = row.binding;
    method.body = row.body;
    PARLEY_CHECK(catalog.add_method("base", "", std::move(method)));
  }
  return {};
}

Result<void> add_base_methods(Catalog& catalog) {
  PARLEY_CHECK(add_to_every_model(catalog, rows()));
  return add_web_methods(catalog);
}

}  // namespace parley::orm
