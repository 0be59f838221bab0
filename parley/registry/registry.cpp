// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/registry.hpp"

#include <algorithm>
#include <set>

namespace parley {
namespace {

/// Methods of Odoo's recordsets that only code may call; `exists` and what a module exposes
/// by name is public all the same.
/// source: spec/odoo-external-api.md section 2.2
constexpr std::string_view private_methods[] = {"browse",
                                                "check_access",
                                                "concat",
                                                "ensure_one",
                                                "fetch",
                                                "filtered",
                                                "filtered_domain",
                                                "flush_model",
                                                "flush_recordset",
                                                "grouped",
                                                "init",
                                                "invalidate_model",
                                                "invalidate_recordset",
                                                "lock_for_update",
                                                "mapped",
                                                "modified",
                                                "new",
                                                "search_fetch",
                                                "sorted",
                                                "sudo",
                                                "try_lock_for_update",
                                                "union",
                                                "update",
                                                "with_company",
                                                "with_context",
                                                "with_env",
                                                "with_prefetch",
                                                "with_user"};

constexpr std::size_t name_bytes_max = 200;

bool is_private(std::string_view method) {
  return std::ranges::find(private_methods, method) != std::end(private_methods);
}

/// One implementation and where it stands in its chain.
struct Candidate {
  const Catalog::Entry* entry;
  std::size_t rank;   // of its module: 0 always present, then dependency order
  std::size_t order;  // of registration
};

/// Later modules run first; what every model has comes last.
bool runs_before(const Candidate& a, const Candidate& b) {
  const bool a_is_base = a.entry->model.empty(), b_is_base = b.entry->model.empty();
  if (a_is_base != b_is_base) return b_is_base;
  if (a.rank != b.rank) return a.rank > b.rank;
  return a.order > b.order;
}

std::vector<Candidate> installed(const Catalog& catalog, std::span<const std::string> modules) {
  TextMap<std::size_t> ranks;
  ranks.emplace("", 0);
  for (std::size_t i = 0; i < modules.size(); ++i) ranks.emplace(modules[i], i + 1);
  std::vector<Candidate> all;
  for (const Catalog::Entry& entry : catalog.entries())
    if (auto rank = ranks.find(entry.module); rank != ranks.end())
      all.push_back({&entry, rank->second, all.size()});
  std::sort(all.begin(), all.end(), runs_before);
  return all;
}

std::string quoted(std::string_view model, std::string_view method) {
  return "'" + std::string(model) + "." + std::string(method) + "'";
}

Error private_method(std::string_view model, std::string_view method) {
  return {Code::forbidden,
          "Private methods (such as " + quoted(model, method) + ") cannot be called remotely.",
          std::string(method), "AccessError"};
}

void sort_by_name(std::vector<Registry::Listed>& all) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

}  // namespace

std::shared_ptr<const Registry> Registry::build(const Catalog& catalog,
                                                std::span<const std::string> modules,
                                                std::span<const std::string> models) {
  auto registry =
      std::make_shared<Registry>();  // shared by the calls that run when a newer one replaces it
  for (const std::string& model : models) registry->models_[model];
  // Own implementations come before base ones, so each chain grows from its front.
  for (const Candidate& candidate : installed(catalog, modules)) {
    const Method& method = candidate.entry->method;
    if (method.binding == Binding::function) {
      registry->functions_[method.name].push_back(&method);
    } else if (candidate.entry->model.empty()) {
      registry->base_[method.name].push_back(&method);
      for (auto& [model, own] : registry->models_)
        if (auto chain = own.find(method.name); chain != own.end())
          chain->second.push_back(&method);
    } else if (auto own = registry->models_.find(candidate.entry->model);
               own != registry->models_.end()) {
      own->second[method.name].push_back(&method);
    }
  }
  registry->index_verbs();
  return registry;
}

Result<Target> Registry::find(std::string_view name) const {
  if (auto function = functions_.find(name); function != functions_.end())
    return Target{"", function->second};
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || !has_model(name.substr(0, dot))) return unknown(name);
  return find_model_method(name);
}

