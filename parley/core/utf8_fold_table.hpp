// SPDX-License-Identifier: Apache-2.0
// The table behind fold(); only utf8.cpp needs it.
#pragma once
#include <cstdint>
#include <span>

namespace parley {

/// Every `step`-th code point from `first` to `last` folds to itself plus `delta`.
struct FoldRange {
  char32_t first;
  char32_t last;
  std::int32_t step;
  std::int32_t delta;
};

/// Sorted by code point, not overlapping; nothing below U+0080.
std::span<const FoldRange> fold_ranges();

}  // namespace parley
