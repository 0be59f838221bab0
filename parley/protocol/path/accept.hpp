// SPDX-License-Identifier: Apache-2.0
// Which format an answer is in, by the Accept headers of its request.
#pragma once
#include <cstdint>

#include "parley/http/message.hpp"

namespace parley::path {

enum class Format : std::uint8_t { json, bson };

/// BSON when application/bson is named with a weight above JSON's, else JSON: for no Accept, for
/// */* and for what names neither too. A weight that is no number counts as 0.
/// source:  RFC 9110 sections 12.4.2 and 12.5.1; spec/path-rpc.md row 7
Format accepted_format(const http::Request& request);

}  // namespace parley::path
