// SPDX-License-Identifier: Apache-2.0
// Walks the tree of a Program. The recursion's depth is that of the tree, which the parser limits.
// Each form has a frame of its own (noinline): in one frame for all, a level of the tree would
// cost a kilobyte of stack, and requests run on small ones.
#include "parley/domain/expr.hpp"

#include <string>
#include <vector>

#include "parley/domain/ast.hpp"
#include "parley/domain/builtins.hpp"
#include "parley/domain/operations.hpp"
#include "parley/domain/parser.hpp"
#include "parley/domain/repr.hpp"

namespace parley::domain {
namespace {

using ast::Form;
using ast::Index;
using ast::Node;
using ast::Op;

class Evaluator {
 public:
  Evaluator(const ast::Code& code, const Scope& scope, const Limits& limits, Arena& arena)
      : code_(code), scope_(scope), work_{arena, limits.expression_steps_max, limits.expression_steps_max} {}

  Result<Value> run() { return evaluate(code_.root); }

 private:
  struct Local {
    std::string_view name;
    Value value;
  };
  /// Arguments of one call; `call` views the vectors.
  struct Arguments {
    std::vector<Value> values, named;
    std::vector<std::string_view> names;
  };

  std::span<const Index> links(const Node& node) const {
    return std::span(code_.links).subspan(node.first, node.count);
  }
  Error place(Error error, const Node& node) const {
    return ast::located(std::move(error), code_.source, node.at);
  }
  Result<Value> placed(Result<Value> result, const Node& node) const {
    if (!result) return place(std::move(result).error(), node);
    return result;
  }

  // A flat switch over the forms; each does its work elsewhere.
  Result<Value> evaluate(Index index) {
    const Node& node = code_.nodes[index];
    if (work_.steps_left == 0) return exhausted(node);
    --work_.steps_left;
    switch (node.form) {
      case Form::constant: return node.value;
      case Form::name: return name(node);
      case Form::list: return list(node);
      case Form::set: return set(node);
      case Form::dict: return dict(node);
      case Form::negative: return sign(node, Form::negative);
      case Form::positive: return sign(node, Form::positive);
      case Form::negation: return negation(node);
      case Form::binary: return binary(node);
      case Form::compare: return comparison(node);
      case Form::all: return chain(node, false);
      case Form::any: return chain(node, true);
      case Form::choice: return choice(node);
      case Form::attribute: return attribute(node);
      case Form::index: return subscript(node);
      case Form::slice: return slice(node);
      case Form::call: return call(node, nullptr);
      case Form::method: return method(node);
      case Form::comprehension: return comprehension(node);
    }
    PARLEY_ASSERT(false);
    return Value();
  }

  [[gnu::noinline]] Result<Value> exhausted(const Node& node) {
    return place(std::move(work_.spend(1)).error(), node);
  }

  [[gnu::noinline]] Result<Value> name(const Node& node) {
    const std::string_view name = node.value.text();
    for (std::size_t i = locals_.size(); i-- > 0;)
      if (locals_[i].name == name) return locals_[i].value;
    if (const Value* found = scope_.find(name)) return *found;
    return place(wrong("name '" + std::string(name) + "' is not defined"), node);
  }

  [[gnu::noinline]] Result<Value> list(const Node& node) {
    ListBuilder items(work_.arena);
    for (Index link : links(node)) {
      PARLEY_TRY(const Value item, evaluate(link));
      items.add(item);
    }
    return items.done();
  }

  [[gnu::noinline]] Result<Value> set(const Node& node) {
    PARLEY_TRY(const Value items, list(node));
    return placed(distinct(items.items(), work_), node);
  }

  [[gnu::noinline]] Result<Value> dict(const Node& node) {
    DictBuilder members(work_.arena);
    const auto pairs = links(node);
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
      PARLEY_TRY(const Value key, evaluate(pairs[i]));
      if (!key.is_string())
        return place(wrong("a dict key must be text, not " + std::string(name_of(key.kind()))),
                     code_.nodes[pairs[i]]);
      // Setting a key looks at all earlier ones.
      if (auto paid = work_.spend(i / 16); !paid) return place(std::move(paid).error(), node);
      PARLEY_TRY(const Value value, evaluate(pairs[i + 1]));
      members.set(key.text(), value);
    }
    return members.done();
  }

