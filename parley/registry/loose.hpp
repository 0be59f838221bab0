// SPDX-License-Identifier: Apache-2.0
// What REST sends, brought to declared types. A JSON body says what is a list and what a dict; a
// query string and an XML document do not, so there the declared type decides.
#pragma once
#include <string>
#include <vector>

#include "parley/registry/type.hpp"

namespace parley {

/// One conversion under a policy of REST; what `convert` does for these policies.
///
/// Query strings and forms come as form::nested_tree makes them: a list is one text, a repeated
/// name, a dict by index ("0", "1" ...), or for structures a dict of columns (p.id=1&p.id=2); a
/// dict and a structure are dicts. XML documents come as dicts by element name in which a name
/// that was repeated has a list: a list is {item: ...}, a dict {item: {key, value}}.
///
/// Null is a value of every type. Recursion follows the type, or what `any` holds, which the
/// depth of documents bounds.
class Loose {
 public:
  Loose(Policy policy, Arena& arena) : policy_(policy), arena_(arena) {}

  /// gives:   a Value of the type, null, or unset when nothing in `given` was known
  /// fails:   invalid_argument with a Rule and `where` below `given`. Members that do not exist
  ///          are Rule::unknown with their names as `value`, except in query strings
  Result<Value> run(const Type& type, const Value& given);

  /// Of query strings and forms: the names below `given` that lead nowhere: ".nosuch", "[007]".
  std::vector<std::string>& unknown() { return unknown_; }

 private:
  struct Step;

  Result<Value> as_base(const Type& type, const Value& given);
  Result<Value> scalar(const Type& type, const Value& given);
  Result<Value> any(const Type& type, const Value& given);
  Result<Value> list(const Type& type, const Value& given);
  Result<Value> items(const Type& type, std::span<const Value> items);
  Result<Value> indexed(const Type& type, const Value& given);
  Result<Value> columns(const Type& type, const Value& given);
  Result<Value> dict(const Type& type, const Value& given);
  Result<Value> named_items(const Type& type, const Value& given);
  Result<Value> pairs(const Type& type, const Value& items);
  Result<Value> structure(const Type& type, const Value& given);
  Result<void> check_members(const Type& type, const Value& given);
  Result<Value> member(const Type::Member& member, const Value& given);
  Result<Value> within(const Step& step, const Type& type, const Value& given);
  Result<std::string_view> spelled(const Type& key, std::string_view name);
  Value natural(const Value& given);
  Value lost(const Value& given, std::string path = {});
  bool is_form() const { return policy_ == Policy::rest_form; }
  bool is_xml() const { return policy_ == Policy::rest_xml; }

  Policy policy_;
  Arena& arena_;
  std::vector<std::string> unknown_;
};

/// Names for an error: "q, a"; of many the first ones.
std::string enumerated(std::span<const std::string> names);

}  // namespace parley
