// SPDX-License-Identifier: Apache-2.0
// The functions and methods every expression may call. Private to this folder.
#pragma once
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/core/value.hpp"
#include "parley/domain/expr.hpp"
#include "parley/domain/operations.hpp"

namespace parley::domain {

using Builtin = Result<Value> (*)(const Call& call, Work& work);

/// The built-in function of that name, or null pointer.
Builtin find_function(std::string_view name);
/// The built-in method of that name for values of that kind, or null pointer.
Builtin find_method(Kind kind, std::string_view name);

/// fails: unless there are `least` to `most` positional arguments and no keyword but `keyword`
Result<void> expect_arguments(const Call& call, std::size_t least, std::size_t most,
                              std::string_view keyword = {});
/// str(value): a text as it is, everything else as it is written.
Result<std::string_view> text_of(const Value& value, Work& work);

}  // namespace parley::domain
