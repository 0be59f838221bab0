// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/domain.hpp"

#include <array>
#include <cstdlib>
#include <new>
#include <vector>

#include "parley/domain/repr.hpp"

namespace parley::domain {
namespace {

constexpr auto none = std::nullopt;

struct Row {
  Operator op;
  std::string_view name;
  std::optional<Operator> opposite;
  bool is_negative;
};
constexpr std::array<Row, 21> rows{{
    {Operator::equal, "=", Operator::not_equal, false},
    {Operator::not_equal, "!=", Operator::equal, true},
    {Operator::less, "<", none, false},
    {Operator::less_equal, "<=", none, false},
    {Operator::greater, ">", none, false},
    {Operator::greater_equal, ">=", none, false},
    {Operator::equal_if_set, "=?", none, false},
    {Operator::like, "like", Operator::not_like, false},
    {Operator::ilike, "ilike", Operator::not_ilike, false},
    {Operator::equal_like, "=like", Operator::not_equal_like, false},
    {Operator::equal_ilike, "=ilike", Operator::not_equal_ilike, false},
    {Operator::not_like, "not like", Operator::like, true},
    {Operator::not_ilike, "not ilike", Operator::ilike, true},
    {Operator::not_equal_like, "not =like", Operator::equal_like, true},
    {Operator::not_equal_ilike, "not =ilike", Operator::equal_ilike, true},
    {Operator::in, "in", Operator::not_in, false},
    {Operator::not_in, "not in", Operator::in, true},
    {Operator::child_of, "child_of", none, false},
    {Operator::parent_of, "parent_of", none, false},
    {Operator::any, "any", Operator::not_any, false},
    {Operator::not_any, "not any", Operator::any, true},
}};
constexpr bool indexed_by_operator() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].op) != i) return false;
  return true;
}
static_assert(indexed_by_operator(), "one row per Operator, in the order of the enum");

bool same_but_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

Node* new_node(Node node, Arena& arena) {
  return new (arena.allocate(sizeof(Node), alignof(Node))) Node(node);
}

bool is_constant(const Node* node, bool truth) {
  return node->kind == Node::Kind::constant && node->truth == truth;
}

/// An n-ary node; neutral constants are dropped, a single child stands for itself.
const Node* join(Node::Kind kind, std::span<const Node* const> parts, Arena& arena) {
  const bool neutral = kind == Node::Kind::all;
  const Node** kept = arena.allocate_array<const Node*>(parts.size());
  std::size_t count = 0;
  for (const Node* part : parts)
    if (!is_constant(part, neutral)) kept[count++] = part;
  if (count == 0) return constant(neutral, arena);
  if (count == 1) return kept[0];
  return new_node({.kind = kind, .children = {kept, count}}, arena);
}

/// The contrary of a leaf or constant nobody else refers to.
Node* contrary(Node* node, Arena& arena) {
  if (node->kind == Node::Kind::constant) {
    node->truth = !node->truth;
    return node;
  }
  auto flipped = opposite(node->leaf.op);
  if (flipped && node->leaf.field.find('.') == std::string_view::npos) {
    node->leaf.op = *flipped;
    return node;
  }
  const Node** child = arena.allocate_array<const Node*>(1);
  child[0] = node;
  return new_node({.kind = Node::Kind::none, .children = {child, 1}}, arena);
}

bool is_number(const Value& value, int wanted) {
  switch (value.kind()) {
    case Kind::integer: return value.as_integer() == wanted;
    case Kind::boolean: return static_cast<int>(value.as_boolean()) == wanted;
    case Kind::real: return value.as_real() == wanted;
    case Kind::number: return value.text() == (wanted == 0 ? "0" : "1");
    default: return false;
  }
}

bool is_text(const Value& item, std::string_view text) {
  return item.is_string() && item.text() == text;
}

/// Reads one list and, through `waiting_`, the lists nested in its any leaves: a loop, not a
/// recursion, so that depth costs no stack.
class Reader {
 public:
  Reader(const Limits& limits, Arena& arena) : limits_(limits), arena_(arena) {}

