// SPDX-License-Identifier: Apache-2.0
// What a methodCall on each mount means as calls.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "parley/protocol/protocol.hpp"
#include "parley/protocol/xmlrpc/fault.hpp"

namespace parley::xmlrpc {

/// The calls of one request. One slot for each call that was asked for; those that could not
/// be understood hold their error and have no Call.
class XmlRpcExchange final : public Exchange {
 public:
  Dialect dialect = Dialect::interop;
  bool is_multicall = false;                // system.multicall: an answer for each slot
  std::vector<std::optional<Error>> slots;  // error, or nothing = the next Call
};

Dialect dialect_of(const Mount& mount);

/// fails:   as read_call; unsupported_media for a content type that is not XML; too_large for
///          more than calls_max calls in a multicall
Result<std::unique_ptr<XmlRpcExchange>> read_request(const http::Request& request, const Reading& reading);

/// Whether the body is to be read as XML at all. Odoo's mounts take any type but forms'; the
/// standard's take XML types or none.
bool is_readable_type(const http::Request& request, Dialect dialect);

}  // namespace parley::xmlrpc
