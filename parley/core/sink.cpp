// SPDX-License-Identifier: Apache-2.0
#include "parley/core/sink.hpp"

#include <unordered_map>

namespace parley {

void write(const Value& value, Sink& sink) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset: return sink.null();
    case Kind::boolean: return sink.boolean(value.as_boolean());
    case Kind::integer: return sink.integer(value.as_integer());
    case Kind::bigint: return sink.bigint(value.text());
    case Kind::number: return sink.number(value.text());
    case Kind::real: return sink.real(value.as_real());
    case Kind::decimal: return sink.decimal(value.as_decimal());
    case Kind::string: return sink.string(value.text());
    case Kind::bytes: return sink.bytes(value.text());
    case Kind::date: return sink.date(value.as_date());
    case Kind::time: return sink.time(value.as_time());
    case Kind::datetime: return sink.datetime(value.as_datetime());
    case Kind::uuid: return sink.uuid(value.as_uuid());
    case Kind::list:
      sink.begin_list();
      for (const Value& item : value.items()) write(item, sink);
      return sink.end_list();
    case Kind::dict:
      sink.begin_dict();
      for (std::size_t i = 0; i < value.size(); ++i) {
        sink.key(value.keys()[i]);
        write(value.values()[i], sink);
      }
      return sink.end_dict();
  }
}

void TreeBuilder::Stacks::give_back() {
  if (values.capacity() > kept_max || keys.capacity() > kept_max || frames.capacity() > kept_max) *this = {};
}

void TreeBuilder::end_list() {
  const Stacks::Frame frame = open_.frames.back();
  open_.frames.pop_back();
  std::span<const Value> items(open_.values.data() + frame.values, open_.values.size() - frame.values);
  Value list = Value::list(arena_.copy(items));
  open_.values.resize(frame.values);
  put(list);
}

void TreeBuilder::end_dict() {
  const Stacks::Frame frame = open_.frames.back();
  open_.frames.pop_back();
  std::size_t count = open_.keys.size() - frame.keys;
  std::string_view* keys = open_.keys.data() + frame.keys;
  Value* values = open_.values.data() + frame.values;
  std::size_t kept = 0;
  // Few members are compared with each other; many through a sorted index, which no choice of
  // keys makes slow (a hash table with a known function would be).
  if (count <= 16) {
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t at = 0;
      while (at < kept && keys[at] != keys[i]) ++at;
      if (at == kept) keys[kept++] = keys[i];
      values[at] = values[i];
    }
  } else {
    std::vector<std::size_t> by_key(count), first(count);
    for (std::size_t i = 0; i < count; ++i) by_key[i] = i;
    std::stable_sort(by_key.begin(), by_key.end(),
                     [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
    for (std::size_t i = 0; i < count; ++i) {
      bool repeats = i > 0 && keys[by_key[i]] == keys[by_key[i - 1]];
      first[by_key[i]] = repeats ? first[by_key[i - 1]] : by_key[i];
    }
    std::vector<std::size_t> place(count);
    for (std::size_t i = 0; i < count; ++i) {
      bool is_new = first[i] == i;
      if (is_new) place[i] = kept++;
      std::size_t at = place[first[i]];
      if (is_new) keys[at] = keys[i];
      values[at] = values[i];
    }
  }
  auto own_keys = arena_.copy(std::span<const std::string_view>(keys, kept));
  auto own_values = arena_.copy(std::span<const Value>(values, kept));
  open_.keys.resize(frame.keys);
  open_.values.resize(frame.values);
  put(Value::dict(own_keys, own_values.data(), arena_));
}

}  // namespace parley