  Result<const Node*> read(const Value& list) {
    PARLEY_TRY(const Node* root, read_list(list, "domain", 1));
    while (!waiting_.empty()) {
      Nested next = std::move(waiting_.back());
      waiting_.pop_back();
      PARLEY_TRY(next.node->leaf.sub, read_list(next.node->leaf.value, next.where, next.depth));
    }
    return root;
  }

 private:
  struct Nested {
    Node* node;
    std::string where;
    std::size_t depth;
  };
  /// A connective whose operands are still coming. `pending_` from `start` on are its children.
  struct Frame {
    Node::Kind kind;
    bool negated;
    std::size_t operands_left;
    std::size_t start;
  };

  static Error invalid(std::string message, std::string where, std::string kind = "ValueError") {
    return Error(Code::invalid_argument, std::move(message), std::move(where), std::move(kind));
  }

  Result<const Node*> read_list(const Value& list, const std::string& where, std::size_t depth) {
    if (list.is(Kind::boolean)) return constant(list.as_boolean(), arena_);
    if (!list.is_list())
      return invalid("Domain() invalid argument type for domain: " + repr(list), where, "TypeError");
    terms_ += list.size();
    if (terms_ > limits_.domain_terms_max)
      return Error(Code::too_large,
                   "domain: more than " + std::to_string(limits_.domain_terms_max) + " terms", where);
    PARLEY_CHECK(check(list, where));
    return build(list, where, depth);
  }

  // From the end to the front, as an operator applies to what stands behind it: this is the order
  // in which the clients' known server finds a domain's first mistake. Fills `leaves_`.
  Result<void> check(const Value& list, const std::string& where) {
    auto items = list.items();
    leaves_.assign(items.size(), nullptr);
    std::size_t operands = 0;
    for (std::size_t i = items.size(); i-- > 0;) {
      const Value& item = items[i];
      const bool is_binary = is_text(item, "&") || is_text(item, "|");
      if (is_binary || is_text(item, "!")) {
        if (operands < (is_binary ? 2u : 1u))
          return invalid("Domain() malformed domain " + repr(list), at(where, i));
        if (is_binary) --operands;
        continue;
      }
      if (!item.is_list() || item.size() != 3)
        return invalid("Domain() invalid item in domain: " + repr(item), at(where, i));
      PARLEY_TRY(leaves_[i], read_leaf(item, static_cast<std::uint32_t>(i), where));
      ++operands;
    }
    return {};
  }

  Result<Node*> read_leaf(const Value& item, std::uint32_t term, const std::string& where) {
    const Value& field = item.items()[0];
    const Value& op = item.items()[1];
    const Value& value = item.items()[2];
    if (op.is_string() && (same_but_case(op.text(), "any!") || same_but_case(op.text(), "not any!")))
      return invalid("Domain() invalid item in domain: " + repr(item), at(where, term));
    if (!field.is_string()) {
      if (is_text(op, "=") && is_number(value, 1) && (is_number(field, 0) || is_number(field, 1)))
        return new_node({.kind = Node::Kind::constant, .truth = is_number(field, 1)}, arena_);
      return invalid("Domain() invalid arguments: " + repr_tuple(item), at(where, term), "TypeError");
    }
    if (field.text().empty())
      return invalid("Empty field name in condition " + repr_tuple(item), at(where, term), "TypeError");
    auto found = op.is_string() ? find_operator(op.text()) : none;
    if (!found) return invalid("Invalid operator in condition " + repr_tuple(item), at(where, term));
    Leaf leaf{.field = field.text(),
              .op = *found,
              .value = value.is_absent() ? Value::boolean(false) : value,
              .term = term};
    return new_node({.kind = Node::Kind::leaf, .leaf = leaf}, arena_);
  }

