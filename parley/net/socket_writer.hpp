// SPDX-License-Identifier: Apache-2.0
// The http::Writer of a connection. A body of up to 64 KiB is sent with its length; a longer
// one is sent as it is written, in chunks (HTTP/1.1) or up to the close (HTTP/1.0).
#pragma once
#include <string>
#include <string_view>

#include "parley/http/message.hpp"
#include "parley/http/response_head.hpp"
#include "parley/net/buffer.hpp"

namespace parley::net {

class Connection;

/// Serves the requests of one run of a connection, one after the other; whole answers collect
/// in memory until `flush`, so that pipelined requests are answered by one write.
/// Thread rule: the connection's task.
class SocketWriter final : public http::Writer {
 public:
  /// Before the first request of a run.
  void attach(Connection& connection);
  void detach();
  /// Before the handler.
  void begin(const http::Request& request, bool keeps_alive);
  /// After it. False: the connection must close after what was sent.
  bool finish();
  bool flush();
  /// Whole answers that wait for `flush`.
  std::string& collected() { return collected_; }
  void client_gone() { body_.shut(); }

  void start(int status, std::string_view content_type) override;
  void header(std::string_view name, std::string_view value) override;
  Output& body() override { return body_; }
  bool abandon() override;

 private:
  class Body final : public Output {
   public:
    explicit Body(SocketWriter& writer) : writer_(writer) {}
    std::string_view bytes() const { return {block.data(), at_ == nullptr ? 0 : static_cast<std::size_t>(at_ - block.data())}; }
    void open() { is_open_ = true, clear(); }
    void shut() { is_open_ = false; }
    void clear() { at_ = block.data(), end_ = block.data() + block.capacity; }
    Buffer block;

   private:
    void make_room(std::size_t bytes) override;
    SocketWriter& writer_;
  };

  void spill();
  void append_head(http::BodyFraming framing, std::size_t body_bytes);
  bool send(std::string_view bytes);

  Connection* connection_ = nullptr;
  Body body_{*this};
  std::string collected_;
  std::string content_type_, lines_;
  int status_ = 0, request_minor_ = 1;
  bool is_head_request_ = false, keeps_alive_ = true;
  bool is_streaming_ = false;  // the head went out before the end of the body was known
};

}  // namespace parley::net
