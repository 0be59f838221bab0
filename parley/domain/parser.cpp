// SPDX-License-Identifier: Apache-2.0
// Recursive descent with binding powers; every recursion passes `Level`, which counts.
// Each rule has a frame of its own (noinline), so that a level of nesting costs little stack.
#include "parley/domain/parser.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

#include "parley/core/utf8.hpp"
#include "parley/domain/builder.hpp"

namespace parley::domain {
namespace {

using ast::Code;
using ast::Form;
using ast::Index;
using ast::Op;

// How tightly an operator binds; a higher one binds first.
enum Power : int { any_power = 1, all_power, not_power, compare_power, sum_power, product_power };

struct Arithmetic {
  std::string_view symbol;
  Op op;
  int power;
};
constexpr std::array<Arithmetic, 6> arithmetic{{{"+", Op::add, sum_power},
                                                {"-", Op::subtract, sum_power},
                                                {"*", Op::multiply, product_power},
                                                {"/", Op::divide, product_power},
                                                {"//", Op::floor_divide, product_power},
                                                {"%", Op::modulo, product_power}}};
struct Comparison {
  std::string_view symbol;
  Op op;
};
constexpr std::array<Comparison, 6> comparisons{{{"==", Op::equal},
                                                 {"!=", Op::not_equal},
                                                 {"<", Op::less},
                                                 {"<=", Op::less_equal},
                                                 {">", Op::greater},
                                                 {">=", Op::greater_equal}}};

class Parser : private Builder {
 public:
  using Builder::Builder;

  Result<Index> read() {
    PARLEY_CHECK(advance());
    PARLEY_TRY(const Index root, choice());
    if (token_.kind != Token::Kind::end) return unexpected();
    return root;
  }

 private:
  // From the loosest to the tightest.

  /// operand ["if" condition "else" choice]
  [[gnu::noinline]] Result<Index> choice() {
    PARLEY_TRY(const Index value, operand(any_power));
    if (!is_word("if")) return value;
    const Index at = token_.at;
    PARLEY_CHECK(advance());
    PARLEY_TRY(const Index condition, operand(any_power));
    if (!is_word("else")) return error("'else' expected", token_.at);
    PARLEY_CHECK(advance());
    Level level(level_);
    if (is_too_deep()) return too_deep();
    PARLEY_TRY(const Index otherwise, choice());
    return add(Form::choice, at, {value, condition, otherwise});
  }

  /// Whatever binds at least as tightly as `power`.
  [[gnu::noinline]] Result<Index> operand(int power) {
    Level level(level_);
    if (is_too_deep()) return too_deep();
    PARLEY_TRY(Index left, prefix(power));
    for (;;) {
      if (power <= any_power && is_word("or")) {
        PARLEY_TRY(left, chain(Form::any, "or", all_power, left));
      } else if (power <= all_power && is_word("and")) {
        PARLEY_TRY(left, chain(Form::all, "and", not_power, left));
      } else if (power <= compare_power && is_comparison()) {
        PARLEY_TRY(left, comparison(left));
      } else if (const Arithmetic* found = find_arithmetic(power)) {
        const Index at = token_.at;
        PARLEY_CHECK(advance());
        PARLEY_TRY(const Index right, operand(found->power + 1));
        PARLEY_TRY(left, run(at, left, right, found->op));
      } else {
        return left;
      }
    }
  }

  /// left op right; the evaluator goes through a run of these in a loop, so it is no deeper.
  [[gnu::noinline]] Result<Index> run(Index at, Index left, Index right, Op op) {
    const std::size_t left_depth = depth_of(left) - (code_.nodes[left].form == Form::binary ? 1 : 0);
    return add_raw(Form::binary, at, {left, right}, std::max(left_depth, depth_of(right)) + 1, {}, op);
  }

  const Arithmetic* find_arithmetic(int power) const {
    if (token_.kind != Token::Kind::symbol) return nullptr;
    for (const Arithmetic& row : arithmetic)
      if (row.symbol == token_.text) return row.power >= power ? &row : nullptr;
    return nullptr;
  }

