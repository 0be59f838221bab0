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

void TreeBuilder::end_list() {
  Frame frame = frames_.back();
  frames_.pop_back();
  std::span<const Value> items(values_.data() + frame.values, values_.size() - frame.values);
  Value list = Value::list(arena_.copy(items));
  values_.resize(frame.values);
  put(list);
}

void TreeBuilder::end_dict() {
  Frame frame = frames_.back();
  frames_.pop_back();
  std::size_t count = keys_.size() - frame.keys;
  std::string_view* keys = keys_.data() + frame.keys;
  Value* values = values_.data() + frame.values;
  std::size_t kept = 0;
  // Quadratic only in the members of one dict; above 16 a sorted index finds repeats.
  if (count <= 16) {
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t at = 0;
      while (at < kept && keys[at] != keys[i]) ++at;
      if (at == kept) keys[kept++] = keys[i];
      values[at] = values[i];
    }
  } else {
    std::unordered_map<std::string_view, std::size_t> seen;
    seen.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      auto [found, is_new] = seen.emplace(keys[i], kept);
      if (is_new) keys[kept++] = keys[i];
      values[found->second] = values[i];
    }
  }
  auto own_keys = arena_.copy(std::span<const std::string_view>(keys, kept));
  auto own_values = arena_.copy(std::span<const Value>(values, kept));
  keys_.resize(frame.keys);
  values_.resize(frame.values);
  put(Value::dict(own_keys, own_values.data(), arena_));
}

}  // namespace parley
