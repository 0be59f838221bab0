// SPDX-License-Identifier: Apache-2.0
// What a request's headers say about its caller and database, for protocols whose calls do
// not name them.
#pragma once
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/http/message.hpp"
#include "parley/registry/call.hpp"

namespace parley {

/// Authorization: Basic (login and password or key) or Bearer (an API key); none without the
/// header.
///
/// fails:   unauthenticated: another scheme, or Basic that is not base64 of "login:secret"
/// source:  RFC 7617, RFC 6750 section 2.1
Result<Credentials> header_credentials(const http::Request& request, Arena& arena);

/// X-Odoo-Database, or "".
std::string_view header_database(const http::Request& request);

/// The value of a cookie, without quotes around it, or "". Views the request.
/// source:  RFC 6265 section 4.2.1
std::string_view cookie(const http::Request& request, std::string_view name);

}  // namespace parley
