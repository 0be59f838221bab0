// SPDX-License-Identifier: Apache-2.0
// Plain growing memory for bytes from and to sockets, and the pool of one loop.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

namespace parley::net {

/// Bytes at the front of a block; 64 readable bytes always follow the room (simdjson's padding).
struct Buffer {
  static constexpr std::size_t spare_bytes = 64;
  static constexpr std::size_t usual_bytes = 64 * 1024;

  bool has_memory() const { return memory != nullptr; }
  char* data() const { return memory.get(); }
  char* end() const { return memory.get() + size; }
  std::size_t room() const { return capacity - size; }
  void grow(std::size_t wanted) {
    auto larger = std::make_unique_for_overwrite<char[]>(wanted + spare_bytes);
    if (size != 0) std::memcpy(larger.get(), memory.get(), size);
    std::memset(larger.get() + wanted, 0, spare_bytes);
    memory = std::move(larger);
    capacity = wanted;
  }

  std::unique_ptr<char[]> memory;
  std::size_t capacity = 0, size = 0;
};

/// Keeps some usual blocks for the next request. Thread rule: one loop's thread.
class BufferPool {
 public:
  Buffer take() {
    Buffer buffer;
    if (free_.empty()) {
      buffer.grow(Buffer::usual_bytes);
    } else {
      buffer = std::move(free_.back());
      free_.pop_back();
      buffer.size = 0;
    }
    return buffer;
  }
  void give(Buffer&& buffer) {
    Buffer given = std::move(buffer);
    buffer.capacity = buffer.size = 0;
    if (given.capacity == Buffer::usual_bytes && free_.size() < 64) free_.push_back(std::move(given));
  }

 private:
  std::vector<Buffer> free_;
};

}  // namespace parley::net
