// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/loose.hpp"

#include <algorithm>
#include <charconv>

#include "parley/core/base64.hpp"
#include "parley/core/struct_builder.hpp"
#include "parley/registry/constraint.hpp"
#include "parley/registry/refusal.hpp"
#include "parley/registry/scalar.hpp"
#include "parley/registry/typed.hpp"

namespace parley {
namespace {

using Base = Type::Base;

constexpr std::string_view item_name = "item", key_name = "key", value_name = "value";
constexpr std::size_t index_digits_max = 9;

bool is_blank(const Value& text) {
  return text.is_string() && text.text().find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// "0", "1", "12": digits as a program writes them, with no zero in front.
std::optional<std::size_t> index_of(std::string_view name) {
  std::size_t index = 0;
  const char* end = name.data() + name.size();
  const bool is_canonical = name.size() <= index_digits_max && (name == "0" || !name.starts_with('0'));
  if (!is_canonical) return {};
  auto [stopped, failed] = std::from_chars(name.data(), end, index);
  return failed == std::errc{} && stopped == end ? std::optional(index) : std::nullopt;
}

bool is_index(std::string_view name) { return index_of(name).has_value(); }

/// What a name in brackets may be; names of any other form are unknown.
bool is_key(std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
  return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

std::string in_brackets(std::string_view name) { return "[" + std::string(name) + "]"; }
std::string in_brackets(std::size_t index) { return in_brackets(std::to_string(index)); }
std::string behind_dot(std::string_view name) { return "." + std::string(name); }

/// An element that may stand once: the first of several.
const Value& first_of(const Value& given) { return given.is_list() && given.size() > 0 ? given.items().front() : given; }

/// A field of a form that was left empty, where its type has no empty text: a day or a time.
bool means_null(const Type& type, const Value& given) {
  const bool is_of_calendar = type.base() == Base::date || type.base() == Base::time || type.base() == Base::datetime;
  return is_of_calendar && given.is_string() && given.size() == 0;
}

/// The repeated elements, or the one.
std::span<const Value> all_of(const Value& given) {
  return given.is_list() ? given.items() : std::span<const Value>(&given, 1);
}

Error unknown_members(const Type& type, std::string names) {
  return Error(Code::invalid_argument, "unknown member of " + expectation(type) + ": " + names, "", "ValueError")
      .breaking(Rule::unknown, std::move(names), {});
}

Error at(std::string_view step, Error error) {
  error.where.insert(0, step);
  return error;
}

/// source: RFC 9562 section 4
std::string uuid_text(const Uuid& uuid) {
  std::string text = to_hex({reinterpret_cast<const char*>(uuid.data()), uuid.size()});
  for (std::size_t place : {20u, 16u, 12u, 8u}) text.insert(place, 1, '-');
  return text;
}

}  // namespace

/// One step down, put in words only where something is wrong below it.
struct Loose::Step {
  enum class Kind { member, key, index } kind;
  std::string_view name;
  std::size_t index = 0;

  static Step of_member(std::string_view name) { return {Kind::member, name}; }
  static Step of_key(std::string_view name) { return {Kind::key, name}; }
  static Step of_index(std::size_t index) { return {Kind::index, {}, index}; }
  std::string text() const {
    if (kind == Kind::index) return in_brackets(index);
    return kind == Kind::key ? in_brackets(name) : behind_dot(name);
  }
};

std::string enumerated(std::span<const std::string> names) {
  constexpr std::size_t shown_max = 20;
  std::string all;
  for (std::size_t i = 0; i < std::min(names.size(), shown_max); ++i) all.append(i == 0 ? "" : ", ").append(names[i], 0, 80);
  if (names.size() > shown_max) all += ", ...";
  return all;
}

std::string key_text(const Value& key) {
  switch (key.kind()) {
    case Kind::string:
    case Kind::bigint:
    case Kind::number:
      return std::string(key.text());
    case Kind::bytes:
      return to_base64(key.text());
    case Kind::date:
      return to_string(key.as_date());
    case Kind::time:
      return to_string(key.as_time());
    case Kind::datetime:
      return to_string(key.as_datetime());
    case Kind::uuid:
      return uuid_text(key.as_uuid());
    case Kind::real: {
      std::string text = shown_in_errors(key);
      return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
    }
    case Kind::null:
    case Kind::unset:
    case Kind::boolean:
    case Kind::integer:
    case Kind::decimal:
    case Kind::list:
    case Kind::dict:
      break;
  }
  return shown_in_errors(key);
}

Result<Value> Loose::run(const Type& type, const Value& given) {
  if (given.is_absent() || (policy_ == Policy::rest && fits(type, given))) return given;
  PARLEY_TRY(Value converted, as_base(type, given));
  if (type.constraint() != nullptr) PARLEY_CHECK(check_constraint(type, converted));
  return converted;
}

Result<Value> Loose::as_base(const Type& type, const Value& given) {
  switch (type.base()) {
    case Base::any:
      return any(type, given);
    case Base::list:
      return list(type, given);
    case Base::dict:
      return dict(type, given);
    case Base::structure:
      return structure(type, given);
    case Base::enumeration:
    case Base::boolean:
    case Base::integer:
    case Base::real:
    case Base::decimal:
    case Base::string:
    case Base::bytes:
    case Base::date:
    case Base::time:
    case Base::datetime:
    case Base::uuid:
      break;
  }
  return scalar(type, given);
}

/// Of a name given more than once in a query the last counts.
Result<Value> Loose::scalar(const Type& type, const Value& given) {
  const Value& one = is_form() && given.is_list() && given.size() > 0 ? given.items().back() : given;
  if (is_form() && one.is_dict()) return lost(one);
  if (one.is_null() || (is_form() && means_null(type, one))) return Value::null();
  if (type.base() == Base::enumeration) {
    if (auto chosen = enumeration_as(type, one, policy_, arena_)) return *chosen;
  } else if (auto converted = scalar_as(type.base(), one, policy_, arena_)) {
    return *converted;
  }
  const bool has_choices = type.constraint() != nullptr && !type.constraint()->choices.empty();
  if (has_choices && !one.is_list() && !one.is_dict()) PARLEY_CHECK(check_constraint(type, one));
  return refusal(type, one);
}

/// As the first option that takes it.
Result<Value> Loose::any(const Type& type, const Value& given) {
  if (type.options().empty()) return natural(given);
  const std::size_t known = unknown_.size();
  for (const Type& option : type.options()) {
    auto converted = run(option, given);
    if (converted && !converted->is_unset()) return converted;
    unknown_.resize(known);
  }
  return refusal(type, given);
}

/// What documents without types mean where no type is declared.
Value Loose::natural(const Value& given) {
  if (policy_ == Policy::rest || (!given.is_dict() && !given.is_list())) return given;
  ListBuilder out(arena_);
  if (given.is_list()) {
    for (const Value& item : given.items()) out.add(natural(item));
    return out.done();
  }
  const bool is_items = is_xml() && given.size() == 1 && given.keys()[0] == item_name;
  const bool is_indexed = is_form() && given.size() > 0 && std::ranges::all_of(given.keys(), is_index);
  // Told before anything below is read, so that each level is read once.
  const auto is_pair = [](const Value& item) {
    if (!item.is_dict() || item.size() != 2 || item.find(value_name) == nullptr) return false;
    const Value* key = item.find(key_name);
    return key != nullptr && first_of(*key).is_string();
  };
  if (is_items && !std::ranges::all_of(all_of(given.values()[0]), is_pair)) {
    for (const Value& item : all_of(given.values()[0])) out.add(natural(item));
    return out.done();
  }
  if (is_indexed) {
    if (auto list = indexed(Type::list(), given)) return *list;
  }
  if (is_items) {
    auto dict = pairs(Type::dict(), given.values()[0]);
    PARLEY_ASSERT(dict.has_value());
    return *dict;
  }
  DictBuilder named(arena_);
  for (std::size_t i = 0; i < given.size(); ++i) named.set(given.keys()[i], natural(given.values()[i]));
  return named.done();
}

Result<Value> Loose::within(const Step& step, const Type& type, const Value& given) {
  const std::size_t known = unknown_.size();
  auto converted = run(type, given);
  for (std::size_t i = known; i < unknown_.size(); ++i) unknown_[i].insert(0, step.text());
  if (!converted) return at(step.text(), std::move(converted).error());
  return converted;
}

/// What a query says where its type has no place for it.
Value Loose::lost(const Value& given, std::string path) {
  if (!given.is_dict()) {
    unknown_.push_back(std::move(path));
    return Value::unset();
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::string_view name = given.keys()[i];
    (void)lost(given.values()[i], path + (is_key(name) && !is_index(name) ? behind_dot(name) : in_brackets(name)));
  }
  return Value::unset();
}

Result<Value> Loose::list(const Type& type, const Value& given) {
  if (given.is_list() && !is_xml()) return items(type, given.items());
  if (policy_ == Policy::rest) return refusal(type, given);
  if (is_form()) {
    if (!given.is_dict()) return items(type, {&given, 1});
    const bool is_table = type.item().base() == Base::structure && std::ranges::none_of(given.keys(), is_index);
    return is_table ? columns(type, given) : indexed(type, given);
  }
  if (is_blank(given)) return Value::list({});
  if (!given.is_dict()) return refusal(type, given);
  for (std::string_view name : given.keys())
    if (name != item_name) return unknown_members(type, std::string(name));
  const Value* item = given.find(item_name);
  return items(type, item == nullptr ? std::span<const Value>() : all_of(*item));
}

Result<Value> Loose::items(const Type& type, std::span<const Value> items) {
  Value* out = arena_.allocate_array<Value>(items.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    // A repeated name has no numbers: what is lost of it is lost under the list's own name.
    auto item = is_form() ? run(type.item(), items[i]) : within(Step::of_index(i), type.item(), items[i]);
    if (!item) return is_form() ? at(in_brackets(i), std::move(item).error()) : std::move(item).error();
    if (!item->is_unset()) std::construct_at(out + size++, *item);
  }
  if (size == 0 && !items.empty()) return Value::unset();
  return Value::list({out, size});
}

/// Items by number, in its order; the numbers between may be missing.
Result<Value> Loose::indexed(const Type& type, const Value& given) {
  std::vector<std::pair<std::size_t, const Value*>> places;
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::string_view name = given.keys()[i];
    if (auto index = index_of(name))
      places.emplace_back(*index, &given.values()[i]);
    else
      (void)lost(given.values()[i], in_brackets(name));
  }
  std::ranges::sort(places);
  ListBuilder out(arena_);
  for (const auto& [index, value] : places) {
    PARLEY_TRY(Value item, within(Step::of_index(index), type.item(), *value));
    if (!item.is_unset()) out.add(item);
  }
  return out.size() == 0 ? Value::unset() : out.done();
}

/// Structures by column: p.id=1&p.id=2&p.name=a&p.name=b are two.
Result<Value> Loose::columns(const Type& type, const Value& given) {
  struct Column {
    std::string_view name;
    std::span<const Value> cells;
  };
  std::vector<Column> known;  // at most one a member, however many names there are
  std::size_t rows = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::string_view name = given.keys()[i];
    const Value& column = given.values()[i];
    const bool is_known = std::ranges::any_of(type.item().members(), [name](const Type::Member& m) { return m.name == name; });
    if (!is_known || column.is_dict()) {
      (void)lost(column, behind_dot(name));
      continue;
    }
    known.push_back({name, all_of(column)});
    rows = std::max(rows, known.back().cells.size());
  }
  ListBuilder out(arena_);
  for (std::size_t row = 0; row < rows; ++row) {
    DictBuilder cells(arena_);
    for (const Column& column : known)
      if (row < column.cells.size()) cells.set(column.name, column.cells[row]);
    PARLEY_TRY(Value item, within(Step::of_index(row), type.item(), cells.done()));
    out.add(item);
  }
  return out.size() == 0 ? Value::unset() : out.done();
}

Result<Value> Loose::dict(const Type& type, const Value& given) {
  if (is_form()) return given.is_dict() ? named_items(type, given) : lost(given);
  if (is_xml() && is_blank(given)) return Value::dict(nullptr, 0);
  if (!given.is_dict()) return refusal(type, given);
  if (!is_xml()) return named_items(type, given);
  const Value* items = given.find(item_name);
  const bool is_named = type.key() == nullptr && (items == nullptr || given.size() > 1);
  if (is_named) return natural(given);
  for (std::string_view name : given.keys())
    if (name != item_name) return unknown_members(type, std::string(name));
  return pairs(type, *items);
}

/// The one spelling of a name as what it stands for: "02" is 2.
Result<std::string_view> Loose::spelled(const Type& key, std::string_view name) {
  if (key.base() == Base::string) return name;
  PARLEY_TRY(Value converted, convert(key, Value::string(name), Policy::text, "", arena_));
  return arena_.copy(key_text(converted));
}

Result<Value> Loose::named_items(const Type& type, const Value& given) {
  if (type.key() == nullptr && !is_form()) return given;
  const Type item = type.key() == nullptr ? Type::any() : type.item();
  DictBuilder out(arena_);
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::string_view name = given.keys()[i];
    std::string_view key = name;
    if (type.key() != nullptr) {
      auto spelling = spelled(*type.key(), name);
      if (!spelling) return at(in_brackets(name), std::move(spelling).error());
      key = *spelling;
    }
    if (is_form() && (key != name || !is_key(name))) {
      (void)lost(given.values()[i], in_brackets(name));
      continue;
    }
    if (out.has(key))
      return Error(Code::invalid_argument, "given twice, with different spellings", in_brackets(name), "ValueError")
          .breaking(Rule::repeated, std::string(key), {});
    PARLEY_TRY(Value value, within(Step::of_key(name), item, given.values()[i]));
    if (!value.is_unset()) out.set(key, value);
  }
  Value all = out.done();
  return is_form() && all.size() == 0 ? Value::unset() : all;
}

