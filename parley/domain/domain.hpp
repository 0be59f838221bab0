// SPDX-License-Identifier: Apache-2.0
// Search domains: a list in prefix notation becomes an immutable tree in an Arena.
// Whether a field exists, and what a leaf means in SQL, is decided elsewhere. Any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/value.hpp"

namespace parley::domain {

enum class Operator : std::uint8_t {
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  equal_if_set,  // "=?": everything when the value is false or None, else "="
  like,          // the value is wrapped in %...%
  ilike,
  equal_like,    // "=like": the value is the whole pattern
  equal_ilike,
  not_like,
  not_ilike,
  not_equal_like,
  not_equal_ilike,
  in,
  not_in,
  child_of,
  parent_of,
  any,
  not_any,
};

/// As written in a domain: "not ilike".
std::string_view name_of(Operator op);
/// The operator of that name, in upper or lower case; "==" and "<>" are "=" and "!=".
std::optional<Operator> find_operator(std::string_view name);
/// The operator whose result is the exact contrary, null rows included: "=" and "!=", "in" and
/// "not in" ... None for inequalities, "=?", child_of and parent_of.
std::optional<Operator> opposite(Operator op);
/// "!=", "not in" and the other "not ..." ones.
bool is_negative(Operator op);

struct Node;

/// One condition.
struct Leaf {
  std::string_view field;  // the whole dotted path as written
  Operator op = Operator::equal;
  Value value;                // None is given as False, as the ORM of the sources does
  const Node* sub = nullptr;  // of any and not_any: the nested domain; else null
  std::uint32_t term = 0;     // index of the item it was in its (nested) list
};

/// One node of a parsed domain.
struct Node {
  enum class Kind : std::uint8_t {
    constant,  // `truth`
    leaf,      // `leaf`
    none,      // not: exactly one child, and that is a leaf
    all,       // and: two children or more
    any,       // or: two children or more
  };
  Kind kind = Kind::constant;
  bool truth = true;
  Leaf leaf;
  std::span<const Node* const> children;
};

/// Reads a domain.
///
/// takes:   a list of leaves and "&", "|", "!"; `[]` and True are everything, False is nothing
/// gives:   a tree that views `list` and lives in `arena`. Chains of one connective are one node.
///          "!" is pushed down to the leaves: over a field without a dot it becomes the opposite
///          operator where there is one; else a `none` node stays right above its leaf, because
///          only the field's type (inequalities) or its path (dots) says what the contrary is
/// limits:  domain_terms_max items, nested domains included; depth_max for the tree
/// fails:   invalid_argument (kinds ValueError, TypeError) with `where` as "domain[3][2][0]",
///          too_large
/// source:  spec/odoo-external-api.md sections 3.2 and 6
Result<const Node*> parse(const Value& list, const Limits& limits, Arena& arena);

const Node* constant(bool truth, Arena& arena);
const Node* leaf(std::string_view field, Operator op, const Value& value, Arena& arena);
/// `a` and `b`; a constant that changes nothing is dropped.
const Node* all_of(const Node* a, const Node* b, Arena& arena);
const Node* any_of(const Node* a, const Node* b, Arena& arena);

/// Whether a leaf of this level (under and, or, not, but not in a nested any) is about exactly
/// `field`: decides whether archived records are hidden.
bool mentions(const Node& node, std::string_view field);

/// "('name', '=', 1)": the condition as error messages print it.
std::string describe(const Leaf& leaf);

}  // namespace parley::domain
