// SPDX-License-Identifier: Apache-2.0
// Errors as path RPC says them: a status in the object, one of HTTP's beside it, and a text.
#pragma once
#include <string>
#include <string_view>

#include "parley/core/error.hpp"

namespace parley::path {

/// The method's own number, else that of the code (400 for arguments that are refused).
/// source:  spec/path-rpc.md section 7
int status_of(const Error& error);

/// What HTTP says for a status: the same, if a reply of it may have a body; 200 for those of
/// success that may not, 500 for any other.
int http_status_of(int status);

/// "Missing required parameter: a", "Parameter a: expected int, got ...", else the error's message.
std::string message_of(const Error& error);

/// The Error that an envelope of this status stands for.
Error error_of(int status, std::string_view message);

}  // namespace parley::path
