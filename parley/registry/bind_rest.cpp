// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/bind_rest.hpp"

#include <algorithm>
#include <memory>

#include "parley/registry/loose.hpp"

namespace parley {
namespace {

constexpr std::string_view context_key = "context";

std::optional<std::size_t> find_parameter(const Method& method, std::string_view name) {
  for (std::size_t i = 0; i < method.parameters.size(); ++i)
    if (method.parameters[i].name == name) return i;
  return {};
}

Error unknown_arguments(std::span<const std::string> names) {
  std::string all = enumerated(names);
  return Error(Code::invalid_argument, std::string(unknown_parameter) + all, "", "TypeError").breaking(Rule::unknown, all, {});
}

/// Elements of one name: the last counts.
const Value& last_of(const Value& given, Policy policy) {
  return policy == Policy::rest_xml && given.is_list() && given.size() > 0 ? given.items().back() : given;
}

class RestBinder {
 public:
  RestBinder(const Method& method, const Call& call, Context& context)
      : method_(method), call_(call), context_(context), count_(method.parameters.size()) {
    slots_ = context.arena.allocate_array<Value>(count_);
    body_ = context.arena.allocate_array<Value>(count_);
    std::uninitialized_fill_n(slots_, count_, Value::unset());
    std::uninitialized_fill_n(body_, count_, Value::unset());
  }

  Result<std::span<const Value>> run() {
    PARLEY_CHECK(read_query());
    PARLEY_CHECK(read_body());
    PARLEY_CHECK(merge());
    return std::span<const Value>(slots_, count_);
  }

 private:
  /// In the order of the parameters, then the names that are none's.
  Result<void> read_query() {
    std::vector<std::string> strangers;
    if (!call_.named.is_dict()) return {};
    for (std::size_t i = 0; i < count_; ++i) {
      const Value* given = call_.named.find(method_.parameters[i].name);
      if (given != nullptr) PARLEY_CHECK(place(slots_, i, *given, call_.policy, &strangers));
    }
    for (std::size_t i = 0; i < call_.named.size(); ++i) {
      std::string_view name = call_.named.keys()[i];
      if (find_parameter(method_, name)) continue;
      if (takes_context(name))
        PARLEY_CHECK(take_context(call_.named.values()[i], call_.policy));
      else
        strangers.emplace_back(name);
    }
    if (strangers.empty() || method_.http.ignores_unknown) return {};
    return unknown_arguments(strangers);
  }

  /// In the order of the body.
  Result<void> read_body() {
    const Value& body = call_.body;
    if (body.is_unset()) return {};
    if (!method_.http.body.empty()) {
      auto index = find_parameter(method_, method_.http.body);
      PARLEY_ASSERT(index.has_value());
      return place(body_, *index, body, call_.body_policy, nullptr);
    }
    const bool is_empty = call_.body_policy == Policy::rest_xml && body.is_string();
    if (!body.is_dict() && !is_empty)
      return Error(Code::invalid_argument, "the body must be a dict of arguments", "", "TypeError")
          .breaking(Rule::not_dict, {}, {});
    std::vector<std::string> strangers;
    for (std::size_t i = 0; body.is_dict() && i < body.size(); ++i) {
      std::string_view name = body.keys()[i];
      const Value& given = last_of(body.values()[i], call_.body_policy);
      if (auto index = find_parameter(method_, name))
        PARLEY_CHECK(place(body_, *index, given, call_.body_policy, nullptr));
      else if (takes_context(name))
        PARLEY_CHECK(take_context(given, call_.body_policy));
      else
        strangers.emplace_back(name);
    }
    if (strangers.empty() || method_.http.ignores_unknown) return {};
    return unknown_arguments(strangers);
  }

  Result<void> place(Value* slots, std::size_t index, const Value& given, Policy policy, std::vector<std::string>* strangers) {
    const Parameter& parameter = method_.parameters[index];
    if (means_nothing(parameter, given)) return {};
    Loose loose(policy, context_.arena);
    auto converted = loose.run(parameter.type, given);
    if (!converted) return refused(std::move(converted).error(), parameter);
    if (strangers != nullptr)
      for (const std::string& name : loose.unknown()) strangers->push_back(parameter.name + name);
    slots[index] = *converted;
    return {};
  }

  /// Methods of models know null as "not given".
  bool means_nothing(const Parameter& parameter, const Value& given) const {
    return given.is_null() && method_.binding != Binding::function && parameter.type.base() != Type::Base::any;
  }

  Result<void> merge() {
    for (std::size_t i = 0; i < count_; ++i) {
      if (body_[i].is_unset()) continue;
      const std::string& name = method_.parameters[i].name;
      if (!slots_[i].is_unset())
        return Error(Code::invalid_argument, std::string("given by query and body: ") + name, name, "TypeError")
            .breaking(Rule::repeated, {}, name);
      slots_[i] = body_[i];
    }
    for (std::size_t i = 0; i < count_; ++i) {
      const Parameter& parameter = method_.parameters[i];
      if (!slots_[i].is_unset()) continue;
      if (parameter.is_required)
        return Error(Code::invalid_argument, std::string(missing_parameter) + parameter.name, parameter.name, "TypeError")
            .breaking(Rule::missing, {}, parameter.name);
      slots_[i] = parameter.fallback->is_null() ? Value::unset() : parameter.fallback.get();
    }
    return {};
  }

  bool takes_context(std::string_view name) const { return name == context_key && method_.binding != Binding::function; }

  Result<void> take_context(const Value& given, Policy policy) {
    PARLEY_TRY(Value dict, convert(Type::dict(), given, policy, context_key, context_.arena));
    if (dict.is_dict() && dict.size() > 0) context_.user_context = dict;
    return {};
  }

  /// With the parameter's name in front; what is secret is not repeated, not even to its sender.
  Error refused(Error error, const Parameter& parameter) const {
    error.where.insert(0, parameter.name);
    error.message.insert(0, error.where + ": ");
    if (!method_.is_secret) return error;
    error.message = parameter.name + ": expected " + std::string(parameter.type.name());
    error.value.clear();
    error.hint.clear();
    error.where = parameter.name;
    return error;
  }

  const Method& method_;
  const Call& call_;
  Context& context_;
  std::size_t count_;
  Value* slots_;  // [parameter] of the query, at last of both
  Value* body_;   // [parameter] of the body
};

}  // namespace

Result<Bound> bind_rest(const Target& target, const Call& call, Context& context) {
  PARLEY_TRY(auto arguments, RestBinder(target.method(), call, context).run());
  return Bound{arguments, {}};
}

}  // namespace parley
