// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/router.hpp"

#include <algorithm>

#include "parley/http/uri.hpp"

namespace parley {
namespace {

/// "/a/b/" and "/a/b" are one path; "" and "/" too.
std::string_view without_trailing_slash(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path.empty() ? "/" : path;
}

bool serves(const Mount& mount, std::string_view verb) {
  if (mount.methods.empty()) return true;
  if (verb == "HEAD") verb = "GET";
  return std::find(mount.methods.begin(), mount.methods.end(), verb) != mount.methods.end();
}

/// A verb both mounts serve, or "".
std::string_view shared_verb(const Mount& a, const Mount& b) {
  if (a.methods.empty()) return b.methods.empty() ? "every verb" : std::string_view(b.methods.front());
  for (const auto& verb : a.methods)
    if (serves(b, verb)) return verb;
  return {};
}

void add_verb(std::string& allow, std::string_view verb) {
  if (!allow.empty()) allow += ", ";
  allow += verb;
  if (verb == "GET") allow += ", HEAD";
}

}  // namespace

Result<Router> Router::build(std::span<const std::unique_ptr<Protocol>> protocols) {
  Router router;
  for (const auto& protocol : protocols) {
    for (const Mount& mount : protocol->mounts()) {
      Places& places = mount.match == Mount::Match::exact ? router.exact_ : router.prefixes_;
      auto& here = places[std::string(without_trailing_slash(mount.path))];
      for (const Place& other : here) {
        std::string_view verb = shared_verb(*other.mount, mount);
        if (verb.empty()) continue;
        return Error(Code::conflict,
                     "mount " + mount.path + ": " + std::string(other.protocol->name()) + " and " +
                         std::string(protocol->name()) + " both serve " + std::string(verb));
      }
      here.push_back({protocol.get(), &mount});
    }
  }
  return router;
}

const std::vector<Router::Place>* Router::places_of(std::string_view path) const {
  if (auto found = exact_.find(path); found != exact_.end()) return &found->second;
  // Each turn cuts one segment, so the longest prefix is met first.
  for (std::string_view prefix = path;;) {
    if (auto found = prefixes_.find(prefix); found != prefixes_.end()) return &found->second;
    if (prefix.size() <= 1) return nullptr;
    std::size_t slash = prefix.rfind('/');
    if (slash == prefix.npos) return nullptr;
    prefix = slash == 0 ? std::string_view("/") : prefix.substr(0, slash);
  }
}

Result<Route> Router::find(std::string_view path, std::string_view method) const {
  auto read = http::percent_decode(path);
  // A path that cannot be decoded, and the server as a whole, are of whoever serves every path.
  const bool is_place = read && path != "*";
  std::string decoded = is_place ? std::move(*read) : std::string(path);
  decoded.resize(decoded.empty() ? 0 : without_trailing_slash(decoded).size());
  if (decoded.empty()) decoded = "/";

  const auto everywhere = prefixes_.find("/");
  const std::vector<Place>* here = is_place                        ? places_of(decoded)
                                   : everywhere != prefixes_.end() ? &everywhere->second
                                                                   : nullptr;
  if (here == nullptr && !read) return std::move(read).error();
  if (here == nullptr)
    return Error(Code::not_found, "path " + decoded + ": nothing is served here", {}, "NotFound");
  std::string allow;
  for (const Place& place : *here) {
    if (serves(*place.mount, method))
      return Route{place.protocol, place.mount, std::move(decoded), {}};
    for (const auto& verb : place.mount->methods) add_verb(allow, verb);
  }
  return Route{here->front().protocol, here->front().mount, std::move(decoded), std::move(allow)};
}

}  // namespace parley
