// SPDX-License-Identifier: Apache-2.0
// An XML body as a tree whose types nobody knows yet; the registry brings it to declared types.
#pragma once
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/value.hpp"

namespace parley::rest {

/// The root element's value. An element with nil="true" (or "1") is null, one with elements a dict
/// by their names in which a repeated name has the list of its values, any other a string. Text
/// between elements is skipped. In a namespace an element is called {namespace}name.
///
/// limits:  depth_max, values_max
/// fails:   malformed, invalid_call (a DTD), too_large, unsupported_media
Result<Value> read_xml_body(std::string_view bytes, const Limits& limits, Arena& arena);

}  // namespace parley::rest
