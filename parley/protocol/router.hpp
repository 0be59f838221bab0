// SPDX-License-Identifier: Apache-2.0
// Router: which protocol answers a path. Exact mounts beat longer prefixes beat "/".
// Immutable after build; any thread may ask.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/protocol/protocol.hpp"
#include "parley/registry/registry.hpp"

namespace parley {

/// Where a request goes.
struct Route {
  const Protocol* protocol;  // borrowed from the list the router was built from
  const Mount* mount;        // likewise
  std::string path;          // percent-decoded, without a trailing slash
  /// Empty when the verb is served. Else the path is known but not with this verb: answer
  /// 405 with this text as the Allow header.
  std::string allow;
};

class Router {
 public:
  /// `protocols` must outlive the router.
  ///
  /// fails:   conflict: two mounts of the same path and match share a verb; names both protocols
  static Result<Router> build(std::span<const std::unique_ptr<Protocol>> protocols);

  /// takes:   the path of a request as sent, without the query; HEAD counts as GET
  /// fails:   malformed (a broken percent escape), not_found
  Result<Route> find(std::string_view path, std::string_view method) const;

 private:
  struct Place {
    const Protocol* protocol;
    const Mount* mount;
  };
  using Places = TextMap<std::vector<Place>>;  // path -> its mounts

  const std::vector<Place>* places_of(std::string_view path) const;

  Places exact_, prefixes_;
};

}  // namespace parley
