// SPDX-License-Identifier: Apache-2.0
// Scripts of tests/orm: models, records and calls as Python literals. README.md has the format.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/arena.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/value.hpp"
#include "parley/orm/module.hpp"

namespace parley::orm::test {

/// One line (with its indented continuation) of a script.
struct Statement {
  int line = 0;
  std::string word;      // "as", "context", or the method's name
  std::string model;     // of calls
  std::string arguments; // as written
  std::string expected;  // after "->"; empty = anything but an error
  std::string error;     // class of the error expected; empty = none
  std::string text;      // part of its message
};

struct Script {
  Module module;                  // what `model` and `row` lines declare
  std::vector<Statement> steps;
};

/// Reads `path` and the prelude beside it into one module named "base".
/// fails:   invalid_argument naming file and line
Result<Script> read_script(const std::string& path);

/// "[('a', '=', 1)], limit=2" -> positional values and a dict of named ones.
struct Arguments {
  std::vector<Value> positional;
  Value named;
};
Result<Arguments> read_arguments(std::string_view text, Arena& arena);

/// The value as a Python literal could show it: days and instants as text, exact numbers as real.
Value plain(const Value& value, Arena& arena);

}  // namespace parley::orm::test
