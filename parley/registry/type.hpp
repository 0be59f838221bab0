// SPDX-License-Identifier: Apache-2.0
// Type: what a parameter or result may be. A type checks, converts and describes itself.
// Types are immutable and freely shared; any thread may read them.
#pragma once
#include <memory>
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
  text,    // GET and forms: everything arrives as text
  rest,    // REST+JSON and REST+XML
  odoo,    // what Odoo's Python accepts: numbers as text, false and null for "not given"
};

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
  static Type list() { return list(any()); }
  static Type list(Type item);
  static Type enumeration(std::vector<Choice> choices);
  static Type structure(std::string name, std::vector<Member> members);

  Base base() const { return base_; }
  /// "int", "list", "enum" ...: the word of the type table.
  std::string_view name() const;
  const Type& item() const;                    // of a list
  const std::vector<Choice>& choices() const;  // of an enumeration
  const std::vector<Member>& members() const;  // of a structure
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
  OwnedValue fallback;
};
struct Type::Parts {
  std::vector<Type> item;  // one for a list, else none
  std::vector<Choice> choices;
  std::vector<Member> members;
  std::string name;
};

inline const Type& Type::item() const { return parts_->item.front(); }
inline const std::vector<Type::Choice>& Type::choices() const { return parts_->choices; }
inline const std::vector<Type::Member>& Type::members() const { return parts_->members; }

/// True when `value` is of `type` as it stands, so that `convert` would give it back unchanged.
bool fits(const Type& type, const Value& value);

/// `value` as `type` under `policy`, or why not.
///
/// gives:   a Value of exactly the type's kind; views `value` where nothing had to change
/// fails:   invalid_argument with `where`, naming value, expected type and rule
Result<Value> convert(const Type& type, const Value& value, Policy policy, std::string_view where,
                      Arena& arena);

}  // namespace parley
