// SPDX-License-Identifier: Apache-2.0
// Dispatcher: one request from its path to the last byte of its answer.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "parley/protocol/router.hpp"
#include "parley/server/calls.hpp"
#include "parley/server/pages.hpp"
#include "parley/server/proxies.hpp"

namespace parley::server {

/// Any thread; what it waits for suspends the task.
class Dispatcher {
 public:
  /// fails:   conflict when two protocols want one mount
  static Result<std::unique_ptr<Dispatcher>> make(const Parts& parts, const ProtocolSettings& settings, Pages pages);
  void answer(const http::Request& request, http::Writer& writer);
  /// For a request whose body was not read: `error` in the form of the protocol it was for.
  void refuse(const http::Request& request, const Error& error, http::Writer& writer);
  std::span<const std::unique_ptr<Protocol>> protocols() const { return protocols_; }

 private:
  class LentArena;
  explicit Dispatcher(const Parts& parts) : parts_(parts) {}
  void answer_directly(const http::Request& request, http::Writer& to);
  void answer_plain(const http::Request& request, http::Writer& to);
  std::string next_request_id();

  Parts parts_;
  std::vector<std::unique_ptr<Protocol>> protocols_;
  Router router_;
  Pages pages_;
  Proxies proxies_;
  std::string process_id_;
  std::atomic<std::uint64_t> requests_ = 0;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Arena>> arenas_;  // resting; at most arenas_max
};

}  // namespace parley::server
