// SPDX-License-Identifier: Apache-2.0
// What many2one, one2many and many2many share: conditions by id, by name and by hierarchy.
#pragma once
#include "parley/orm/domain_compiler.hpp"
#include "parley/orm/field_type.hpp"

namespace parley::orm {

/// (relation op value): ids, names, lists of both, False, and hierarchies.
/// source:  spec/odoo-external-api.md section 6
Result<Condition> relation_condition(DomainCompiler& compiler, const RuntimeField& field, std::uint16_t alias,
                                     domain::Operator op, const Value& value);

/// `column` holds an id of `model` at or below (child_of), at or above (parent_of) `value`:
/// an id, a list of ids, or a name.
Result<Condition> tree_condition(DomainCompiler& compiler, const RuntimeModel& model, const Column& column,
                                 domain::Operator op, const Value& value);

/// The ids of `value` that are records of the comodel.
/// fails:   rejected (dangling) as a foreign key violation would
Result<void> check_ids_exist(Env& env, const RuntimeField& field, std::span<const std::int64_t> ids);

/// One x2many command, checked.
struct Command {
  enum class Kind : std::uint8_t { create, update, remove, unlink, link, clear, set };
  Kind kind;
  std::int64_t id = 0;
  Value values;                   // create, update: dict
  std::vector<std::int64_t> ids;  // set
};
/// [(0,_,vals) (1,id,vals) (2,id) (3,id) (4,id) (5,) (6,_,ids)], short forms, a plain list of
/// ids, or False/None for clear.
/// fails:   invalid_argument naming field and command
Result<std::vector<Command>> parse_commands(const RuntimeField& field, const Value& value, const Limits& limits);

void describe_relation(const RuntimeField& field, DictBuilder& out);

}  // namespace parley::orm