Result<Target> Registry::find_model_method(std::string_view name) const {
  const auto dot = name.rfind('.');
  const std::string_view method = dot == std::string_view::npos ? name : name.substr(dot + 1);
  const auto model = models_.find(name.substr(0, dot == std::string_view::npos ? 0 : dot));
  if (model == models_.end())
    return Error(Code::unknown_method,
                 "Object " + std::string(name.substr(0, name.size() - method.size() - (dot == std::string_view::npos ? 0 : 1))) +
                     " doesn't exist",
                 std::string(name), "UserError");
  if (method.starts_with('_')) return private_method(model->first, method);
  if (auto own = model->second.find(method); own != model->second.end())
    return Target{model->first, own->second};
  if (auto base = base_.find(method); base != base_.end())
    return Target{model->first, base->second};
  if (is_private(method)) return private_method(model->first, method);
  return Error(Code::unknown_method,
               "The method " + quoted(model->first, method) + " does not exist", std::string(name),
               "AttributeError");
}

/// A name that is no function and whose front part is no model.
Error Registry::unknown(std::string_view name) const {
  name = name.substr(0, name_bytes_max);  // it comes back in the answer
  const auto dot = name.rfind('.');
  const std::string_view front = name.substr(0, dot == std::string_view::npos ? 0 : dot + 1);
  const bool has_siblings =
      std::any_of(functions_.begin(), functions_.end(),
                  [front](const auto& f) { return f.first.starts_with(front); });
  if (front.empty() || has_siblings)
    return {Code::unknown_method, "Method not found: " + std::string(name.substr(front.size())),
            std::string(name), "Exception"};
  return {Code::unknown_method, "Object " + std::string(name.substr(0, dot)) + " doesn't exist",
          std::string(name), "UserError"};
}

bool Registry::has_model(std::string_view model) const {
  return models_.find(model) != models_.end();
}

std::vector<Registry::Listed> Registry::list(bool with_models) const {
  std::vector<Listed> all;
  for (const auto& [name, chain] : functions_) all.push_back({name, chain.front()});
  if (with_models)
    for (const auto& [model, own] : models_)
      for (Listed& listed : list_model(model)) all.push_back(std::move(listed));
  sort_by_name(all);
  return all;
}

std::vector<Registry::Listed> Registry::list_base() const {
  std::vector<Listed> all;
  for (const auto& [name, chain] : base_) all.push_back({name, chain.front()});
  sort_by_name(all);
  return all;
}

void Registry::index_verbs() {
  for (const auto& [name, chain] : functions_) {
    const std::string& verb = chain.front()->http.verb;
    if (verb.empty()) continue;
    const auto dot = name.rfind('.');
    by_verb_[dot == name.npos ? std::string() : name.substr(0, dot)].push_back({verb, name, &chain});
  }
  for (auto& [prefix, all] : by_verb_)
    std::sort(all.begin(), all.end(), [](const ByVerb& a, const ByVerb& b) { return a.name < b.name; });
}

std::optional<Target> Registry::find_by_verb(std::string_view prefix, std::string_view verb) const {
  auto below = by_verb_.find(prefix);
  if (below == by_verb_.end()) return {};
  for (const ByVerb& one : below->second)
    if (one.verb == verb) return Target{"", *one.chain};
  return verb == "HEAD" ? find_by_verb(prefix, "GET") : std::nullopt;
}

std::string Registry::verbs_of(std::string_view prefix) const {
  auto below = by_verb_.find(prefix);
  if (below == by_verb_.end()) return {};
  std::set<std::string_view> verbs;
  for (const ByVerb& one : below->second) verbs.insert(one.verb);
  if (verbs.contains("GET")) verbs.insert("HEAD");
  std::string all;
  for (std::string_view verb : verbs) all.append(all.empty() ? "" : ", ").append(verb);
  return all;
}

std::vector<Registry::Listed> Registry::list_model(std::string_view model) const {
  std::vector<Listed> all;
  auto found = models_.find(model);
  if (found == models_.end()) return all;
  const std::string prefix = found->first + ".";
  for (const auto& [name, chain] : found->second) all.push_back({prefix + name, chain.front()});
  for (const auto& [name, chain] : base_)
    if (!found->second.contains(name)) all.push_back({prefix + name, chain.front()});
  sort_by_name(all);
  return all;
}

}  // namespace parley
