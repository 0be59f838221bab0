// SPDX-License-Identifier: Apache-2.0
// Catalog: everything the process knows, keyed by module. Registry: what one database serves.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parley/registry/method.hpp"

namespace parley {

/// Transparent hashing, so that lookups by string_view allocate nothing.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

/// Native functions and model methods. Filled at start-up by plain calls, then immutable and
/// read by any thread; every Registry points into it.
class Catalog {
 public:
  /// A function of no model: method.name is the full name.
  /// fails:   conflict when the name is taken by the same module
  Result<void> add_function(std::string_view module, Method method);
  /// A model method; `model` "" means every model ("base" methods). A later module's method of
  /// the same name runs first and may call super.
  Result<void> add_method(std::string_view module, std::string_view model, Method method);

  struct Entry {
    std::string module, model;
    Method method;
  };
  const std::deque<Entry>& entries() const { return entries_; }  // stable addresses
  /// The method added last, to set its access and the like while the process starts.
  Method& last() { return entries_.back().method; }

 private:
  Result<void> add(std::string_view module, std::string_view model, Method method);
  std::deque<Entry> entries_;
};

/// A resolved name: the chain of implementations and the model it was asked on.
struct Target {
  std::string_view model;  // "" for functions; lives in the registry
  std::span<const Method* const> chain;
  const Method& method() const { return *chain.front(); }
};

/// An immutable snapshot: the Catalog filtered by a database's installed modules.
class Registry {
 public:
  /// `modules` in dependency order; `models` are the names of all models of the database.
  static std::shared_ptr<const Registry> build(const Catalog& catalog, std::span<const std::string> modules,
                                               std::span<const std::string> models);

  /// "common.version", or "<model>.<method>".
  /// fails:   unknown_method (UserError "Object x doesn't exist" for an unknown model,
  ///          AttributeError for an unknown method, AccessError for names with a leading "_")
  Result<Target> find(std::string_view name) const;
  /// The same for "<model>.<method>" alone: no function answers, whatever its name.
  Result<Target> find_model_method(std::string_view name) const;
  bool has_model(std::string_view model) const;
  /// The function "<prefix>.<one name>" whose HttpOptions::verb is `verb`; of several the first by
  /// name, for HEAD without one of its own GET's. `verbs` of such functions as an Allow header has them, when none is `verb`'s.
  std::optional<Target> find_by_verb(std::string_view prefix, std::string_view verb) const;
  std::string verbs_of(std::string_view prefix) const;

  struct Listed {
    std::string name;  // full name
    const Method* method;
  };
  /// Functions by name; model methods too when `with_models`.
  std::vector<Listed> list(bool with_models) const;
  /// Methods of one model, its own and the base ones, by name.
  std::vector<Listed> list_model(std::string_view model) const;
  /// The methods that every model has, by name, without a model's name in front.
  std::vector<Listed> list_base() const;

 private:
  Error unknown(std::string_view name) const;
  void index_verbs();

  using Chain = std::vector<const Method*>;
  struct ByVerb {
    std::string verb, name;  // "PUT", "crud.create"
    const Chain* chain;      // of functions_
  };

  TextMap<Chain> functions_;
  TextMap<std::vector<ByVerb>> by_verb_;  // name without its last part -> by name
  TextMap<Chain> base_;                // methods every model has
  TextMap<TextMap<Chain>> models_;     // model -> its own or overridden methods, chain complete
};

/// How refusals under every policy but odoo begin; the parameter's name follows and is in
/// `where`. A wrong value reads "<where>: expected <type>, got <value>". Protocols with texts
/// of their own tell the cases apart by these.
inline constexpr std::string_view missing_parameter = "missing required parameter: ";
inline constexpr std::string_view unknown_parameter = "unknown parameter: ";
inline constexpr std::string_view repeated_parameter = "parameter given by position and by name: ";

/// The arguments of `call` put in the order of `method`'s parameters and converted by the
/// call's policy. For model methods the `context` keyword (and, as older clients do, one
/// trailing positional dict) is taken out into `context`.
///
/// fails:   invalid_argument; under Policy::odoo with Python's TypeError texts
struct Bound {
  std::span<const Value> arguments, rest;
};
Result<Bound> bind(const Target& target, const Call& call, Context& context);

/// Checks access, binds and runs. The only place where what user code throws is caught: a bug
/// becomes Code::internal with the request id, its text goes to `Error::cause`.
Result<Answer> invoke(const Target& target, const Call& call, Context& context);

}  // namespace parley
