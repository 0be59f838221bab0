// SPDX-License-Identifier: Apache-2.0
// Record rules: their expressions are evaluated for the user and become one domain.
#include "parley/domain/repr.hpp"
#include "parley/orm/env.hpp"
#include "parley/orm/fields/collection.hpp"
#include "parley/orm/model.hpp"
#include "parley/orm/records.hpp"
#include "parley/orm/rule_domains.hpp"

namespace parley::orm {
namespace {

Context without_user_context(const Context& context) {
  Context out = context;
  out.user_context = Value::null();
  return out;
}

// "%Y-%m-%d" with the instant's parts, as time.strftime gives them.
Result<std::string> formatted(const DateTime& instant, std::string_view format) {
  const std::string text = to_odoo_string(instant);  // 2026-11-22 10:20:30
  constexpr std::pair<char, std::size_t> places[] = {{'m', 5}, {'d', 8}, {'H', 11}, {'M', 14}, {'S', 17}};
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out += format[i];
      continue;
    }
    char letter = ++i < format.size() ? format[i] : '\0';
    auto place = std::find_if(std::begin(places), std::end(places), [&](const auto& p) { return p.first == letter; });
    if (letter == '%') out += '%';
    else if (letter == 'Y') out += text.substr(0, 4);
    else if (place != std::end(places)) out += text.substr(place->second, 2);
    else
      return Error(Code::invalid_argument, "time.strftime knows %Y %m %d %H %M %S, not the format " +
                                               domain::repr(Value::string(format)));
  }
  return out;
}

// The names a rule may use: user, uid, company_id, company_ids, time, today and now.
// `user` answers attribute by attribute from the database, so a rule may follow relations.
class RuleScope final : public domain::Scope {
 public:
  RuleScope(Env& env, Arena& arena)
      : env_(env), plain_(without_user_context(env.context())), inside_(env.as_superuser().with_context(plain_)),
        user_(record("res.users", env.uid(), arena)) {
    auto list = [&](const std::vector<std::int64_t>& ids) {
      ListBuilder out(arena);
      for (std::int64_t id : ids) out.add(Value::integer(id));
      return out.done();
    };
    names_.emplace_back("user", user_);
    names_.emplace_back("uid", Value::integer(env.uid()));
    names_.emplace_back("company_id", Value::integer(env.user().company_id));
    names_.emplace_back("company_ids", list(env.user().company_ids));
    names_.emplace_back("today", Value::date(day_of(env.now())));
    names_.emplace_back("now", Value::datetime(env.now()));
    DictBuilder time(arena);
    time.set("__time__", Value::boolean(true));
    names_.emplace_back("time", time.done());
  }

  /// Nothing was asked that changes while rights stay as they are.
  bool is_lasting() const { return is_lasting_; }

  const Value* find(std::string_view name) const override {
    if (name == "today" || name == "now" || name == "time") is_lasting_ = false;
    for (const auto& [known, value] : names_)
      if (known == name) return &value;
    return nullptr;
  }

  // A record is the dict {"__model__": name, "__id__": id, "id": id}.
  Result<Value> attribute(const Value& object, std::string_view name, Arena& arena) const override {
    const Value* model_name = object.find("__model__");
    const Value* ids = object.find("ids");
    if (model_name == nullptr || ids == nullptr) return domain::no_attribute(object, name);
    const RuntimeModel* model = env_.schema().find(model_name->text());
    const RuntimeField* field = model == nullptr ? nullptr : model->find(name);
    if (field == nullptr) return domain::no_attribute(object, name);
    if (model->name == "res.users" && (name == "groups_id" || name == "group_ids")) {
      ListBuilder all(arena);
      for (std::int64_t group : env_.user().groups) all.add(Value::integer(group));
      return records("res.groups", all.done(), arena);
    }
    is_lasting_ = false;
    Ids wanted;
    for (const Value& id : ids->items()) wanted.push_back(id.as_integer());
    PARLEY_TRY(std::unique_ptr<RowSource> rows,
               read_records(inside_, *model, wanted, {&model->id_field(), field}, LoadMode::bare_ids));
    TreeBuilder row(arena);
    PARLEY_TRY(bool has_row, rows->next(row));
    const Value* value = has_row ? row.result().find(name) : nullptr;
    if (value == nullptr) return Value::boolean(false);
    if (field->comodel == nullptr) return *value;
    if (value->is_list()) return records(field->relation, *value, arena);
    return value->is_integer() ? records(field->relation, Value::list(arena.copy(std::span<const Value>(value, 1))), arena)
                               : records(field->relation, Value::list({}), arena);
  }

  Result<Value> call(const domain::Call& call, Arena& arena) const override {
    bool is_time = call.object != nullptr && call.object->find("__time__") != nullptr && call.name == "strftime";
    if (!is_time) return domain::no_function(call);
    if (call.values.size() != 1 || !call.values[0].is_string() || !call.names.empty())
      return Error(Code::invalid_argument, "time.strftime takes one format");
    PARLEY_TRY(std::string text, formatted(env_.now(), call.values[0].text()));
    return Value::string(arena.copy(text));
  }

