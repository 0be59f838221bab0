// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/builder.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace parley::domain {
namespace {

using ast::Form;

constexpr std::array<std::string_view, 35> keywords{
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};

bool is_literal(Form form) {
  return form == Form::list || form == Form::set || form == Form::dict || form == Form::negative ||
         form == Form::positive;
}

std::string deeper_than(std::size_t levels) {
  return "nested deeper than " + std::to_string(levels) + " levels";
}

}  // namespace

Result<void> Builder::advance() {
  PARLEY_TRY(token_, lexer_.next());
  return {};
}

bool Builder::is_keyword() const {
  return token_.kind == Token::Kind::name &&
         std::find(keywords.begin(), keywords.end(), token_.text) != keywords.end();
}

Result<void> Builder::expect(std::string_view symbol) {
  if (is_symbol(symbol)) return advance();
  std::string message = "'" + std::string(symbol) + "' expected";
  if (token_.kind != Token::Kind::end) message += " before '" + std::string(token_.text) + "'";
  return error(std::move(message), token_.at);
}

Error Builder::error(std::string message, Index at, Code code) const {
  return ast::located(Error(code, std::move(message)), code_.source, at);
}

Error Builder::unexpected() const {
  if (token_.kind == Token::Kind::end) return error("unexpected end", token_.at);
  return error("unexpected '" + std::string(token_.text) + "'", token_.at);
}

Error Builder::too_deep() const {
  return error(deeper_than(std::min(text_nesting_max, limits_.depth_max)), token_.at, Code::too_large);
}

bool Builder::is_too_deep() const { return level_ > std::min(text_nesting_max, limits_.depth_max); }

Result<ast::Index> Builder::add(const ast::Node& node) {
  if (code_.nodes.size() >= limits_.expression_steps_max)
    return error("longer than " + std::to_string(limits_.expression_steps_max) + " parts", node.at,
                 Code::too_large);
  const std::size_t depth_max = std::min(tree_nesting_max, limits_.depth_max);
  if (node.depth > depth_max) return error(deeper_than(depth_max), node.at, Code::too_large);
  code_.nodes.push_back(node);
  return static_cast<Index>(code_.nodes.size() - 1);
}

Result<ast::Index> Builder::add(Form form, Index at, const Links& operands, Value value, ast::Op op) {
  std::size_t depth = 0;
  for (Index operand : operands)
    if (operand != ast::absent) depth = std::max(depth, depth_of(operand));
  return add_raw(form, at, operands, depth + 1, value, op);
}

Result<ast::Index> Builder::add_raw(Form form, Index at, const Links& links, std::size_t depth, Value value,
                                    ast::Op op) {
  if (grammar_ == Grammar::literal && !is_literal(form)) return error("only literals can stand here", at);
  const ast::Node node{.form = form,
                       .op = op,
                       .depth = static_cast<std::uint16_t>(std::min<std::size_t>(depth, UINT16_MAX)),
                       .at = at,
                       .first = static_cast<Index>(code_.links.size()),
                       .count = static_cast<Index>(links.size()),
                       .value = value};
  code_.links.insert(code_.links.end(), links.begin(), links.end());
  return add(node);
}

ast::Index Builder::name_index(std::string_view name) {
  code_.names.push_back(name);
  return static_cast<Index>(code_.names.size() - 1);
}

}  // namespace parley::domain