/// <item><key/><value/></item> ...
Result<Value> Loose::pairs(const Type& type, const Value& items) {
  DictBuilder out(arena_);
  std::size_t index = 0;
  for (const Value& item : all_of(items)) {
    const std::string step = in_brackets(index++);
    if (!item.is_dict()) return at(step, refusal(Type::dict(), item));
    for (std::string_view name : {key_name, value_name})
      if (item.find(name) == nullptr)
        return Error(Code::invalid_argument, "an item of a dict has key and value", step, "ValueError")
            .breaking(Rule::missing, {}, std::string(name));
    for (std::string_view name : item.keys())
      if (name != key_name && name != value_name) return at(step, unknown_members(type, std::string(name)));
    const Value& key = first_of(*item.find(key_name));
    if (!key.is_string()) return at(step, refusal(Type::string(), key));
    std::string_view name = key.text();
    if (type.key() != nullptr) {
      auto spelling = spelled(*type.key(), name);
      if (!spelling) return at(in_brackets(name), std::move(spelling).error());
      name = *spelling;
    }
    const Type value_type = type.key() == nullptr ? Type::any() : type.item();
    PARLEY_TRY(Value value, within(Step::of_key(name), value_type, first_of(*item.find(value_name))));
    out.set(name, value);
  }
  return out.done();
}

