// SPDX-License-Identifier: Apache-2.0
// JSONP: which texts are names of functions, and JSON that may stand in a script.
#pragma once
#include <string_view>

#include "parley/core/output.hpp"

namespace parley::path {

inline constexpr std::size_t callback_bytes_max = 128;

/// A name, or names with dots between, none of them a reserved word of JavaScript.
/// source:  spec/path-rpc.md section 5; ECMAScript 2023 section 12.7.2
bool is_callback(std::string_view name);

/// Passes JSON on with what a script or a page around it would take for something else escaped:
/// '<' (of "</script" and "<!--"), U+2028 and U+2029. JSON has them inside strings only.
/// Call `finish` behind the last byte.
class ScriptOutput final : public Output {
 public:
  explicit ScriptOutput(Output& inner);
  void finish();

 private:
  static constexpr std::size_t buffer_bytes =
      4096 + 64;  // what `reserve` may ask for, and what is kept
  void make_room(std::size_t bytes) override;
  /// Passes on what is there, but for the start of a character that may have to be escaped.
  void drain();

  Output& inner_;
  char buffer_[buffer_bytes];
};

}  // namespace parley::path
