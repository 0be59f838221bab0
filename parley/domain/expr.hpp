// SPDX-License-Identifier: Apache-2.0
// The expression language: Python's literals, names, attributes, calls of listed functions,
// arithmetic, comparison, `and or not`, `if else`, comprehensions. Nothing else, all bounded.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/value.hpp"

namespace parley::domain {

namespace ast {
struct Code;
}

/// A compiled expression: owns its memory, immutable, used by any number of threads at once.
class Program {
 public:
  explicit Program(std::unique_ptr<const ast::Code> code);
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  std::string_view source() const;
  const ast::Code& code() const { return *code_; }

 private:
  std::unique_ptr<const ast::Code> code_;
};

/// A call of something that is not built in: `name(...)` or `object.name(...)`.
struct Call {
  const Value* object = nullptr;  // null for a plain function
  std::string_view name;
  std::span<const Value> values;            // positional arguments
  std::span<const std::string_view> names;  // names[i] = keyword of named[i]
  std::span<const Value> named;

  /// The keyword argument of that name, or null pointer.
  const Value* find(std::string_view keyword) const;
};

/// What an expression can see. Called on the evaluating thread only; answers must live as long
/// as the result is used (put what is made into `arena`).
class Scope {
 public:
  virtual ~Scope() = default;
  /// The value of a free name, or null pointer when there is none.
  virtual const Value* find(std::string_view name) const = 0;
  /// `object.name` when `object` is not a dict with that key; `no_attribute` when there is none.
  virtual Result<Value> attribute(const Value& object, std::string_view name, Arena& arena) const = 0;
  /// A function or method that is not built in; `no_function` when there is none.
  virtual Result<Value> call(const Call& call, Arena& arena) const = 0;
};

Error no_attribute(const Value& object, std::string_view name);
Error no_function(const Call& call);

/// A scope of plain names: the members of a dict, objects being dicts too. No functions.
class DictScope final : public Scope {
 public:
  explicit DictScope(const Value& names = {}) : names_(names) {}
  const Value* find(std::string_view name) const override { return names_.find(name); }
  Result<Value> attribute(const Value& object, std::string_view name, Arena&) const override {
    return no_attribute(object, name);
  }
  Result<Value> call(const Call& call, Arena&) const override { return no_function(call); }

 private:
  Value names_;  // dict: name -> Value
};

/// Reads one expression.
///
/// takes:   UTF-8; line ends are blanks, "#" starts a comment
/// limits:  40 levels of nesting in the text, 60 in the tree (or depth_max if that is less),
///          expression_steps_max nodes
/// fails:   invalid_argument or too_large; message and `where` name "line:column"
Result<Program> compile(std::string_view source, const Limits& limits);

/// Runs a program.
///
/// gives:   a Value that may view the program, what the scope answered, and `arena`
/// limits:  expression_steps_max steps (an operation, an item made or looked at, 16 bytes of text
///          made), and as many items in the result
/// fails:   invalid_argument (unknown name, wrong type, division by zero, overflow), too_large,
///          or what the scope says; message and `where` name "line:column"
Result<Value> evaluate(const Program& program, const Scope& scope, const Limits& limits, Arena& arena);

}  // namespace parley::domain
