// SPDX-License-Identifier: Apache-2.0
// Values of a type: its edges first of all, and mixtures. The same seed gives the same values.
#pragma once
#include <random>
#include <string>

#include "parley/registry/type.hpp"

namespace parley::parity {

class Generator {
 public:
  Generator(std::uint64_t seed, Arena& arena) : random_(seed), arena_(arena) {}
  /// A value that `type` takes as it stands. Optional members may be left out or null.
  Value of(const Type& type, int depth = 0);

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  template <class Items>
  const auto& one_of(const Items& items) { return items[below(items.size())]; }

  Value anything(int depth);
  Value whole();
  Value real();
  Value decimal();
  std::string text();
  Value octets();
  Value date();
  Value time();
  Value datetime();
  Value uuid();
  Value list_of(const Type& item, int depth);
  Value dict_of(const Type& value, int depth);
  Value structure_of(const Type& type, int depth);

  std::mt19937_64 random_;
  Arena& arena_;
};

}  // namespace parley::parity
