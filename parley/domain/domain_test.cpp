// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/domain.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "parley/domain/literal.hpp"
#include "parley/domain/repr.hpp"

using namespace parley;
using domain::Node;
using domain::Operator;

namespace {

/// The tree as one line: "and(a = 1, not(b < 2))".
std::string print(const Node& node) {
  std::string out;
  switch (node.kind) {
    case Node::Kind::constant: return node.truth ? "true" : "false";
    case Node::Kind::leaf:
      out = std::string(node.leaf.field) + " " + std::string(name_of(node.leaf.op)) + " ";
      return out + (node.leaf.sub != nullptr ? "{" + print(*node.leaf.sub) + "}" : domain::repr(node.leaf.value));
    case Node::Kind::none: out = "not"; break;
    case Node::Kind::all: out = "and"; break;
    case Node::Kind::any: out = "or"; break;
  }
  out += "(";
  for (const Node* child : node.children) out += (child == node.children[0] ? "" : ", ") + print(*child);
  return out + ")";
}

struct Parsed {
  Arena arena;
  Limits limits;

  Result<const Node*> parse(std::string_view text) {
    auto value = domain::parse_literal(text, limits, arena);
    REQUIRE_MESSAGE(value.has_value(), text);
    return domain::parse(*value, limits, arena);
  }
};

std::string tree(std::string_view text) {
  Parsed parsed;
  auto node = parsed.parse(text);
  return node ? print(**node) : node.error().message;
}

}  // namespace

TEST_CASE("domain: prefix notation becomes a tree") {
  struct Case { std::string_view text, tree; };
  const Case cases[] = {
      {"[]", "true"},
      {"True", "true"},
      {"False", "false"},
      {"[('a','=',1)]", "a = 1"},
      {"[['a','=',1]]", "a = 1"},
      {"(('a','=',1),)", "a = 1"},
      {"[('a','=',1),('b','=',2)]", "and(a = 1, b = 2)"},
      {"['&',('a','=',1),('b','=',2)]", "and(a = 1, b = 2)"},
      {"['|',('a','=',1),('b','=',2)]", "or(a = 1, b = 2)"},
      {"['|',('a','=',1),('b','=',2),('c','=',3)]", "and(or(a = 1, b = 2), c = 3)"},
      {"['|','|',('a','=',1),('b','=',2),('c','=',3)]", "or(a = 1, b = 2, c = 3)"},
      {"['|',('a','=',1),'|',('b','=',2),('c','=',3)]", "or(a = 1, b = 2, c = 3)"},
      {"['|',('a','=',1),'&',('b','=',2),('c','=',3)]", "or(a = 1, and(b = 2, c = 3))"},
      {"['|','&',('a','=',1),('b','=',2),('c','=',3)]", "or(and(a = 1, b = 2), c = 3)"},
      {"[('x','=',0),'|','|',('a','=',1),('b','=',2),'&',('c','=',3),('d','=',4)]",
       "and(x = 0, or(a = 1, b = 2, and(c = 3, d = 4)))"},
      {"[(1,'=',1)]", "true"},
      {"[(0,'=',1)]", "false"},
      {"[(True,'=',1)]", "true"},
      {"[('a','=',1),(1,'=',1)]", "a = 1"},
      {"[('a','=',1),(0,'=',1)]", "and(a = 1, false)"},
      {"['|',('a','=',1),(0,'=',1)]", "a = 1"},
      {"['!',(1,'=',1)]", "false"},
      {"[('a','=',None)]", "a = False"},
      {"[('a.b.c','ilike','x')]", "a.b.c ilike 'x'"},
  };
  for (const Case& c : cases) CHECK_MESSAGE(tree(c.text) == c.tree, c.text);
}

TEST_CASE("domain: '!' binds one operand and is pushed down to the leaves") {
  struct Case { std::string_view text, tree; };
  const Case cases[] = {
      {"['!',('a','=',1),('b','=',2)]", "and(a != 1, b = 2)"},
      {"['!','!',('a','=',1)]", "a = 1"},
      {"['!','|',('a','=',1),('b','in',[2])]", "and(a != 1, b not in [2])"},
      {"['!','&',('a','ilike','x'),('b','=',2)]", "or(a not ilike 'x', b != 2)"},
      {"['!','|',('a','=',1),'!',('b','=',2)]", "and(a != 1, b = 2)"},
      {"['!','|','&',('a','=',1),('b','=',2),('c','=',3),('d','=',4)]",
       "and(and(or(a != 1, b != 2), c != 3), d = 4)"},
      {"['&','!','|',('a','=',1),('b','=',2),('c','=',3)]", "and(and(a != 1, b != 2), c = 3)"},
      // What the contrary is depends on the field's type, or on the path.
      {"['!',('a','<',1)]", "not(a < 1)"},
      {"['!',('a','=?',1)]", "not(a =? 1)"},
      {"['!',('a','child_of',1)]", "not(a child_of 1)"},
      {"['!',('a.b','=',1)]", "not(a.b = 1)"},
      {"['!',('a','any',[('b','=',1)])]", "a not any {b = 1}"},
  };
  for (const Case& c : cases) CHECK_MESSAGE(tree(c.text) == c.tree, c.text);
}

