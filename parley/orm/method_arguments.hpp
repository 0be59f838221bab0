// SPDX-License-Identifier: Apache-2.0
// How the arguments of model methods, as clients write them, become what records.hpp takes.
#pragma once
#include "parley/orm/records.hpp"

namespace parley::orm {

/// A domain argument; nothing = no filter.
Result<const domain::Node*> filter_argument(Env& env, const Value& given);
/// 0, False and None as limit are no limit; negative numbers are refused.
Result<SearchOptions> search_options(const Value& offset, const Value& limit, const Value& order);
/// One id or a list of ids. fails: too_large, invalid_argument (TypeError)
Result<Ids> ids_argument(Env& env, const Value& given);

Value ids_value(Arena& arena, std::span<const std::int64_t> ids);
Value names_value(Arena& arena, std::span<const Named> names);
/// A row of get_metadata with xmlid, xmlids and noupdate added.
Result<Value> with_external_ids(Env& env, const RuntimeModel& model, const Value& row);
/// Whether the user's record rules let all of `ids` through.
Result<bool> passes_rules(Env& env, const RuntimeModel& model, std::span<const std::int64_t> ids, Operation operation);

}  // namespace parley::orm
