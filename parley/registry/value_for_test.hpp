// SPDX-License-Identifier: Apache-2.0
// For tests: values in one line, and values as one line of text.
#pragma once
#include <initializer_list>
#include <string>
#include <utility>

#include "parley/core/value.hpp"
#include "parley/registry/constraint.hpp"

namespace parley::testing {

/// Lives as long as the test program.
inline Arena& arena() {
  static Arena made;
  return made;
}
inline Value text(std::string_view v) { return Value::string(v); }
inline Value list(std::initializer_list<Value> items) { return Value::list(arena().copy(std::span<const Value>(items.begin(), items.size()))); }
inline Value dict(std::initializer_list<std::pair<std::string_view, Value>> members) {
  DictBuilder out(arena());
  for (const auto& [name, value] : members) out.set(name, value);
  return out.done();
}

/// {a: [1, "x", null]}
inline std::string shown(const Value& value) {
  std::string out;
  if (value.is_list()) {
    for (const Value& item : value.items()) out.append(out.empty() ? "" : ", ").append(shown(item));
    return "[" + out + "]";
  }
  if (value.is_dict()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      out.append(i == 0 ? "" : ", ").append(value.keys()[i]).append(": ").append(shown(value.values()[i]));
    return "{" + out + "}";
  }
  if (value.is(Kind::bytes)) return "bytes " + std::string(value.text());
  if (value.is(Kind::date)) return to_string(value.as_date());
  if (value.is(Kind::time)) return to_string(value.as_time());
  if (value.is(Kind::datetime)) return to_string(value.as_datetime());
  return shown_in_errors(value);
}

}  // namespace parley::testing
