// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/expose.hpp"

#include "parley/registry/constraint.hpp"

namespace parley {

Error wrong_kind(std::string_view expected, const Value& value) {
  return Error(Code::invalid_argument,
               "expected " + std::string(expected) + ", got " + std::string(name_of(value.kind())), "", "TypeError")
      .breaking(Rule::type, shown_in_errors(value), std::string(expected));
}

Error out_of_range(const Value& value, std::int64_t least, std::uint64_t most) {
  std::string number = shown_in_errors(value);
  const bool is_low = number.starts_with('-');
  return Error(Code::invalid_argument,
               "expected int from " + std::to_string(least) + " to " + std::to_string(most) + ", got " + number, "",
               "ValueError")
      .breaking(is_low ? Rule::least : Rule::most, number, is_low ? std::to_string(least) : std::to_string(most));
}

Error expose::argument_error(const Invocation& in, std::size_t index, Error error) {
  const auto& parameters = in.chain.front()->parameters;
  if (index >= parameters.size()) return error;
  error.where = parameters[index].name;
  error.message.insert(0, error.where + ": ");
  return error;
}

}  // namespace parley
