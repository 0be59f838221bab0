// SPDX-License-Identifier: Apache-2.0
// The client half of path RPC.
#pragma once
#include "parley/protocol/path/accept.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::path {

/// One call is a POST to its own path; several, or one with positional arguments, go by
/// system_multicall. Immutable; any thread may ask.
class PathAsking final : public Asking {
 public:
  /// `prefix` is what the server has in front of methods, "" or "/rpc".
  PathAsking(Format format, std::string prefix) : format_(format), prefix_(std::move(prefix)) {}
  /// fails:   invalid_call: arguments both by place and by name, a number that JSON cannot hold,
  ///          callers as caller_headers says
  Result<Asked> ask(std::span<const Call> calls) const override;
  Result<std::vector<Outcome>> hear(std::span<const Call> calls, const http::Response& response,
                                    Arena& arena) const override;

 private:
  Result<std::string> to_body(const Value& object) const;
  Format format_;
  std::string prefix_;
};

}  // namespace parley::path
