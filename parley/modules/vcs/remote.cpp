// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/vcs/remote.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace parley::modules::vcs {
namespace {

constexpr std::size_t uri_bytes_max = 2000, host_bytes_max = 253;
constexpr std::array<std::string_view, 4> schemes{"http", "https", "ssh", "git"};

Error refuse(std::string why) {
  return Error(Code::rejected, "remote: " + std::move(why), "vcs.repository.clone_uri", "ValidationError");
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_of_uri(char c) { return c > 0x20 && c < 0x7f && std::string_view("\"'`\\<>{}|^?#").find(c) == std::string_view::npos; }

/// Begins with a letter or digit, so that no program takes it for an option.
bool is_name(std::string_view text, std::string_view more) {
  return !text.empty() && is_letter_or_digit(text.front()) && std::ranges::all_of(text, [more](char c) {
    return is_letter_or_digit(c) || more.find(c) != std::string_view::npos;
  });
}

bool is_ipv6(std::string_view text) {
  in6_addr address;
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}
bool is_ipv4(std::string_view text) {
  in_addr address;
  return inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

Result<void> set_port(Remote& remote, std::string_view text) {
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), remote.port);
  if (failed != std::errc{} || end != text.data() + text.size() || remote.port == 0)
    return refuse("the port must be 1 to 65535");
  return {};
}

/// "host", "host:port", "[address]", "[address]:port"
Result<void> set_host(Remote& remote, std::string_view text) {
  std::size_t end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (text.starts_with('[')) {
    if (end == text.npos || !is_ipv6(text.substr(1, end - 1))) return refuse("what is in brackets is no IPv6 address");
    remote.host = text.substr(1, end - 1);
    ++end;
  } else {
    remote.host = text.substr(0, end);
    if (!is_name(remote.host, "-.") || remote.host.size() > host_bytes_max) return refuse("there is no host of that name");
  }
  std::string_view rest = text.substr(std::min(end, text.size()));
  if (rest.empty()) return {};
  if (rest.front() != ':') return refuse("what is behind the host is no port");
  return set_port(remote, rest.substr(1));
}

using Octets = std::array<std::uint8_t, 16>;

/// The first `bits` of both are equal.
bool is_within(const std::uint8_t* address, std::initializer_list<std::uint8_t> prefix, unsigned bits) {
  const std::uint8_t* wanted = prefix.begin();
  for (; bits >= 8; bits -= 8)
    if (*address++ != *wanted++) return false;
  return bits == 0 || ((*address ^ *wanted) >> (8 - bits)) == 0;
}

bool is_public_v4(const std::uint8_t* a) {
  return !(is_within(a, {0}, 8) || is_within(a, {10}, 8) || is_within(a, {100, 64}, 10) || is_within(a, {127}, 8) ||
           is_within(a, {169, 254}, 16) || is_within(a, {172, 16}, 12) || is_within(a, {192, 0, 0}, 24) ||
           is_within(a, {192, 0, 2}, 24) || is_within(a, {192, 88, 99}, 24) || is_within(a, {192, 168}, 16) ||
           is_within(a, {198, 18}, 15) || is_within(a, {198, 51, 100}, 24) || is_within(a, {203, 0, 113}, 24) ||
           is_within(a, {224}, 3));
}

bool is_public_v6(const std::uint8_t* a) {
  if (is_within(a, {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}, 96)) return is_public_v4(a + 12);  // NAT64
  if (is_within(a, {0x20, 0x02}, 16)) return is_public_v4(a + 2);                                       // 6to4
  if (is_within(a, {0x20, 0x01, 0x00}, 23) || is_within(a, {0x20, 0x01, 0x0d, 0xb8}, 32) ||
      is_within(a, {0x3f, 0xff, 0x00}, 20))
    return false;
  return is_within(a, {0x20}, 3);  // everything else outside 2000::/3 is local, mapped, a group or unassigned
}

}  // namespace

bool Remote::has_address() const { return is_ipv4(host) || is_ipv6(host); }

std::string Remote::to_text(std::string_view other_host) const {
  const bool needs_brackets = other_host.find(':') != other_host.npos;
  std::string text = scheme + "://" + (user.empty() ? "" : user + "@");
  text += needs_brackets ? "[" + std::string(other_host) + "]" : std::string(other_host);
  if (port != 0) text += ":" + std::to_string(port);
  return text + path;
}

Result<Remote> parse_remote(std::string_view uri) {
  if (uri.size() > uri_bytes_max) return refuse("more than 2000 bytes");
  if (!std::ranges::all_of(uri, is_of_uri)) return refuse("it has a character that addresses may not have");
  Remote remote;
  std::size_t colon = uri.find("://");
  remote.scheme = uri.substr(0, colon);
  if (colon == uri.npos || std::ranges::find(schemes, remote.scheme) == schemes.end())
    return refuse("it must begin with http://, https://, ssh:// or git://");
  uri.remove_prefix(colon + 3);
  std::size_t slash = uri.find('/');
  if (slash == uri.npos) return refuse("there is no path behind the host");
  remote.path = uri.substr(slash);
  std::string_view authority = uri.substr(0, slash);
  if (std::size_t at = authority.find('@'); at != authority.npos) {
    remote.user = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    if (remote.scheme != "ssh" || !is_name(remote.user, "-._"))
      return refuse("only ssh takes a user, and no address a password");
  }
  PARLEY_CHECK(set_host(remote, authority));
  return remote;
}

bool is_public_address(std::string_view text) {
  Octets octets{};
  const std::string address(text);
  if (inet_pton(AF_INET, address.c_str(), octets.data()) == 1) return is_public_v4(octets.data());
  if (inet_pton(AF_INET6, address.c_str(), octets.data()) == 1) return is_public_v6(octets.data());
  return false;
}

Result<void> check_host(std::string_view host, std::span<const std::string> addresses,
                        std::span<const std::string> allowed) {
  auto is_allowed = [allowed](std::string_view one) { return std::ranges::find(allowed, one) != allowed.end(); };
  if (is_allowed(host)) return {};
  for (const std::string& address : addresses)
    if (!is_allowed(address) && !is_public_address(address))
      return Error(Code::rejected, "host " + std::string(host) + " has the address " + address +
                                       ", which is not public; --vcs-private-hosts may allow it");
  if (addresses.empty()) return Error(Code::rejected, "host " + std::string(host) + " has no address");
  return {};
}

}  // namespace parley::modules::vcs
