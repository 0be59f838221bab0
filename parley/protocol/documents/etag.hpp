// SPDX-License-Identifier: Apache-2.0
// Entity tags of documents, and whether a client has one already (RFC 9110 sections 8.8.3, 13.1.2).
#pragma once
#include <string>
#include <string_view>

namespace parley::documents {

/// A strong tag, quotes included: a hash of the text. It guards a cache, not a secret.
std::string etag_of(std::string_view text);

/// Whether `if_none_match` ("*", or tags with commas between) names `etag`; weak ones count.
bool is_among(std::string_view if_none_match, std::string_view etag);

}  // namespace parley::documents
