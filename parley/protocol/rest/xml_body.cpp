// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/xml_body.hpp"

#include <map>
#include <vector>

#include "parley/codec/xml/reader.hpp"

namespace parley::rest {
namespace {

using xml::Event;

constexpr std::size_t elements_a_level = 3;  // a level of a dict takes item and value

/// One element being read.
struct Element {
  std::string_view name;
  std::string_view space;  // the namespace of names without a prefix, here and below
  bool is_nil = false;
  std::string_view text;
  std::vector<std::string_view> names;             // of its elements, each once
  std::vector<std::vector<Value>> values;          // [name] in order
  std::map<std::string_view, std::size_t> places;  // name -> its place in both
};

/// A name of a namespace is none of ours: "{its beginning}name". The whole of a long one, at each name,
/// would take a multiple of the document.
std::string_view named(std::string_view space, std::string_view name, Arena& arena) {
  constexpr std::size_t space_bytes_max = 100;
  if (space.empty() || name.find(':') != name.npos) return name;
  return arena.join("{", space.substr(0, space_bytes_max), arena.join("}", name));
}

Element open(const xml::Reader& xml, std::string_view space, Arena& arena) {
  Element element;
  element.space = space;
  for (const xml::Attribute& attribute : xml.attributes()) {
    if (attribute.name == "nil") element.is_nil = attribute.value == "true" || attribute.value == "1";
    if (attribute.name == "xmlns") element.space = attribute.value;
  }
  element.name = named(element.space, xml.name(), arena);
  return element;
}

void add(Element& parent, std::string_view name, const Value& value) {
  auto [place, is_first] = parent.places.try_emplace(name, parent.names.size());
  if (is_first) {
    parent.names.push_back(name);
    parent.values.emplace_back();
  }
  parent.values[place->second].push_back(value);
}

Value close(const Element& element, Arena& arena) {
  if (element.is_nil) return Value::null();
  if (element.names.empty()) return Value::string(element.text);
  Value* values = arena.allocate_array<Value>(element.names.size());
  for (std::size_t i = 0; i < element.names.size(); ++i) {
    std::span<const Value> all = arena.copy(std::span<const Value>(element.values[i]));
    std::construct_at(values + i, all.size() == 1 ? all[0] : Value::list(all));
  }
  return Value::dict(arena.copy(std::span<const std::string_view>(element.names)), values, arena);
}

}  // namespace

Result<Value> read_xml_body(std::string_view bytes, const Limits& limits, Arena& arena) {
  xml::Reader xml(bytes, arena, limits.depth_max * elements_a_level + 1);
  std::vector<Element> open_elements;
  Value root;
  std::size_t count = 0;
  for (;;) {
    PARLEY_TRY(Event event, xml.next());
    switch (event) {
      case Event::start:
        if (++count > limits.values_max)
          return Error(Code::too_large, "more than " + std::to_string(limits.values_max) + " values in one document");
        open_elements.push_back(open(xml, open_elements.empty() ? std::string_view() : open_elements.back().space, arena));
        break;
      case Event::text:
        if (!open_elements.empty() && open_elements.back().names.empty()) open_elements.back().text = arena.copy(xml.text());
        break;
      case Event::end: {
        Element element = std::move(open_elements.back());
        open_elements.pop_back();
        Value value = close(element, arena);
        if (open_elements.empty()) root = value;
        else add(open_elements.back(), element.name, value);
        break;
      }
      case Event::done:
        return root;
    }
  }
}

}  // namespace parley::rest
