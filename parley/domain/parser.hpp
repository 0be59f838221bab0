// SPDX-License-Identifier: Apache-2.0
// Tokens -> the tree of ast.hpp. Private to this folder.
#pragma once
#include <memory>
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/domain/ast.hpp"

namespace parley::domain {

enum class Grammar : std::uint8_t {
  expression,
  literal,  // no names, calls or operators besides the sign of a number
};

/// Levels of brackets, signs and right-hand sides in one text. Each costs up to two kilobytes of
/// native stack, and requests run on small ones.
inline constexpr std::size_t text_nesting_max = 40;
/// Levels of the tree: the above, and chains of attributes, indexes and clauses.
inline constexpr std::size_t tree_nesting_max = 60;

Result<std::unique_ptr<const ast::Code>> read_code(std::string_view source, Grammar grammar,
                                                   const Limits& limits);

}  // namespace parley::domain
