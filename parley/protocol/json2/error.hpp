// SPDX-License-Identifier: Apache-2.0
// Errors as JSON-2 tells them: a status of HTTP and a Python class.
#pragma once
#include <string>

#include "parley/core/error.hpp"
#include "parley/http/message.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::json2 {

/// What of an error goes over the wire.
struct Refusal {
  int status = 500;
  std::string name;     // with its module: "odoo.exceptions.UserError"
  std::string message;
  bool is_http = false;  // one of HTTP's own: `arguments` ends with the status
};

/// takes:   `method` as the call said it: "<model>.<method>"; "" when there was none
/// source:  spec/odoo-external-api.md 11
Refusal refusal_of(const Error& error, std::string_view method, std::string_view prefix);

/// {"name", "message", "arguments", "context", "debug"}
void write_error(const Error& error, std::string_view method, const ProtocolSettings& settings, http::Writer& writer);

}  // namespace parley::json2
