// SPDX-License-Identifier: Apache-2.0
// A server over TLS, asked by OpenSSL's client.
#include "parley/net/tls.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>

#include "parley/net/loopback_client.hpp"
#include "parley/net/server.hpp"

namespace parley::net {
namespace {

struct FileClose {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, FileClose>;

/// A folder with a certificate signed by itself and its key.
class Pair {
 public:
  Pair() : folder_((std::filesystem::temp_directory_path() / "parley-tls-XXXXXX").string()) {
    REQUIRE(mkdtemp(folder_.data()) != nullptr);
    write("first");
  }
  ~Pair() { std::filesystem::remove_all(folder_); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  void write(const char* name) const {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    PEM_write_X509(File(fopen(this->certificate().c_str(), "w")).get(), certificate);
    PEM_write_PrivateKey(File(fopen(this->key().c_str(), "w")).get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  std::string certificate() const { return folder_ + "/certificate.pem"; }
  std::string key() const { return folder_ + "/key.pem"; }

 private:
  std::string folder_;
};

/// A blocking client over TLS.
class SecureClient {
 public:
  explicit SecureClient(std::uint16_t port) : ignored_(::signal(SIGPIPE, SIG_IGN)), context_(SSL_CTX_new(TLS_client_method())), stream_(SSL_new(context_)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    SSL_set_fd(stream_, fd_);
    is_connected = SSL_connect(stream_) == 1;
  }
  ~SecureClient() {
    SSL_free(stream_);
    SSL_CTX_free(context_);
    ::close(fd_);
  }
  SecureClient(const SecureClient&) = delete;
  SecureClient& operator=(const SecureClient&) = delete;

  void send(std::string_view bytes) { REQUIRE(SSL_write(stream_, bytes.data(), static_cast<int>(bytes.size())) > 0); }
  std::string read_to_end() {
    std::string all;
    char piece[16384];
    for (int n = 0; (n = SSL_read(stream_, piece, sizeof piece)) > 0;) all.append(piece, static_cast<std::size_t>(n));
    return all;
  }
  std::string name_of_server() const {
    X509* certificate = SSL_get1_peer_certificate(stream_);
    char name[64] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    X509_free(certificate);
    return name;
  }
  bool is_connected = false;

 private:
  sighandler_t ignored_;  // a write to a server that is gone is an error, not the end of the tests
  SSL_CTX* context_;
  SSL* stream_;
  int fd_;
};

struct Secure {
  explicit Secure(const Pair& pair) {
    auto loaded = Certificates::load(pair.certificate(), pair.key());
    REQUIRE(loaded);
    certificates = std::move(*loaded);
    Options options;
    options.threads = 1;
    options.sweep_ms = 1;
    options.limits.head_ms = 300;
    options.certificates = certificates;
    options.handler = [](const http::Request& request, http::Writer& out) {
      out.start(200, "text/plain");
      out.body().put(request.is_secure ? "secure " : "plain ");
      out.body().put(std::to_string(request.body.size()));
      if (request.path == "/large") out.body().put(std::string(2'000'000, 'x'));
    };
    server = std::make_unique<Server>(std::move(options));
    REQUIRE(server->start());
  }
  std::shared_ptr<Certificates> certificates;  // shared with the server's options
  std::unique_ptr<Server> server;
};

TEST_CASE("tls: requests and long answers and bodies cross it, several on one connection") {
  Pair pair;
  Secure secure(pair);
  SecureClient client(secure.server->port());
  REQUIRE(client.is_connected);
  const std::string body(300'000, 'b');
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n");
  client.send(body);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::string all = client.read_to_end();
  CHECK(all.size() > 2'000'000);
  CHECK(all.find("secure 300000") != all.npos);
  CHECK(all.ends_with("secure 0"));
}

TEST_CASE("tls: a client that speaks plain HTTP, or stops while greeting, is let go") {
  Pair pair;
  Secure secure(pair);
  LoopbackClient plain(secure.server->port());
  plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(plain.read_to_end().find("200") == std::string::npos);
  LoopbackClient silent(secure.server->port());
  silent.send("\x16\x03\x01");  // the beginning of a greeting
  CHECK(silent.read_to_end().find("200") == std::string::npos);
  SecureClient next(secure.server->port());
  CHECK(next.is_connected);
}

TEST_CASE("tls: certificates that change are taken for new connections, broken ones are not") {
  Pair pair;
  Secure secure(pair);
  SecureClient before(secure.server->port());
  CHECK(before.name_of_server() == "first");
  CHECK_FALSE(*secure.certificates->refresh());
  pair.write("second");
  CHECK(*secure.certificates->refresh());
  SecureClient after(secure.server->port());
  CHECK(after.name_of_server() == "second");
  File(fopen(pair.key().c_str(), "w")).reset();
  CHECK_FALSE(secure.certificates->refresh());
  CHECK_FALSE(*secure.certificates->refresh());
  SecureClient still(secure.server->port());
  CHECK(still.name_of_server() == "second");
  before.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(before.read_to_end().ends_with("secure 0"));
}

TEST_CASE("tls: what cannot be loaded names the setting and the file") {
  Pair pair, other;
  auto missing = Certificates::load("no-such.pem", pair.key());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "tls-certificate: no-such.pem holds no certificate in PEM");
  auto mixed = Certificates::load(pair.certificate(), other.key());
  REQUIRE_FALSE(mixed);
  CHECK(mixed.error().message == "tls-key: " + other.key() + " holds no key of the certificate in PEM without a passphrase");
}

}  // namespace
}  // namespace parley::net
