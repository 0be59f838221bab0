// SPDX-License-Identifier: Apache-2.0
// What the demo's module vcs starts with: two users with API keys, a users group, two repositories,
// and a remote that one of them can be pulled from.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "parley/parley.hpp"

namespace demo {

/// A Mercurial repository with one change, served on this machine by `hg serve` as long as this lives.
/// Where hg is not installed there is none, and pulling from it fails.
class HgRemote {
 public:
  HgRemote() = default;
  HgRemote(const HgRemote&) = delete;
  HgRemote& operator=(const HgRemote&) = delete;
  ~HgRemote();
  /// Begins to make it in `folder`, which is made too. Call it before any thread is.
  void start(const std::string& folder);
  /// Waits until it can be pulled from; says on standard error when it cannot.
  void wait() const;
  std::string url() const;  // "" when there is none

 private:
  pid_t process_ = 0;
  std::uint16_t port_ = 0;
};

/// Adds the records to every database that has the module.
void add_repositories(parley::App& app, const HgRemote& remote);

}  // namespace demo
