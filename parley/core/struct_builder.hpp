// SPDX-License-Identifier: Apache-2.0
// StructBuilder: a dict whose number of members and different keys are known, built where it stays.
#pragma once
#include <string_view>

#include "parley/core/value.hpp"

namespace parley {

/// Takes members one after another; the keys must differ, and live as long as the arena.
/// For keys from outside there is DictBuilder.
/// limits:  at most `members_max` members
class StructBuilder {
 public:
  StructBuilder(Arena& arena, std::size_t members_max)
      : arena_(arena),
        members_max_(members_max),
        keys_(arena.allocate_array<std::string_view>(members_max)),
        values_(arena.allocate_array<Value>(members_max)) {}

  void add(std::string_view key, const Value& value) {
    PARLEY_ASSERT(size_ < members_max_);
    std::construct_at(keys_ + size_, key);
    std::construct_at(values_ + size_, value);
    ++size_;
  }
  Value done() const { return Value::dict({keys_, size_}, values_, arena_); }

 private:
  Arena& arena_;
  std::size_t members_max_, size_ = 0;
  std::string_view* keys_;
  Value* values_;
};

}  // namespace parley
