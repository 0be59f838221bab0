// SPDX-License-Identifier: Apache-2.0
// The methods of texts and dicts. Lists have none: nothing in the language changes a value.
#include <algorithm>
#include <array>
#include <string>

#include "parley/core/utf8.hpp"
#include "parley/domain/builtins.hpp"

namespace parley::domain {
namespace {

constexpr std::string_view blanks = " \t\n\r\f\v";

Result<std::string_view> text_argument(const Call& call, std::size_t index) {
  if (!call.values[index].is_string())
    return wrong(std::string(call.name) + "() takes a text, not " +
                 std::string(name_of(call.values[index].kind())));
  return call.values[index].text();
}

/// ASCII letters only: a full mapping needs tables that only case folding has here.
Result<Value> map_letters(const Call& call, Work& work, char first, char last) {
  PARLEY_CHECK(expect_arguments(call, 0, 0));
  std::string text(call.object->text());
  PARLEY_CHECK(work.spend_text(text.size()));
  for (char& c : text)
    if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
  return Value::string(work.arena.copy(text));
}

Result<Value> text_lower(const Call& call, Work& work) { return map_letters(call, work, 'A', 'Z'); }
Result<Value> text_upper(const Call& call, Work& work) { return map_letters(call, work, 'a', 'z'); }

Result<Value> text_strip(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 0, 0));
  const std::string_view text = call.object->text();
  PARLEY_CHECK(work.spend_text(text.size()));
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return Value::string("");
  return Value::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

Result<Value> text_startswith(const Call& call, Work&) {
  PARLEY_CHECK(expect_arguments(call, 1, 1));
  PARLEY_TRY(const std::string_view part, text_argument(call, 0));
  return Value::boolean(call.object->text().starts_with(part));
}

Result<Value> text_endswith(const Call& call, Work&) {
  PARLEY_CHECK(expect_arguments(call, 1, 1));
  PARLEY_TRY(const std::string_view part, text_argument(call, 0));
  return Value::boolean(call.object->text().ends_with(part));
}

/// split(separator), or split() at runs of blanks.
Result<Value> text_split(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 0, 1));
  std::string_view rest = call.object->text();
  PARLEY_CHECK(work.spend(rest.size()));
  ListBuilder parts(work.arena);
  if (call.values.empty()) {
    for (;;) {
      const std::size_t first = rest.find_first_not_of(blanks);
      if (first == std::string_view::npos) return parts.done();
      const std::size_t last = std::min(rest.find_first_of(blanks, first), rest.size());
      parts.add(Value::string(rest.substr(first, last - first)));
      rest = rest.substr(last);
    }
  }
  PARLEY_TRY(const std::string_view separator, text_argument(call, 0));
  if (separator.empty()) return wrong("split() needs a separator that is not empty");
  for (;;) {
    const std::size_t at = rest.find(separator);
    parts.add(Value::string(rest.substr(0, at)));
    if (at == std::string_view::npos) return parts.done();
    rest = rest.substr(at + separator.size());
  }
}

Result<Value> text_join(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 1));
  PARLEY_TRY(const Value parts, items_of(call.values[0], work));
  std::string text;
  for (const Value& part : parts.items()) {
    if (!part.is_string()) return wrong("join() takes texts, not " + std::string(name_of(part.kind())));
    PARLEY_CHECK(work.spend_text(part.text().size() + call.object->text().size()));
    if (&part != &parts.items().front()) text += call.object->text();
    text += part.text();
  }
  return Value::string(work.arena.copy(text));
}

Result<Value> dict_get(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 1, 2));
  PARLEY_CHECK(work.spend(call.object->size() / 8));
  const Value* found = call.values[0].is_string() ? call.object->find(call.values[0].text()) : nullptr;
  if (found != nullptr) return *found;
  return call.values.size() > 1 ? call.values[1] : Value::null();
}

Result<Value> dict_keys(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 0, 0));
  return items_of(*call.object, work);
}

Result<Value> dict_values(const Call& call, Work&) {
  PARLEY_CHECK(expect_arguments(call, 0, 0));
  return Value::list(call.object->values());
}

Result<Value> dict_items(const Call& call, Work& work) {
  PARLEY_CHECK(expect_arguments(call, 0, 0));
  PARLEY_CHECK(work.spend(3 * call.object->size()));
  ListBuilder pairs(work.arena);
  for (std::size_t i = 0; i < call.object->size(); ++i) {
    const std::array pair{Value::string(call.object->keys()[i]), call.object->values()[i]};
    pairs.add(Value::list(work.arena.copy(std::span<const Value>(pair))));
  }
  return pairs.done();
}

struct Row {
  Kind kind;
  std::string_view name;
  Builtin method;
};
constexpr std::array<Row, 11> methods{{{Kind::string, "lower", text_lower},
                                       {Kind::string, "upper", text_upper},
                                       {Kind::string, "strip", text_strip},
                                       {Kind::string, "startswith", text_startswith},
                                       {Kind::string, "endswith", text_endswith},
                                       {Kind::string, "split", text_split},
                                       {Kind::string, "join", text_join},
                                       {Kind::dict, "get", dict_get},
                                       {Kind::dict, "keys", dict_keys},
                                       {Kind::dict, "values", dict_values},
                                       {Kind::dict, "items", dict_items}}};

}  // namespace

Builtin find_method(Kind kind, std::string_view name) {
  for (const Row& row : methods)
    if (row.kind == kind && row.name == name) return row.method;
  return nullptr;
}

}  // namespace parley::domain
