// SPDX-License-Identifier: Apache-2.0
// What clients of RhodeCode 1.2 to 4 call the methods and their arguments, as one table.
#pragma once
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/value.hpp"

namespace parley::rhodecode {

/// The function behind a method: "vcs.pull" for "pull". A name of the table's is translated, another
/// plain one is taken to be a function of module vcs.
///
/// gives:   a name that no function has for what is no plain word: nothing but those is reachable
std::string_view function_of(std::string_view method, Arena& arena);

/// `args` under the names that the function has; those it does not know are left out. Methods that
/// the table lacks get theirs as they are.
/// takes:   anything; what is no dict counts as an empty one
Value arguments_of(std::string_view method, const Value& args, Arena& arena);

}  // namespace parley::rhodecode
