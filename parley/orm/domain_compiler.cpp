// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/domain_compiler.hpp"

#include "parley/orm/field_type.hpp"

namespace parley::orm {

bool is_falsy(const Value& value) { return value.is_absent() || value.is_false(); }

Condition DomainCompiler::constant(bool is_true) const {
  Condition c;
  c.is_true = is_true;
  return c;
}

Condition DomainCompiler::all(std::span<const Condition> parts) {
  Condition c;
  c.kind = Condition::Kind::all;
  c.parts = arena().copy(parts);
  return c;
}

Condition DomainCompiler::any(std::span<const Condition> parts) {
  Condition c;
  c.kind = Condition::Kind::any;
  c.parts = arena().copy(parts);
  return c;
}

Condition DomainCompiler::negate(const Condition& part) {
  Condition c;
  c.kind = Condition::Kind::negation;
  c.parts = arena().copy(std::span<const Condition>(&part, 1));
  return c;
}

Condition DomainCompiler::is_null(const Column& column) const {
  Condition c;
  c.kind = Condition::Kind::is_null;
  c.column = column;
  c.column.is_broad |= is_broad_;
  return c;
}

Condition DomainCompiler::compare(const Column& column, Condition::Op op, const Value& value) const {
  Condition c;
  c.kind = Condition::Kind::compare;
  c.column = column;
  c.column.is_broad |= is_broad_;
  c.op = op;
  c.value = value;
  return c;
}

Condition DomainCompiler::in(const Column& column, const Value& list) const {
  Condition c;
  c.kind = Condition::Kind::in;
  c.column = column;
  c.column.is_broad |= is_broad_;
  c.value = list;
  return c;
}

Condition DomainCompiler::in(const Column& column, const Query* query) const {
  Condition c;
  c.kind = Condition::Kind::in_query;
  c.column = column;
  c.query = query;
  return c;
}

const Query* DomainCompiler::keep(Query query) {
  return queries_.emplace_back(std::make_unique<Query>(std::move(query))).get();
}

namespace {

// (field, '=', False) or ...: the rule of most records of most databases.
bool lets_empty_pass(const domain::Node& node) {
  return node.kind == domain::Node::Kind::any &&
         std::any_of(node.children.begin(), node.children.end(), [](const domain::Node* child) {
           return child->kind == domain::Node::Kind::leaf && child->leaf.op == domain::Operator::equal &&
                  is_falsy(child->leaf.value);
         });
}

}  // namespace

Result<Condition> DomainCompiler::compile(const domain::Node& node, const RuntimeModel& model,
                                          std::uint16_t alias) {
  using Kind = domain::Node::Kind;
  switch (node.kind) {
    case Kind::constant: return constant(node.truth);
    case Kind::leaf: return leaf(node.leaf, model, alias);
    case Kind::none: {
      PARLEY_TRY(Condition inner, compile(*node.children[0], model, alias));
      return negate(inner);
    }
    case Kind::all:
    case Kind::any: {
      bool was_broad = std::exchange(is_broad_, is_broad_ || (is_rule_ && lets_empty_pass(node)));
      std::vector<Condition> parts;
      parts.reserve(node.children.size());
      for (const domain::Node* child : node.children) {
        PARLEY_TRY(Condition part, compile(*child, model, alias));
        parts.push_back(part);
      }
      is_broad_ = was_broad;
      return node.kind == Kind::all ? all(parts) : any(parts);
    }
  }
  return constant(true);
}

namespace {

// The rest of a dotted path asked of the comodel: (field, "any", [(rest, op, value)]).
const domain::Node* nested(const domain::Leaf& leaf, std::size_t dot, Arena& arena) {
  domain::Node* inner = new (arena.allocate(sizeof(domain::Node), alignof(domain::Node))) domain::Node{};
  inner->kind = domain::Node::Kind::leaf;
  inner->leaf = leaf;
  inner->leaf.field = leaf.field.substr(dot + 1);
  return inner;
}

}  // namespace

Result<Condition> DomainCompiler::leaf(const domain::Leaf& leaf, const RuntimeModel& model,
                                       std::uint16_t alias) {
  std::size_t dot = leaf.field.find('.');
  std::string_view name = leaf.field.substr(0, dot);
  const RuntimeField* field = model.find(name);
  if (field == nullptr)
    return Error(Code::invalid_argument, "Invalid field " + model.name + "." + std::string(name) +
                                             " in condition " + domain::describe(leaf));
  PARLEY_CHECK(check_field_access(*env_, *field, Operation::read));
  if (dot == std::string_view::npos) {
    if ((leaf.op == domain::Operator::any || leaf.op == domain::Operator::not_any) && field->comodel == nullptr)
      return Error(Code::invalid_argument, "'any' needs a relation in condition " + domain::describe(leaf));
    if (leaf.sub != nullptr) {
      PARLEY_TRY(const Query* query, subquery(*field->comodel, "id", leaf.sub,
                                              collection_of(*field) ? Archived::hidden : Archived::shown));
      return relation_in(*field, alias, query, leaf.op == domain::Operator::not_any);
    }
    return field->type_object->condition(*this, *field, alias, leaf.op, leaf.value);
  }
  if (field->comodel == nullptr)
    return Error(Code::invalid_argument, "Invalid field property '" + std::string(leaf.field.substr(dot + 1)) +
                                             "' on " + model.name + "." + field->name);
  const domain::Node* rest = nested(leaf, dot, arena());
  PARLEY_TRY(const Query* query, subquery(*field->comodel, "id", rest,
                                          collection_of(*field) ? Archived::hidden : Archived::shown));
  return relation_in(*field, alias, query, false);
}

Result<Condition> DomainCompiler::visible(const domain::Node* node, const RuntimeModel& model,
                                          std::uint16_t alias, Archived archived) {
  std::vector<Condition> parts;
  parts.reserve(3);
  if (node != nullptr && !(node->kind == domain::Node::Kind::constant && node->truth)) {
    PARLEY_TRY(Condition asked, compile(*node, model, alias));
    parts.push_back(asked);
  }
  bool hides = archived == Archived::hidden && model.active != nullptr &&
              (is_rule_ || env_->hides_archived()) &&
               !(node != nullptr && domain::mentions(*node, model.active->name));
  if (hides) {
    Column active = model.active->column(alias);
    active.is_broad = true;
    parts.push_back(compare(active, Condition::Op::eq, Value::boolean(true)));
  }
  PARLEY_TRY(const domain::Node* rules, rule_domain(*env_, model, Operation::read));
  if (rules != nullptr) {
    PARLEY_TRY(Condition part, rule(*rules, model, alias));
    parts.push_back(part);
  }
  if (parts.size() == 1) return parts.front();
  return all(parts);
}

// A rule may look at what its user may not see.
Result<Condition> DomainCompiler::rule(const domain::Node& rules, const RuntimeModel& model, std::uint16_t alias) {
  Context plain = env_->context();
  plain.user_context = Value::null();
  Env inside = env_->as_superuser().with_context(plain);
  Env* outside = std::exchange(env_, &inside);
  bool was_rule = std::exchange(is_rule_, true);
  Result<Condition> out = compile(rules, model, alias);
  is_rule_ = was_rule;
  env_ = outside;
  // A rule that names what is not there is nobody's wrong argument.
  if (!out && out.error().code == Code::invalid_argument)
    return Error(Code::forbidden, "The record rules on " + model.name + " cannot be evaluated")
        .with_cause(out.error().message);
  return out;
}

Result<const Query*> DomainCompiler::subquery(const RuntimeModel& model, std::string_view column,
                                              const domain::Node* node, Archived archived) {
  const std::size_t levels_max = env_->limits().path_levels_max;
  if (levels_ >= levels_max)
    return Error(Code::too_large, "domain: a condition follows at most " + std::to_string(levels_max) +
                                      " relations one after the other; this one goes on to " + model.name, "domain");
  struct Level {
    std::size_t& count;
    ~Level() { --count; }
  } level{++levels_};
  PARLEY_CHECK(check_model_access(*env_, model, Operation::read));
  Query query;
  query.table = model.table;
  query.alias = new_alias();
  query.selected.push_back({{query.alias, column, ColumnType::integer}});
  PARLEY_TRY(query.where, visible(node, model, query.alias, archived));
  return keep(std::move(query));
}

Result<const Query*> DomainCompiler::named(const RuntimeModel& model, domain::Operator op, const Value& text) {
  PARLEY_TRY(const domain::Node* node, name_domain(*env_, model, op, text));
  return subquery(model, "id", node, Archived::shown);
}

Condition DomainCompiler::relation_in(const RuntimeField& field, std::uint16_t alias, const Query* query,
                                      bool is_negated) {
  return relation_of(field)->related(*this, field, alias, query, is_negated);
}

}  // namespace parley::orm
