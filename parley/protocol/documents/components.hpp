// SPDX-License-Identifier: Apache-2.0
// The schemas of a document that have a name of their own: structures, told once and referred to.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "parley/core/value.hpp"

namespace parley::documents {

/// Collects structures out of schemas while a document is built. One document, one thread.
class Components {
 public:
  explicit Components(Arena& arena) : arena_(arena) {}

  /// `schema` with each structure in it (an object with a title) replaced by a reference to
  /// #/components/schemas/<title>; two structures of one title get numbers behind it.
  ///
  /// What a parameter says beside the structure's own schema (description, default) stays with the
  /// reference, in a form that JSON Schema draft 7 and 2020-12 read alike.
  Value named(const Value& schema);
  /// A schema of the document's own.
  void add(std::string_view name, const Value& schema) { schemas_.emplace(name, schema); }
  /// {"schemas": {name: schema}}, sorted by name.
  Value schemas() const;

 private:
  Value named_properties(const Value& properties);
  Value reference(const Value& structure, const Value& original);
  std::string_view place_of(std::string_view title, const Value& schema);

  Arena& arena_;
  std::map<std::string, Value, std::less<>> schemas_;
};

}  // namespace parley::documents
