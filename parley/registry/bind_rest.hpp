// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parley/registry/registry.hpp"

namespace parley {

/// `bind` for calls of REST, whose arguments stand in two places: the query string or form
/// (Call::named) and the body.
///
/// Of several faults this one is reported: a value of the query that is wrong, its names that
/// nothing has, a value of the body, its unknown names, what both give, what is missing.
///
/// fails:   invalid_argument; `where` is the path of the value, and empty for names no parameter
///          has: those are the error's `value`
Result<Bound> bind_rest(const Target& target, const Call& call, Context& context);

}  // namespace parley
