// SPDX-License-Identifier: Apache-2.0
#include "parley/net/socket_writer.hpp"

#include <charconv>

#include "parley/net/connection.hpp"
#include "parley/net/shard.hpp"

namespace parley::net {
namespace {

// Larger pieces are sent from where they are instead of being copied behind the head.
constexpr std::size_t copied_bytes_max = 16 * 1024;

void append_chunk_size(std::string& out, std::size_t bytes) {
  char digits[16];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, bytes, 16).ptr);
  out += "\r\n";
}

}  // namespace

void SocketWriter::Body::make_room(std::size_t) {
  if (!block.has_memory()) {
    block = writer_.connection_->shard().buffers.take();
    return clear();
  }
  writer_.spill();
  clear();
}

void SocketWriter::attach(Connection& connection) {
  connection_ = &connection;
  collected_.clear();
}

void SocketWriter::detach() {
  if (body_.block.has_memory()) connection_->shard().buffers.give(std::move(body_.block));
  if (collected_.capacity() > 2 * copied_bytes_max) std::string().swap(collected_);
  body_.open();
  connection_ = nullptr;
}

void SocketWriter::begin(const http::Request& request, bool keeps_alive) {
  is_head_request_ = request.method == "HEAD";
  request_minor_ = request.version_minor;
  keeps_alive_ = keeps_alive;
  is_streaming_ = false;
  status_ = 0;
  lines_.clear();
  body_.open();
  if (connection_->is_gone()) body_.shut();
}

void SocketWriter::start(int status, std::string_view content_type) {
  status_ = status;
  content_type_ = content_type;
}

void SocketWriter::header(std::string_view name, std::string_view value) {
  http::append_header(lines_, name, value);
}

void SocketWriter::append_head(http::BodyFraming framing, std::size_t body_bytes) {
  if (connection_->shard().is_closing()) keeps_alive_ = false;
  if (framing == http::BodyFraming::until_close) keeps_alive_ = false;
  http::append_head(collected_, {.status = status_,
                                 .request_minor = request_minor_,
                                 .content_type = content_type_,
                                 .lines = lines_,
                                 .date = connection_->shard().date(),
                                 .framing = framing,
                                 .body_bytes = body_bytes,
                                 .keeps_alive = keeps_alive_});
}

bool SocketWriter::send(std::string_view bytes) {
  bool is_sent = connection_->send_all(collected_, bytes);
  collected_.clear();
  if (!is_sent) body_.shut();
  return is_sent;
}

// The block is full: sends it. The first time this decides how the body is framed.
void SocketWriter::spill() {
  if (status_ == 0) start(500, "");
  bool is_first = !is_streaming_;
  is_streaming_ = true;
  if (!body_.is_open()) return;
  auto framing = request_minor_ == 0 ? http::BodyFraming::until_close : http::BodyFraming::chunked;
  if (http::has_no_body(status_)) framing = http::BodyFraming::none;
  if (is_first) append_head(framing, 0);
  if (is_head_request_ || framing == http::BodyFraming::none) return;
  if (framing == http::BodyFraming::until_close) return void(send(body_.bytes()));
  append_chunk_size(collected_, body_.bytes().size());
  send(body_.bytes());
  collected_ += "\r\n";
}

bool SocketWriter::finish() {
  if (status_ == 0) start(500, "");  // the handler did not answer
  std::string_view rest = body_.bytes();
  bool has_body = !is_head_request_ && !http::has_no_body(status_);
  if (!is_streaming_) {
    append_head(http::has_no_body(status_) ? http::BodyFraming::none : http::BodyFraming::length, rest.size());
  } else if (has_body && request_minor_ != 0) {
    if (!rest.empty()) append_chunk_size(collected_, rest.size());
  }
  if (has_body) {
    if (rest.size() <= copied_bytes_max) collected_ += rest;
    else send(rest);
    if (is_streaming_ && request_minor_ != 0) collected_ += rest.empty() ? "0\r\n\r\n" : "\r\n0\r\n\r\n";
  }
  if (collected_.size() > Buffer::usual_bytes) flush();
  return keeps_alive_ && body_.is_open();
}

bool SocketWriter::flush() { return collected_.empty() || send({}); }

bool SocketWriter::abandon() {
  if (is_streaming_) {
    connection_->reset();
    body_.shut();
    keeps_alive_ = false;
    return true;
  }
  status_ = 0;
  lines_.clear();
  body_.clear();
  return false;
}

}  // namespace parley::net
