// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/registry.hpp"

namespace parley {

Result<void> Catalog::add_function(std::string_view module, Method method) {
  if (method.name.empty()) return Error(Code::invalid_argument, "a function needs a name");
  if (method.binding != Binding::function)
    return Error(Code::invalid_argument,
                 method.name + ": a function of no model cannot take records");
  return add(module, "", std::move(method));
}

Result<void> Catalog::add_method(std::string_view module, std::string_view model, Method method) {
  if (method.name.empty() || method.name.find('.') != std::string::npos)
    return Error(Code::invalid_argument,
                 "'" + method.name + "': a model method's name is one word without dots");
  if (method.binding == Binding::function)
    return Error(Code::invalid_argument,
                 method.name + ": a model method is bound to a model or to records");
  return add(module, model, std::move(method));
}

Result<void> Catalog::add(std::string_view module, std::string_view model, Method method) {
  const bool is_function = method.binding == Binding::function;
  for (const Entry& entry : entries_) {
    const bool is_same = entry.method.name == method.name && entry.model == model &&
                         entry.module == module &&
                         (entry.method.binding == Binding::function) == is_function;
    if (is_same)
      return Error(Code::conflict, method.name + ": exposed twice by the same module", method.name);
  }
  entries_.push_back({std::string(module), std::string(model), std::move(method)});
  return {};
}

}  // namespace parley
