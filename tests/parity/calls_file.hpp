// SPDX-License-Identifier: Apache-2.0
// *.calls: calls and what is to come of them, as lines that a person reads (README.md).
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/value.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::parity {

/// One line.
struct Line {
  int number = 0;
  std::string login, password;  // "" = nobody
  // A call, or a request as it stands.
  std::string method;
  Value arguments;              // list or dict
  Asked raw;                    // target "" = a call
  // What comes of it.
  Value result;                 // when `code` is empty and it is a call
  std::string code;             // "invalid_argument"; of a request its HTTP status
  int status = 0;               // the method's own number
  std::vector<std::string> texts;  // each is within the message, or the body
};

/// The lines of one file; values live in it.
struct CallsFile {
  std::string name;
  std::unique_ptr<Arena> arena = std::make_unique<Arena>();
  std::vector<Line> lines;
};

/// fails:   malformed, naming file and line
Result<CallsFile> read_calls(const std::string& path);

}  // namespace parley::parity
