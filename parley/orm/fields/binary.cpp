// SPDX-License-Identifier: Apache-2.0
// binary: octets, in and out as base64 text.
#include "parley/orm/fields/scalar.hpp"

#include "parley/core/base64.hpp"

namespace parley::orm {
namespace {

Result<Value> convert(const RuntimeField& field, const Value& value, Arena& arena) {
  if (value.is(Kind::bytes)) return value;
  if (value.is_string()) {
    auto octets = from_base64(value.text());
    if (octets) return Value::bytes(arena.copy(*octets));
  }
  return field_error(field, field.name + ": expected octets or base64 text, not " + std::string(name_of(value.kind())));
}

class BinaryType final : public FieldType {
 public:
  std::string_view name() const override { return "binary"; }
  std::optional<ColumnType> column() const override { return ColumnType::blob; }
  int select(const RuntimeField& field, SelectPlan& plan) const override { return select_own(field, plan); }
  Result<Value> check(Env& env, const RuntimeField& field, const Value& given) const override {
    if (is_falsy(given)) return Value::null();
    return convert(field, given, env.arena());
  }
  void load(const RuntimeField&, const Rows& rows, int at, LoadMode, Sink& sink) const override {
    Cell cell = rows.cell(at);
    if (cell.kind == Cell::Kind::blob) sink.bytes(cell.text);
    else sink.boolean(false);
  }
  Result<Condition> condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                              domain::Operator op, const Value& value) const override {
    return scalar_condition(compiler, field, alias, op, value, {Value::null(), convert});
  }
  void describe(const RuntimeField&, DictBuilder&, Arena&) const override {}
};

}  // namespace

const FieldType& binary_type() {
  static const BinaryType type;
  return type;
}

}  // namespace parley::orm
