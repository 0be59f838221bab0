// SPDX-License-Identifier: Apache-2.0
// Any text through both grammars; whatever list a literal gives is read as a domain, and read
// again from its own repr.
#include <cstddef>
#include <cstdint>

#include "parley/domain/domain.hpp"
#include "parley/domain/expr.hpp"
#include "parley/domain/literal.hpp"
#include "parley/domain/repr.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.expression_steps_max = 2000;
  Arena arena;
  if (auto program = domain::compile(source, limits)) {
    const std::string_view names[] = {"a", "b", "user"};
    const Value one = Value::integer(1);
    const Value values[] = {Value::string("x\xc3\xa9y"), Value::list({&one, 1}), Value::dict(names, &one, arena)};
    const Value last = Value::dict(std::span(names, 1), values, arena);
    const Value scope[] = {values[0], values[1], last};
    (void)domain::evaluate(*program, domain::DictScope(Value::dict(names, scope, arena)), limits, arena);
  }
  if (auto value = domain::parse_literal(source, limits, arena)) {
    if (auto node = domain::parse(*value, limits, arena)) (void)domain::mentions(**node, "active");
    const std::string text = domain::repr(*value);
    if (text.size() < domain::repr_bytes_max) {
      auto again = domain::parse_literal(text, limits, arena);
      if (again) PARLEY_ASSERT(domain::repr(*again) == text);
    }
  }
  return 0;
}
