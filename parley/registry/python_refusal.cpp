// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/python_refusal.hpp"

#include <algorithm>

namespace parley {
namespace {

/// Odoo's services keep their functions as exp_<name>; every model method is BaseModel's.
std::string python_name(const Method& method) {
  if (method.binding != Binding::function) return "BaseModel." + method.name + "()";
  std::string_view name = method.name;
  if (name.starts_with("common.") || name.starts_with("db."))
    return "exp_" + std::string(name.substr(name.find('.') + 1)) + "()";
  return method.name + "()";
}

Error type_error(std::string message, std::string_view where) {
  return {Code::invalid_argument, std::move(message), std::string(where), "TypeError"};
}

/// About a parameter's name, for protocols that say it otherwise.
Error name_error(Rule rule, std::string message, std::string_view name) {
  return type_error(std::move(message), name).breaking(rule, {}, std::string(name));
}

/// 'a' / 'a' and 'b' / 'a', 'b', and 'c'
std::string enumerate(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool is_last = i + 1 == names.size();
    if (i > 0) text += names.size() > 2 ? ", " : " ";
    if (i > 0 && is_last) text += "and ";
    text.append("'").append(names[i]).append("'");
  }
  return text;
}

}  // namespace

Error python_missing(const Method& method, std::span<const std::string_view> names) {
  return name_error(Rule::missing,
                    python_name(method) + " missing " + std::to_string(names.size()) +
                        " required positional argument" + (names.size() == 1 ? "" : "s") + ": " +
                        enumerate(names),
                    names.front());
}

Error python_too_many(const Method& method, std::size_t given) {
  // `self` is a parameter of every method; of records methods the ids stand for it.
  const std::size_t self = method.binding == Binding::model ? 1 : 0;
  const std::size_t most = method.parameters.size() + self;
  const auto is_required = [](const Parameter& p) { return p.is_required; };
  const auto least = self + static_cast<std::size_t>(std::count_if(
                                method.parameters.begin(), method.parameters.end(), is_required));
  given += self;
  std::string takes = least == most
                          ? std::to_string(most)
                          : "from " + std::to_string(least) + " to " + std::to_string(most);
  return type_error(python_name(method) + " takes " + takes + " positional argument" +
                        (most == 1 ? "" : "s") + " but " + std::to_string(given) +
                        (given == 1 ? " was" : " were") + " given",
                    "");
}

Error python_unexpected(const Method& method, std::string_view name) {
  return name_error(
      Rule::unknown, python_name(method) + " got an unexpected keyword argument '" + std::string(name) + "'",
      name);
}

Error python_repeated(const Method& method, std::string_view name) {
  return type_error(
      python_name(method) + " got multiple values for argument '" + std::string(name) + "'", name);
}

Error python_no_first_argument() {
  return {Code::invalid_argument, "list index out of range", "", "IndexError"};
}

}  // namespace parley
