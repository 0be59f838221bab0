// SPDX-License-Identifier: Apache-2.0
// Statements: what the statements of one call took, for the log of slow calls. Their texts hold
// names of tables and columns, never a value.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "parley/core/arena.hpp"

namespace parley::orm {

/// One task at a time. It lives in the arena of its call, as all that it notes.
class Statements {
 public:
  /// Different texts that are told apart; further ones are added up as one.
  static constexpr int texts_max = 50;

  struct One {
    std::string_view text;
    std::int64_t runs = 0;
    std::chrono::nanoseconds took{0};
    One* next = nullptr;
  };

  explicit Statements(Arena& arena) : arena_(&arena) {}

  void add(std::string_view text, std::chrono::nanoseconds took, std::int64_t runs = 1) {
    One** at = &first_;
    int texts = 1;
    for (; *at != nullptr && (*at)->text != text && texts < texts_max; ++texts) at = &(*at)->next;
    if (*at == nullptr) {
      std::string_view kept = texts < texts_max ? arena_->copy(text) : std::string_view("other statements");
      *at = new (arena_->allocate_array<One>(1)) One{kept};
    }
    (*at)->runs += runs;
    (*at)->took += took;
  }
  /// By the time they took, longest first; of equal ones those that ran more often.
  std::vector<One> longest_first() const {
    std::vector<One> out;
    for (const One* one = first_; one != nullptr; one = one->next) out.push_back(*one);
    std::stable_sort(out.begin(), out.end(), [](const One& a, const One& b) { return a.took != b.took ? a.took > b.took : a.runs > b.runs; });
    return out;
  }

 private:
  Arena* arena_;
  One* first_ = nullptr;
};

}  // namespace parley::orm
