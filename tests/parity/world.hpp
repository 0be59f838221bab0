// SPDX-License-Identifier: Apache-2.0
// The service under test, served in process, and the protocols it is called by.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/protocol/protocol.hpp"
#include "parley/server/app_for_test.hpp"

namespace parley::parity {

/// Limits small enough to be reached by a test.
inline constexpr std::size_t calls_max = 20, depth_max = 30;

/// One App with echoes of every type and functions that fail; user joe (password joe-secret) is no
/// administrator. One thread.
class World {
 public:
  World();

  /// The protocols that have a client half, and path RPC's in its other notation. (REST's XML has no
  /// types to compare: what its half hears are texts.)
  struct Spoken {
    std::string name;
    const Asking* asking;
  };
  const std::vector<Spoken>& spoken() const { return spoken_; }
  /// A function of the service; asserts that there is one.
  const Method& method(std::string_view name) const;
  const std::map<std::string, Method, std::less<>>& methods() const { return methods_; }

  http::Response send(const Asked& asked);
  /// ask, send and hear. fails: as Asking::ask and Asking::hear
  Result<std::vector<Outcome>> call(const Asking& asking, std::span<const Call> calls, Arena& arena);

 private:
  template <class F, class... Options>
  Exposed expose(std::string_view name, F fn, Options... options);
  template <class T>
  void expose_echo(std::string_view name);
  void expose_echoes();
  void expose_others();
  void add_joe();

  App app_{"parity"};
  std::map<std::string, Method, std::less<>> methods_;
  std::unique_ptr<server::testing::TestServer> server_;
  std::vector<std::unique_ptr<Protocol>> protocols_;
  std::unique_ptr<Asking> bson_;
  std::vector<Spoken> spoken_;
};

/// One world for all cases, which leave it as they found it.
World& world();

}  // namespace parley::parity
