// SPDX-License-Identifier: Apache-2.0
// json: any JSON document, kept as text.
#include "parley/orm/fields/scalar.hpp"

#include <cmath>

#include "parley/core/base64.hpp"
#include "parley/domain/expr.hpp"
#include "parley/domain/repr.hpp"

namespace parley::orm {
namespace {

// JSON text of a value: compact, keys in their order.
void print(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset: out += "null"; return;
    case Kind::boolean: out += value.as_boolean() ? "true" : "false"; return;
    case Kind::integer: out += std::to_string(value.as_integer()); return;
    case Kind::bigint:
    case Kind::number: out += value.text(); return;
    case Kind::list:
      out += '[';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        print(value.items()[i], out);
      }
      out += ']';
      return;
    case Kind::dict:
      out += '{';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        print(Value::string(value.keys()[i]), out);
        out += ':';
        print(value.values()[i], out);
      }
      out += '}';
      return;
    case Kind::real:
      if (std::isfinite(value.as_real())) out += domain::repr(value.as_real());
      else out += "null";
      return;
    case Kind::decimal: out += to_string(value.as_decimal()); return;
    default: break;
  }
  std::string text = value.is(Kind::date)       ? to_string(value.as_date())
                     : value.is(Kind::datetime) ? to_odoo_string(value.as_datetime())
                     : value.is(Kind::time)     ? to_string(value.as_time())
                     : value.is_string()        ? std::string(value.text())
                     : value.is(Kind::bytes)    ? to_base64(value.text())
                                                : std::string();
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\', out += c;
    else if (static_cast<unsigned char>(c) < 0x20) {
      static constexpr char hex[] = "0123456789abcdef";
      out += "\\u00";
      out += hex[(c >> 4) & 15];
      out += hex[c & 15];
    } else out += c;
  }
  out += '"';
}

// The expression language reads a superset of JSON once true, false and null are names it knows.
// Steps are not limited here: a document costs one a node, and what is printed is bounded by the body.
Result<Value> parse(std::string_view text, Arena& arena) {
  Limits limits;
  limits.expression_steps_max = SIZE_MAX / 2;
  PARLEY_TRY(domain::Program program, domain::compile(text, limits));
  DictBuilder names(arena);
  names.set("true", Value::boolean(true));
  names.set("false", Value::boolean(false));
  names.set("null", Value::null());
  PARLEY_TRY(Value value, domain::evaluate(program, domain::DictScope(names.done()), limits, arena));
  return copy(value, arena);  // the program's own texts go with it
}

class JsonType final : public FieldType {
 public:
  std::string_view name() const override { return "json"; }
  std::optional<ColumnType> column() const override { return ColumnType::json; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given)) return Value::null();
    std::string text;
    print(given, text);
    Arena arena(1024);
    if (Result<Value> again = parse(text, arena); !again)
      return Error(Code::too_large, field.name + ": the document is too large to be read again",
                   field.model->name + "." + field.name)
          .with_cause(again.error().message);
    return Value::string(env.arena().copy(text));
  }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    if (cell.kind != Cell::Kind::text) return sink.boolean(false);
    Arena arena(1024);
    Result<Value> value = parse(cell.text, arena);
    if (value) write(*value, sink);
    else sink.string(cell.text);
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return scalar_condition(compiler, field, alias, op, value, {Value::null(), to_text});
  }
  void describe(const RuntimeField&, DictBuilder&, Arena&) const override {}
};

}  // namespace

const FieldType& json_type() {
  static const JsonType type;
  return type;
}

}  // namespace parley::orm
