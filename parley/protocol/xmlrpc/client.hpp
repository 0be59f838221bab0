// SPDX-License-Identifier: Apache-2.0
// The client half: calls as a methodCall to /RPC2, and what its methodResponse says.
#pragma once
#include "parley/protocol/protocol.hpp"

namespace parley::xmlrpc {

/// Several calls are one system.multicall. Any thread.
class Client final : public Asking {
 public:
  /// fails:   invalid_call: named arguments, NaN and infinity, several callers or databases
  Result<Asked> ask(std::span<const Call> calls) const override;
  /// A fault has the Code whose interop number it is; with any other number it is `rejected`,
  /// with the number as its status.
  Result<std::vector<Outcome>> hear(std::span<const Call> calls, const http::Response& response,
                                    Arena& arena) const override;
};

}  // namespace parley::xmlrpc