TEST_CASE("domain: every operator reads in lower and upper case and keeps its name") {
  const std::string_view names[] = {"=", "!=", "<", "<=", ">", ">=", "=?", "like", "ilike", "=like", "=ilike",
                                    "not like", "not ilike", "not =like", "not =ilike", "in", "not in",
                                    "child_of", "parent_of", "any", "not any"};
  for (std::string_view name : names) {
    auto op = domain::find_operator(name);
    REQUIRE_MESSAGE(op.has_value(), name);
    CHECK(name_of(*op) == name);
    std::string upper(name);
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    CHECK(domain::find_operator(upper) == op);
    if (auto contrary = domain::opposite(*op)) {
      CHECK(domain::opposite(*contrary) == op);
      CHECK(domain::is_negative(*contrary) != domain::is_negative(*op));
    }
  }
  CHECK(domain::find_operator("==") == Operator::equal);
  CHECK(domain::find_operator("<>") == Operator::not_equal);
  CHECK_FALSE(domain::find_operator("wat").has_value());
  CHECK_FALSE(domain::find_operator("any!").has_value());
  CHECK_FALSE(domain::find_operator("").has_value());
}

TEST_CASE("domain: any and not any hold a parsed domain") {
  CHECK(tree("[('c','any',[('t','=','d')])]") == "c any {t = 'd'}");
  CHECK(tree("[('c','not any',[])]") == "c not any {true}");
  CHECK(tree("[('c','any',['|',('t','=',1),('d','ANY',[('e','=',2)])])]") ==
        "c any {or(t = 1, d any {e = 2})}");
}

