// SPDX-License-Identifier: Apache-2.0
// A request of RhodeCode's API as at most one call.
#pragma once
#include <memory>
#include <string>

#include "parley/protocol/protocol.hpp"

namespace parley::rhodecode {

class RhodeCodeExchange final : public Exchange {
 public:
  Value id;             // as sent; null where it could not be read
  std::string refusal;  // set: nothing to call, this is the answer
  std::string absent;   // what is said when the call's method does not exist
};

/// Never fails: what is wrong with a request is said in its answer.
///
/// source:  the checks of RhodeCode 1.2 in their order: length, JSON, api_key, id, method, args
/// limits:  depth_max, values_max; of a body that is no JSON 200 octets are repeated
std::unique_ptr<RhodeCodeExchange> read_request(const http::Request& request, const Reading& reading);

/// `octets` as Python 2 prints a str, cut to `octets_max` of them: 'a\n\xc3'
std::string repr(std::string_view octets, std::size_t octets_max);

}  // namespace parley::rhodecode
