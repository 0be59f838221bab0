// SPDX-License-Identifier: Apache-2.0
// What the grammar in parser.cpp stands on: the current token, and adding nodes within the
// limits. Private to this folder.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/domain/ast.hpp"
#include "parley/domain/lexer.hpp"
#include "parley/domain/parser.hpp"

namespace parley::domain {

/// One level of native recursion.
class Level {
 public:
  explicit Level(std::size_t& count) : count_(count) { ++count_; }
  ~Level() { --count_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  std::size_t& count_;
};

class Builder {
 public:
  using Index = ast::Index;
  using Links = std::vector<Index>;

  Builder(ast::Code& code, Grammar grammar, const Limits& limits)
      : code_(code), lexer_(code.source, code.texts), grammar_(grammar), limits_(limits) {}

  Result<void> advance();
  bool is_symbol(std::string_view text) const {
    return token_.kind == Token::Kind::symbol && token_.text == text;
  }
  bool is_word(std::string_view text) const {
    return token_.kind == Token::Kind::name && token_.text == text;
  }
  bool is_keyword() const;
  /// Moves behind `symbol`, which must come next.
  Result<void> expect(std::string_view symbol);

  Error error(std::string message, Index at, Code code = Code::invalid_argument) const;
  Error unexpected() const;
  Error too_deep() const;
  bool is_too_deep() const;

  Result<Index> add(const ast::Node& node);
  /// A node over `operands`, which are node indexes (or absent).
  Result<Index> add(ast::Form form, Index at, const Links& operands, Value value = {},
                    ast::Op op = ast::Op::add);
  /// A node whose links are not all nodes; `depth` counts itself.
  Result<Index> add_raw(ast::Form form, Index at, const Links& links, std::size_t depth, Value value = {},
                        ast::Op op = ast::Op::add);
  std::size_t depth_of(Index node) const { return code_.nodes[node].depth; }
  Index name_index(std::string_view name);

 protected:
  ast::Code& code_;
  Lexer lexer_;
  Grammar grammar_;
  const Limits& limits_;
  Token token_;
  std::size_t level_ = 0;
};

}  // namespace parley::domain
