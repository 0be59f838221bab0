// SPDX-License-Identifier: Apache-2.0
// DomainCompiler: a parsed domain and a model become one Condition (and its subqueries).
// One call; keep it until the query has been handed to the store.
#pragma once
#include <memory>
#include <string_view>

#include "parley/domain/domain.hpp"
#include "parley/orm/env.hpp"
#include "parley/orm/query.hpp"

namespace parley::orm {

class DomainCompiler {
 public:
  explicit DomainCompiler(Env& env) : env_(&env) {}
  DomainCompiler(const DomainCompiler&) = delete;
  DomainCompiler& operator=(const DomainCompiler&) = delete;

  Env& env() { return *env_; }
  Arena& arena() { return env_->arena(); }
  std::uint16_t new_alias() { return next_alias_++; }

  /// `node` about the rows of `model` in the table with `alias`.
  /// fails:   invalid_argument (unknown field, bad value), forbidden (hidden field or model)
  Result<Condition> compile(const domain::Node& node, const RuntimeModel& model, std::uint16_t alias);
  /// (path op value); the path may be dotted.
  Result<Condition> leaf(const domain::Leaf& leaf, const RuntimeModel& model, std::uint16_t alias);

  /// Everything a search on `model` filters by: `node`, archived records, record rules.
  enum class Archived { hidden, shown };
  Result<Condition> visible(const domain::Node* node, const RuntimeModel& model, std::uint16_t alias,
                            Archived archived);

  /// A record rule: compiled as superuser, and the same whatever the caller's context says.
  Result<Condition> rule(const domain::Node& rules, const RuntimeModel& model, std::uint16_t alias);

  /// SELECT <column> FROM model WHERE node and its rules. The Query lives in this object.
  /// limits:  path_levels_max, one inside the other (too_large): each is compiled on the stack
  Result<const Query*> subquery(const RuntimeModel& model, std::string_view column, const domain::Node* node,
                                Archived archived);
  /// Ids in `model` whose display name matches, as name_search finds them.
  Result<const Query*> named(const RuntimeModel& model, domain::Operator op, const Value& text);
  const Query* keep(Query query);

  /// Records whose `field` (a relation) leads to a row of `query` (a column of ids), or to none.
  Condition relation_in(const RuntimeField& field, std::uint16_t alias, const Query* query, bool is_negated);

  // Building blocks.
  Condition constant(bool is_true) const;
  Condition all(std::span<const Condition> parts);
  Condition any(std::span<const Condition> parts);
  Condition negate(const Condition& part);
  Condition is_null(const Column& column) const;
  Condition compare(const Column& column, Condition::Op op, const Value& value) const;
  Condition in(const Column& column, const Value& list) const;
  Condition in(const Column& column, const Query* query) const;

 private:
  Env* env_;  // the caller's, or a superuser copy while a rule is compiled
  std::uint16_t next_alias_ = 1;  // 0 is the main table
  std::size_t levels_ = 0;        // subqueries around what is being compiled
  bool is_broad_ = false;         // while what hides archived and forbidden rows is compiled
  bool is_rule_ = false;
  std::vector<std::unique_ptr<Query>> queries_;  // where pointers to them stay
};

/// What name_search looks for: the display name, or what the model's own rule says
/// (Hooks::names, for example res.country by its code first).
Result<const domain::Node*> name_domain(Env& env, const RuntimeModel& model, domain::Operator op,
                                        const Value& text);

/// False, None and what counts as empty in a domain.
bool is_falsy(const Value& value);

}  // namespace parley::orm
