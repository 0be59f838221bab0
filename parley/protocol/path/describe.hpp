// SPDX-License-Identifier: Apache-2.0
// A method told to people and programs: signature, help, and text with all that is known.
#pragma once
#include <string>
#include <string_view>

#include "parley/registry/method.hpp"

namespace parley::path {

/// The word of the source's table of types: "int", "dict", "binary".
std::string_view word_of(const Type& type);

/// "optional(str required, [int opt]) -> dict"; brackets are around what may be left out.
std::string signature_line(const Method& method);

/// The signature, the method's own text, then a line a parameter.
std::string help_of(const Method& method);

/// {name, params: [{name, type, required, default?, options?, members?, help?}], returns: {type}}
Value signature_of(const Method& method, Arena& arena);

/// JSON Schema (2020-12) of the parameters, and of the whole answer.
Value question_schema(const Method& method, Arena& arena);
Value answer_schema(const Method& method, Arena& arena);

struct Look {
  bool is_html = false;
  bool is_for_developers = false;  // schema of the parameters, effect, module
};
/// What system_method_info says of one method.
std::string info_of(const Method& method, std::string_view module, Look look);

}  // namespace parley::path
