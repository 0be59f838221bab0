// SPDX-License-Identifier: Apache-2.0
// A request to /json/2 or /doc as at most one call.
#pragma once
#include <memory>

#include "parley/core/error.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::json2 {

/// What a path means, Mount::dialect.
enum class Place : int { call, version, doc, doc_bearer };

/// How the outcome is told.
enum class Shape : std::uint8_t {
  result,   // as it is
  version,  // {"version_info", "version"}
  page,     // no call: the page of the documents
  script,   // no call: the page's script
};

class Json2Exchange final : public Exchange {
 public:
  Shape shape = Shape::result;
};

/// What the errors of a missing and of a wrong key have in `where`.
inline constexpr std::string_view key_place = "Authorization";

/// gives:   an exchange with one call, or none for the page
/// limits:  depth_max and the other limits of a JSON document
/// fails:   unauthenticated (no key), not_found (no such path, or another verb: the message says
///          what was meant), unsupported_media, malformed, too_large
/// source:  spec/odoo-external-api.md 11
Result<std::unique_ptr<Json2Exchange>> read_request(const http::Request& request, const Reading& reading);

}  // namespace parley::json2
