// SPDX-License-Identifier: Apache-2.0
// The tree of an expression, as indexes into flat arrays. Private to this folder.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/value.hpp"

namespace parley::domain::ast {

using Index = std::uint32_t;
inline constexpr Index absent = UINT32_MAX;

enum class Op : std::uint8_t {
  add,
  subtract,
  multiply,
  divide,
  floor_divide,
  modulo,
  power,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_in,
  is,
  is_not,
};
std::string_view name_of(Op op);

/// What a node is, and what its links are.
enum class Form : std::uint8_t {
  constant,       // `value`
  name,           // `value` is its text
  list,           // items
  set,            // items; doubles are dropped
  dict,           // key, value, key, value ...
  negative,       // operand
  positive,       // operand
  negation,       // operand of `not`
  binary,         // left, right; `op`
  compare,        // operand, Op, operand, Op, operand ...
  all,            // operands of `and`
  any,            // operands of `or`
  choice,         // value if true, condition, value if false
  attribute,      // object; `value` is the name
  index,          // object, index
  slice,          // object, start or absent, stop or absent
  call,           // (keyword or absent, argument) ...; `value` is the function's name
  method,         // object, then as call; `value` is the method's name
  comprehension,  // element, then clauses: (clause_for, target count, names ..., list) or
                  // (clause_if, condition)
};
inline constexpr Index clause_for = 0;
inline constexpr Index clause_if = 1;

struct Node {
  Form form = Form::constant;
  Op op = Op::add;
  std::uint16_t depth = 1;  // levels below and including this one
  Index at = 0;             // byte in the source
  Index first = 0;          // links[first] .. links[first + count)
  Index count = 0;
  Value value;
};

/// Texts and numbers live in `texts`; nodes refer to each other by index into `nodes`, to names
/// by index into `names`.
struct Code {
  Arena texts{512};
  std::string source;
  std::vector<Node> nodes;
  std::vector<Index> links;
  std::vector<std::string_view> names;
  Index root = 0;
};

/// `error` with "line:column" of byte `at` of `source` as `where` and at the message's end;
/// unchanged when it has a place already.
Error located(Error error, std::string_view source, std::size_t at);

}  // namespace parley::domain::ast
