// SPDX-License-Identifier: Apache-2.0
// Type: what a parameter or result may be. A type checks, converts and describes itself.
// Types are immutable and freely shared; any thread may read them.
#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/value.hpp"

namespace parley {

/// How lax a conversion is; which protocol uses which is its own documented choice.
enum class Policy : std::uint8_t {
  strict,  // JSON and BSON bodies, JSON-RPC 2.0, MCP: the value must already be of the type
  typed,   // XML-RPC: as strict, and a whole number is never a text, as it has no largest one
  text,    // GET and forms of path RPC: everything arrives as text
  rest,    // JSON bodies of REST
  rest_form,  // query strings and forms of REST: texts, dicts of them by name and index
  rest_xml,   // XML bodies of REST: texts and dicts of them by element name
  odoo,    // what Odoo's Python accepts: numbers as text, false and null for "not given"
};

class Pattern;

/// What a value must be besides being of its type. Bounds are inclusive.
struct Constraint {
  enum class Format : std::uint8_t { none, ipv4, ipv6 };
  std::optional<Decimal> least, most;                // of numbers
  std::optional<std::size_t> size_least, size_most;  // characters of a text, items of a list
  std::string pattern;                               // RE2 syntax; found anywhere in the text
  Format format = Format::none;
  std::vector<OwnedValue> choices = {};              // the only values there are; none = any

  bool is_empty() const;
};

/// Whether values arrive by one of the ways of REST, where null is a value of its own.
inline bool is_rest(Policy policy) {
  return policy == Policy::rest || policy == Policy::rest_form || policy == Policy::rest_xml;
}

class Type {
 public:
  enum class Base : std::uint8_t {
    any, boolean, integer, real, decimal, string, bytes, date, time, datetime, uuid,
    enumeration, list, dict, structure,
  };
  struct Member;
  struct Choice {
    std::string name;
    std::int64_t number = 0;  // the value behind the name, where one exists
  };

  static Type any() { return Type(Base::any); }
  /// Any of `options`; the first that accepts a value decides what it becomes.
  static Type any(std::vector<Type> options);
  static Type boolean() { return Type(Base::boolean); }
  static Type integer() { return Type(Base::integer); }
  static Type real() { return Type(Base::real); }
  static Type decimal() { return Type(Base::decimal); }
  static Type string() { return Type(Base::string); }
  static Type bytes() { return Type(Base::bytes); }
  static Type date() { return Type(Base::date); }
  static Type time() { return Type(Base::time); }
  static Type datetime() { return Type(Base::datetime); }
  static Type uuid() { return Type(Base::uuid); }
  static Type dict() { return Type(Base::dict); }
  /// `key` is what the names stand for: their texts are brought to its one spelling ("02" to "2").
  static Type dict(Type key, Type value);
  static Type list() { return list(any()); }
  static Type list(Type item);
  static Type enumeration(std::vector<Choice> choices);
  static Type structure(std::string name, std::vector<Member> members);
  /// The same type with `constraint`; replaces one it had.
  /// Asserts that the pattern can be compiled: it is code, not input.
  Type with(Constraint constraint) const;
  /// The same type, of which null is a value that differs from "not given".
  Type nullable() const;
  bool takes_null() const;

  Base base() const { return base_; }
  /// "int", "list", "enum" ...: the word of the type table.
  std::string_view name() const;
  const Type& item() const;                    // of a list; of a dict that has types, its values
  const Type* key() const;                     // of a dict that has types, else null
  std::span<const Type> options() const;       // of `any`; none = anything
  const Constraint* constraint() const;        // null = none
  const Pattern* pattern() const;              // of the constraint, compiled
  const std::vector<Choice>& choices() const;  // of an enumeration
  const std::vector<Member>& members() const;  // of a structure
  /// Whether a structure has a member of that name; `likely` is where to look first.
  bool has_member(std::string_view name, std::size_t likely) const;
  /// What a structure is called; "" for every other type.
  std::string_view structure_name() const;
  /// XML-RPC's word in signatures: "int", "string", "struct" ...
  std::string_view xml_rpc_name() const;
  /// JSON Schema (2020-12) of the type, built in `arena`.
  Value json_schema(Arena& arena) const;

 private:
  struct Parts;
  explicit Type(Base base) : base_(base) {}
  Base base_;
  std::shared_ptr<const Parts> parts_;  // immutable; shared by copies of one Type
};

struct Type::Member {
  std::string name, help;
  Type type;
  bool is_required = true;
  OwnedValue fallback = {};
  bool is_read_only = false;  // told, and never taken
};
struct Type::Parts {
  std::vector<Type> item;  // of a list one, of a dict key and value, of `any` the options
  std::vector<Choice> choices;
  std::vector<Member> members;
  std::string name;
  bool is_constrained = false, takes_null = false;
  Constraint constraint = {};
  std::shared_ptr<const Pattern> pattern = {};
};

inline const Type& Type::item() const { return parts_->item.back(); }
inline bool Type::takes_null() const { return parts_ && parts_->takes_null; }
inline const Constraint* Type::constraint() const {
  return parts_ && parts_->is_constrained ? &parts_->constraint : nullptr;
}
inline const Pattern* Type::pattern() const { return parts_ ? parts_->pattern.get() : nullptr; }
inline const Type* Type::key() const {
  return base_ == Base::dict && parts_ && !parts_->item.empty() ? &parts_->item.front() : nullptr;
}
inline std::span<const Type> Type::options() const {
  return base_ == Base::any && parts_ ? std::span<const Type>(parts_->item) : std::span<const Type>();
}
inline const std::vector<Type::Choice>& Type::choices() const { return parts_->choices; }
inline const std::vector<Type::Member>& Type::members() const { return parts_->members; }
inline bool Type::has_member(std::string_view name, std::size_t likely) const {
  const auto& all = parts_->members;
  if (likely < all.size() && all[likely].name == name) return true;
  return std::any_of(all.begin(), all.end(), [name](const Member& one) { return one.name == name; });
}

/// What a protocol's own way of writing values asks for besides a Policy.
struct Notation {
  const Limits& limits;
  /// Under Policy::text: reads the text of a list or a dict, "[1,2]". What it says has types of its
  /// own and is converted strictly.
  Result<Value> (*read)(std::string_view text, const Limits& limits, Arena& arena);
  /// Whether `value` is written as a scalar of the type is in this protocol.
  bool (*takes)(Type::Base base, const Value& value);
};

/// True when `value` is of `type` as it stands, so that `convert` would give it back unchanged.
bool fits(const Type& type, const Value& value);

/// `value` as `type` under `policy`, or why not. `notation` null = the policy's words are all.
///
/// gives:   a Value of exactly the type's kind; views `value` where nothing had to change
/// fails:   invalid_argument with `where`, naming value, expected type and rule
Result<Value> convert(const Type& type, const Value& value, Policy policy, std::string_view where,
                      Arena& arena, const Notation* notation = nullptr);

}  // namespace parley
