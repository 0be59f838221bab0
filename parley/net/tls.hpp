// SPDX-License-Identifier: Apache-2.0
// TLS of a server: certificates from files, read again when they change, and the encrypted side of
// one connection's socket.
#pragma once
#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace parley::net {

/// Any thread.
class Certificates {
 public:
  using Loaded = std::shared_ptr<ssl_ctx_st>;  // shared by the connections that began with it

  /// takes:   PEM files: the certificate with those above it, and its key
  /// fails:   invalid_argument: a file that cannot be read, or a key of another certificate
  static Result<std::unique_ptr<Certificates>> load(std::string certificate_file, std::string key_file);
  /// Reads the files again when they changed; new connections get what was read.
  ///
  /// gives:   whether they had changed
  /// fails:   as load; what was loaded before stays
  Result<bool> refresh();
  Loaded current() const;

 private:
  Certificates(std::string certificate_file, std::string key_file)
      : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

  const std::string certificate_file_, key_file_;
  mutable std::mutex mutex_;
  Loaded loaded_;
  std::string stamp_;  // of the files when they were read
};

/// One connection's; `receive` and `send` are like the socket's own: what would block is -1 with
/// errno EAGAIN, a broken connection -1 with EPROTO.
/// Thread rule: the connection's.
class TlsStream {
 public:
  TlsStream(Certificates::Loaded certificates, int fd);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  ssize_t receive(char* to, std::size_t bytes);
  ssize_t send(std::string_view bytes);
  /// Whether a byte could be received, as `receive` of one would say; takes none.
  ssize_t peek();
  /// Bytes that are here already, so that the socket will not say that there is something to read.
  bool has_pending() const;
  bool is_established() const;
  /// Tells the client that nothing follows.
  void end();

 private:
  ssize_t failed(int result);

  Certificates::Loaded certificates_;
  ssl_st* stream_;
};

}  // namespace parley::net
