// SPDX-License-Identifier: Apache-2.0
// Who may do what: groups with implication, ir.model.access rows, ir.rule domains.
// AccessTable is an immutable snapshot of one database; it is rebuilt when its epoch moves.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/domain/domain.hpp"
#include "parley/domain/expr.hpp"
#include "parley/orm/query.hpp"
#include "parley/registry/registry.hpp"

namespace parley {
class Env;
}

namespace parley::orm {

class RuleDomains;
class Transaction;
struct RuntimeField;
struct RuntimeModel;

enum class Operation : std::uint8_t { read, write, create, unlink };
std::string_view name_of(Operation operation);  // "read" ...
/// fails:   invalid_argument, AssertionError "Invalid access mode"
Result<Operation> parse_operation(std::string_view text);

/// One user as access decisions see it. Immutable.
struct UserInfo {
  std::int64_t uid = 0;
  std::string login, name;
  bool is_active = true;
  std::int64_t company_id = 0;
  std::vector<std::int64_t> company_ids;
  std::vector<std::int64_t> groups;  // sorted, implied ones included
  std::string lang = "en_US", tz;
  std::shared_ptr<RuleDomains> rule_domains;  // null: rules are evaluated each time
  bool has_group(std::int64_t group) const;
};

class AccessTable {
 public:
  /// Reads groups, access rows and rules. Unreadable rules are kept and refuse access.
  static Result<std::shared_ptr<const AccessTable>> load(Transaction& transaction, Arena& arena);

  /// The rows of `model` ORed over the user's groups.
  bool allows(std::string_view model, Operation operation, const UserInfo& user) const;
  /// Names of the groups that are allowed, for the error text.
  std::vector<std::string> groups_allowed(std::string_view model, Operation operation) const;

  struct Rule {
    std::int64_t id;
    std::string name;
    bool on[4];                        // by Operation
    std::vector<std::int64_t> groups;  // empty = global
    std::shared_ptr<const domain::Program> program;  // null when it does not compile
    std::string error;
  };
  /// Rules of `model`, global ones first.
  std::span<const Rule> rules(std::string_view model) const;
  /// The group with this external id ("base.group_system"), 0 = none.
  std::int64_t group(std::string_view external_id) const;
  /// The groups of `direct` and all they imply, sorted.
  std::vector<std::int64_t> closure(std::vector<std::int64_t> direct) const;

 private:
  struct Row {
    std::int64_t group;  // 0 = everybody
    bool may[4];
  };
  TextMap<std::vector<Row>> rows_;
  TextMap<std::vector<Rule>> rules_;
  TextMap<std::int64_t> group_ids_;
  std::map<std::int64_t, std::vector<std::int64_t>> implied_;
  std::map<std::int64_t, std::string> group_names_;
};

/// fails:   not_found (MissingError) for an unknown uid
Result<std::shared_ptr<const UserInfo>> load_user(Transaction& transaction, const AccessTable& table,
                                                  std::int64_t uid, Arena& arena);

/// fails:   forbidden with the text of spec 3.2, unless superuser
Result<void> check_model_access(Env& env, const RuntimeModel& model, Operation operation);
/// A field with `groups` is there only for their members.
bool may_see(const Env& env, const RuntimeField& field);
Result<void> check_field_access(Env& env, const RuntimeField& field, Operation operation);

/// The rules of `model` for this user as a domain node; null when there is nothing to filter.
Result<const domain::Node*> rule_domain(Env& env, const RuntimeModel& model, Operation operation);
/// The error of spec 3.2 for records a rule forbids.
Error rule_error(Env& env, const RuntimeModel& model, Operation operation, std::span<const std::int64_t> ids);

}  // namespace parley::orm