  [[gnu::noinline]] Result<Value> sign(const Node& node, Form form) {
    PARLEY_TRY(const Value value, evaluate(links(node)[0]));
    if (form == Form::negative || !number_of(value)) return placed(negate(value, work_), node);
    return value.is(Kind::boolean) ? Value::integer(value.as_boolean() ? 1 : 0) : value;
  }

  [[gnu::noinline]] Result<Value> negation(const Node& node) {
    PARLEY_TRY(const Value value, evaluate(links(node)[0]));
    return Value::boolean(!is_truthy(value));
  }

  /// A run such as a + b - c is one loop, not one level of recursion for each operator.
  [[gnu::noinline]] Result<Value> binary(const Node& node) {
    std::vector<const Node*> run{&node};
    for (;;) {
      const Node& left = code_.nodes[links(*run.back())[0]];
      if (left.form != Form::binary) break;
      run.push_back(&left);
    }
    if (auto paid = work_.spend(run.size() - 1); !paid) return place(std::move(paid).error(), node);
    PARLEY_TRY(Value value, evaluate(links(*run.back())[0]));
    for (; !run.empty(); run.pop_back()) {
      PARLEY_TRY(const Value right, evaluate(links(*run.back())[1]));
      PARLEY_TRY(value, placed(calculate(run.back()->op, value, right, work_), *run.back()));
    }
    return value;
  }

  /// a < b < c: each operand is evaluated once, the first false one ends it.
  [[gnu::noinline]] Result<Value> comparison(const Node& node) {
    const auto parts = links(node);
    PARLEY_TRY(Value left, evaluate(parts[0]));
    for (std::size_t i = 1; i < parts.size(); i += 2) {
      PARLEY_TRY(const Value right, evaluate(parts[i + 1]));
      auto answer = compare(static_cast<Op>(parts[i]), left, right, work_);
      if (!answer) return place(std::move(answer).error(), node);
      if (!*answer) return Value::boolean(false);
      left = right;
    }
    return Value::boolean(true);
  }

  /// `and`, `or`: the operand that decided, as it is.
  [[gnu::noinline]] Result<Value> chain(const Node& node, bool stops_at) {
    Value value;
    for (Index link : links(node)) {
      PARLEY_TRY(value, evaluate(link));
      if (is_truthy(value) == stops_at) break;
    }
    return value;
  }

  [[gnu::noinline]] Result<Value> choice(const Node& node) {
    PARLEY_TRY(const Value condition, evaluate(links(node)[1]));
    return evaluate(links(node)[is_truthy(condition) ? 0 : 2]);
  }

  [[gnu::noinline]] Result<Value> attribute(const Node& node) {
    PARLEY_TRY(const Value object, evaluate(links(node)[0]));
    const std::string_view name = node.value.text();
    if (const Value* found = object.find(name)) return *found;
    return placed(scope_.attribute(object, name, work_.arena), node);
  }

  [[gnu::noinline]] Result<Value> subscript(const Node& node) {
    PARLEY_TRY(const Value object, evaluate(links(node)[0]));
    PARLEY_TRY(const Value index, evaluate(links(node)[1]));
    return placed(item_at(object, index, work_), node);
  }

  [[gnu::noinline]] Result<Value> slice(const Node& node) {
    const auto parts = links(node);
    Value start, stop;
    PARLEY_TRY(const Value object, evaluate(parts[0]));
    if (parts[1] != ast::absent) {
      PARLEY_TRY(start, evaluate(parts[1]));
    }
    if (parts[2] != ast::absent) {
      PARLEY_TRY(stop, evaluate(parts[2]));
    }
    return placed(slice_of(object, &start, &stop, work_), node);
  }

  [[gnu::noinline]] Result<Value> method(const Node& node) {
    PARLEY_TRY(const Value object, evaluate(links(node)[0]));
    return call(node, &object);
  }

