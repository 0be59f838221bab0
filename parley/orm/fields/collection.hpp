// SPDX-License-Identifier: Apache-2.0
// What one2many and many2many share when they read and write.
#pragma once
#include "parley/orm/domain_compiler.hpp"
#include "parley/orm/field_type.hpp"

namespace parley::orm {

/// Runs `query` (selected: owner id, comodel id) for rows where `mine` holds and which the
/// caller may see, in the comodel's order; sorts the pairs into lists[i] for ids[i].
Result<std::vector<std::vector<std::int64_t>>> collect_pairs(Env& env, DomainCompiler& compiler,
                                                             const RuntimeField& field, Query& query,
                                                             const Condition& mine,
                                                             std::span<const std::int64_t> ids);

/// A list Value of ids.
Value id_list(Arena& arena, std::span<const std::int64_t> ids);
/// {key: value}
Value one_member(Arena& arena, std::string_view key, const Value& value);
/// `dict` with one member more (or replaced).
Value with_member(Arena& arena, const Value& dict, std::string_view key, const Value& value);

}  // namespace parley::orm
