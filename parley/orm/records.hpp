// SPDX-License-Identifier: Apache-2.0
// Records: search, read, create, write, unlink and their kin, for native code and for the
// methods every model exposes. Rights, rules and limits are checked here and nowhere else.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/orm/domain_compiler.hpp"
#include "parley/orm/field_type.hpp"
#include "parley/registry/answer.hpp"

namespace parley::orm {

using Ids = std::vector<std::int64_t>;

struct SearchOptions {
  std::int64_t offset = 0;
  std::optional<std::int64_t> limit = {};
  std::string_view order = {};  // empty = the model's
  DomainCompiler::Archived archived = DomainCompiler::Archived::hidden;
};

/// fails:   forbidden, invalid_argument (domain, order)
Result<Ids> search_records(Env& env, const RuntimeModel& model, const domain::Node* filter,
                           const SearchOptions& options);
Result<std::int64_t> count_records(Env& env, const RuntimeModel& model, const domain::Node* filter,
                                   std::optional<std::int64_t> limit);

/// Fills `query` (all but `selected`) with the records of `model` that the caller sees and
/// `filter` allows, in order.
Result<void> start_search(Env& env, DomainCompiler& compiler, const RuntimeModel& model,
                          const domain::Node* filter, const SearchOptions& options, Query& query);

/// The fields a caller asks for by name: `id` first, each once; null or empty list = all that
/// the user may see.
/// fails:   invalid_argument "Invalid field 'x' on 'model'", forbidden for hidden ones
Result<std::vector<const RuntimeField*>> choose_fields(Env& env, const RuntimeModel& model, const Value& names);

/// Rows of the records found, as dicts, made while they are pulled.
Result<std::unique_ptr<RowSource>> search_read_records(Env& env, const RuntimeModel& model,
                                                       const domain::Node* filter,
                                                       std::vector<const RuntimeField*> fields,
                                                       const SearchOptions& options, LoadMode mode);
/// Rows of `ids` in their order; missing ids are left out, forbidden ones are an error.
Result<std::unique_ptr<RowSource>> read_records(Env& env, const RuntimeModel& model, Ids ids,
                                                std::vector<const RuntimeField*> fields, LoadMode mode);

/// `rows`: one dict of values a record; `first_id`: the id of the first row (the next ones
/// follow), 0 = from the model's counter. gives: the new ids, in order.
Result<Ids> create_records(Env& env, const RuntimeModel& model, std::span<const Value> rows,
                           std::int64_t first_id = 0);
/// fails:   not_found (MissingError) when an id is no record; nothing is then written
Result<void> write_records(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids,
                           const Value& values);
Result<void> unlink_records(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids);
/// The values a copy would be created with: copied fields, `changes` over them.
Result<Value> copy_values(Env& env, const RuntimeModel& model, std::int64_t id, const Value& changes);

/// Those of `ids` that are records, in their order; no rights are checked.
Result<Ids> existing_ids(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids);
/// (id, display name) of records, in the order of `ids`; missing ones are left out.
struct Named {
  std::int64_t id;
  std::string name;
};
Result<std::vector<Named>> names_of(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids);
/// Ids whose display name matches.
Result<Ids> ids_named(Env& env, const RuntimeModel& model, domain::Operator op, const Value& text,
                      std::optional<std::int64_t> limit = {});

/// The defaults of one call: the context's default_<field>, then the field's own. Code that runs
/// as superuser takes none from the context, which is the caller's.
class Defaults {
 public:
  explicit Defaults(Env& env);
  /// unset = none
  Result<Value> of(const RuntimeField& field) const;

 private:
  Env* env_;
  std::map<std::string_view, Value> asked_;  // field -> what the context says; views the context
};

/// How many of `ids` (each given once) the rules of `model` let through.
Result<std::int64_t> count_passing(Env& env, const RuntimeModel& model, const domain::Node& rules,
                                   std::span<const std::int64_t> ids);

/// Adds `terms` to the query's ORDER BY, following many2ones into their model's order, and the
/// id last so that pages never overlap.
void add_order(DomainCompiler& compiler, Query& query, std::span<const OrderTerm> terms);

/// A store's constraint error as the people of the sources know it. `relations`: what was
/// given ("parent_id=7"), named when a foreign key is broken.
Error explain(const RuntimeModel& model, Operation operation, Error error, std::string_view relations = {});
/// MissingError for `ids` (spec 3.2).
Error missing_error(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids);

}  // namespace parley::orm
