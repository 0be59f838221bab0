// SPDX-License-Identifier: Apache-2.0
// Countries are found by their code first, then by name.
// source: spec/odoo-external-api.md, decision 16
#include "parley/modules/base/base.hpp"

namespace parley::modules {
namespace {

using domain::Node;
using domain::Operator;
using orm::RuntimeModel;

bool is_code(const Value& text) {
  auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return text.is_string() && text.size() == 2 && is_letter(text.text()[0]) &&
         is_letter(text.text()[1]);
}

// The countries with this code, in any case of letters.
Result<orm::Ids> with_code(Env& env, const RuntimeModel& model, const Value& text) {
  if (!is_code(text)) return orm::Ids{};
  Env inside = env.as_superuser();
  const Node* filter = domain::leaf("code", Operator::equal_ilike, text, env.arena());
  return orm::search_records(inside, model, filter, {});
}

// `text` is one name or a list of them; those that are a code stand for their country alone.
Result<const Node*> names(Env& env, const RuntimeModel& model, Operator op, const Value& text) {
  Arena& arena = env.arena();
  std::span<const Value> wanted = text.is_list() ? text.items() : std::span<const Value>(&text, 1);
  ListBuilder ids(arena), others(arena);
  for (const Value& one : wanted) {
    PARLEY_TRY(orm::Ids found, with_code(env, model, one));
    for (std::int64_t id : found) ids.add(Value::integer(id));
    if (found.empty()) others.add(one);
  }
  if (ids.size() == 0) return domain::leaf("name", op, text, arena);
  bool is_negative = domain::is_negative(op);
  const Node* coded =
      domain::leaf("id", is_negative ? Operator::not_in : Operator::in, ids.done(), arena);
  if (others.size() == 0) return coded;
  const Node* named = domain::leaf("name", op, others.done(), arena);
  return is_negative ? domain::all_of(coded, named, arena) : domain::any_of(coded, named, arena);
}

}  // namespace

Result<void> add_country(orm::ModuleSet& set) {
  return add_hooks(set, "res.country", {.names = names});
}

}  // namespace parley::modules
