// SPDX-License-Identifier: Apache-2.0
// The HTTP server: a loop a thread, connections spread over them, a handler that answers.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/wait.hpp"
#include "parley/http/message.hpp"
#include "parley/net/tls.hpp"

namespace parley::net {

/// Answers one request; runs in a task and may wait through `this_waiter()`.
using Handler = std::function<void(const http::Request&, http::Writer&)>;
/// Answers a request whose head was read and whose body was not: it is too large, late, or one too
/// many. Its status is that of the error's row, or the error's own; the connection closes afterwards.
using Refuser = std::function<void(const http::Request&, const Error&, http::Writer&)>;

struct Options {
  std::string host = "127.0.0.1";  // a numeric address, or "localhost"
  std::uint16_t port = 0;          // 0 = any free one, see Server::port
  unsigned threads = 0;            // 0 = one a core
  Limits limits;
  Handler handler;                 // called on any of the threads
  Refuser refuser = {};            // likewise; empty = such requests get plain text
  std::shared_ptr<Certificates> certificates = {};  // shared with who reads them again; null = plain HTTP
  std::function<void(std::string_view)> on_log;  // rare events; any thread; may be empty
  std::int64_t sweep_ms = 250;     // how late a time limit may be noticed
  std::int64_t linger_ms = 1000;   // unread input is taken that long so that a last answer arrives
  std::size_t stack_bytes = 256 * 1024;
};

struct Stats {
  std::uint64_t connections = 0;  // open at this moment
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;      // over connections_max
  std::uint64_t handed_over = 0;  // to a less loaded loop
  std::uint64_t requests = 0;     // given to the handler
  std::uint64_t bad_requests = 0; // answered by the server itself
  std::uint64_t timeouts = 0;
  std::uint64_t large_bytes = 0;  // of bodies being received or served, beyond the usual buffers
  std::uint64_t overloads = 0;    // bodies refused because all together were too many bytes
  std::uint64_t gone_clients = 0; // while their request was running
};

/// limits:  connections_max and bodies_bytes_max (503 above), head_bytes_max, headers_max, body_bytes_max, idle_ms,
///          head_ms, body_ms (also: no byte of an answer taken for that long)
/// Thread rule: one thread; stats from any thread.
class Server {
 public:
  explicit Server(Options options);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and starts the threads.
  ///
  /// fails:   unavailable (the address is taken or not ours), invalid_argument (no address)
  Result<void> start();
  std::uint16_t port() const;
  void stop_accepting();
  /// Lets running requests end: idle connections close at once, busy ones after their answer.
  ///
  /// gives:   true when no connection was left at the deadline
  bool drain(Deadline deadline);
  /// Cuts what is left, cancels its tasks and waits for their end.
  void stop();
  Stats stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::net