  /// first {word operand}: one node for the whole run.
  [[gnu::noinline]] Result<Index> chain(Form form, std::string_view word, int power, Index first) {
    const Index at = token_.at;
    Links operands{first};
    while (is_word(word)) {
      PARLEY_CHECK(advance());
      PARLEY_TRY(const Index next, operand(power));
      operands.push_back(next);
    }
    return add(form, at, operands);
  }

  bool is_comparison() const {
    if (is_word("in") || is_word("is") || is_word("not")) return true;
    return token_.kind == Token::Kind::symbol &&
           std::any_of(comparisons.begin(), comparisons.end(),
                       [&](const Comparison& row) { return row.symbol == token_.text; });
  }

  /// Reads one comparison operator.
  [[gnu::noinline]] Result<Op> comparison_op() {
    if (is_word("in")) {
      PARLEY_CHECK(advance());
      return Op::in;
    }
    if (is_word("is")) {
      PARLEY_CHECK(advance());
      if (!is_word("not")) return Op::is;
      PARLEY_CHECK(advance());
      return Op::is_not;
    }
    if (is_word("not")) {
      PARLEY_CHECK(advance());
      if (!is_word("in")) return unexpected();
      PARLEY_CHECK(advance());
      return Op::not_in;
    }
    const auto* row = std::find_if(comparisons.begin(), comparisons.end(),
                                   [&](const Comparison& c) { return c.symbol == token_.text; });
    PARLEY_CHECK(advance());
    return row->op;
  }

  [[gnu::noinline]] Result<Index> comparison(Index first) {
    const Index at = token_.at;
    Links links{first};
    std::size_t depth = depth_of(first);
    while (is_comparison()) {
      PARLEY_TRY(const Op op, comparison_op());
      PARLEY_TRY(const Index next, operand(sum_power));
      links.push_back(static_cast<Index>(op));
      links.push_back(next);
      depth = std::max(depth, depth_of(next));
    }
    return add_raw(Form::compare, at, links, depth + 1);
  }

  [[gnu::noinline]] Result<Index> prefix(int power) {
    const Index at = token_.at;
    if (is_word("not")) {
      if (power > not_power) return unexpected();
      PARLEY_CHECK(advance());
      PARLEY_TRY(const Index inner, operand(not_power));
      return add(Form::negation, at, {inner});
    }
    if (is_symbol("-") || is_symbol("+")) return sign();
    PARLEY_TRY(Index base, primary());
    if (!is_symbol("**")) return base;
    const Index at_power = token_.at;
    PARLEY_CHECK(advance());
    Level level(level_);
    if (is_too_deep()) return too_deep();
    PARLEY_TRY(const Index exponent, prefix(product_power + 1));
    return run(at_power, base, exponent, Op::power);
  }

  [[gnu::noinline]] Result<Index> sign() {
    const Index at = token_.at;
    const bool is_minus = is_symbol("-");
    PARLEY_CHECK(advance());
    // The smallest integer has no positive counterpart that `-` could be applied to.
    if (is_minus && token_.kind == Token::Kind::integer && token_.integer == std::uint64_t{1} << 63) {
      PARLEY_CHECK(advance());
      return add({.at = at, .value = Value::integer(std::numeric_limits<std::int64_t>::min())});
    }
    if (grammar_ == Grammar::literal && token_.kind != Token::Kind::integer &&
        token_.kind != Token::Kind::real)
      return unexpected();
    Level level(level_);
    if (is_too_deep()) return too_deep();
    PARLEY_TRY(const Index inner, prefix(product_power + 1));
    return add(is_minus ? Form::negative : Form::positive, at, {inner});
  }

  /// An atom with its attributes, indexes and calls.
  [[gnu::noinline]] Result<Index> primary() {
    PARLEY_TRY(Index node, atom());
    for (;;) {
      const Index at = token_.at;
      if (is_symbol(".")) {
        PARLEY_CHECK(advance());
        if (token_.kind != Token::Kind::name || is_keyword()) return unexpected();
        const Value name = Value::string(token_.text);
        PARLEY_CHECK(advance());
        if (is_symbol("(")) {
          PARLEY_TRY(node, call(Form::method, at, name, node));
        } else {
          PARLEY_TRY(node, add(Form::attribute, at, {node}, name));
        }
      } else if (is_symbol("[")) {
        PARLEY_TRY(node, subscript(node));
      } else if (is_symbol("(")) {
        const ast::Node callee = code_.nodes[node];
        if (callee.form != Form::name) return error("only a function that has a name can be called", at);
        PARLEY_TRY(node, call(Form::call, callee.at, callee.value, ast::absent));
      } else {
        return node;
      }
    }
  }

