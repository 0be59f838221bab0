// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/credentials.hpp"

#include "parley/core/base64.hpp"

namespace parley {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// "http://host:port" of a URL, without its path.
std::string_view origin_of(std::string_view url) {
  std::size_t scheme = url.find("://");
  if (scheme == url.npos) return url;
  return url.substr(0, url.find('/', scheme + 3));
}

bool is_own(std::string_view origin, const http::Request& request) {
  std::string_view host = request.header("Host");
  std::size_t scheme = origin.find("://");
  return scheme != origin.npos && !host.empty() && http::same_letters(origin.substr(scheme + 3), host);
}

}  // namespace

bool is_cross_origin(const http::Request& request) {
  if (std::string_view site = request.header("Sec-Fetch-Site"); !site.empty())
    return site != "same-origin" && site != "none";
  if (request.has_header("Origin")) return !is_own(request.header("Origin"), request);
  if (request.has_header("Referer")) return !is_own(origin_of(request.header("Referer")), request);
  // A page can keep its name to itself, and to a host it does not trust (plain HTTP) a browser then says nothing.
  return request.header("User-Agent").starts_with("Mozilla/") && request.has_header("Accept-Language");
}

Result<Credentials> header_credentials(const http::Request& request, Arena& arena) {
  if (!request.has_header("Authorization")) return Credentials{};
  std::string_view value = request.header("Authorization");
  std::string_view scheme = value.substr(0, value.find(' '));
  std::string_view rest = trim(value.substr(scheme.size()));
  if (http::same_letters(scheme, "Bearer") && !rest.empty())
    return Credentials{.kind = Credentials::Kind::key, .secret = rest};
  if (!http::same_letters(scheme, "Basic"))
    return Error(Code::unauthenticated, "authorization: expected Basic or Bearer credentials",
                 "Authorization");
  if (is_cross_origin(request)) return Credentials{};
  auto decoded = from_base64(rest);
  std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos)
    return Error(Code::unauthenticated, "authorization: Basic needs the base64 of login:password",
                 "Authorization");
  std::string_view pair = arena.copy(*decoded);
  return Credentials{.kind = Credentials::Kind::login,
                     .login = pair.substr(0, colon),
                     .secret = pair.substr(colon + 1)};
}

std::string_view header_database(const http::Request& request) {
  return request.header("X-Odoo-Database");
}

std::string_view cookie(const http::Request& request, std::string_view name) {
  for (const auto& header : request.headers) {
    if (!http::same_letters(header.name, "Cookie")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      std::string_view pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      pair = trim(pair);
      std::size_t equals = pair.find('=');
      if (equals == pair.npos || pair.substr(0, equals) != name) continue;
      std::string_view value = pair.substr(equals + 1);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
      return value;
    }
  }
  return {};
}

}  // namespace parley
