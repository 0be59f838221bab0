// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "parley/codec/form/form.hpp"

namespace parley::form {
namespace {

// The names of a form as a tree. A node is made after its parent, so that building from the last
// node to the first meets every child before the dict it belongs to.
class NameTree {
 public:
  static constexpr std::size_t root = 0;

  NameTree() : nodes_(1) {}

  /// The child `key` of `parent`, made when it is not there. Asserts nothing about its values.
  std::size_t child(std::size_t parent, std::string_view key) {
    auto [found, is_new] = index_.try_emplace({parent, key}, nodes_.size());
    if (is_new) {
      std::size_t place = nodes_[parent].children++;
      nodes_.push_back({.parent = parent, .place = place, .key = key});
    }
    return found->second;
  }
  void add(std::size_t node, const Value& value) {
    ++nodes_[node].values;
    values_.push_back({node, value});
  }
  bool has_children(std::size_t node) const { return nodes_[node].children > 0; }
  std::size_t values_of(std::size_t node) const { return nodes_[node].values; }
  std::size_t size() const { return nodes_.size() + values_.size(); }

  Value build(Arena& arena) {
    make_room(arena);
    for (std::size_t i = nodes_.size(); i-- > 1;) {
      const Node& node = nodes_[i];
      const Node& parent = nodes_[node.parent];
      parent.keys[node.place] = node.key;
      parent.items[node.place] = value_of(node, arena);
    }
    return value_of(nodes_[root], arena);
  }

 private:
  struct Node {
    std::size_t parent = root;
    std::size_t place = 0;  // among the children of its parent
    std::string_view key;
    std::size_t children = 0, values = 0;
    std::string_view* keys = nullptr;  // keys[child place]
    Value* items = nullptr;            // items[child place], or items[value place]
  };
  struct Given {
    std::size_t node;
    Value value;
  };

  // Arrays for all dicts and lists; those of the values are filled in the order of the fields.
  void make_room(Arena& arena) {
    for (Node& node : nodes_) {
      if (node.children > 0) node.keys = arena.allocate_array<std::string_view>(node.children);
      node.items = arena.allocate_array<Value>(std::max(node.children, node.values));
    }
    std::vector<std::size_t> filled(nodes_.size(), 0);
    for (const Given& given : values_) nodes_[given.node].items[filled[given.node]++] = given.value;
  }

  static Value value_of(const Node& node, Arena& arena) {
    if (node.values == 1) return node.items[0];
    if (node.values > 1) return Value::list({node.items, node.values});
    return Value::dict({node.keys, node.children}, node.items, arena);
  }

  std::vector<Node> nodes_;
  std::vector<Given> values_;  // in the order of the fields
  // A sorted index: no choice of names makes it slow, as a known hash function would be.
  std::map<std::pair<std::size_t, std::string_view>, std::size_t> index_;  // parent, key -> node
};

// Takes the parts off a name from the left: "p", "hobbies", "0" of p.hobbies[0].
class NameParts {
 public:
  explicit NameParts(std::string_view name) : rest_(name) {}

  bool is_done() const { return is_done_; }
  /// Gives nothing when the brackets are broken.
  std::optional<std::string_view> next() {
    bool is_key = is_bracket_;
    std::size_t end = is_key ? rest_.find_first_of("[]") : rest_.find_first_of(".[]");
    std::string_view part = rest_.substr(0, end);
    if (is_key) {
      if (end == std::string_view::npos || rest_[end] != ']') return std::nullopt;
      ++end;  // behind the bracket: nothing, a dot or one more bracket
    }
    if (end >= rest_.size()) {
      is_done_ = true;
      return part;
    }
    char separator = rest_[end];
    if (separator != '.' && separator != '[') return std::nullopt;
    if (separator == '[' && !is_key && part.empty()) return std::nullopt;
    is_bracket_ = separator == '[';
    rest_.remove_prefix(end + 1);
    return part;
  }

 private:
  std::string_view rest_;
  bool is_bracket_ = false;
  bool is_done_ = false;
};

// A name for an error: a long one is cut before a character.
std::string shown_name(std::string_view name) {
  constexpr std::size_t shown_bytes_max = 200;
  std::size_t end = std::min(name.size(), shown_bytes_max);
  while (end < name.size() && end > 0 && (name[end] & 0xc0) == 0x80) --end;
  return std::string(name.substr(0, end));
}

Error broken(std::string_view name, std::string_view rule) {
  std::string shown = shown_name(name);
  return {Code::invalid_argument, "form: " + shown + ": " + std::string(rule), shown};
}

Error too_deep(std::string_view name, const Limits& limits) {
  return {Code::too_large,
          "form: a name nested deeper than " + std::to_string(limits.depth_max) + " levels",
          shown_name(name)};
}

Result<void> place(const Field& field, const Limits& limits, NameTree& tree) {
  NameParts parts(field.name);
  std::size_t node = NameTree::root, depth = 0;
  while (!parts.is_done()) {
    auto part = parts.next();
    if (!part) return broken(field.name, "the brackets of a name must close, one behind the other");
    if (tree.values_of(node) > 0) return broken(field.name, "is a value in another field");
    if (++depth > limits.depth_max) return too_deep(field.name, limits);
    node = tree.child(node, *part);
  }
  if (tree.has_children(node)) return broken(field.name, "is a dict in another field");
  tree.add(node, field.value);
  // The second value makes a list of them, which is one level more.
  if (tree.values_of(node) > 1 && depth >= limits.depth_max) return too_deep(field.name, limits);
  if (tree.size() > limits.values_max)
    return Error(Code::too_large,
                 "form: more than " + std::to_string(limits.values_max) + " names and values");
  return {};
}

}  // namespace

Value flat_tree(std::span<const Field> fields, Arena& arena) {
  NameTree tree;
  for (const Field& field : fields) tree.add(tree.child(NameTree::root, field.name), field.value);
  return tree.build(arena);
}

Result<Value> nested_tree(std::span<const Field> fields, const Limits& limits, Arena& arena) {
  NameTree tree;
  for (const Field& field : fields) PARLEY_CHECK(place(field, limits, tree));
  return tree.build(arena);
}

}  // namespace parley::form
