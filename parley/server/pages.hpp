// SPDX-License-Identifier: Apache-2.0
// The few pages that belong to no protocol: what is served, whether it is well, what is not here.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::server {

/// What the first page says besides the protocols.
struct Facts {
  std::string version;
  std::string about;  // Markdown, by the author of the service
  std::vector<std::string> databases;
  bool has_default_password = false;
};

class Pages {
 public:
  /// Below it are the files of web/explorer; "/" is its index.html with the facts of this server.
  static constexpr std::string_view explorer_path = "/_explorer/";
  Pages() = default;
  explicit Pages(std::function<Facts()> facts) : facts_(std::move(facts)) {}
  /// Whether `path` is a page: those come before what protocols serve as a prefix.
  static bool has(std::string_view path) {
    return path == "/" || path == "/healthz" || path.starts_with(explorer_path);
  }
  /// A page, or 404 with `error` for a path that nobody serves.
  void answer(const http::Request& request, const Error& error, std::span<const std::unique_ptr<Protocol>> protocols,
              http::Writer& writer) const;
  void refuse_verb(std::string_view allow, http::Writer& writer) const;

 private:
  std::function<Facts()> facts_;
};

}  // namespace parley::server