Result<void> Loose::check_members(const Type& type, const Value& given) {
  std::vector<std::string> strangers;
  for (std::size_t i = 0; i < given.size(); ++i) {
    std::string_view name = given.keys()[i];
    if (type.has_member(name, i)) continue;
    if (is_form())
      (void)lost(given.values()[i], behind_dot(name));
    else
      strangers.emplace_back(name);
  }
  if (strangers.empty()) return {};
  return unknown_members(type, enumerated(strangers));
}

/// Members in the order of declaration; what was not given and has no default is left out.
Result<Value> Loose::structure(const Type& type, const Value& given) {
  if (is_form() && !given.is_dict()) return lost(given);
  const bool is_empty = is_xml() && is_blank(given);
  if (!given.is_dict() && !is_empty) return refusal(type, given);
  const Value& members = is_empty ? Value::dict(nullptr, 0) : given;
  const std::size_t known = unknown_.size();
  PARLEY_CHECK(check_members(type, members));
  const bool has_only_strangers = members.size() > 0 && unknown_.size() - known >= members.size();
  if (has_only_strangers) return Value::unset();
  StructBuilder out(arena_, type.members().size());
  std::size_t likely = 0;
  for (const Type::Member& each : type.members()) {
    const Value* found = members.find(each.name, likely);
    likely += found != nullptr;
    PARLEY_TRY(Value value, member(each, found == nullptr ? Value::unset() : *found));
    if (!value.is_unset()) out.add(each.name, value);
  }
  return out.done();
}

Result<Value> Loose::member(const Type::Member& member, const Value& given) {
  if (!given.is_unset()) {
    const Value& one = is_xml() ? first_of(given) : given;
    PARLEY_TRY(Value value, within(Step::of_member(member.name), member.type, one));
    if (value.is_unset()) return value;
    if (member.is_read_only)
      return Error(Code::invalid_argument, "cannot be set from outside", behind_dot(member.name), "ValueError")
          .breaking(Rule::read_only, shown_in_errors(one), {});
    return value;
  }
  if (!member.fallback->is_absent()) return member.fallback.get();
  if (!member.is_required) return Value::unset();
  return Error(Code::invalid_argument, "missing required member", behind_dot(member.name), "ValueError")
      .breaking(Rule::missing, {}, member.name);
}

}  // namespace parley
