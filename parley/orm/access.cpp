// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/access.hpp"

#include "parley/orm/env.hpp"
#include "parley/orm/model.hpp"
#include "parley/orm/rule_domains.hpp"
#include "parley/orm/store.hpp"

namespace parley::orm {
namespace {

// Selects plain columns of one table, ordered by id; the access tables' own reader, because
// the object layer's asks for rights that are only being loaded here.
class TableReader {
 public:
  TableReader(Transaction& transaction, std::string_view table, std::initializer_list<std::string_view> columns,
              Condition where = {}) {
    Query query;
    query.table = table;
    query.where = where;
    for (std::string_view column : columns) query.selected.push_back({{0, column, ColumnType::text}});
    rows_ = transaction.query(query);
  }
  Result<bool> step() {
    if (!rows_) return Error(rows_.error());
    return (*rows_)->step();
  }
  std::int64_t integer(int column) const {
    Cell cell = (*rows_)->cell(column);
    return cell.kind == Cell::Kind::integer ? cell.integer : 0;
  }
  std::string text(int column) const {
    Cell cell = (*rows_)->cell(column);
    return cell.kind == Cell::Kind::text ? std::string(cell.text) : std::string();
  }

 private:
  Result<std::unique_ptr<Rows>> rows_ = std::unique_ptr<Rows>();
};

constexpr std::size_t index_of(Operation operation) { return static_cast<std::size_t>(operation); }

template <class Map, class Default>
const auto& get(const Map& map, std::string_view key, const Default& otherwise) {
  auto found = map.find(key);
  return found == map.end() ? otherwise : found->second;
}

}  // namespace

std::string_view name_of(Operation operation) {
  constexpr std::string_view names[] = {"read", "write", "create", "unlink"};
  return names[index_of(operation)];
}

Result<Operation> parse_operation(std::string_view text) {
  for (Operation operation : {Operation::read, Operation::write, Operation::create, Operation::unlink})
    if (name_of(operation) == text) return operation;
  return Error(Code::invalid_argument, "Invalid access mode", "operation", "AssertionError");
}

bool UserInfo::has_group(std::int64_t group) const {
  return group != 0 && std::binary_search(groups.begin(), groups.end(), group);
}

Result<std::shared_ptr<const AccessTable>> AccessTable::load(Transaction& t, Arena&) {
  auto out = std::make_shared<AccessTable>();
  auto rule_groups = std::map<std::int64_t, std::vector<std::int64_t>>();
  std::map<std::int64_t, std::string> model_names;
  auto each = [](TableReader rows, auto&& take) -> Result<void> {
    for (;;) {
      PARLEY_TRY(bool has_row, rows.step());
      if (!has_row) return {};
      take(rows);
    }
  };
  PARLEY_CHECK(each({t, "ir_model", {"id", "model"}}, [&](auto& r) { model_names[r.integer(0)] = r.text(1); }));
  PARLEY_CHECK(each({t, "res_groups", {"id", "name"}}, [&](auto& r) { out->group_names_[r.integer(0)] = r.text(1); }));
  PARLEY_CHECK(each({t, "res_groups_implied_rel", {"gid", "hid"}},
                    [&](auto& r) { out->implied_[r.integer(0)].push_back(r.integer(1)); }));
  Condition names_group;
  names_group.kind = Condition::Kind::compare;
  names_group.column = {0, "model", ColumnType::text};
  names_group.op = Condition::Op::eq;
  names_group.value = Value::string("res.groups");
  PARLEY_CHECK(each({t, "ir_model_data", {"module", "name", "res_id"}, names_group},
                    [&](auto& r) { out->group_ids_[r.text(0) + "." + r.text(1)] = r.integer(2); }));
  PARLEY_CHECK(each({t, "ir_model_access",
                     {"model_id", "group_id", "perm_read", "perm_write", "perm_create", "perm_unlink", "active"}},
                    [&](auto& r) {
                      if (r.integer(6) == 0) return;
                      Row row{r.integer(1), {}};
                      for (int i = 0; i < 4; ++i) row.may[i] = r.integer(2 + i) != 0;
                      out->rows_[model_names[r.integer(0)]].push_back(row);
                    }));
  PARLEY_CHECK(each({t, "rule_group_rel", {"rule_group_id", "group_id"}},
                    [&](auto& r) { rule_groups[r.integer(0)].push_back(r.integer(1)); }));
  Limits limits;
  PARLEY_CHECK(each({t, "ir_rule",
                     {"id", "model_id", "name", "domain_force", "perm_read", "perm_write", "perm_create", "perm_unlink",
                      "active"}},
                    [&](auto& r) {
                      if (r.integer(8) == 0) return;
                      Rule rule{r.integer(0), r.text(2), {}, rule_groups[r.integer(0)], nullptr, {}};
                      for (int i = 0; i < 4; ++i) rule.on[i] = r.integer(4 + i) != 0;
                      std::string source = r.text(3);
                      auto program = domain::compile(source.empty() ? "[]" : source, limits);
                      if (program) rule.program = std::make_shared<const domain::Program>(std::move(*program));
                      else rule.error = program.error().message;
                      auto& rules = out->rules_[model_names[r.integer(1)]];
                      rules.insert(rule.groups.empty() ? rules.begin() : rules.end(), std::move(rule));
                    }));
  return std::shared_ptr<const AccessTable>(std::move(out));
}

bool AccessTable::allows(std::string_view model, Operation operation, const UserInfo& user) const {
  static const std::vector<Row> none;
  for (const Row& row : get(rows_, model, none))
    if (row.may[index_of(operation)] && (row.group == 0 || user.has_group(row.group))) return true;
  return false;
}

std::vector<std::string> AccessTable::groups_allowed(std::string_view model, Operation operation) const {
  static const std::vector<Row> none;
  std::vector<std::string> out;
  for (const Row& row : get(rows_, model, none)) {
    auto name = group_names_.find(row.group);
    if (row.may[index_of(operation)] && name != group_names_.end()) out.push_back(name->second);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::span<const AccessTable::Rule> AccessTable::rules(std::string_view model) const {
  static const std::vector<Rule> none;
  return get(rules_, model, none);
}

std::int64_t AccessTable::group(std::string_view external_id) const {
  static const std::int64_t none = 0;
  return get(group_ids_, external_id, none);
}

std::vector<std::int64_t> AccessTable::closure(std::vector<std::int64_t> direct) const {
  std::vector<std::int64_t> todo = std::move(direct), out;
  while (!todo.empty()) {
    std::int64_t group = todo.back();
    todo.pop_back();
    auto at = std::lower_bound(out.begin(), out.end(), group);
    if (at != out.end() && *at == group) continue;
    out.insert(at, group);
    if (auto implied = implied_.find(group); implied != implied_.end())
      todo.insert(todo.end(), implied->second.begin(), implied->second.end());
  }
  return out;
}

Result<std::shared_ptr<const UserInfo>> load_user(Transaction& t, const AccessTable& table, std::int64_t uid, Arena&) {
  auto by = [&](std::string_view column) {
    Condition c;
    c.kind = Condition::Kind::compare;
    c.column = {0, column, ColumnType::integer};
    c.op = Condition::Op::eq;
    c.value = Value::integer(uid);
    return c;
  };
  TableReader user(t, "res_users", {"id", "login", "name", "active", "company_id", "lang", "tz"}, by("id"));
  PARLEY_TRY(bool is_there, user.step());
  if (!is_there)
    return Error(Code::not_found, "Record does not exist or has been deleted.\n(Record: res.users(" +
                                      std::to_string(uid) + ",), User: " + std::to_string(uid) + ")");
  auto out = std::make_shared<UserInfo>();
  out->uid = uid;
  out->login = user.text(1);
  out->name = user.text(2);
  out->is_active = user.integer(3) != 0;
  out->company_id = user.integer(4);
  if (!user.text(5).empty()) out->lang = user.text(5);
  out->tz = user.text(6);
  std::vector<std::int64_t> direct;
  TableReader groups(t, "res_groups_users_rel", {"gid"}, by("uid"));
  for (;;) {
    PARLEY_TRY(bool has_row, groups.step());
    if (!has_row) break;
    direct.push_back(groups.integer(0));
  }
  out->groups = table.closure(std::move(direct));
  out->rule_domains = std::make_shared<RuleDomains>();
  TableReader companies(t, "res_company_users_rel", {"cid"}, by("user_id"));
  for (;;) {
    PARLEY_TRY(bool has_row, companies.step());
    if (!has_row) break;
    out->company_ids.push_back(companies.integer(0));
  }
  return std::shared_ptr<const UserInfo>(std::move(out));
}

Result<void> check_model_access(Env& env, const RuntimeModel& model, Operation operation) {
  if (env.is_superuser() || env.snapshot().access->allows(model.name, operation, env.user())) return {};
  constexpr std::string_view verbs[] = {"access", "modify", "create", "delete"};
  std::string text = "You are not allowed to " + std::string(verbs[index_of(operation)]) + " '" + model.description +
                     "' (" + model.name + ") records.\n\n";
  std::vector<std::string> groups = env.snapshot().access->groups_allowed(model.name, operation);
  if (groups.empty()) {
    text += "No group currently allows this operation.";
  } else {
    text += "This operation is allowed for the following groups:\n";
    for (const std::string& group : groups) text += "\t- " + group + "\n";
  }
  text += "\n\nContact your administrator to request access if necessary.";
  return Error(Code::forbidden, std::move(text), model.name);
}

bool may_see(const Env& env, const RuntimeField& field) {
  if (field.groups.empty() || env.is_superuser()) return true;
  for (const std::string& group : field.groups)
    if (env.user().has_group(env.snapshot().access->group(group))) return true;
  return false;
}

Result<void> check_field_access(Env& env, const RuntimeField& field, Operation operation) {
  if (field.is_write_only && operation == Operation::read && !env.is_superuser())
    return Error(Code::forbidden, "The field '" + field.name + "' of " + field.model->name + " cannot be searched",
                 field.model->name + "." + field.name);
  if (may_see(env, field)) return {};
  return Error(Code::forbidden, "You do not have enough rights to access the field \"" + field.name + "\" on " +
                                    field.model->description + " (" + field.model->name +
                                    "). Please contact your system administrator.\n\nOperation: " +
                                    std::string(name_of(operation)),
               field.model->name + "." + field.name);
}

Error rule_error(Env& env, const RuntimeModel& model, Operation operation, std::span<const std::int64_t>) {
  return Error(Code::forbidden,
               "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, " + env.user().name +
                   " (id=" + std::to_string(env.uid()) + ") doesn't have '" + std::string(name_of(operation)) +
                   "' access to:\n- " + model.description + " (" + model.name + ")",
               model.name);
}

}  // namespace parley::orm