  [[gnu::noinline]] Result<Index> subscript(Index object) {
    const Index at = token_.at;
    PARLEY_CHECK(advance());
    Index start = ast::absent, stop = ast::absent;
    if (!is_symbol(":")) {
      PARLEY_TRY(start, choice());
      if (!is_symbol(":")) {
        PARLEY_CHECK(expect("]"));
        return add(Form::index, at, {object, start});
      }
    }
    PARLEY_CHECK(advance());
    if (!is_symbol("]")) {
      PARLEY_TRY(stop, choice());
    }
    PARLEY_CHECK(expect("]"));
    return add(Form::slice, at, {object, start, stop});
  }

  /// "(" [argument {"," argument}] ")" after a name; `object` is absent for a plain function.
  [[gnu::noinline]] Result<Index> call(Form form, Index at, const Value& name, Index object) {
    PARLEY_CHECK(advance());
    Links links;
    std::size_t depth = 0;
    if (object != ast::absent) {
      links.push_back(object);
      depth = depth_of(object);
    }
    bool has_keyword = false;
    while (!is_symbol(")")) {
      const Token first = token_;
      PARLEY_TRY(Index argument, choice());
      Index keyword = ast::absent;
      if (is_symbol("=") && code_.nodes[argument].form == Form::name && first.kind == Token::Kind::name) {
        PARLEY_CHECK(advance());
        keyword = name_index(first.text);
        has_keyword = true;
        PARLEY_TRY(argument, choice());
      } else if (has_keyword) {
        return error("a positional argument cannot follow a keyword argument", first.at);
      } else if (is_word("for")) {
        PARLEY_TRY(argument, comprehension(argument, first.at));
      }
      links.push_back(keyword);
      links.push_back(argument);
      depth = std::max(depth, depth_of(argument));
      if (!is_symbol(",")) break;
      PARLEY_CHECK(advance());
    }
    PARLEY_CHECK(expect(")"));
    return add_raw(form, at, links, depth + 1, name);
  }

