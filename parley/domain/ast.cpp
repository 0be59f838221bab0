// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/ast.hpp"

#include <algorithm>

#include "parley/core/utf8.hpp"

namespace parley::domain::ast {

std::string_view name_of(Op op) {
  constexpr std::string_view names[] = {"+",  "-", "*",  "/", "//", "%",  "**",     "==", "!=",
                                        "<",  "<=", ">", ">=", "in", "not in", "is", "is not"};
  return names[static_cast<std::size_t>(op)];
}

Error located(Error error, std::string_view source, std::size_t at) {
  if (!error.where.empty()) return error;
  const std::string_view before = source.substr(0, at);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n');  // npos + 1 is 0
  const std::size_t column = count_chars(before.substr(line_start + 1)) + 1;
  error.where = std::to_string(line) + ":" + std::to_string(column);
  error.message += " at " + error.where;
  return error;
}

}  // namespace parley::domain::ast
