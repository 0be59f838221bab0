// SPDX-License-Identifier: Apache-2.0
// GzipWriter: answers compressed for clients that ask for it (RFC 9110 section 8.4, RFC 1952).
#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "parley/http/message.hpp"

namespace parley::http {

/// Whether Accept-Encoding takes gzip: named with a weight above 0, or "*" where it is not named.
bool accepts_gzip(const Request& request);

/// Passes one answer on to another Writer: as it is while it is short or no text, else as gzip.
///
/// An answer is held back up to `bytes_min` (4096 at least); only then it is decided. What is
/// written later leaves piece by piece.
///
/// memory:  bytes_min once something is written; 300 KiB more while an answer is compressed
/// Thread rule: the task of the request.
class GzipWriter final : public Writer {
 public:
  GzipWriter(Writer& inner, std::size_t bytes_min);
  ~GzipWriter() override;
  void start(int status, std::string_view content_type) override;
  void header(std::string_view name, std::string_view value) override;
  Output& body() override;
  bool abandon() override;
  /// After the answer: writes what is held back. Not called, the answer is cut.
  void finish();

 private:
  class Body;
  void pass_head(bool is_compressed);

  Writer& inner_;
  std::unique_ptr<Body> body_;
  int status_ = 0;
  bool is_text_ = false;      // of a kind that gets smaller
  bool is_head_passed_ = false;
};

}  // namespace parley::http
