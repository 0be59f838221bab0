// SPDX-License-Identifier: Apache-2.0
// Escaping: any text as XML 1.0 character data or attribute value. Whatever comes in, what goes
// out is well-formed UTF-8.
#pragma once
#include <string_view>

#include "parley/core/output.hpp"

namespace parley::xml {

/// Between tags: & < > are escaped, CR as &#13; because readers turn a bare one into LF.
/// A character that XML cannot hold and each byte that is not UTF-8 become U+FFFD.
void write_text(std::string_view utf8, Output& out);

/// Between double quotes: as write_text, and " tab and LF are escaped too, because readers turn
/// bare white space into blanks.
void write_attribute_value(std::string_view utf8, Output& out);

}  // namespace parley::xml
