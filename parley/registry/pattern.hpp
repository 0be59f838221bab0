// SPDX-License-Identifier: Apache-2.0
// Pattern: a regular expression that texts from outside are held against. Matching takes time
// linear in the text, whatever the expression.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace parley {

/// Immutable; any thread may search.
class Pattern {
 public:
  /// Asserts that `expression` is one by RE2's syntax.
  explicit Pattern(const std::string& expression);
  ~Pattern();
  /// Whether it matches anywhere in `text`.
  bool is_in(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace parley
