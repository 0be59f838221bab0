// SPDX-License-Identifier: Apache-2.0
// A request as a method's name and its arguments, or many of them (system_multicall).
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "parley/protocol/path/reply.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::path {

inline constexpr std::string_view multicall_name = "system_multicall";
inline constexpr std::string_view allowed_verbs = "GET, HEAD, POST, OPTIONS";

/// Whether a method of this name has no path of its own: the keys of every envelope, and paths
/// that others are served at.
bool is_reserved(std::string_view name);

/// One envelope of the answer. Those without an error have one call each, in their order.
struct Slot {
  std::string_view name;
  std::unique_ptr<Error> error = nullptr;
};

class PathExchange final : public Exchange {
 public:
  explicit PathExchange(const Limits& limits);
  Shape shape;
  bool is_options = false;
  bool is_multicall = false;
  std::vector<Slot> slots;
  Notation notation;  // the calls point here
};

/// How the request wants to be answered, its JSONP callback too.
///
/// fails:   malformed: a query that is none, a callback that is no name (which is not repeated)
Result<Shape> read_shape(const http::Request& request, const Options& options,
                         const Limits& limits);

/// `multicall` is the method that tells what system_multicall takes.
///
/// limits:  depth_max, values_max, calls_max (calls of one multicall)
/// fails:   malformed, invalid_argument, unknown_method (a name that is reserved), invalid_call
///          (405), unsupported_media, too_large, unauthenticated
/// source:  spec/path-rpc.md sections 3 to 5 and 8
Result<std::unique_ptr<PathExchange>> read_request(const http::Request& request,
                                                   const Reading& reading, const Options& options,
                                                   const Method& multicall);

}  // namespace parley::path
