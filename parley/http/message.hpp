// SPDX-License-Identifier: Apache-2.0
// What HTTP carries, without sockets: Request, Response, and Writer, which one response is
// written to.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/output.hpp"

namespace parley::http {

struct Header {
  std::string_view name;   // as sent
  std::string_view value;  // without blanks around it
};

/// ASCII letters compare without case, as header names and media types do.
bool same_letters(std::string_view a, std::string_view b);

/// One request; every view lives in the connection's buffer until the response is written.
struct Request {
  std::string_view method;   // "POST"
  std::string_view target;   // as sent, origin form: "/a%20b?x=1"
  std::string_view path;     // the part before '?', as sent (percent escapes kept)
  std::string_view query;    // the part after '?', without it
  int version_minor = 1;     // HTTP/1.<minor>
  std::vector<Header> headers;
  std::string_view body;     // whole; 64 readable bytes follow it (simdjson's padding)
  std::string_view peer;     // address of the client, without port
  bool is_secure = false;    // came over TLS

  /// First value of a header, or an empty view.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
};

/// A response in memory: for tests and for embedding.
struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string_view header(std::string_view name) const;
};

/// Takes one response: first `start`, then headers, then bytes into `body()`.
///
/// The server's implementation adds Date, Server, Content-Length or chunking, HEAD and
/// keep-alive; protocols never do.
class Writer {
 public:
  virtual ~Writer() = default;
  /// `content_type` empty = none is sent (no body).
  virtual void start(int status, std::string_view content_type) = 0;
  /// Before the first byte of the body.
  virtual void header(std::string_view name, std::string_view value) = 0;
  virtual Output& body() = 0;
  /// A failure after bytes went out: cuts the connection, so that nobody takes half an
  /// answer for a whole one. Returns false when nothing was sent yet: start again instead.
  virtual bool abandon() = 0;
};

/// Collects into a Response.
class ResponseWriter final : public Writer {
 public:
  void start(int status, std::string_view content_type) override;
  void header(std::string_view name, std::string_view value) override;
  Output& body() override { return body_; }
  bool abandon() override;
  Response take();

 private:
  Response response_;
  StringOutput body_;
};

/// The reason phrase of a status: "Not Found".
std::string_view reason(int status);

}  // namespace parley::http
