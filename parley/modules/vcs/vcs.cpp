// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/vcs/vcs.hpp"

#include <charconv>

namespace parley::modules {

Result<void> add_vcs(Catalog& catalog, orm::ModuleSet& set, const VcsOptions& options) {
  PARLEY_CHECK(vcs::add_users(catalog));
  PARLEY_CHECK(vcs::add_users_groups(catalog));
  PARLEY_CHECK(vcs::add_repositories(catalog));
  PARLEY_CHECK(vcs::add_permissions(catalog));
  PARLEY_CHECK(vcs::add_pull(catalog, options));
  return vcs::add_repository_hooks(set);
}

}  // namespace parley::modules

namespace parley::modules::vcs {
namespace {

std::optional<std::int64_t> number_of(const Value& named) {
  if (named.is_integer()) return named.as_integer();
  if (!named.is_string()) return {};
  std::int64_t number = 0;
  std::string_view text = named.text();
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace

Result<void> require_admin(const Env& env) {
  if (env.is_superuser() || env.user().has_group(env.snapshot().access->group("base.group_system"))) return {};
  return Error(Code::forbidden, "only for administrators");
}

Result<std::vector<Value>> rows_of(Env& env, std::string_view name, const domain::Node* filter,
                                   std::initializer_list<std::string_view> names) {
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(name));
  std::vector<const orm::RuntimeField*> fields{&model->id_field()};
  for (std::string_view field : names) {
    fields.push_back(model->find(field));
    PARLEY_ASSERT(fields.back() != nullptr);
  }
  orm::SearchOptions options;
  options.archived = orm::DomainCompiler::Archived::shown;
  options.order = "id";
  PARLEY_TRY(auto rows,
             orm::search_read_records(env, *model, filter, std::move(fields), options, orm::LoadMode::bare_ids));
  std::vector<Value> out;
  for (;;) {
    TreeBuilder row(env.arena());
    PARLEY_TRY(bool has_row, rows->next(row));
    if (!has_row) return out;
    out.push_back(row.result());
  }
}

const domain::Node* where(Env& env, std::string_view field, const Value& value) {
  return domain::leaf(field, domain::Operator::equal, value, env.arena());
}

const domain::Node* where_among(Env& env, std::string_view field, std::span<const std::int64_t> ids) {
  ListBuilder list(env.arena());
  for (std::int64_t id : ids) list.add(Value::integer(id));
  return domain::leaf(field, domain::Operator::in, list.done(), env.arena());
}

Result<std::int64_t> create(Env& env, std::string_view name, const Value& values) {
  PARLEY_TRY(const orm::RuntimeModel* model, env.find_model(name));
  PARLEY_TRY(orm::Ids ids, orm::create_records(env, *model, {&values, 1}));
  return ids.front();
}

std::string_view text_member(const Value& row, std::string_view name) {
  const Value* value = row.find(name);
  return value != nullptr && value->is_string() ? value->text() : std::string_view();
}

std::int64_t id_member(const Value& row, std::string_view name) {
  const Value* value = row.find(name);
  return value != nullptr && value->is_integer() ? value->as_integer() : 0;
}

std::string shown(const Value& named) {
  if (named.is_string()) return std::string(named.text());
  return named.is_integer() ? std::to_string(named.as_integer()) : std::string(name_of(named.kind()));
}

Result<std::optional<Value>> find_named(Env& env, std::string_view model, std::string_view field, const Value& named,
                                        std::initializer_list<std::string_view> fields, const domain::Node* within) {
  auto first = [&](const domain::Node* filter) -> Result<std::optional<Value>> {
    if (within != nullptr) filter = domain::all_of(within, filter, env.arena());
    PARLEY_TRY(std::vector<Value> rows, rows_of(env, model, filter, fields));
    return rows.empty() ? std::optional<Value>() : std::optional<Value>(rows.front());
  };
  if (named.is_string()) {
    PARLEY_TRY(std::optional<Value> found, first(where(env, field, named)));
    if (found) return found;
  }
  std::optional<std::int64_t> id = number_of(named);
  if (!id) return std::optional<Value>();
  return first(where(env, "id", Value::integer(*id)));
}

Error refusal(std::string text) { return Error(Code::rejected, std::move(text)); }

Error failure(std::string text, Error error) {
  switch (error.code) {
    case Code::invalid_argument:
    case Code::rejected:
    case Code::conflict:
    case Code::not_found:
      return refusal(std::move(text)).with_cause(error.message + (error.cause.empty() ? "" : " ") + error.cause);
    default:  // not about what was asked for
      return error;
  }
}

}  // namespace parley::modules::vcs
