// SPDX-License-Identifier: Apache-2.0
// One client: bytes in, requests to the handler in a task, answers out, time limits.
// Between requests it holds neither a stack nor a buffer.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "parley/http/parser.hpp"
#include "parley/net/buffer.hpp"
#include "parley/net/loop_core.hpp"
#include "parley/net/socket_writer.hpp"
#include "parley/net/tls.hpp"

namespace parley::net {

class Shard;
class Task;

/// Thread rule: its shard's thread. Owned by its shard, which it asks to remove it once it is
/// closed and no operation of its socket is under way.
class Connection {
 public:
  Connection(Shard& shard, int fd, std::string peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void begin();
  /// Applies the time limit that is running.
  void sweep();
  /// Closes if idle; else the answer under way is the last.
  void drain();
  /// Closes now; a running task is cancelled.
  void cut();

  // For SocketWriter, inside the task.
  /// Sends both, waiting while the client takes nothing. False: the client is gone.
  bool send_all(std::string_view first, std::string_view second);
  /// Ends the connection so that the client cannot take half an answer for a whole one.
  void reset();
  bool is_gone() const { return is_gone_; }
  Shard& shard() { return shard_; }

  std::size_t place = 0;  // index in the shard's list

 private:
  enum class Phase : std::uint8_t { idle, head, body, serving, writing, lingering, closed };

  void enter(Phase phase);
  void wait_readable();
  void readable();
  void client_moved();
  void take_input();
  void go_on(http::Parser::State state);
  void serve();
  void answer();
  void finish_serving(http::Parser::State state);
  void send_continue();
  void refuse(int status, const Error& error);
  void begin_serving();
  void serve_refusal(int status, const Error& error);
  void tell_refusal(char* head, int status, const Error& error);
  void append_refusal(std::string& out, int status, std::string_view message);
  void greet();
  void read_on();
  ssize_t receive(char* to, std::size_t bytes);
  ssize_t send_some(std::string_view first, std::string_view second);
  bool grow_input();
  void release_input();
  void drop_unsent();
  void linger();
  void close();
  void remove_later();
  void remove_if_over();

  Shard& shard_;
  Socket socket_;
  std::unique_ptr<TlsStream> tls_;        // null for plain HTTP
  http::Parser parser_;
  Buffer input_;
  std::size_t large_bytes_ = 0;           // of input_, counted in Shared
  std::unique_ptr<SocketWriter> writer_;  // while serving
  std::string peer_;
  Task* task_ = nullptr;                  // while serving
  std::int64_t deadline_ms_ = 0;
  int pending_ = 0;                       // operations of socket_ under way
  Phase phase_ = Phase::idle;
  std::size_t taken_bytes_ = 0;           // of an answer since its time limit was set
  bool is_reading_ = false;               // one of them waits for input
  bool is_reading_on_ = false;            // one of them reads what TLS has decrypted
  bool is_greeted_ = false;               // the TLS handshake is done
  bool is_gone_ = false;                  // nothing reaches the client any more
  bool is_last_ = false;                  // closes after the answer under way
  bool sent_continue_ = false;
};

}  // namespace parley::net
