// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/xml_body.hpp"

#include <algorithm>
#include <map>
#include <span>
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
  std::size_t first_child;  // where its elements begin among those of all that is open
};

/// An element that was read, in one that is open.
struct Child {
  std::string_view name;
  Value value;
};

/// A name of a namespace is none of ours: "{its beginning}name". The whole of a long one, at each name,
/// would take a multiple of the document.
std::string_view named(std::string_view space, std::string_view name, Arena& arena) {
  constexpr std::size_t space_bytes_max = 100;
  if (space.empty() || name.find(':') != name.npos) return name;
  return arena.join("{", space.substr(0, space_bytes_max), arena.join("}", name));
}

Element open(const xml::Reader& xml, std::string_view space, std::size_t first_child, Arena& arena) {
  Element element{.space = space, .first_child = first_child};
  for (const xml::Attribute& attribute : xml.attributes()) {
    if (attribute.name == "nil") element.is_nil = attribute.value == "true" || attribute.value == "1";
    if (attribute.name == "xmlns") element.space = attribute.value;
  }
  element.name = named(element.space, xml.name(), arena);
  return element;
}

/// Which of the different names each child has, by their order; few are compared with each other.
class Names {
 public:
  std::size_t place_of(std::string_view name) {
    constexpr std::size_t compared_max = 16;
    if (names_.size() <= compared_max) {
      auto found = std::find(names_.begin(), names_.end(), name);
      if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
    } else {
      if (places_.empty())
        for (std::size_t i = 0; i < names_.size(); ++i) places_.emplace(names_[i], i);
      auto [place, is_new] = places_.try_emplace(name, names_.size());
      if (!is_new) return place->second;
    }
    names_.push_back(name);
    return names_.size() - 1;
  }
  std::span<const std::string_view> all() const { return names_; }

 private:
  std::vector<std::string_view> names_;
  std::map<std::string_view, std::size_t> places_;
};

/// A name given once is its value, a name given again the list of all its values.
Value members(std::span<const Child> children, Arena& arena) {
  Names names;
  std::vector<std::size_t> places;  // of each child
  places.reserve(children.size());
  for (const Child& child : children) places.push_back(names.place_of(child.name));
  const std::size_t count = names.all().size();
  Value* values = arena.allocate_array<Value>(count);
  if (count == children.size()) {
    for (std::size_t i = 0; i < count; ++i) std::construct_at(values + i, children[i].value);
    return Value::dict(arena.copy(names.all()), values, arena);
  }
  std::vector<std::vector<Value>> lists(count);
  for (std::size_t i = 0; i < children.size(); ++i) lists[places[i]].push_back(children[i].value);
  for (std::size_t i = 0; i < count; ++i) {
    std::span<const Value> all = lists[i];
    std::construct_at(values + i, all.size() == 1 ? all[0] : Value::list(arena.copy(all)));
  }
  return Value::dict(arena.copy(names.all()), values, arena);
}

Value close(const Element& element, std::span<const Child> children, Arena& arena) {
  if (element.is_nil) return Value::null();
  return children.empty() ? Value::string(element.text) : members(children, arena);
}

}  // namespace

Result<Value> read_xml_body(std::string_view bytes, const Limits& limits, Arena& arena) {
  xml::Reader xml(bytes, arena, limits.depth_max * elements_a_level + 1);
  std::vector<Element> open_elements;
  std::vector<Child> children;
  open_elements.reserve(8);
  children.reserve(16);
  Value root;
  std::size_t count = 0;
  for (;;) {
    PARLEY_TRY(Event event, xml.next());
    switch (event) {
      case Event::start:
        if (++count > limits.values_max)
          return Error(Code::too_large, "more than " + std::to_string(limits.values_max) + " values in one document");
        open_elements.push_back(open(xml, open_elements.empty() ? std::string_view() : open_elements.back().space, children.size(), arena));
        break;
      case Event::text:
        if (!open_elements.empty() && open_elements.back().first_child == children.size())
          open_elements.back().text = arena.copy(xml.text());
        break;
      case Event::end: {
        const Element element = open_elements.back();
        open_elements.pop_back();
        Value value = close(element, std::span<const Child>(children).subspan(element.first_child), arena);
        children.resize(element.first_child);
        if (open_elements.empty()) root = value;
        else children.push_back({element.name, value});
        break;
      }
      case Event::done:
        return root;
    }
  }
}

}  // namespace parley::rest
