// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/pattern.hpp"

#include <re2/re2.h>

#include "parley/core/error.hpp"

namespace parley {

struct Pattern::Compiled {
  re2::RE2 expression;
};

Pattern::Pattern(const std::string& expression) : compiled_(new Compiled{re2::RE2(expression, re2::RE2::Quiet)}) {
  PARLEY_ASSERT(compiled_->expression.ok());
}

Pattern::~Pattern() = default;

bool Pattern::is_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->expression);
}

}  // namespace parley
