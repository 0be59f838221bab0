// SPDX-License-Identifier: Apache-2.0
// RuleDomains: what the record rules mean to one user, evaluated once for as long as rights stay as they are.
#pragma once
#include <array>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "parley/orm/access.hpp"

namespace parley::orm {

/// Thread rule: any thread. Nothing is taken out again: what was found lives as long as this does.
/// limits:  one entry for a model and operation
class RuleDomains {
 public:
  struct Entry {
    Arena arena{1024};                    // of the domain
    const domain::Node* node = nullptr;   // null: nothing to filter
    bool is_lasting = true;               // false: it asks the database or the clock, so it is evaluated each time
    std::vector<std::shared_ptr<const domain::Program>> programs;  // whose texts the domain views
  };

  /// Null while nobody has asked.
  const Entry* find(std::string_view model, Operation operation) const {
    std::lock_guard lock(mutex_);
    auto found = by_model_.find(model);
    return found == by_model_.end() ? nullptr : found->second[static_cast<std::size_t>(operation)].get();
  }
  /// The entry that stays: of two made at once the first.
  const Entry& keep(std::string_view model, Operation operation, std::unique_ptr<const Entry> entry) {
    std::lock_guard lock(mutex_);
    auto& place = by_model_[std::string(model)][static_cast<std::size_t>(operation)];
    if (place == nullptr) place = std::move(entry);
    return *place;
  }

 private:
  mutable std::mutex mutex_;
  TextMap<std::array<std::unique_ptr<const Entry>, 4>> by_model_;
};

}  // namespace parley::orm
