// SPDX-License-Identifier: Apache-2.0
// Where repositories are pulled from: which addresses are taken at all, and which hosts.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"

namespace parley::modules::vcs {

struct Remote {
  std::string scheme;      // http, https, ssh, git
  std::string user;        // of ssh; "" = none given
  std::string host;        // a name, or an address without brackets
  std::uint16_t port = 0;  // 0 = none given
  std::string path;        // "/group/name"

  bool has_address() const;  // the host is an address and not a name
  std::string to_text() const { return to_text(host); }
  std::string to_text(std::string_view other_host) const;
};

/// "https://host[:port]/path", "ssh://[user@]host[:port]/path" ...
///
/// takes:   printable ASCII without blanks, quotes, backslashes, '?' and '#'; the schemes above; a
///          user for ssh only, a password for none: it would stand in lists of processes
/// limits:  2,000 bytes
/// fails:   rejected (ValidationError)
Result<Remote> parse_remote(std::string_view uri);

/// Whether an address belongs to the internet at large: not to this machine, a private network, a
/// link, a tunnel into one of them, a test or a group.
/// takes:   an address as text; what is none is not public
/// source:  IANA special-purpose address registries; RFC 6890, RFC 4291, RFC 6052, RFC 3056
bool is_public_address(std::string_view address);

/// fails:   rejected unless every address is public, or it or the host is among `allowed`
Result<void> check_host(std::string_view host, std::span<const std::string> addresses,
                        std::span<const std::string> allowed);

}  // namespace parley::modules::vcs
