// SPDX-License-Identifier: Apache-2.0
// What is offered to whom: the functions of the process and the operations that every model has,
// for whatever tells about them (documents, tools). What a caller may do is decided where calls
// run; here it is only what they are told.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/registry/registry.hpp"

namespace parley {

/// Whom it is told. Each is also told what those before it are.
enum class Audience : std::uint8_t { anybody, user, admin };

/// Of somebody who has logged in.
inline Audience audience_of(const Context& context) {
  return context.is_admin ? Audience::admin : Audience::user;
}

bool is_offered(const Method& method, Audience to);

/// Documented functions by name.
std::vector<Registry::Listed> offered_functions(const Registry& registry, Audience to);
/// Documented methods that every model has, by name, without a model's name in front.
std::vector<Registry::Listed> offered_operations(const Registry& registry, Audience to);

/// What the name of a model is called among an operation's arguments.
inline constexpr std::string_view model_argument = "model";

/// JSON Schema of an operation's arguments; `model` is among them, first, where `has_model`.
enum class ModelArgument : bool { left_out, first };
Value operation_schema(const Method& method, ModelArgument model, Arena& arena);

/// The first sentence of a method's text, without its full stop. Views `doc`.
std::string_view summary(std::string_view doc);

/// A dict of these members; those that are unset are left out. Names are views.
using Members = std::initializer_list<std::pair<std::string_view, Value>>;
Value dict_of(Arena& arena, Members members);
/// `dict` with these members behind its own; one it has keeps its place and takes the value.
Value with(const Value& dict, Arena& arena, Members members);

}  // namespace parley
