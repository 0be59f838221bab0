// SPDX-License-Identifier: Apache-2.0
// The persons, in memory. Functions run in many threads, so a mutex guards them.
#pragma once
#include <map>
#include <mutex>
#include <vector>

#include "types.hpp"

namespace persons {

class PersonStore {
 public:
  PersonStore() { reset(); }

  void reset() {
    std::lock_guard lock(mutex_);
    persons_.clear();
    persons_[1] = ross();
    persons_[2] = monica();
  }
  Person add(Person person) {
    std::lock_guard lock(mutex_);
    person.id = persons_.empty() ? 1 : persons_.rbegin()->first + 1;
    return persons_[*person.id] = person;
  }
  Nullable<Person> find(std::int64_t id) const {
    std::lock_guard lock(mutex_);
    auto found = persons_.find(id);
    return found == persons_.end() ? Nullable<Person>() : Nullable<Person>(found->second);
  }
  std::vector<Person> all() const {
    std::lock_guard lock(mutex_);
    std::vector<Person> list;
    for (const auto& [id, person] : persons_) list.push_back(person);
    return list;
  }
  void put(const Person& person) {
    std::lock_guard lock(mutex_);
    persons_[*person.id] = person;
  }
  bool remove(std::int64_t id) {
    std::lock_guard lock(mutex_);
    return persons_.erase(id) > 0;
  }

 private:
  static Person ross() {
    return {1, std::string("Ross"), std::string("Geller"), 30, List<std::string>{std::string("Dinosaurs"), std::string("Rachel")}};
  }
  static Person monica() {
    return {2, std::string("Monica"), std::string("Geller"), 28, List<std::string>{std::string("Food"), std::string("Cleaning")}};
  }

  mutable std::mutex mutex_;
  std::map<std::int64_t, Person> persons_;
};

}  // namespace persons
