// SPDX-License-Identifier: Apache-2.0
#include "parley/server/proxies.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace parley::server {
namespace {

constexpr int address_bits = 128, ipv4_prefix_bits = 96;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Without the port and brackets that some proxies add: "[::1]:80", "10.0.0.1:80".
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  if (std::count(text.begin(), text.end(), ':') == 1) return text.substr(0, text.find(':'));
  return text;
}

/// The items of all headers of this name, first to last.
std::vector<std::string_view> items_of(const http::Request& request, std::string_view name) {
  std::vector<std::string_view> items;
  for (const http::Header& header : request.headers) {
    if (!http::same_letters(header.name, name)) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      std::string_view item = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
      if (item = trim(item); !item.empty()) items.push_back(item);
    }
  }
  return items;
}

}  // namespace

std::optional<Proxies::Address> Proxies::address_of(std::string_view text) {
  constexpr std::size_t text_max = 45;  // the longest IPv6 address
  if (text.empty() || text.size() > text_max) return {};
  const std::string owned(text);
  Address address{};
  if (inet_pton(AF_INET6, owned.c_str(), address.data()) == 1) return address;
  address.fill(0);
  address[10] = address[11] = 0xff;
  if (inet_pton(AF_INET, owned.c_str(), address.data() + 12) == 1) return address;
  return {};
}

Result<Proxies> Proxies::parse(std::span<const std::string> networks) {
  Proxies proxies;
  for (const std::string& text : networks) {
    std::size_t slash = text.find('/');
    auto address = address_of(std::string_view(text).substr(0, slash));
    const bool is_v4 = text.find(':') == text.npos;
    int bits = address_bits;
    bool is_good = address.has_value();
    if (is_good && slash != text.npos) {
      const char* end = text.data() + text.size();
      auto [stop, failed] = std::from_chars(text.data() + slash + 1, end, bits);
      is_good = failed == std::errc{} && stop == end && bits >= 0 && bits <= (is_v4 ? 32 : address_bits);
      if (is_v4) bits += ipv4_prefix_bits;
    }
    if (!is_good)
      return Error(Code::invalid_argument, "trusted-proxies: expected an address or network, not '" + text + "'");
    proxies.networks_.push_back({*address, bits});
  }
  return proxies;
}

bool Proxies::has(std::string_view text) const {
  auto address = address_of(text);
  if (!address) return false;
  return std::ranges::any_of(networks_, [&address](const Network& network) {
    const auto whole = static_cast<std::size_t>(network.bits / 8);
    if (std::memcmp(address->data(), network.address.data(), whole) != 0) return false;
    const int rest = network.bits % 8;
    return rest == 0 || (((*address)[whole] ^ network.address[whole]) >> (8 - rest)) == 0;
  });
}

http::Request Proxies::seen_through(const http::Request& request) const {
  http::Request seen = request;
  if (!has(request.peer)) return seen;
  // From the end: each proxy adds whom it was asked by, and what stands in front may be invented.
  auto hops = items_of(request, "X-Forwarded-For");
  for (auto hop = hops.rbegin(); hop != hops.rend() && has(seen.peer); ++hop) {
    std::string_view address = without_port(*hop);
    if (!address_of(address)) break;
    seen.peer = address;
  }
  if (auto schemes = items_of(request, "X-Forwarded-Proto"); !schemes.empty())
    seen.is_secure = http::same_letters(schemes.back(), "https");
  return seen;
}

}  // namespace parley::server
