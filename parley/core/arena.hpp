// SPDX-License-Identifier: Apache-2.0
// A bump allocator for everything that lives as long as one request.
// One owner, one thread at a time; nothing in it is destroyed one by one.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace parley {

/// Memory that is given back all at once.
///
/// gives:   pointers valid until `reset()` or destruction
/// limits:  none of its own; what fills it (bodies, results) is limited elsewhere
class Arena {
 public:
  explicit Arena(std::size_t block_bytes = 16 * 1024) : block_bytes_(block_bytes) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(std::size_t bytes, std::size_t align = alignof(std::max_align_t)) {
    std::size_t offset = (reinterpret_cast<std::uintptr_t>(at_) + align - 1) & ~(align - 1);
    char* p = reinterpret_cast<char*>(offset);
    if (at_ == nullptr || bytes > static_cast<std::size_t>(end_ - at_) || p + bytes > end_)
      return allocate_slow(bytes, align);
    at_ = p + bytes;
    return p;
  }

  /// Room for `count` objects of a trivially destructible type, not initialised.
  template <class T>
  T* allocate_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>, "parley: an Arena never runs destructors");
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }

  /// A copy of `text` that lives in the arena.
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* p = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(p, text.data(), text.size());
    return {p, text.size()};
  }

  /// `a` followed by `b` (and `c`), copied into the arena.
  std::string_view join(std::string_view a, std::string_view b, std::string_view c = {}) {
    char* p = static_cast<char*>(allocate(a.size() + b.size() + c.size() + 1, 1));
    if (!a.empty()) std::memcpy(p, a.data(), a.size());
    if (!b.empty()) std::memcpy(p + a.size(), b.data(), b.size());
    if (!c.empty()) std::memcpy(p + a.size() + b.size(), c.data(), c.size());
    return {p, a.size() + b.size() + c.size()};
  }

  template <class T>
  std::span<const T> copy(std::span<const T> items) {
    T* p = allocate_array<T>(items.size());
    std::uninitialized_copy(items.begin(), items.end(), p);
    return {p, items.size()};
  }

  /// Forgets everything; keeps the first block for the next request.
  void reset();
  /// Bytes taken from the system so far.
  std::size_t reserved_bytes() const { return reserved_bytes_; }

 private:
  void* allocate_slow(std::size_t bytes, std::size_t align);

  std::size_t block_bytes_;
  std::size_t reserved_bytes_ = 0;
  std::size_t first_block_bytes_ = 0;
  char* at_ = nullptr;
  char* end_ = nullptr;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace parley
