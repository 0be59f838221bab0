// SPDX-License-Identifier: Apache-2.0
// A request of REST as the one call it makes.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/protocol/protocol.hpp"
#include "parley/protocol/rest/format.hpp"
#include "parley/protocol/rest/options.hpp"
#include "parley/protocol/rest/target.hpp"

namespace parley::rest {

/// What one request wants. Its `calls` is one call, or none for a preflight of CORS.
class RestExchange final : public Exchange {
 public:
  Target target;
  Shape shape;
  std::string verb;
  std::string allowed_origin;  // Access-Control-Allow-Origin; "" = none
  bool is_preflight = false;
  std::vector<std::string_view> field_names;  // of query and form, as they were sent
};

/// The request's path, format and origin alone; what a refusal needs.
/// fails:   malformed, not_acceptable
Result<std::unique_ptr<RestExchange>> read_outside(const http::Request& request, const Options& options, Arena& arena);

/// The whole request.
/// fails:   as read_outside; unknown_method for a path that no function can have; malformed,
///          too_large, unsupported_media, invalid_argument for what names and bodies are
Result<std::unique_ptr<RestExchange>> read_request(const http::Request& request, const Reading& reading,
                                                   const Options& options);

/// For a request that cannot be read: the origin, and JSON.
std::string allowed_origin(const http::Request& request, const Options& options);

}  // namespace parley::rest
