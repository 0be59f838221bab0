// SPDX-License-Identifier: Apache-2.0
// Media types of Content-Type headers: "text/xml; charset=utf-8" (RFC 9110 section 8.3.1).
#pragma once
#include <string_view>

#include "parley/core/error.hpp"

namespace parley::http {

/// A media type and the parameters we know; all view the header's value.
struct MediaType {
  std::string_view name;     // "application/json", letters as sent
  std::string_view charset;  // "utf-8" without quotes, empty when not given
  std::string_view boundary = {};  // of multipart types, likewise

  /// Compares without case: is("application/json").
  bool is(std::string_view other) const;
  /// No charset, or one of the spellings of UTF-8 and its subset US-ASCII.
  bool is_utf8() const;
};

/// fails:   malformed: no type "/" subtype, or a parameter without a value
Result<MediaType> parse_media_type(std::string_view value);

}  // namespace parley::http
