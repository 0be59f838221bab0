// SPDX-License-Identifier: Apache-2.0
// The client half: calls as JSON-RPC 2.0 to /jsonrpc/2, and what its replies say.
#pragma once
#include "parley/protocol/protocol.hpp"

namespace parley::jsonrpc {

/// Several calls are one batch; ids are their numbers from 1. Any thread.
class Client final : public Asking {
 public:
  /// fails:   invalid_call: positional and named arguments in one call, NaN and infinity, several
  ///          callers or databases
  Result<Asked> ask(std::span<const Call> calls) const override;
  /// Replies are matched by id, whatever their order. Numbers with a point or an exponent are
  /// tokens as written. An error has the Code that data.name or its number says; with any other
  /// number it is `rejected`, with the number as its status.
  Result<std::vector<Outcome>> hear(std::span<const Call> calls, const http::Response& response,
                                    Arena& arena) const override;
};

}  // namespace parley::jsonrpc
