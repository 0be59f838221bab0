// SPDX-License-Identifier: Apache-2.0
// How strict JSON-RPC answers look: 2.0, 1.0 and 1.1. Odoo's form is odoo/envelope.hpp.
#pragma once
#include "parley/core/output.hpp"
#include "parley/protocol/jsonrpc/request.hpp"

namespace parley::jsonrpc {

/// Writes the reply object of `entry` in its form.
///
/// fails:   what a row source failed with; `out` then holds half an object
Result<void> put_reply(const Entry& entry, Outcome& outcome, const ProtocolSettings& settings,
                       Output& out);
Result<void> put_error(const Entry& entry, const Error& error, const ProtocolSettings& settings,
                       Output& out);

/// What HTTP says of a reply that is an error; the setting jsonrpc-http-status.
enum class StatusPolicy : std::uint8_t {
  always_200,  // it arrived and was answered
  by_error,    // the table of JSON-RPC over HTTP
};

/// The HTTP status of a single reply; `error` null = a result. Errors of 1.1 are always 500.
/// source:  spec/standards.md 2; json-rpc-over-http's table: -32600 400, -32601 404, others 500
int http_status(const Entry& entry, const Error* error, StatusPolicy policy);

}  // namespace parley::jsonrpc
