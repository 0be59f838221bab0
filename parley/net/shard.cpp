// SPDX-License-Identifier: Apache-2.0
#include "parley/net/shard.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <ctime>

namespace parley::net {
namespace {

constexpr std::time_t certificates_seconds = 5;  // between two looks at their files

std::string address_text(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)) inet_ntop(AF_INET, six.sin6_addr.s6_addr + 12, text, sizeof text);
    else inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  }
  return text;
}

std::int64_t monotonic_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

Error cannot_listen(const std::string& host, std::uint16_t port, const error_code& why) {
  return Error(Code::unavailable, "cannot listen on " + host + " port " + std::to_string(port) + ": " + why.message());
}

}  // namespace

Shard::Shard(Shared& all)
    : shared(all),
      tasks(loop, all.options.stack_bytes),
      acceptor_(loop.core().io.get_executor()),
      timer_(loop.core().io.get_executor()) {
  sweep();
}

Shard::~Shard() = default;

Result<void> Shard::listen(std::uint16_t& port) {
  const std::string& host = shared.options.host;
  error_code failure;
  auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host.c_str(), failure);
  if (failure) return Error(Code::invalid_argument, "host " + host + ": not a numeric address");
  asio::ip::tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol(), failure);
  if (failure) return cannot_listen(host, port, failure);
  acceptor_.set_option(Acceptor::reuse_address(true), failure);
  int on = 1;
  int fd = acceptor_.native_handle();
  // One socket a shard on the same port: the kernel spreads the clients.
  if (shared.options.threads > 1) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  if (!failure) acceptor_.bind(endpoint, failure);
  if (!failure) acceptor_.listen(1024, failure);
  if (!failure) acceptor_.non_blocking(true, failure);
  if (!failure) port = acceptor_.local_endpoint(failure).port();
  if (failure) return cannot_listen(host, port, failure);
  return {};
}

void Shard::run() {
  // OpenSSL writes to sockets in a way that raises SIGPIPE when the client is gone; the error is
  // enough. The signal is sent to the thread that wrote, so it is blocked here and nowhere else.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  wait_for_client();
  wait_for_sweep();
  loop.run();
}

void Shard::wait_for_client() {
  acceptor_.async_wait(Acceptor::wait_read, [this](error_code failure) {
    if (!failure && acceptor_.is_open()) accept_all();
  });
}

void Shard::accept_all() {
  for (int turn = 0; turn < 64; ++turn) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    int fd = ::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      // Out of descriptors: trying again at once would only spin; the next sweep does.
      is_out_of_files_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (is_out_of_files_) return shared.log("no more files can be opened: clients wait");
      break;
    }
    counters.accepted.add();
    if (shared.connections.fetch_add(1) >= shared.options.limits.connections_max) refuse(fd);
    else place(fd, address_text(address));
  }
  wait_for_client();
}

// The kernel spreads by hash, badly when clients are few: a shard that has two more than the
// emptiest hands over.
void Shard::place(int fd, std::string peer) {
  Shard* emptiest = this;
  for (const auto& other : shared.shards)
    if (other->load.load(std::memory_order_relaxed) < emptiest->load.load(std::memory_order_relaxed)) emptiest = other.get();
  if (emptiest->load + 2 > load + 1) emptiest = this;
  emptiest->load.fetch_add(1);
  if (emptiest == this) return adopt(fd, std::move(peer));
  counters.handed_over.add();
  emptiest->loop.post([emptiest, fd, peer = std::move(peer)] { emptiest->adopt(fd, peer); });
}

void Shard::refuse(int fd) {
  std::string out;
  if (shared.options.certificates != nullptr) {  // a plain answer would be no TLS
    ::close(fd);
    counters.refused.add();
    shared.connections.fetch_sub(1);
    return;
  }
  std::string_view text = "connections: the server has as many as it may, try again soon\n";
  http::append_head(out, {.status = 503, .content_type = "text/plain; charset=utf-8", .lines = "Retry-After: 1\r\n",
                          .date = date_, .body_bytes = text.size(), .keeps_alive = false});
  out += text;
  char dropped[4096];
  (void)!::send(fd, out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(fd, SHUT_WR);
  (void)!::recv(fd, dropped, sizeof dropped, MSG_DONTWAIT);  // unread input would turn the close into a reset
  ::close(fd);
  counters.refused.add();
  shared.connections.fetch_sub(1);
}

void Shard::adopt(int fd, std::string peer) {
  connections_.push_back(std::make_unique<Connection>(*this, fd, std::move(peer)));
  Connection& connection = *connections_.back();
  connection.place = connections_.size() - 1;
  connection.begin();
  if (is_stopping_) connection.cut();
  else if (is_closing()) connection.drain();
}

void Shard::remove(Connection& connection) {
  std::size_t place = connection.place;
  std::swap(connections_[place], connections_.back());
  connections_[place]->place = place;
  connections_.pop_back();
  load.fetch_sub(1);
  if (shared.connections.fetch_sub(1) == 1 && shared.is_draining) {
    std::lock_guard lock(shared.mutex);
    shared.emptied.notify_all();
  }
  end_if_empty();
}

void Shard::wait_for_sweep() {
  timer_.expires_after(std::chrono::milliseconds(shared.options.sweep_ms));
  timer_.async_wait([this](error_code failure) {
    if (failure) return;
    sweep();
    wait_for_sweep();
  });
}

// The one timer of a loop: moves the coarse clock and applies every time limit.
void Shard::sweep() {
  now_ms_ = monotonic_ms();
  std::time_t seconds = std::time(nullptr);
  if (seconds != date_seconds_) {
    const bool is_first = !shared.shards.empty() && this == shared.shards.front().get();
    if (is_first && shared.options.certificates != nullptr && seconds % certificates_seconds == 0) refresh_certificates();
    date_seconds_ = seconds;
    date_ = http::http_date(seconds);
  }
  // Limits only close sockets; connections are removed later, by the operations this ends.
  for (const auto& connection : connections_) connection->sweep();
  if (is_out_of_files_ && acceptor_.is_open()) {
    is_out_of_files_ = false;
    wait_for_client();
  }
}

void Shard::refresh_certificates() {
  auto refreshed = shared.options.certificates->refresh();
  if (!refreshed) shared.log("certificates were not taken: " + refreshed.error().message + " " + refreshed.error().cause);
  else if (*refreshed) shared.log("new certificates were read");
}

void Shard::stop_accepting() {
  error_code ignored;
  acceptor_.close(ignored);
}

void Shard::drain() {
  stop_accepting();
  for (const auto& connection : connections_) connection->drain();
}

void Shard::stop() {
  is_stopping_ = true;
  stop_accepting();
  for (const auto& connection : connections_) connection->cut();
  tasks.cancel_all();
  end_if_empty();
}

void Shard::end_if_empty() {
  if (!is_stopping_ || load != 0) return;
  // A task that removes the last connection is itself still running for a moment.
  loop.post([this] {
    if (tasks.running() == 0) loop.stop();
    else end_if_empty();
  });
}

}  // namespace parley::net