  // From the front to the end, with the sign each "!" gives to what follows. `check` has made sure
  // that every operator has its operands.
  Result<const Node*> build(const Value& list, const std::string& where, std::size_t depth) {
    frames_.assign(1, {Node::Kind::all, false, SIZE_MAX, 0});
    pending_.clear();
    bool flip = false;
    auto items = list.items();
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (leaves_[i] == nullptr) {
        if (is_text(items[i], "!")) {
          flip = !flip;
          continue;
        }
        open(is_text(items[i], "&"), frames_.back().negated != flip);
        flip = false;
      } else {
        Node* node = leaves_[i];
        if (node->kind == Node::Kind::leaf &&
            (node->leaf.op == Operator::any || node->leaf.op == Operator::not_any))
          waiting_.push_back({node, at(where, i) + "[2]", depth + frames_.size()});
        pending_.push_back(frames_.back().negated != flip ? contrary(node, arena_) : node);
        flip = false;
        close_full();
      }
      if (depth + frames_.size() > limits_.depth_max)
        return Error(Code::too_large,
                     "domain: nested deeper than " + std::to_string(limits_.depth_max), at(where, i));
    }
    return join(Node::Kind::all, pending_, arena_);
  }

  void open(bool is_and, bool negated) {
    const auto kind = is_and != negated ? Node::Kind::all : Node::Kind::any;
    Frame& top = frames_.back();
    // One more of the same connective inside takes one place and brings two.
    if (top.kind == kind && top.negated == negated) {
      if (frames_.size() > 1) ++top.operands_left;
    } else {
      frames_.push_back({kind, negated, 2, pending_.size()});
    }
  }

  /// Ends each connective that has its last operand.
  void close_full() {
    while (frames_.size() > 1 && --frames_.back().operands_left == 0) {
      const Frame full = frames_.back();
      frames_.pop_back();
      const Node* node = join(full.kind, std::span(pending_).subspan(full.start), arena_);
      pending_.resize(full.start);
      pending_.push_back(node);
    }
  }

  static std::string at(const std::string& where, std::size_t index) {
    return where + "[" + std::to_string(index) + "]";
  }

  const Limits& limits_;
  Arena& arena_;
  std::size_t terms_ = 0;
  std::vector<Node*> leaves_;  // leaves_[item]: its node, null for an operator
  std::vector<Frame> frames_;
  std::vector<const Node*> pending_;
  std::vector<Nested> waiting_;
};

}  // namespace

std::string_view name_of(Operator op) { return rows[static_cast<std::size_t>(op)].name; }

std::optional<Operator> find_operator(std::string_view name) {
  for (const Row& row : rows)
    if (same_but_case(name, row.name)) return row.op;
  if (name == "==") return Operator::equal;
  if (name == "<>") return Operator::not_equal;
  return none;
}

std::optional<Operator> opposite(Operator op) { return rows[static_cast<std::size_t>(op)].opposite; }

bool is_negative(Operator op) { return rows[static_cast<std::size_t>(op)].is_negative; }

Result<const Node*> parse(const Value& list, const Limits& limits, Arena& arena) {
  return Reader(limits, arena).read(list);
}

const Node* constant(bool truth, Arena& arena) {
  return new_node({.kind = Node::Kind::constant, .truth = truth}, arena);
}

const Node* leaf(std::string_view field, Operator op, const Value& value, Arena& arena) {
  return new_node({.kind = Node::Kind::leaf, .leaf = {.field = field, .op = op, .value = value}}, arena);
}

const Node* all_of(const Node* a, const Node* b, Arena& arena) {
  return join(Node::Kind::all, std::array{a, b}, arena);
}

const Node* any_of(const Node* a, const Node* b, Arena& arena) {
  return join(Node::Kind::any, std::array{a, b}, arena);
}

// Recursion is bounded by the depth `parse` allows.
bool mentions(const Node& node, std::string_view field) {
  if (node.kind == Node::Kind::leaf) return node.leaf.field == field;
  for (const Node* child : node.children)
    if (mentions(*child, field)) return true;
  return false;
}

std::string describe(const Leaf& leaf) {
  return "(" + repr(leaf.field) + ", " + repr(name_of(leaf.op)) + ", " + repr(leaf.value) + ")";
}

}  // namespace parley::domain