 private:
  static Value record(std::string_view model, std::int64_t id, Arena& arena) {
    Value* item = arena.allocate_array<Value>(1);
    *item = Value::integer(id);
    return records(model, Value::list({item, 1}), arena);
  }
  static Value records(std::string_view model, const Value& ids, Arena& arena) {
    DictBuilder out(arena);
    out.set("__model__", Value::string(model));
    out.set("id", ids.size() == 0 ? Value::boolean(false) : ids.items()[0]);
    out.set("ids", ids);
    return out.done();
  }

  Env& env_;
  Context plain_;       // rules mean the same whatever the caller's context says
  mutable Env inside_;  // superuser, in plain_
  mutable bool is_lasting_ = true;
  Value user_;
  std::vector<std::pair<std::string_view, Value>> names_;
};

Error cannot_evaluate(const AccessTable::Rule& rule, const RuntimeModel& model, std::string cause) {
  return Error(Code::forbidden, "The record rule \"" + rule.name + "\" on " + model.name + " cannot be evaluated")
      .with_cause(std::move(cause));
}

Result<const domain::Node*> node_of(const AccessTable::Rule& rule, const RuleScope& scope, const RuntimeModel& model,
                                    Env& env, Arena& arena) {
  if (rule.program == nullptr) return cannot_evaluate(rule, model, rule.error);
  Result<Value> list = domain::evaluate(*rule.program, scope, env.limits(), arena);
  Result<const domain::Node*> node = list ? domain::parse(*list, env.limits(), arena) : std::move(list).error();
  if (node) return node;
  switch (node.error().code) {  // what the next attempt may get past stays what it is
    case Code::timeout:
    case Code::cancelled:
    case Code::stale:
    case Code::overloaded:
    case Code::unavailable: return node;
    default: return cannot_evaluate(rule, model, node.error().message);
  }
}

// What the rules of a model say; it stands in the arena it was evaluated in.
struct Evaluated {
  const domain::Node* node = nullptr;  // null: nothing to filter
  bool is_lasting = true;
  std::vector<std::shared_ptr<const domain::Program>> programs;
};

Result<Evaluated> evaluate_rules(Env& env, const RuntimeModel& model, Operation operation,
                                 std::span<const AccessTable::Rule> rules, Arena& arena) {
  Evaluated out;
  RuleScope scope(env, arena);
  const domain::Node* by_group = nullptr;  // group rules are ORed, then ANDed with the global ones
  for (const AccessTable::Rule& rule : rules) {
    const bool is_global = rule.groups.empty();
    const bool is_mine = is_global || std::any_of(rule.groups.begin(), rule.groups.end(),
                                                  [&](std::int64_t group) { return env.user().has_group(group); });
    if (!rule.on[static_cast<std::size_t>(operation)] || !is_mine) continue;
    PARLEY_TRY(const domain::Node* node, node_of(rule, scope, model, env, arena));
    out.programs.push_back(rule.program);
    if (is_global) out.node = out.node == nullptr ? node : domain::all_of(out.node, node, arena);
    else by_group = by_group == nullptr ? node : domain::any_of(by_group, node, arena);
  }
  if (by_group != nullptr) out.node = out.node == nullptr ? by_group : domain::all_of(out.node, by_group, arena);
  if (out.node != nullptr && out.node->kind == domain::Node::Kind::constant && out.node->truth) out.node = nullptr;
  out.is_lasting = scope.is_lasting();
  return out;
}

}  // namespace

Result<const domain::Node*> rule_domain(Env& env, const RuntimeModel& model, Operation operation) {
  if (env.is_superuser()) return nullptr;
  std::span<const AccessTable::Rule> rules = env.snapshot().access->rules(model.name);
  if (rules.empty()) return nullptr;
  RuleDomains* known = env.user().rule_domains.get();
  const RuleDomains::Entry* entry = known == nullptr ? nullptr : known->find(model.name, operation);
  if (known != nullptr && entry == nullptr) {
    auto made = std::make_unique<RuleDomains::Entry>();
    PARLEY_TRY(Evaluated evaluated, evaluate_rules(env, model, operation, rules, made->arena));
    made->node = evaluated.node;
    made->is_lasting = evaluated.is_lasting;
    made->programs = std::move(evaluated.programs);
    entry = &known->keep(model.name, operation, std::move(made));
  }
  if (entry != nullptr && entry->is_lasting) return entry->node;
  PARLEY_TRY(Evaluated evaluated, evaluate_rules(env, model, operation, rules, env.arena()));
  return evaluated.node;
}

Result<std::int64_t> count_passing(Env& env, const RuntimeModel& model, const domain::Node& rules,
                                   std::span<const std::int64_t> ids) {
  DomainCompiler compiler(env);
  Query query;
  query.table = model.table;
  query.selected.push_back({{}, Aggregate::count});
  PARLEY_TRY(Condition allowed, compiler.rule(rules, model, 0));
  Condition parts[] = {compiler.in(model.id_field().column(0), id_list(env.arena(), ids)), allowed};
  query.where = compiler.all(parts);
  PARLEY_TRY(std::unique_ptr<Rows> rows, env.transaction().query(query));
  PARLEY_TRY(bool has_row, rows->step());
  return has_row ? rows->cell(0).integer : 0;
}

}  // namespace parley::orm
