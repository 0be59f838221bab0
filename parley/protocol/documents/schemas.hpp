// SPDX-License-Identifier: Apache-2.0
// JSON Schemas of single methods, each a document of its own.
#pragma once
#include "parley/protocol/offered.hpp"

namespace parley::documents {

/// The two schemas of a method, as the last part of their path says.
inline constexpr std::string_view parameters_part = "parameters", result_part = "result";

/// {name: {"parameters": path, "result": path}} of functions and, where no function has the name,
/// of operations.
Value schema_index(const Registry& registry, Audience to, Arena& arena);

/// JSON Schema 2020-12, which draft 7 reads alike.
/// fails:   not_found, for what is not offered as for what is not there
Result<Value> schema_of(const Registry& registry, std::string_view method, std::string_view part,
                        Audience to, Arena& arena);

}  // namespace parley::documents
