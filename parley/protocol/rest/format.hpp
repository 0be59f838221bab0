// SPDX-License-Identifier: Apache-2.0
// Which format an answer has, and which one a body is in.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/http/message.hpp"

namespace parley::rest {

enum class Format : std::uint8_t { json, xml };

/// The format of an answer and the Content-Type that tells it.
struct Shape {
  Format format = Format::json;
  std::string_view content_type = "application/json; charset=UTF-8";
};

/// What a media type's documents are; none for types that are neither JSON nor XML here.
std::optional<Format> format_of(std::string_view media_type);

/// By `named` (the suffix, else wsmeproto), then Accept, then the request's Content-Type, else JSON.
/// Of Accept the weights count (RFC 9110 section 12.5.1); among equals JSON is preferred.
///
/// fails:   not_acceptable: nothing is named, and Accept allows none of ours
/// source:  spec/rest.md rows 2 to 4
Result<Shape> choose_shape(std::optional<Format> named, const http::Request& request);


}  // namespace parley::rest
