// SPDX-License-Identifier: Apache-2.0
#include "parley/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace parley::net {
namespace {

std::string openssl_reason() {
  char text[256];
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  return text;
}

/// Changes when a file is written anew or replaced.
std::string stamp_of(const std::string& path) {
  struct stat state {};
  if (::stat(path.c_str(), &state) != 0) return "none";
  return std::to_string(state.st_ino) + " " + std::to_string(state.st_size) + " " + std::to_string(state.st_mtim.tv_sec) +
         "." + std::to_string(state.st_mtim.tv_nsec);
}

/// The one protocol above TLS that is spoken here (RFC 7301).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, ours, sizeof ours - 1, offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

Result<Certificates::Loaded> read_files(const std::string& certificate_file, const std::string& key_file) {
  Certificates::Loaded loaded(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX* context = loaded.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  // Without this a key with a passphrase would ask the terminal, and wait.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1)
    return Error(Code::invalid_argument, "tls-certificate: " + certificate_file + " holds no certificate in PEM")
        .with_cause(openssl_reason());
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return Error(Code::invalid_argument, "tls-key: " + key_file + " holds no key of the certificate in PEM without a passphrase")
        .with_cause(openssl_reason());
  return loaded;
}

}  // namespace

Result<std::unique_ptr<Certificates>> Certificates::load(std::string certificate_file, std::string key_file) {
  std::unique_ptr<Certificates> made(new Certificates(std::move(certificate_file), std::move(key_file)));
  PARLEY_CHECK(made->refresh());
  return made;
}

// The stamp is taken first: what changes while it is read is read again.
Result<bool> Certificates::refresh() {
  std::string stamp = stamp_of(certificate_file_) + "|" + stamp_of(key_file_);
  {
    std::lock_guard lock(mutex_);
    if (stamp == stamp_) return false;
  }
  auto loaded = read_files(certificate_file_, key_file_);
  std::lock_guard lock(mutex_);
  stamp_ = std::move(stamp);  // a broken file is told once, not at each look
  if (!loaded) return std::move(loaded).error();
  loaded_ = std::move(*loaded);
  return true;
}

Certificates::Loaded Certificates::current() const {
  std::lock_guard lock(mutex_);
  return loaded_;
}

TlsStream::TlsStream(Certificates::Loaded certificates, int fd)
    : certificates_(std::move(certificates)), stream_(SSL_new(certificates_.get())) {
  PARLEY_ASSERT(stream_ != nullptr);
  SSL_set_fd(stream_, fd);
  SSL_set_accept_state(stream_);
}

TlsStream::~TlsStream() { SSL_free(stream_); }

ssize_t TlsStream::failed(int result) {
  switch (SSL_get_error(stream_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      ERR_clear_error();
      errno = EPROTO;
      return -1;
  }
}

ssize_t TlsStream::receive(char* to, std::size_t bytes) {
  ERR_clear_error();
  int n = SSL_read(stream_, to, static_cast<int>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max())));
  return n > 0 ? n : failed(n);
}

ssize_t TlsStream::send(std::string_view bytes) {
  if (bytes.empty()) return 0;
  ERR_clear_error();
  int n = SSL_write(stream_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), std::numeric_limits<int>::max())));
  return n > 0 ? n : failed(n);
}

ssize_t TlsStream::peek() {
  char byte;
  ERR_clear_error();
  int n = SSL_peek(stream_, &byte, 1);
  return n > 0 ? n : failed(n);
}

bool TlsStream::has_pending() const { return SSL_pending(stream_) > 0; }

bool TlsStream::is_established() const { return SSL_is_init_finished(stream_) == 1; }

void TlsStream::end() {
  if (!is_established()) return;
  ERR_clear_error();
  (void)SSL_shutdown(stream_);
}

}  // namespace parley::net
