// SPDX-License-Identifier: Apache-2.0
// Proxies: which machines in front may say for whom they ask.
#pragma once
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/http/message.hpp"

namespace parley::server {

/// Immutable; any thread.
class Proxies {
 public:
  /// takes:   addresses and networks: "127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"
  /// fails:   invalid_argument, naming the one that is neither
  static Result<Proxies> parse(std::span<const std::string> networks);

  bool are_none() const { return networks_.empty(); }
  /// `request` as its client sent it to the proxies: peer is the last address of X-Forwarded-For
  /// that no trusted proxy added, is_secure what X-Forwarded-Proto says. Unchanged when it did not
  /// come from one of them.
  http::Request seen_through(const http::Request& request) const;

 private:
  using Address = std::array<unsigned char, 16>;  // IPv4 as ::ffff:a.b.c.d
  struct Network {
    Address address;
    int bits;
  };
  static std::optional<Address> address_of(std::string_view text);
  bool has(std::string_view address) const;

  std::vector<Network> networks_;
};

}  // namespace parley::server
