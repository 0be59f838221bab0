// SPDX-License-Identifier: Apache-2.0
// What documents say about the service itself.
#pragma once
#include "parley/protocol/offered.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::documents {

/// A view of `text`; unset when it is empty, so that dict_of leaves the member out.
inline Value text_or_unset(std::string_view text) {
  return text.empty() ? Value::unset() : Value::string(text);
}

/// The `info` of OpenAPI and OpenRPC: title, version, description. Views `about`.
inline Value info(const About& about, Arena& arena) {
  return dict_of(arena, {{"title", Value::string(about.title)},
                         {"version", Value::string(about.version)},
                         {"description", text_or_unset(about.text)}});
}

}  // namespace parley::documents
