// SPDX-License-Identifier: Apache-2.0
// Bounds: what arguments and members say about their values besides a type, as a chain of words.
#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "parley/registry/type.hpp"

namespace parley {

/// The words; `Own` is the class that inherits them, so that a chain keeps its type.
template <class Own>
class Bounds {
 public:
  /// Not below `least`; a number.
  Own at_least(std::int64_t least) && { constraint_.least = Decimal{least, 0}; return own(); }
  Own at_most(std::int64_t most) && { constraint_.most = Decimal{most, 0}; return own(); }
  Own between(std::int64_t least, std::int64_t most) && {
    constraint_.least = Decimal{least, 0};
    constraint_.most = Decimal{most, 0};
    return own();
  }
  /// So many characters of a text, or items of a list.
  Own sized(std::size_t least, std::size_t most) && {
    constraint_.size_least = least;
    constraint_.size_most = most;
    return own();
  }
  /// A text in which this expression (RE2 syntax) is found; anchor it to mean the whole text.
  Own matching(std::string_view expression) && { constraint_.pattern = expression; return own(); }
  Own ipv4() && { constraint_.format = Constraint::Format::ipv4; return own(); }
  Own ipv6() && { constraint_.format = Constraint::Format::ipv6; return own(); }
  /// One of these texts or numbers.
  Own among(std::initializer_list<std::string_view> texts) && {
    for (std::string_view text : texts) constraint_.choices.emplace_back(Value::string(text));
    return own();
  }
  Own among(std::initializer_list<std::int64_t> numbers) && {
    for (std::int64_t number : numbers) constraint_.choices.emplace_back(Value::integer(number));
    return own();
  }

  /// `type` with these bounds; of a list the size is its own, and all others are its items'.
  Type applied_to(const Type& type) const {
    if (constraint_.is_empty()) return type;
    if (type.base() != Type::Base::list) return type.with(constraint_);
    Constraint of_list, of_items = constraint_;
    of_list.size_least = std::exchange(of_items.size_least, std::nullopt);
    of_list.size_most = std::exchange(of_items.size_most, std::nullopt);
    Type list = of_items.is_empty() ? type : Type::list(type.item().with(of_items));
    return of_list.is_empty() ? list : list.with(of_list);
  }

 private:
  Own own() { return std::move(static_cast<Own&>(*this)); }
  Constraint constraint_;
};

}  // namespace parley
