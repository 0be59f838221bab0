// SPDX-License-Identifier: Apache-2.0
// The client half of REST: one call a request, as POST of a JSON or an XML document.
#pragma once
#include "parley/protocol/protocol.hpp"
#include "parley/protocol/rest/format.hpp"

namespace parley::rest {

/// What is heard has the types of the format: decimals, dates and bytes are texts, and of XML all
/// scalars are. A faultcode Client is heard as rejected, Server as internal, unless the status or
/// the text says more.
class RestAsking final : public Asking {
 public:
  RestAsking(Format format, std::string prefix) : format_(format), prefix_(std::move(prefix)) {}
  /// fails:   invalid_call: more than one call, arguments by place
  Result<Asked> ask(std::span<const Call> calls) const override;
  Result<std::vector<Outcome>> hear(std::span<const Call> calls, const http::Response& response, Arena& arena) const override;

 private:
  Format format_;
  std::string prefix_;
};

}  // namespace parley::rest
