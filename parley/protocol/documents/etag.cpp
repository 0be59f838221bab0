// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/documents/etag.hpp"

#include <algorithm>
#include <cstdint>

#include "parley/core/base64.hpp"

namespace parley::documents {
namespace {

// source: FNV-1a, 64 bit (draft-eastlake-fnv)
constexpr std::uint64_t fnv_start = 0xcbf29ce484222325, fnv_prime = 0x100000001b3;

}  // namespace

std::string etag_of(std::string_view text) {
  std::uint64_t hash = fnv_start;
  for (unsigned char octet : text) hash = (hash ^ octet) * fnv_prime;
  std::string octets;
  for (int shift = 56; shift >= 0; shift -= 8) octets += static_cast<char>(hash >> shift);
  return '"' + to_hex(octets) + '"';
}

bool is_among(std::string_view if_none_match, std::string_view etag) {
  for (std::string_view rest = if_none_match; !rest.empty();) {
    std::string_view tag = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), tag.size() + 1));
    while (tag.starts_with(' ') || tag.starts_with('\t')) tag.remove_prefix(1);
    while (tag.ends_with(' ') || tag.ends_with('\t')) tag.remove_suffix(1);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

}  // namespace parley::documents
