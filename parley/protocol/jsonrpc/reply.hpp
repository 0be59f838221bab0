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

/// The HTTP status of a single reply: 200, or 500 for an error of 1.1.
int http_status(const Entry& entry, bool is_error);

}  // namespace parley::jsonrpc
