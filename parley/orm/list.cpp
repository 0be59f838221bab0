// SPDX-License-Identifier: Apache-2.0
// The one list of field types. A new type is its file in fields/ and a line here.
#include "parley/orm/field_type.hpp"
#include "parley/orm/fields/scalar.hpp"

namespace parley::orm {

std::span<const FieldType* const> field_types() {
  static const FieldType* const all[] = {
      &boolean_type(),   &integer_type(), &float_type(),     &monetary_type(),  &char_type(),
      &text_type(),      &html_type(),    &date_type(),      &datetime_type(),  &binary_type(),
      &selection_type(), &json_type(),    &reference_type(), &many2one_type(),  &one2many_type(),
      &many2many_type(),
  };
  return all;
}

const FieldType* find_field_type(std::string_view name) {
  for (const FieldType* type : field_types())
    if (type->name() == name) return type;
  return nullptr;
}

const RelationType* relation_of(const RuntimeField& field) {
  return field.comodel == nullptr ? nullptr : dynamic_cast<const RelationType*>(field.type_object);
}

const CollectionType* collection_of(const RuntimeField& field) {
  return field.comodel == nullptr ? nullptr : dynamic_cast<const CollectionType*>(field.type_object);
}

}  // namespace parley::orm
