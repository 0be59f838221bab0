// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/documents/components.hpp"

#include <algorithm>
#include <array>

#include "parley/protocol/offered.hpp"

namespace parley::documents {
namespace {

/// What the place of a structure says about itself, besides the structure.
constexpr std::array<std::string_view, 3> of_the_place{"description", "default", "readOnly"};

bool is_of_the_place(std::string_view key) {
  return std::ranges::find(of_the_place, key) != of_the_place.end();
}

bool is_structure(const Value& schema) {
  const Value* title = schema.find("title");
  return title != nullptr && title->is_string() && schema.find("properties") != nullptr;
}

/// Names of components are of [A-Za-z0-9._-].
std::string name_of_title(std::string_view title) {
  std::string name;
  for (char c : title) {
    bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '.' || c == '-';
    name += is_plain ? c : '_';
  }
  return name;
}

}  // namespace

// Schemas are as deep as the types that code declares, not as anything a caller sends.
Value Components::named(const Value& schema) {
  if (schema.is_list()) {
    ListBuilder items(arena_);
    for (const Value& item : schema.items()) items.add(named(item));
    return items.done();
  }
  if (!schema.is_dict()) return schema;
  const bool is_own = is_structure(schema);
  DictBuilder out(arena_);
  for (std::size_t i = 0; i < schema.size(); ++i) {
    std::string_view key = schema.keys()[i];
    const Value& value = schema.values()[i];
    if (is_own && is_of_the_place(key)) continue;
    const bool is_data = key == "default" || key == "enum" || key == "required";
    out.set(key, is_data ? value : key == "properties" ? named_properties(value) : named(value));
  }
  return is_own ? reference(out.done(), schema) : out.done();
}

// A property may be called "default" or "title"; its name says nothing about its schema.
Value Components::named_properties(const Value& properties) {
  DictBuilder out(arena_);
  for (std::size_t i = 0; i < properties.size(); ++i)
    out.set(properties.keys()[i], named(properties.values()[i]));
  return out.done();
}

Value Components::reference(const Value& structure, const Value& original) {
  std::string_view name = place_of(structure.find("title")->text(), structure);
  Value link =
      dict_of(arena_, {{"$ref", Value::string(arena_.join("#/components/schemas/", name))}});
  auto said = [&original](std::string_view key) {
    const Value* value = original.find(key);
    return value == nullptr ? Value::unset() : *value;
  };
  Value with_place = dict_of(arena_, {{"description", said("description")},
                                      {"default", said("default")},
                                      {"readOnly", said("readOnly")}});
  if (with_place.size() == 0) return link;
  // Draft 7 reads nothing beside a $ref.
  const Value all[] = {link};
  return with(with_place, arena_,
              {{"allOf", Value::list(arena_.copy(std::span<const Value>(all)))}});
}

std::string_view Components::place_of(std::string_view title, const Value& schema) {
  const std::string base = name_of_title(title);
  for (int number = 1;; ++number) {
    auto [place, is_free] =
        schemas_.try_emplace(number == 1 ? base : base + "_" + std::to_string(number), schema);
    if (is_free || equal(place->second, schema)) return arena_.copy(place->first);
  }
}

Value Components::schemas() const {
  DictBuilder all(arena_);
  for (const auto& [name, schema] : schemas_) all.set(arena_.copy(name), schema);
  return dict_of(arena_, {{"schemas", all.done()}});
}

}  // namespace parley::documents
