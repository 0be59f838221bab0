// SPDX-License-Identifier: Apache-2.0
// Formats the head of a response. Pure: the date comes from the caller.
#pragma once
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace parley::http {

enum class BodyFraming : std::uint8_t {
  none,         // 204 and 304: neither length nor coding is sent
  length,       // Content-Length
  chunked,      // Transfer-Encoding: chunked
  until_close,  // HTTP/1.0: the body ends with the connection
};

struct ResponseHead {
  int status = 200;
  int request_minor = 1;          // HTTP/1.<minor> of the request
  std::string_view content_type;  // empty = none is sent
  std::string_view lines;         // further header lines, each ended by CR LF (append_header)
  std::string_view date;          // as http_date gives it; empty = none is sent
  BodyFraming framing = BodyFraming::length;
  std::uint64_t body_bytes = 0;   // for BodyFraming::length
  bool keeps_alive = true;
};

/// Appends the status line, the headers and the empty line.
void append_head(std::string& out, const ResponseHead& head);

/// Appends "name: value" CR LF; control characters become blanks, so that no value can end
/// its line.
void append_header(std::string& lines, std::string_view name, std::string_view value);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7) of seconds since 1970 UTC.
std::string http_date(std::time_t seconds);

/// True for statuses that never have a body (1xx, 204, 304).
constexpr bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace parley::http
