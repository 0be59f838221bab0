// SPDX-License-Identifier: Apache-2.0
// Which paths this server answers, and as what: documents tell of nothing else.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/protocol/protocol.hpp"
#include "parley/protocol/router.hpp"

namespace parley::documents {

class Paths {
 public:
  /// The protocols of the list, with the settings that were given.
  /// fails:   conflict when two want one mount
  static Result<Paths> of(const Served& served);

  /// The mount of `protocol` that serves a path, or null.
  const Mount* find(std::string_view protocol, std::string_view path, std::string_view verb) const;
  /// Where a protocol's only prefix mount is, without a slash at its end; null = it is not served.
  const std::string* prefix_of(std::string_view protocol) const;

 private:
  std::vector<std::unique_ptr<Protocol>> protocols_;
  Router router_;
  std::map<std::string, std::string, std::less<>> prefixes_;  // name of a protocol -> its mount
};

}  // namespace parley::documents