  [[gnu::noinline]] Result<Index> atom() {
    const Token token = token_;
    switch (token.kind) {
      case Token::Kind::integer:
        if (token.integer > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
          return error("integer beyond 64 bits", token.at);
        PARLEY_CHECK(advance());
        return add({.at = token.at, .value = Value::integer(static_cast<std::int64_t>(token.integer))});
      case Token::Kind::real:
        PARLEY_CHECK(advance());
        return add({.at = token.at, .value = Value::real(token.real)});
      case Token::Kind::string: return text();
      case Token::Kind::name: return name();
      case Token::Kind::symbol:
        if (token.text == "(") return parenthesis();
        if (token.text == "[") return list();
        if (token.text == "{") return braces();
        return unexpected();
      case Token::Kind::end: return unexpected();
    }
    return unexpected();
  }

  /// One text, or several side by side, which are one.
  [[gnu::noinline]] Result<Index> text() {
    const Index at = token_.at;
    std::string_view text = token_.text;
    PARLEY_CHECK(advance());
    if (token_.kind == Token::Kind::string) {
      std::string joined(text);
      while (token_.kind == Token::Kind::string) {
        joined += token_.text;
        PARLEY_CHECK(advance());
      }
      text = code_.texts.copy(joined);
    }
    return add({.at = at, .value = Value::string(text)});
  }

  [[gnu::noinline]] Result<Index> name() {
    const Token token = token_;
    std::optional<Value> constant;
    if (token.text == "True") constant = Value::boolean(true);
    if (token.text == "False") constant = Value::boolean(false);
    if (token.text == "None") constant = Value::null();
    if (!constant && is_keyword()) return unexpected();
    PARLEY_CHECK(advance());
    if (constant) return add({.at = token.at, .value = *constant});
    return add_raw(Form::name, token.at, {}, 1, Value::string(token.text));
  }

  [[gnu::noinline]] Result<Index> parenthesis() {
    const Index at = token_.at;
    PARLEY_CHECK(advance());
    if (is_symbol(")")) {
      PARLEY_CHECK(advance());
      return add(Form::list, at, {});
    }
    PARLEY_TRY(Index first, choice());
    if (is_symbol(",")) return items(at, first, ")", Form::list);
    if (is_word("for")) {
      PARLEY_TRY(first, comprehension(first, at));
    }
    PARLEY_CHECK(expect(")"));
    return first;
  }

  [[gnu::noinline]] Result<Index> list() {
    const Index at = token_.at;
    PARLEY_CHECK(advance());
    if (is_symbol("]")) {
      PARLEY_CHECK(advance());
      return add(Form::list, at, {});
    }
    PARLEY_TRY(Index first, choice());
    if (!is_word("for")) return items(at, first, "]", Form::list);
    PARLEY_TRY(first, comprehension(first, at));
    PARLEY_CHECK(expect("]"));
    return first;
  }

  /// The rest of a display after its first item, up to and including `close`.
  [[gnu::noinline]] Result<Index> items(Index at, Index first, std::string_view close, Form form) {
    Links links{first};
    while (is_symbol(",")) {
      PARLEY_CHECK(advance());
      if (is_symbol(close)) break;
      PARLEY_TRY(const Index next, choice());
      links.push_back(next);
    }
    PARLEY_CHECK(expect(close));
    return add(form, at, links);
  }

  [[gnu::noinline]] Result<Index> braces() {
    const Index at = token_.at;
    PARLEY_CHECK(advance());
    Links links;
    while (!is_symbol("}")) {
      PARLEY_TRY(const Index key, choice());
      if (links.empty() && !is_symbol(":")) return items(at, key, "}", Form::set);
      PARLEY_CHECK(expect(":"));
      PARLEY_TRY(const Index value, choice());
      links.push_back(key);
      links.push_back(value);
      if (!is_symbol(",")) break;
      PARLEY_CHECK(advance());
    }
    PARLEY_CHECK(expect("}"));
    return add(Form::dict, at, links);
  }

  /// {"for" names "in" operand {"if" operand}} after the element.
  [[gnu::noinline]] Result<Index> comprehension(Index element, Index at) {
    Links links{element};
    std::size_t depth = depth_of(element);
    std::size_t clauses = 0;
    while (is_word("for") || is_word("if")) {
      const bool is_for = is_word("for");
      PARLEY_CHECK(advance());
      links.push_back(is_for ? ast::clause_for : ast::clause_if);
      if (is_for) {
        PARLEY_CHECK(targets(links));
      }
      PARLEY_TRY(const Index source, operand(any_power));
      links.push_back(source);
      depth = std::max(depth, depth_of(source));
      ++clauses;
    }
    return add_raw(Form::comprehension, at, links, depth + clauses + 1);
  }

  /// name {"," name} "in", in brackets or not; appends the count and the names.
  [[gnu::noinline]] Result<void> targets(Links& links) {
    const std::size_t count_at = links.size();
    links.push_back(0);
    const bool in_brackets = is_symbol("(");
    if (in_brackets) PARLEY_CHECK(advance());
    for (;;) {
      if (token_.kind != Token::Kind::name || is_keyword()) return unexpected();
      links.push_back(name_index(token_.text));
      ++links[count_at];
      PARLEY_CHECK(advance());
      if (!is_symbol(",")) break;
      PARLEY_CHECK(advance());
    }
    if (in_brackets) PARLEY_CHECK(expect(")"));
    if (!is_word("in")) return error("'in' expected", token_.at);
    return advance();
  }
};

}  // namespace

Result<std::unique_ptr<const Code>> read_code(std::string_view source, Grammar grammar,
                                              const parley::Limits& limits) {
  if (source.size() > limits.body_bytes_max || source.size() >= ast::absent)
    return Error(parley::Code::too_large,
                 "expression: at most " + std::to_string(limits.body_bytes_max) + " bytes");
  if (!is_utf8(source)) return Error(parley::Code::malformed, "expression: not well-formed UTF-8");
  auto code = std::make_unique<Code>();
  code->source = source;
  PARLEY_TRY(code->root, Parser(*code, grammar, limits).read());
  return std::unique_ptr<const Code>(std::move(code));
}

}  // namespace parley::domain
