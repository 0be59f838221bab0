// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/literal.hpp"

#include "parley/domain/expr.hpp"
#include "parley/domain/parser.hpp"

namespace parley::domain {

Result<Value> parse_literal(std::string_view source, const Limits& limits, Arena& arena) {
  PARLEY_TRY(auto code, read_code(source, Grammar::literal, limits));
  const Program program(std::move(code));
  Arena scratch;
  PARLEY_TRY(const Value value, evaluate(program, DictScope(), limits, scratch));
  return copy(value, arena);
}

}  // namespace parley::domain