TEST_CASE("domain: mistakes have the known texts, kinds and places") {
  struct Case { std::string_view text, kind, message, where; };
  const Case cases[] = {
      {"'name'", "TypeError", "Domain() invalid argument type for domain: 'name'", "domain"},
      {"None", "TypeError", "Domain() invalid argument type for domain: None", "domain"},
      {"{'a': 1}", "TypeError", "Domain() invalid argument type for domain: {'a': 1}", "domain"},
      {"[['name','=']]", "ValueError", "Domain() invalid item in domain: ['name', '=']", "domain[0]"},
      {"['name','=','x']", "ValueError", "Domain() invalid item in domain: 'x'", "domain[2]"},
      {"[['&'],['name','=','x']]", "ValueError", "Domain() invalid item in domain: ['&']", "domain[0]"},
      {"[('a','=',1), 5]", "ValueError", "Domain() invalid item in domain: 5", "domain[1]"},
      {"['&',['name','=','x']]", "ValueError", "Domain() malformed domain ['&', ['name', '=', 'x']]", "domain[0]"},
      {"['!']", "ValueError", "Domain() malformed domain ['!']", "domain[0]"},
      {"[('a','=',1),'|']", "ValueError", "Domain() malformed domain [['a', '=', 1], '|']", "domain[1]"},
      {"[['name','wat',1]]", "ValueError", "Invalid operator in condition ('name', 'wat', 1)", "domain[0]"},
      {"[['name',1,1]]", "ValueError", "Invalid operator in condition ('name', 1, 1)", "domain[0]"},
      {"[['','=',1]]", "TypeError", "Empty field name in condition ('', '=', 1)", "domain[0]"},
      {"[[1,'=',2]]", "TypeError", "Domain() invalid arguments: (1, '=', 2)", "domain[0]"},
      {"[[2,'=',1]]", "TypeError", "Domain() invalid arguments: (2, '=', 1)", "domain[0]"},
      {"[['c','any!',[['t','=','d']]]]", "ValueError",
       "Domain() invalid item in domain: ['c', 'any!', [['t', '=', 'd']]]", "domain[0]"},
      {"[('a','=',1),('c','any',[('d','=',2),('e','wat',3)])]", "ValueError",
       "Invalid operator in condition ('e', 'wat', 3)", "domain[1][2][1]"},
      {"[('c','any',5)]", "TypeError", "Domain() invalid argument type for domain: 5", "domain[0][2]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    Parsed parsed;
    auto node = parsed.parse(c.text);
    REQUIRE_FALSE(node.has_value());
    CHECK(node.error().code == Code::invalid_argument);
    CHECK(odoo_class(node.error()) == c.kind);
    CHECK(node.error().message == c.message);
    CHECK(node.error().where == c.where);
  }
}

TEST_CASE("domain: a constant may come as a number token") {
  Arena arena;
  const std::array leaf{Value::number("0"), Value::string("="), Value::number("1")};
  const Value item = Value::list(leaf);
  auto node = domain::parse(Value::list({&item, 1}), Limits{}, arena);
  REQUIRE(node.has_value());
  CHECK(print(**node) == "false");
}

TEST_CASE("domain: terms are counted with those of nested domains") {
  Parsed parsed;
  parsed.limits.domain_terms_max = 3;
  CHECK(parsed.parse("[('a','=',1),('c','any',[('b','=',1)])]").has_value());
  auto over = parsed.parse("[('a','=',1),('c','any',[('b','=',1),('d','=',1)])]");
  REQUIRE_FALSE(over.has_value());
  CHECK(over.error().code == Code::too_large);
  CHECK(over.error().where == "domain[1][2]");
}

TEST_CASE("domain: a chain of one connective is flat, alternating ones count as depth") {
  Arena arena;
  const std::array leaf{Value::string("a"), Value::string("="), Value::integer(1)};
  const auto build = [&](std::size_t count, bool alternates) {
    std::vector<Value> items;
    for (std::size_t i = 0; i < count; ++i) {
      items.push_back(Value::string(alternates && i % 2 == 1 ? "&" : "|"));
      items.push_back(Value::list(leaf));
    }
    items.push_back(Value::list(leaf));
    return domain::parse(Value::list(arena.copy(std::span<const Value>(items))), Limits{}, arena);
  };
  auto flat = build(4'000, false);
  REQUIRE(flat.has_value());
  CHECK((*flat)->children.size() == 4'001);
  CHECK(build(150, true).has_value());
  auto deep = build(300, true);
  REQUIRE_FALSE(deep.has_value());
  CHECK(deep.error().code == Code::too_large);
}

TEST_CASE("domain: nested domains count as depth") {
  Arena arena;
  Value list = Value::list({});
  for (int i = 0; i < 300; ++i) {
    const std::array leaf{Value::string("a"), Value::string("any"), list};
    const std::array items{Value::list(arena.copy(std::span<const Value>(leaf)))};
    list = Value::list(arena.copy(std::span<const Value>(items)));
  }
  auto deep = domain::parse(list, Limits{}, arena);
  REQUIRE_FALSE(deep.has_value());
  CHECK(deep.error().code == Code::too_large);
}

TEST_CASE("domain: mentions looks under connectives but not into nested domains or paths") {
  struct Case { std::string_view text; bool mentions; };
  const Case cases[] = {
      {"[('active','=',False)]", true},
      {"['|',('a','=',1),'!',('active','<',1)]", true},
      {"['!',('active','=',True)]", true},
      {"[('a','=',1)]", false},
      {"[]", false},
      {"[('c','any',[('active','=',True)])]", false},
      {"[('parent_id.active','=',True)]", false},
  };
  for (const Case& c : cases) {
    Parsed parsed;
    auto node = parsed.parse(c.text);
    REQUIRE(node.has_value());
    CHECK_MESSAGE(domain::mentions(**node, "active") == c.mentions, c.text);
  }
}

TEST_CASE("domain: combinators drop what changes nothing") {
  Arena arena;
  const Node* a = domain::leaf("a", Operator::equal, Value::integer(1), arena);
  const Node* b = domain::leaf("b", Operator::in, Value::list({}), arena);
  const Node* yes = domain::constant(true, arena);
  const Node* no = domain::constant(false, arena);
  CHECK(print(*domain::all_of(a, b, arena)) == "and(a = 1, b in [])");
  CHECK(print(*domain::any_of(a, b, arena)) == "or(a = 1, b in [])");
  CHECK(domain::all_of(yes, a, arena) == a);
  CHECK(domain::any_of(a, no, arena) == a);
  CHECK(print(*domain::all_of(yes, yes, arena)) == "true");
  CHECK(print(*domain::any_of(no, no, arena)) == "false");
  CHECK(print(*domain::all_of(no, a, arena)) == "and(false, a = 1)");
}

TEST_CASE("domain: a leaf describes itself and knows its place") {
  Parsed parsed;
  auto node = parsed.parse("[('a','=',1),('b','NOT IN',['x', None])]");
  REQUIRE(node.has_value());
  const domain::Leaf& leaf = (*node)->children[1]->leaf;
  CHECK(domain::describe(leaf) == "('b', 'not in', ['x', None])");
  CHECK(leaf.term == 1);
}
