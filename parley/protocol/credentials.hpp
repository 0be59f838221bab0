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

/// Whether a page of another origin made a browser send this: by Sec-Fetch-Site, else Origin, else
/// Referer. A browser that says none of them counts as one: its page may have told it not to. False for
/// programs, which send none of them either, and neither call themselves Mozilla nor ask for a language.
/// source:  Fetch Metadata Request Headers section 2.3; RFC 6454 section 7
bool is_cross_origin(const http::Request& request);

/// Authorization: Basic (login and password or key) or Bearer (an API key); none without the
/// header. Browsers add a Basic password they remember to whatever any page makes them send, so
/// it does not count when the page is of another origin; a Bearer key they never add themselves.
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