  [[gnu::noinline]] Result<Value> call(const Node& node, const Value* object) {
    Arguments arguments;
    const auto pairs = links(node).subspan(object == nullptr ? 0 : 1);
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
      PARLEY_TRY(const Value value, evaluate(pairs[i + 1]));
      if (pairs[i] == ast::absent) {
        arguments.values.push_back(value);
      } else {
        arguments.names.push_back(code_.names[pairs[i]]);
        arguments.named.push_back(value);
      }
    }
    const Call call{.object = object,
                    .name = node.value.text(),
                    .values = arguments.values,
                    .names = arguments.names,
                    .named = arguments.named};
    const Builtin builtin = object == nullptr ? find_function(call.name) : find_method(object->kind(), call.name);
    return placed(builtin != nullptr ? builtin(call, work_) : scope_.call(call, work_.arena), node);
  }

  [[gnu::noinline]] Result<Value> comprehension(const Node& node) {
    ListBuilder items(work_.arena);
    const std::size_t outer = locals_.size();
    auto done = clauses(node, links(node).subspan(1), items);
    locals_.resize(outer);
    if (!done) return std::move(done).error();
    return items.done();
  }

  /// The clauses in `rest`, one inside the other; the element where none is left.
  [[gnu::noinline]] Result<void> clauses(const Node& node, std::span<const Index> rest, ListBuilder& items) {
    if (rest.empty()) {
      PARLEY_TRY(const Value item, evaluate(links(node)[0]));
      items.add(item);
      return {};
    }
    if (rest[0] == ast::clause_if) {
      PARLEY_TRY(const Value condition, evaluate(rest[1]));
      return is_truthy(condition) ? clauses(node, rest.subspan(2), items) : Result<void>{};
    }
    const auto names = rest.subspan(2, rest[1]);
    PARLEY_TRY(const Value source, evaluate(rest[2 + names.size()]));
    PARLEY_TRY(const Value all, placed(items_of(source, work_), node));
    const std::size_t outer = locals_.size();
    for (const Value& item : all.items()) {
      if (auto paid = work_.spend(1); !paid) return place(std::move(paid).error(), node);
      PARLEY_CHECK(bind(node, names, item));
      PARLEY_CHECK(clauses(node, rest.subspan(3 + names.size()), items));
      locals_.resize(outer);
    }
    return {};
  }

  [[gnu::noinline]] Result<void> bind(const Node& node, std::span<const Index> names, const Value& item) {
    if (names.size() == 1) {
      locals_.push_back({code_.names[names[0]], item});
      return {};
    }
    if (!item.is_list() || item.size() != names.size())
      return place(wrong("an item is not " + std::to_string(names.size()) + " values: " + repr(item)), node);
    for (std::size_t i = 0; i < names.size(); ++i)
      locals_.push_back({code_.names[names[i]], item.items()[i]});
    return {};
  }

  const ast::Code& code_;
  const Scope& scope_;
  Work work_;
  std::vector<Local> locals_;  // innermost last
};

}  // namespace

Program::Program(std::unique_ptr<const ast::Code> code) : code_(std::move(code)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;
std::string_view Program::source() const { return code_->source; }

const Value* Call::find(std::string_view keyword) const {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == keyword) return &named[i];
  return nullptr;
}

Error no_attribute(const Value& object, std::string_view name) {
  return wrong(std::string(name_of(object.kind())) + " has no attribute '" + std::string(name) + "'");
}

Error no_function(const Call& call) {
  if (call.object == nullptr) return wrong("function '" + std::string(call.name) + "' is not defined");
  return wrong(std::string(name_of(call.object->kind())) + " has no method '" + std::string(call.name) + "'");
}

Result<Program> compile(std::string_view source, const Limits& limits) {
  PARLEY_TRY(auto code, read_code(source, Grammar::expression, limits));
  return Program(std::move(code));
}

Result<Value> evaluate(const Program& program, const Scope& scope, const Limits& limits, Arena& arena) {
  PARLEY_TRY(const Value result, Evaluator(program.code(), scope, limits, arena).run());
  // Parts can be shared many times over, so a small tree may be huge once it is written out.
  Work size{arena, limits.expression_steps_max, limits.expression_steps_max};
  if (!measure(result, size))
    return Error(Code::too_large, "expression: the result has more than " +
                                      std::to_string(limits.expression_steps_max) + " items");
  return result;
}

}  // namespace parley::domain
