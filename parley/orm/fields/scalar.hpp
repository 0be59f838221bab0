// SPDX-License-Identifier: Apache-2.0
// What scalar field types share: conditions with Odoo's rules for empty values, and checks.
#pragma once
#include <string>

#include "parley/orm/domain_compiler.hpp"
#include "parley/orm/field_type.hpp"

namespace parley::orm {

/// How one scalar type sees the values of a domain.
struct ScalarRules {
  /// The value that counts as empty beside NULL (0, "", False); null when only NULL does.
  Value empty = Value::null();
  /// A domain's value as the column takes it.
  Result<Value> (*convert)(const RuntimeField& field, const Value& value, Arena& arena);
};

/// (field op value) for a column with one value.
/// source:  spec/odoo-external-api.md section 6
Result<Condition> scalar_condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                                   domain::Operator op, const Value& value, const ScalarRules& rules);

/// Selects the field's own column.
int select_own(const RuntimeField& field, SelectPlan& plan);

/// "res.partner.color: ..."
Error field_error(const RuntimeField& field, std::string text, std::string kind = "ValueError");

/// A Value as Python's str() shows it; scalars only.
/// fails:   invalid_argument for lists, dicts and octets that are no UTF-8
Result<Value> to_text(const RuntimeField& field, const Value& value, Arena& arena);
/// Integer from bool, int, a whole number or text, as Odoo's fields accept, in 32 bits.
Result<Value> to_integer(const RuntimeField& field, const Value& value, Arena& arena);
Result<double> to_real(const RuntimeField& field, const Value& value);
bool to_truth(const Value& value);

/// The types, one file each.
const FieldType& id_type();
const FieldType& display_name_type();
const FieldType& boolean_type();
const FieldType& integer_type();
const FieldType& float_type();
const FieldType& monetary_type();
const FieldType& char_type();
const FieldType& text_type();
const FieldType& html_type();
const FieldType& selection_type();
const FieldType& reference_type();
const FieldType& date_type();
const FieldType& datetime_type();
const FieldType& binary_type();
const FieldType& json_type();
const FieldType& many2one_type();
const FieldType& one2many_type();
const FieldType& many2many_type();

}  // namespace parley::orm
