// SPDX-License-Identifier: Apache-2.0
// One event loop; one thread runs it and owns everything on it. Asio stays behind `Core`.
#pragma once
#include <functional>
#include <memory>

namespace parley::net {

/// Thread rule: run by one thread; `post` and `stop` from any thread.
class Loop {
 public:
  struct Core;  // loop_core.hpp, for the sources of this folder

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Returns after `stop`.
  void run();
  void stop();
  /// Runs `job` on the loop's thread, in the order posted.
  void post(std::function<void()> job);
  Core& core() { return *core_; }

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace parley::net
