// SPDX-License-Identifier: Apache-2.0
// The JSON envelope of Odoo's /jsonrpc and /web/*: how one answer or error is written.
#pragma once
#include <string_view>

#include "parley/codec/json/writer.hpp"
#include "parley/core/value.hpp"
#include "parley/http/message.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::odoo {

/// JSON as the original prints it: Python's separators, dates without "T", decimals as doubles.
json::WriteOptions json_options();

/// Answers HTTP 200 with {"jsonrpc", "id", "result"} or {"jsonrpc", "id", "error"}; there is no
/// "result" when the method gave nothing back. Rows are streamed; when they fail after bytes
/// went out the connection is cut.
///
/// takes:   `id` null when the request had none; `set_cookie` empty or the whole header value
/// source:  spec/odoo-external-api.md 1.6 (the key order of 16 and 17)
void write_outcome(const Value& id, Outcome outcome, const ProtocolSettings& settings,
                   http::Writer& writer, std::string_view set_cookie = {});

/// The same for the result {"length": `length`, "records": [`records`]}.
void write_page(const Value& id, const Value& length, Answer& records, const ProtocolSettings& settings,
                http::Writer& writer);

/// The same for an error only, with any HTTP status.
void write_error(const Value& id, const Error& error, const ProtocolSettings& settings,
                 http::Writer& writer, int status = 200);

}  // namespace parley::odoo
