// SPDX-License-Identifier: Apache-2.0
// Held: the output of one result of many, whose calls are done: a result that fails while it is
// small leaves no trace among the others, and a large one takes no memory.
#pragma once
#include <algorithm>
#include <string>
#include <utility>

#include "parley/core/output.hpp"

namespace parley {

/// Keeps a result back up to `held_bytes_max`; a larger one passes on as it is made.
class Held final : public Output {
 public:
  static constexpr std::size_t held_bytes_max = 1 << 20;

  explicit Held(Output& to) : to_(to) {}
  /// Passes on what is held; the next result may begin.
  void finish() {
    pass();
    has_passed_ = false;
  }
  /// Forgets what is held, so that something else may be put in its place.
  /// gives:   false: a part has passed on already, and the answer can only be abandoned
  bool drop() {
    clear();
    return !std::exchange(has_passed_, false);
  }

 private:
  std::size_t used() const { return at_ == nullptr ? 0 : static_cast<std::size_t>(at_ - text_.data()); }
  void clear() { at_ = end_ == nullptr ? nullptr : text_.data(); }
  void pass() {
    to_.put(std::string_view(text_.data(), used()));
    is_open_ = to_.is_open();
    clear();
  }
  void make_room(std::size_t bytes) override {
    std::size_t kept = used();
    if (kept + bytes > held_bytes_max) {
      pass();
      has_passed_ = true;
      return;  // all of the room is free again
    }
    text_.resize(std::min(held_bytes_max, std::max<std::size_t>({256, kept + bytes, text_.size() * 2})));
    at_ = text_.data() + kept;
    end_ = text_.data() + text_.size();
  }

  Output& to_;
  std::string text_;
  bool has_passed_ = false;
};

}  // namespace parley
