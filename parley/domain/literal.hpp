// SPDX-License-Identifier: Apache-2.0
// Text of a Python literal -> Value: selection lists, domains and contexts stored as text.
#pragma once
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/value.hpp"

namespace parley::domain {

/// Reads numbers, texts, True, False, None, lists, tuples, dicts and sets; no names, no calls.
///
/// gives:   a Value that lives in `arena` alone; `source` may go
/// limits:  as `compile` and `evaluate` of expr.hpp
/// fails:   invalid_argument or too_large; message and `where` name "line:column"
Result<Value> parse_literal(std::string_view source, const Limits& limits, Arena& arena);

}  // namespace parley::domain
