// SPDX-License-Identifier: Apache-2.0
// bind: positional and named arguments in the order of the parameters, the context taken out,
// defaults filled in, each converted. Success allocates in the arena only.
#include <algorithm>
#include <memory>

#include "parley/registry/constraint.hpp"
#include "parley/registry/bind_rest.hpp"
#include "parley/registry/python_refusal.hpp"
#include "parley/registry/registry.hpp"

namespace parley {
namespace {

constexpr std::string_view context_key = "context";

std::size_t find_parameter(const Method& method, std::string_view name) {
  std::size_t i = 0;
  while (i < method.parameters.size() && method.parameters[i].name != name) ++i;
  return i;  // parameters.size() when there is none
}

bool takes_context(const Method& method) {
  return method.binding != Binding::function &&
         find_parameter(method, context_key) == method.parameters.size();
}

Error refuse(Rule rule, std::string_view text, std::string_view given) {
  const std::string name = clipped(given);
  return Error(Code::invalid_argument, std::string(text).append(name), name, "TypeError").breaking(rule, {}, name);
}

Result<void> take_context(const Value& value, Context& context) {
  const bool is_empty =
      value.is_absent() || value.is_false() ||
      ((value.is_list() || value.is_dict() || value.is_string()) && value.size() == 0);
  if (is_empty) return {};
  if (!value.is_dict())
    return Error(Code::invalid_argument,
                 "context: expected dict, got " + std::string(name_of(value.kind())), "context",
                 "ValueError");
  context.user_context = value;
  return {};
}

bool is_scalar(const Type& type) {
  switch (type.base()) {
    case Type::Base::any:
    case Type::Base::list:
    case Type::Base::dict:
    case Type::Base::structure:
      return false;
    default:
      return true;
  }
}

/// Clients older than keyword arguments send the context last: beyond the parameters, or on
/// Odoo endpoints in the place of an optional one that could never be a dict.
bool ends_with_context(const Method& method, const Call& call) {
  auto given = call.positional;
  if (given.empty() || !given.back().is_dict() || !takes_context(method)) return false;
  const auto& parameters = method.parameters;
  if (given.size() > parameters.size())
    return given.size() == parameters.size() + 1 && !method.takes_any_number;
  const Parameter& last = parameters[given.size() - 1];
  return call.policy == Policy::odoo && !last.is_required && (is_scalar(last.type) || !last.takes_dict);
}

/// True when what was said for `parameter` means the same as saying nothing.
bool is_not_given(const Value& value, const Parameter& parameter, Policy policy) {
  using Base = Type::Base;
  const Base base = parameter.type.base();
  if (value.is_unset()) return true;
  if (base == Base::any || (value.is_null() && parameter.type.takes_null())) return false;
  switch (policy) {
    case Policy::strict:
    case Policy::typed:
      return value.is_null();
    case Policy::rest:
    case Policy::rest_form:
    case Policy::rest_xml:
      return false;  // null is a value there
    case Policy::text:
      return value.is_null() || (value.is_string() && value.size() == 0 && base != Base::string &&
                                 base != Base::bytes);
    case Policy::odoo:
      if (parameter.is_required) return false;
      return value.is_null() || (value.is_false() && base != Base::boolean);
  }
  return false;
}

struct Binder {
  const Method& method;
  const Call& call;
  Context& context;
  std::span<const Value> given;  // positional, without a trailing context
  Value* slots = nullptr;        // [parameter] as said, then as converted
  Policy* policies = nullptr;    // [parameter] by which it is converted

  bool is_odoo() const { return call.policy == Policy::odoo; }

  /// Odoo looks at args[0] for the ids, and for what create was given, before Python sees the call.
  Result<void> check_first() const {
    if (!is_odoo() || call.is_by_name || !given.empty()) return {};
    const bool lacks_ids = method.binding == Binding::records && call.named.find("ids") == nullptr;
    const bool creates_by_name = method.binding == Binding::model && method.name == "create" &&
                                 call.named.find("vals_list") != nullptr;
    if (lacks_ids || creates_by_name) return python_no_first_argument();
    return {};
  }

  Error too_many() const {
    if (is_odoo()) return python_too_many(method, call.positional.size());
    return {Code::invalid_argument,
            method.name + " takes at most " + std::to_string(method.parameters.size()) +
                " arguments, " + std::to_string(given.size()) + " were given",
            "", "TypeError"};
  }

  /// What a second dict of them says of a parameter replaces what the first said.
  /// A signature bound by name alone misses what it needs before it wonders at what it was given.
  Error unexpected(std::string_view name) const {
    const std::size_t first = method.binding == Binding::records ? 1 : 0;
    for (std::size_t i = first; call.is_by_name && i < method.parameters.size(); ++i)
      if (method.parameters[i].is_required && call.named.find(method.parameters[i].name) == nullptr) return missing(i);
    return python_unexpected(method, name);
  }

