// SPDX-License-Identifier: Apache-2.0
#include "validator1.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace demo {
namespace {

using namespace parley;
using Numbers = std::map<std::string, std::int64_t>;
using Struct = std::map<std::string, Value>;

std::int64_t array_of_structs(const std::vector<Numbers>& array) {
  std::int64_t curlies = 0;
  for (const Numbers& each : array)
    if (auto curly = each.find("curly"); curly != each.end()) curlies += curly->second;
  return curlies;
}

Numbers count_the_entities(std::string_view text) {
  auto count = [text](char c) { return std::count(text.begin(), text.end(), c); };
  return {{"ctLeftAngleBrackets", count('<')},
          {"ctRightAngleBrackets", count('>')},
          {"ctAmpersands", count('&')},
          {"ctApostrophes", count('\'')},
          {"ctQuotes", count('"')}};
}

/// The stooges among `members`; whoever else is there does not count.
std::int64_t sum_of_stooges(const Value& members) {
  std::int64_t sum = 0;
  for (std::string_view name : {"moe", "larry", "curly"})
    if (const Value* stooge = members.find(name); stooge != nullptr && stooge->is_integer()) sum += stooge->as_integer();
  return sum;
}

std::int64_t easy_struct(const Struct& stooges) {
  std::int64_t sum = 0;
  for (std::string_view name : {"moe", "larry", "curly"})
    if (auto found = stooges.find(std::string(name)); found != stooges.end() && found->second.is_integer())
      sum += found->second.as_integer();
  return sum;
}

Struct echo_struct(const Struct& given) { return given; }

std::vector<Value> many_types(Context& context, std::int64_t number, bool boolean, std::string_view string,
                              double real, const DateTime& time, const Bytes& octets) {
  return {Value::integer(number),   Value::boolean(boolean), Value::string(string),
          Value::real(real),        Value::datetime(time),   Value::bytes(context.arena.copy(octets.octets))};
}

Result<std::string> moderate_size_array(const std::vector<std::string>& texts) {
  if (texts.empty()) return Error(Code::invalid_argument, "array: expected at least one text", "array");
  return texts.front() + texts.back();
}

/// year -> month -> day -> stooges; the first of April 2000 counts.
Result<std::int64_t> nested_struct(const Struct& calendar) {
  auto year = calendar.find("2000");
  const Value* day = year == calendar.end() ? nullptr : &year->second;
  for (std::string_view step : {"04", "01"})
    day = day != nullptr && day->is_dict() ? day->find(step) : nullptr;
  if (day == nullptr || !day->is_dict())
    return Error(Code::invalid_argument, "calendar: 2000, 04, 01 is missing", "calendar");
  return sum_of_stooges(*day);
}

Numbers simple_struct_return(std::int64_t number) {
  return {{"times10", number * 10}, {"times100", number * 100}, {"times1000", number * 1000}};
}

}  // namespace

void add_validator1(App& app) {
  app.expose("validator1.arrayOfStructsTest", array_of_structs, doc("The sum of all members `curly`."),
             arg("array", "Structs of at least moe, larry and curly."), effect::read)
      .open();
  app.expose("validator1.countTheEntities", count_the_entities, doc("Counts the characters that XML treats specially."),
             arg("text", "Any text."), effect::read)
      .open();
  app.expose("validator1.easyStructTest", easy_struct, doc("The sum of moe, larry and curly."),
             arg("stooges", "A struct with these three, and maybe others."), effect::read)
      .open();
  app.expose("validator1.echoStructTest", echo_struct, doc("Gives back the struct."), arg("given", "Any struct."),
             effect::read)
      .open();
  app.expose("validator1.manyTypesTest", many_types, doc("Gives back its six arguments as an array."),
             arg("number", ""), arg("boolean", ""), arg("string", ""), arg("double", ""), arg("dateTime", ""),
             arg("base64", ""), effect::read)
      .open();
  app.expose("validator1.moderateSizeArrayCheck", moderate_size_array, doc("The first text followed by the last."),
             arg("array", "100 to 200 texts."), effect::read)
      .open();
  app.expose("validator1.nestedStructTest", nested_struct,
             doc("The sum of moe, larry and curly on the first of April 2000."),
             arg("calendar", "Structs by year, month and day."), effect::read)
      .open();
  app.expose("validator1.simpleStructReturnTest", simple_struct_return, doc("The number times 10, 100 and 1000."),
             arg("number", "A whole number."), effect::read)
      .open();
}

}  // namespace demo
