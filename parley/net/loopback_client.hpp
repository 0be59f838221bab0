// SPDX-License-Identifier: Apache-2.0
// A blocking client for the tests of this folder: sends bytes as they are, reads answers apart.
#pragma once
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace parley::net {

class LoopbackClient {
 public:
  struct Answer {
    int status = 0;  // 0: the connection ended before a whole answer
    std::string head, body;
    bool is_whole = false;
  };

  explicit LoopbackClient(std::uint16_t port, int receive_bytes = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_bytes != 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~LoopbackClient() { close(); }
  LoopbackClient(const LoopbackClient&) = delete;
  LoopbackClient& operator=(const LoopbackClient&) = delete;

  bool is_connected() const { return is_connected_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }

  /// One answer; a 100 counts as one.
  Answer read(bool to_head = false) {
    Answer answer;
    std::size_t end = 0;
    while ((end = bytes_.find("\r\n\r\n")) == std::string::npos)
      if (!fill()) return answer;
    answer.head = bytes_.substr(0, end + 4);
    bytes_.erase(0, end + 4);
    answer.status = std::atoi(answer.head.c_str() + 9);
    if (to_head || answer.status < 200 || answer.status == 204) answer.is_whole = true;
    else if (answer.head.find("Transfer-Encoding: chunked") != std::string::npos) answer.is_whole = read_chunks(answer.body);
    else if (std::size_t at = answer.head.find("Content-Length: "); at != std::string::npos)
      answer.is_whole = take(std::strtoul(answer.head.c_str() + at + 16, nullptr, 10), answer.body);
    else answer.body = read_to_end(), answer.is_whole = true;
    return answer;
  }
  /// Everything up to the end of the connection.
  std::string read_to_end() {
    while (fill()) continue;
    return std::move(bytes_);
  }
  /// A few bytes of whatever comes, thrown away.
  void take_some(std::size_t bytes) {
    char piece[4096];
    (void)!::recv(fd_, piece, std::min(bytes, sizeof piece), MSG_DONTWAIT);
  }
  bool was_reset() const { return was_reset_; }

 private:
  bool fill() {
    pollfd entry{fd_, POLLIN, 0};
    if (::poll(&entry, 1, 20'000) != 1) return false;  // only a hanging server waits that long
    char piece[65536];
    ssize_t n = ::recv(fd_, piece, sizeof piece, 0);
    was_reset_ = n < 0;
    if (n <= 0) return false;
    bytes_.append(piece, static_cast<std::size_t>(n));
    return true;
  }
  bool take(std::size_t count, std::string& into) {
    while (bytes_.size() < count)
      if (!fill()) return false;
    into.append(bytes_, 0, count);
    bytes_.erase(0, count);
    return true;
  }
  bool read_chunks(std::string& body) {
    for (;;) {
      std::size_t end = 0;
      while ((end = bytes_.find("\r\n")) == std::string::npos)
        if (!fill()) return false;
      std::size_t count = std::strtoul(bytes_.c_str(), nullptr, 16);
      bytes_.erase(0, end + 2);
      std::string line_end;
      if (!take(count, body) || !take(2, line_end) || line_end != "\r\n") return false;
      if (count == 0) return true;
    }
  }

  int fd_;
  bool is_connected_ = false, was_reset_ = false;
  std::string bytes_;
};

}  // namespace parley::net
