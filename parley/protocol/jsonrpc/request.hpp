// SPDX-License-Identifier: Apache-2.0
// A JSON-RPC body as entries and calls.
#pragma once
#include <memory>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/value.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::jsonrpc {

/// Where a request came in, Mount::dialect.
enum class Dialect : int { odoo, strict };

/// Which rules one request object is read and answered by.
enum class Form : std::uint8_t { odoo, v2, v1, v11 };

/// One request object of a body.
struct Entry {
  Form form = Form::v2;
  bool has_id = false;
  bool is_answered = true;       // false for notifications
  Value id;                      // null when there was none or it was no id
  std::unique_ptr<Error> error;  // set: nothing to call, this is the answer
};

/// The entries of a body; those without an error have one call each, in their order.
class JsonRpcExchange final : public Exchange {
 public:
  bool is_batch = false;
  std::vector<Entry> entries;
};

/// limits:  depth_max, calls_max (requests in one batch)
/// fails:   malformed, invalid_call (an empty batch), too_large, unsupported_media; whatever is
///          wrong with one request object is that entry's error
/// source:  JSON-RPC 2.0 sections 4-6; 1.0 and 1.1 as standards.md 2
Result<std::unique_ptr<JsonRpcExchange>> read_body(const http::Request& request,
                                                   const Reading& reading);

}  // namespace parley::jsonrpc