  Result<void> place_named(const Value& named, Policy policy) const {
    for (std::size_t i = 0; named.is_dict() && i < named.size(); ++i) {
      std::string_view name = named.keys()[i];
      const Value& value = named.values()[i];
      std::size_t index = find_parameter(method, name);
      if (index < method.parameters.size()) {
        if (index < given.size() && !slots[index].is_unset())
          return is_odoo() ? python_repeated(method, name) : refuse(Rule::repeated, repeated_parameter, name);
        slots[index] = value;
        policies[index] = policy;
      } else if (name == context_key && method.binding != Binding::function) {
        PARLEY_TRY(Value read, read_context(value, policy));
        PARLEY_CHECK(take_context(read, context));
      } else {
        if (is_odoo()) return unexpected(name);
        return refuse(Rule::unknown, unknown_parameter, name);
      }
    }
    return {};
  }

  /// A context that came as a text is one in the protocol's notation.
  Result<Value> read_context(const Value& value, Policy policy) const {
    const bool is_written = policy == Policy::text && call.notation != nullptr && value.is_string() && value.size() > 0;
    if (!is_written) return value;
    return convert(Type::dict(), value, policy, context_key, context.arena, call.notation);
  }

  Error missing(std::size_t first) const {
    const auto& parameters = method.parameters;
    if (!is_odoo()) return refuse(Rule::missing, missing_parameter, parameters[first].name);
    std::vector<std::string_view> absent;
    for (std::size_t i = first; i < parameters.size(); ++i)
      if (parameters[i].is_required && slots[i].is_unset()) absent.push_back(parameters[i].name);
    return python_missing(method, absent);
  }

  /// Ids may be one id instead of a list, or false for no record.
  Value as_ids(const Value& value) const {
    if (value.is_list()) return value;
    if (value.is_null() || value.is_false()) return Value::list({});
    return Value::list(context.arena.copy(std::span<const Value>(&value, 1)));
  }

  Result<void> fill() const {
    const auto& parameters = method.parameters;
    const bool has_ids = method.binding == Binding::records && is_odoo();
    if (has_ids && call.is_by_name && slots[0].is_unset()) slots[0] = Value::list({});
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Parameter& parameter = parameters[i];
      if (is_not_given(slots[i], parameter, policies[i])) {
        if (parameter.is_required) return missing(i);
        slots[i] = parameter.fallback.get().is_null() ? Value::unset() : parameter.fallback.get();
        continue;
      }
      // A body that takes `any` tells one id from a list of one (copy answers in kind).
      if (has_ids && i == 0 && parameter.type.base() != Type::Base::any) slots[i] = as_ids(slots[i]);
      if (fits(parameter.type, slots[i])) continue;
      auto converted = convert(parameter.type, slots[i], policies[i], parameter.name, context.arena, call.notation);
      if (!converted) return without_secret(std::move(converted).error(), parameter);
      slots[i] = *converted;
    }
    return {};
  }

  /// What is secret is not repeated, not even to its sender: answers end up in logs.
  Error without_secret(Error error, const Parameter& parameter) const {
    if (!method.is_secret) return error;
    error.message = parameter.name + ": expected " + std::string(parameter.type.name());
    error.where = parameter.name;
    error.value.clear();
    error.hint.clear();
    return error;
  }
};

}  // namespace

Result<Bound> bind(const Target& target, const Call& call, Context& context) {
  if (is_rest(call.policy)) return bind_rest(target, call, context);
  const Method& method = target.method();
  const std::size_t count = method.parameters.size();
  Binder binder{method, call, context, call.positional};
  if (ends_with_context(method, call)) {
    PARLEY_CHECK(take_context(binder.given.back(), context));
    binder.given = binder.given.first(binder.given.size() - 1);
  }
  PARLEY_CHECK(binder.check_first());
  if (binder.given.size() > count && !method.takes_any_number) return binder.too_many();

  const std::size_t placed = std::min(count, binder.given.size());
  binder.slots = context.arena.allocate_array<Value>(count);
  std::uninitialized_copy_n(binder.given.begin(), placed, binder.slots);
  std::uninitialized_fill_n(binder.slots + placed, count - placed, Value::unset());
  binder.policies = context.arena.allocate_array<Policy>(count);
  std::uninitialized_fill_n(binder.policies, count, call.policy);
  PARLEY_CHECK(binder.place_named(call.named, call.policy));
  PARLEY_CHECK(binder.place_named(call.body, call.body_policy));
  PARLEY_CHECK(binder.fill());
  return Bound{{binder.slots, count}, binder.given.subspan(placed)};
}

}  // namespace parley
