// SPDX-License-Identifier: Apache-2.0
// Output: where writers put bytes. In memory it grows; on a socket it is drained when full.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace parley {

/// Append-only bytes. The only virtual call is when the current room is used up.
class Output {
 public:
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  virtual ~Output() = default;

  void put(char c) {
    if (at_ == end_) make_room(1);
    *at_++ = c;
  }
  void put(std::string_view text) {
    if (text.empty()) return;
    if (static_cast<std::size_t>(end_ - at_) < text.size()) return put_slowly(text);
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  /// At least `bytes` (at most 4096) of contiguous room; fill it and call `advance`.
  char* reserve(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) make_room(bytes);
    return at_;
  }
  void advance(std::size_t bytes) { at_ += bytes; }
  /// False once what is written no longer reaches anybody (the client is gone, a limit was
  /// passed): a producer of many rows should stop.
  bool is_open() const { return is_open_; }

 protected:
  Output() = default;
  /// Provides at least `bytes` of room between at_ and end_, growing or draining.
  virtual void make_room(std::size_t bytes) = 0;

  char* at_ = nullptr;
  char* end_ = nullptr;
  bool is_open_ = true;

 private:
  void put_slowly(std::string_view text) {
    while (!text.empty()) {
      if (at_ == end_) make_room(1);
      std::size_t n = std::min(static_cast<std::size_t>(end_ - at_), text.size());
      std::memcpy(at_, text.data(), n);
      at_ += n;
      text.remove_prefix(n);
    }
  }
};

/// Output into memory.
class StringOutput final : public Output {
 public:
  std::string_view view() const { return {text_.data(), used()}; }
  std::string take() {
    text_.resize(used());
    at_ = end_ = nullptr;
    return std::move(text_);
  }
  void clear() { at_ = end_ == nullptr ? nullptr : text_.data(); }

 private:
  // Nothing has been put yet while at_ is null.
  std::size_t used() const { return at_ == nullptr ? 0 : static_cast<std::size_t>(at_ - text_.data()); }
  void make_room(std::size_t bytes) override {
    std::size_t kept = used();
    text_.resize(std::max<std::size_t>({256, kept + bytes, text_.size() * 2}));
    at_ = text_.data() + kept;
    end_ = text_.data() + text_.size();
  }
  std::string text_;
};

}  // namespace parley
