// SPDX-License-Identifier: Apache-2.0
#include "parley/net/connection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <utility>

#include "parley/net/shard.hpp"

namespace parley::net {
namespace {

constexpr std::size_t read_bytes_min = 4096;
constexpr std::size_t taken_bytes_min = 16 * 1024;  // of an answer, within body_ms

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

Connection::Connection(Shard& shard, int fd, std::string peer)
    : shard_(shard), socket_(shard.loop.core().io.get_executor()), parser_(shard.shared.options.limits), peer_(std::move(peer)) {
  error_code failure;
  // The family only matters to Asio when it creates sockets.
  socket_.assign(asio::ip::tcp::v4(), fd, failure);
  if (failure) {
    ::close(fd);
    is_gone_ = true;
  }
  if (shard_.shared.options.certificates != nullptr)
    tls_ = std::make_unique<TlsStream>(shard_.shared.options.certificates->current(), fd);
}

Connection::~Connection() { shard_.shared.large_bytes.fetch_sub(large_bytes_); }

void Connection::begin() {
  if (is_gone_) return close();
  enter(Phase::idle);
  wait_readable();
}

void Connection::enter(Phase phase) {
  const Limits& limits = shard_.shared.options.limits;
  if (phase == phase_ && phase != Phase::idle && phase != Phase::writing) return;  // its limit goes on
  phase_ = phase;
  std::int64_t time_ms = 0;
  switch (phase) {
    case Phase::idle: time_ms = limits.idle_ms; break;
    case Phase::head: time_ms = limits.head_ms; break;
    case Phase::body:
    case Phase::writing: time_ms = limits.body_ms; break;
    case Phase::lingering: time_ms = shard_.shared.options.linger_ms; break;
    case Phase::serving:
    case Phase::closed: break;  // the handler has its own limits
  }
  deadline_ms_ = shard_.now_ms() + time_ms;
}

void Connection::sweep() {
  if (phase_ == Phase::serving || phase_ == Phase::closed || shard_.now_ms() <= deadline_ms_) return;
  const Limits& limits = shard_.shared.options.limits;
  auto late = [&](const char* what, std::int64_t limit_ms) {
    shard_.counters.timeouts.add();
    refuse(408, Error(Code::timeout, std::string(what) + ": not complete after " + std::to_string(limit_ms) + " ms"));
  };
  switch (phase_) {
    case Phase::head: return late("request head", limits.head_ms);
    case Phase::body: return late("request body", limits.body_ms);
    case Phase::writing:
      shard_.counters.timeouts.add();
      drop_unsent();
      return cut();
    case Phase::idle:
    case Phase::lingering: return close();
    case Phase::serving:
    case Phase::closed: return;
  }
}

void Connection::drain() {
  if (phase_ == Phase::idle) close();
}

void Connection::cut() {
  is_gone_ = true;
  if (task_ != nullptr) task_->cancel();
  if (writer_ != nullptr) writer_->client_gone();
  close();
}

// Closing then resets the connection: half an answer does not look whole, and what the client has
// not taken leaves the kernel.
void Connection::drop_unsent() {
  ::linger now{1, 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Connection::reset() {
  drop_unsent();
  is_gone_ = true;
  close();
}

void Connection::wait_readable() {
  if (tls_ && task_ == nullptr && tls_->has_pending()) read_on();
  if (is_reading_) return;
  is_reading_ = true;
  ++pending_;
  socket_.async_wait(Socket::wait_read, [this](error_code) {
    --pending_;
    is_reading_ = false;
    readable();
  });
}

// What is decrypted already makes no socket readable.
void Connection::read_on() {
  if (is_reading_on_) return;
  is_reading_on_ = true;
  ++pending_;
  asio::post(shard_.loop.core().io, [this] {
    --pending_;
    is_reading_on_ = false;
    readable();
  });
}

void Connection::readable() {
  if (!socket_.is_open()) return remove_if_over();
  if (task_ != nullptr) return client_moved();
  take_input();
}

// Input while a request runs: its end cancels the request, more of it stays in the kernel.
void Connection::client_moved() {
  char byte;
  ssize_t n = tls_ ? tls_->peek() : ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (n > 0) return;
  if (n < 0 && would_block(errno)) return wait_readable();  // a message of TLS itself
  shard_.counters.gone_clients.add();
  cut();
}

void Connection::take_input() {
  if (!input_.has_memory()) input_ = shard_.buffers.take();
  if (phase_ == Phase::lingering) input_.size = 0;
  if (input_.room() < read_bytes_min && !grow_input()) {
    shard_.counters.overloads.add();
    return refuse(503, Error(Code::overloaded, "request body: the server has as many bytes of bodies as it may, try again soon"));
  }
  ssize_t n = receive(input_.end(), input_.room());
  if (n < 0 && would_block(errno)) {
    if (tls_ && !is_greeted_) greet();
    if (input_.size == 0) release_input();
    return wait_readable();
  }
  if (n <= 0) return close();
  is_greeted_ = true;
  if (phase_ == Phase::lingering) return wait_readable();
  input_.size += static_cast<std::size_t>(n);
  go_on(parser_.parse(input_.data(), input_.size));
}

// Greeting each other over TLS has the time of a head; after it the first request has its own.
void Connection::greet() {
  is_greeted_ = tls_->is_established();
  if (is_greeted_) enter(Phase::idle);
  else if (phase_ == Phase::idle) enter(Phase::head);
}

ssize_t Connection::receive(char* to, std::size_t bytes) {
  if (tls_) return tls_->receive(to, bytes);
  return ::recv(socket_.native_handle(), to, bytes, MSG_DONTWAIT);
}

ssize_t Connection::send_some(std::string_view first, std::string_view second) {
  if (tls_) return tls_->send(first.empty() ? second : first);
  if (second.empty()) return ::send(socket_.native_handle(), first.data(), first.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  iovec parts[2] = {{const_cast<char*>(first.data()), first.size()}, {const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  return ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// On the loop's own stack: starts a task once a request is whole.
void Connection::go_on(http::Parser::State state) {
  if (state == http::Parser::State::complete) {
    enter(Phase::serving);
    shard_.tasks.spawn([this] { serve(); });
    // It did not end at once: from here on a client that leaves must be noticed.
    if (task_ != nullptr && !is_gone_) wait_readable();
    return;
  }
  if (state == http::Parser::State::failed) return refuse(parser_.status(), parser_.error());
  input_.size = parser_.kept();
  if (parser_.wants_continue()) send_continue();
  if (is_gone_) return;
  if (input_.size == 0) release_input();
  enter(parser_.has_head() ? Phase::body : input_.has_memory() ? Phase::head : Phase::idle);
  wait_readable();
}

void Connection::begin_serving() {
  task_ = Tasks::current();
  if (shard_.idle_writers.empty()) {
    writer_ = std::make_unique<SocketWriter>();
  } else {
    writer_ = std::move(shard_.idle_writers.back());
    shard_.idle_writers.pop_back();
  }
  writer_->attach(*this);
}

// The whole life of a task: answers every request that is in the buffer, then sends.
void Connection::serve() {
  begin_serving();
  std::size_t at = 0;
  auto state = http::Parser::State::complete;
  while (state == http::Parser::State::complete) {
    answer();
    at += parser_.consumed();
    parser_.reset();
    sent_continue_ = false;
    state = http::Parser::State::need_more;
    if (is_last_ || is_gone_ || at == input_.size) break;
    state = parser_.parse(input_.data() + at, input_.size - at);
  }
  if (state == http::Parser::State::failed && !is_gone_) {
    shard_.counters.bad_requests.add();
    tell_refusal(input_.data() + at, parser_.status(), parser_.error());
    is_last_ = true;
  }
  if (!is_gone_) writer_->flush();
  std::size_t kept = at == input_.size ? 0 : parser_.kept();
  if (kept != 0) std::memmove(input_.data(), input_.data() + at, kept);
  input_.size = kept;
  finish_serving(state);
}

void Connection::answer() {
  http::Request& request = parser_.request();
  request.peer = peer_;
  request.is_secure = tls_ != nullptr;
  shard_.counters.requests.add();
  writer_->begin(request, parser_.keeps_alive());
  // A handler's bug ends one answer, not the process with everybody else's.
  try {
    shard_.shared.options.handler(request, *writer_);
  } catch (const std::exception& bug) {
    shard_.shared.log(std::string("handler threw: ") + bug.what());
    if (writer_->abandon()) return;
    writer_->start(500, "");
  }
  if (!writer_->finish()) is_last_ = true;
}

// Still on the task's stack, which ends right after.
void Connection::finish_serving(http::Parser::State state) {
  writer_->detach();
  shard_.idle_writers.push_back(std::move(writer_));
  task_ = nullptr;
  if (is_gone_) {
    close();
    return remove_later();
  }
  if (is_last_ || state == http::Parser::State::failed || (shard_.is_closing() && input_.size == 0)) return linger();
  phase_ = Phase::serving;  // the time limit of what comes next starts afresh
  if (parser_.wants_continue()) send_continue();
  if (is_gone_) return;
  if (input_.size == 0) release_input();
  enter(parser_.has_head() ? Phase::body : input_.has_memory() ? Phase::head : Phase::idle);
  wait_readable();
}

void Connection::send_continue() {
  static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
  if (sent_continue_) return;
  sent_continue_ = true;
  // Clients send the body anyway after a while: a full socket needs no second try.
  // Half a line, or one that TLS still keeps, would stand in front of the answer.
  ssize_t n = send_some(line, {});
  const bool is_kept = n < 0 && tls_ != nullptr;
  if (is_kept || (n >= 0 && static_cast<std::size_t>(n) < line.size())) cut();
}

void Connection::append_refusal(std::string& out, int status, std::string_view message) {
  http::append_head(out, {.status = status,
                          .content_type = "text/plain; charset=utf-8",
                          .lines = status == 503 ? "Retry-After: 1\r\n" : "",
                          .date = shard_.date(),
                          .body_bytes = message.size() + 1,
                          .keeps_alive = false});
  out += message;
  out += '\n';
}

void Connection::refuse(int status, const Error& error) {
  shard_.counters.bad_requests.add();
  if (parser_.has_good_head() && shard_.shared.options.refuser) {
    enter(Phase::serving);
    shard_.tasks.spawn([this, status, error] { serve_refusal(status, error); });
    if (task_ != nullptr && !is_gone_) wait_readable();
    return;
  }
  std::string out;
  append_refusal(out, status, error.message);
  (void)!send_some(out, {});
  linger();
}

// The whole life of a task that only says no.
void Connection::serve_refusal(int status, const Error& error) {
  begin_serving();
  tell_refusal(input_.data(), status, error);
  if (!is_gone_) writer_->flush();
  is_last_ = true;
  finish_serving(http::Parser::State::failed);
}

// In the words of whom the request was for, where its head says so.
void Connection::tell_refusal(char* head, int status, const Error& error) {
  const Refuser& refuser = shard_.shared.options.refuser;
  if (!parser_.has_good_head() || !refuser) return append_refusal(writer_->collected(), status, error.message);
  http::Request& request = parser_.request_so_far(head);
  request.peer = peer_;
  request.is_secure = tls_ != nullptr;
  writer_->begin(request, false);
  Error told = error;
  if (row(told.code).http_status != status) told.status = status;
  try {
    refuser(request, told, *writer_);
  } catch (const std::exception& bug) {
    shard_.shared.log(std::string("refuser threw: ") + bug.what());
    if (writer_->abandon()) return;
    writer_->start(status, "");
  }
  writer_->finish();
}

// Closing with unread input resets the connection, and the client may lose the last answer:
// says that nothing follows, then drops input until the client closes or a time limit passes.
void Connection::linger() {
  if (tls_) tls_->end();
  ::shutdown(socket_.native_handle(), SHUT_WR);
  release_input();
  enter(Phase::lingering);
  wait_readable();
}

bool Connection::send_all(std::string_view first, std::string_view second) {
  while (!is_gone_) {
    ssize_t n = send_some(first, second);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && !would_block(errno)) {
      cut();
      break;
    }
    auto sent = static_cast<std::size_t>(std::max<ssize_t>(n, 0));
    std::size_t of_first = std::min(sent, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(sent - of_first);
    if (first.empty() && second.empty()) {
      if (phase_ == Phase::writing) phase_ = Phase::serving;
      return true;
    }
    // Taking a little now and then is not enough: each time limit must see a least amount go.
    taken_bytes_ += sent;
    if (taken_bytes_ >= taken_bytes_min || phase_ != Phase::writing) {
      enter(Phase::writing);
      taken_bytes_ = 0;
    }
    if (task_->held_until() != no_deadline) {
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(task_->held_until() - std::chrono::steady_clock::now());
      deadline_ms_ = std::min(deadline_ms_, shard_.now_ms() + left.count());
    }
    std::uint64_t number = task_->begin_wait();
    ++pending_;
    socket_.async_wait(Socket::wait_write, [this, number, task = task_](error_code) {
      --pending_;
      task->end_wait(number, Waited::done);
    });
    task_->wait();
  }
  return false;
}

// All large bodies share one budget, so that many of them at once are refused before memory ends.
bool Connection::grow_input() {
  std::size_t more = input_.capacity;
  auto& shared = shard_.shared;
  if (shared.large_bytes.fetch_add(more) + more > shared.options.limits.bodies_bytes_max) {
    shared.large_bytes.fetch_sub(more);
    return false;
  }
  large_bytes_ += more;
  input_.grow(input_.capacity * 2);
  return true;
}

void Connection::release_input() {
  shard_.shared.large_bytes.fetch_sub(std::exchange(large_bytes_, 0));
  if (input_.has_memory()) shard_.buffers.give(std::move(input_));
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  is_gone_ = true;
  error_code ignored;
  socket_.close(ignored);  // ends what waits on it; the last of those removes the connection
  remove_later();
}

// Never in place: callers further out still use the connection.
void Connection::remove_later() {
  ++pending_;
  asio::post(shard_.loop.core().io, [this] {
    --pending_;
    remove_if_over();
  });
}

void Connection::remove_if_over() {
  if (phase_ == Phase::closed && pending_ == 0 && task_ == nullptr) shard_.remove(*this);
}

}  // namespace parley::net
