// SPDX-License-Identifier: Apache-2.0
#include "parley/core/arena.hpp"

#include <algorithm>

namespace parley {

void* Arena::allocate_slow(std::size_t bytes, std::size_t align) {
  std::size_t size = std::max(block_bytes_, bytes + align);
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
  if (blocks_.size() == 1) first_block_bytes_ = size;
  reserved_bytes_ += size;
  char* block = blocks_.back().get();
  std::uintptr_t start = (reinterpret_cast<std::uintptr_t>(block) + align - 1) & ~(align - 1);
  char* p = reinterpret_cast<char*>(start);
  // A large item gets a block of its own; the current block keeps serving small ones.
  if (size == block_bytes_ || at_ == nullptr) {
    at_ = p + bytes;
    end_ = block + size;
  }
  return p;
}

void Arena::reset() {
  // An oversized first block is given back too: one huge request must not pin its memory.
  bool keep_first = !blocks_.empty() && first_block_bytes_ == block_bytes_;
  blocks_.resize(keep_first ? 1 : 0);
  reserved_bytes_ = keep_first ? block_bytes_ : 0;
  at_ = keep_first ? blocks_.front().get() : nullptr;
  end_ = keep_first ? at_ + block_bytes_ : nullptr;
}

}  // namespace parley
