// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/json_body.hpp"

#include <array>

#include "parley/http/media.hpp"

namespace parley {
namespace {

// source: standards.md 2 (JSON-RPC over HTTP); the first two are the original's
constexpr std::array<std::string_view, 5> types{"application/json", "application/json-rpc",
                                                "application/jsonrequest", "text/json",
                                                "text/plain"};
constexpr std::size_t odoo_types = 2;

}  // namespace

Result<void> check_json_type(const http::Request& request, JsonTypes accepted) {
  std::string_view sent = request.header("Content-Type");
  if (sent.empty() && accepted == JsonTypes::any) return {};
  if (sent == types.front()) return {};
  auto type = http::parse_media_type(sent);
  std::size_t count = accepted == JsonTypes::odoo ? odoo_types : types.size();
  for (std::size_t i = 0; type && i < count; ++i)
    if (type->is(types[i])) return {};
  std::string what = sent.empty() ? "no content type" : "content type " + std::string(sent);
  return Error(Code::unsupported_media,
               what + ": expected application/json or application/json-rpc", "Content-Type");
}

}  // namespace parley
