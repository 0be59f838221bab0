// SPDX-License-Identifier: Apache-2.0
// Text -> tokens of the expression language. Private to this folder.
#pragma once
#include <cstdint>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"

namespace parley::domain {

struct Token {
  enum class Kind : std::uint8_t { end, name, integer, real, string, symbol };
  Kind kind = Kind::end;
  std::uint32_t at = 0;    // byte in the source
  std::string_view text;   // as written; of a string: its content, escapes resolved
  std::uint64_t integer = 0;
  double real = 0;
};

/// Gives one token after the other. `source` must be well-formed UTF-8; texts view it or `arena`.
class Lexer {
 public:
  Lexer(std::string_view source, Arena& arena) : source_(source), arena_(arena) {}
  Result<Token> next();

 private:
  void skip_blanks();
  Result<Token> number();
  Result<Token> string();
  Result<Token> symbol();
  Error error(std::string message, std::size_t at) const;
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  std::string_view source_;
  Arena& arena_;
  std::size_t at_ = 0;
};

}  // namespace parley::domain
