// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/expose.hpp"

namespace parley {

Error wrong_kind(std::string_view expected, const Value& value) {
  return {Code::invalid_argument,
          "expected " + std::string(expected) + ", got " + std::string(name_of(value.kind())), "",
          "TypeError"};
}

Error out_of_range(const Value& value, std::int64_t least, std::uint64_t most) {
  std::string number = value.is_integer() ? std::to_string(value.as_integer())
                                          : std::string(value.text().substr(0, 80));
  return {Code::invalid_argument,
          "expected int from " + std::to_string(least) + " to " + std::to_string(most) + ", got " +
              number,
          "", "ValueError"};
}

Error expose::argument_error(const Invocation& in, std::size_t index, Error error) {
  const auto& parameters = in.chain.front()->parameters;
  if (index >= parameters.size()) return error;
  error.where = parameters[index].name;
  error.message.insert(0, error.where + ": ");
  return error;
}

}  // namespace parley
