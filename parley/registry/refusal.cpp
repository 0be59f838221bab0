// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/refusal.hpp"

#include "parley/registry/constraint.hpp"
#include "parley/registry/scalar.hpp"

namespace parley {
namespace {

using Base = Type::Base;

std::string choices_of(const Type& type) {
  std::string names;
  for (const Type::Choice& choice : type.choices()) names.append(names.empty() ? "" : ", ").append(choice.name);
  return names;
}

}  // namespace

std::string expectation(const Type& type) {
  std::string words(type.name());
  if (type.base() == Base::structure && !type.structure_name().empty())
    words.append(" ").append(type.structure_name());
  if (type.base() == Base::enumeration) words.append(" of ").append(choices_of(type));
  if (type.options().empty()) return words;
  words.clear();
  for (const Type& option : type.options()) words.append(words.empty() ? "" : " or ").append(option.name());
  return words;
}

Error refusal(const Type& type, const Value& value) {
  const bool is_content =
      value.is_string() || value.is(Kind::number) || value.is(Kind::real) || value.is(Kind::bigint);
  std::string expected = expectation(type), got = shown_in_errors(value);
  const bool is_choice = type.base() == Base::enumeration && value.is_string();
  return Error(Code::invalid_argument, "expected " + expected + ", got " + got, "",
               is_content ? "ValueError" : "TypeError")
      .breaking(is_choice ? Rule::choice : Rule::type, std::move(got), is_choice ? choices_of(type) : std::move(expected));
}

std::optional<Value> enumeration_as(const Type& type, const Value& value, Policy policy, Arena& arena) {
  if (value.is_string())
    for (const Type::Choice& choice : type.choices())
      if (choice.name == value.text()) return Value::string(choice.name);
  const bool may_be_number =
      value.is_integer() || (value.is_string() && policy != Policy::strict && policy != Policy::typed);
  if (!may_be_number) return {};
  auto number = scalar_as(Base::integer, value, policy, arena);
  if (number && number->is_integer())
    for (const Type::Choice& choice : type.choices())
      if (choice.number == number->as_integer()) return Value::string(choice.name);
  return {};
}

}  // namespace parley
