// SPDX-License-Identifier: Apache-2.0
// Bytes to Request, one request at a time from the front of a buffer that the caller owns.
// No socket, no clock. llhttp (strict) reads the grammar; what it leaves open (limits, Host,
// targets, line folding, transfer codings) is decided here.
#pragma once
#include <llhttp/llhttp.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/http/message.hpp"

namespace parley::http {

/// Reads one request; `reset()` makes it ready for the next.
///
/// limits:  head_bytes_max, headers_max, body_bytes_max of `limits`, which must outlive it
/// fails:   malformed (400), too_large (413 body, 431 head), unimplemented (501 method or
///          transfer coding, 505 version, 417 expectation); after that only `reset` is allowed
/// source:  RFC 9112 sections 2-7; line folding, bare LF and bare CR are refused
/// Thread rule: one thread at a time.
class Parser {
 public:
  enum class State : std::uint8_t { need_more, complete, failed };

  explicit Parser(const Limits& limits);
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  void reset();

  /// Goes on with the request that starts at `data[0]`.
  ///
  /// takes:   the bytes kept of the last call (see `kept`) followed by more; they may have moved.
  ///          Chunks are joined in place, so bytes from the head on may be overwritten. For the
  ///          64 readable bytes behind a body the caller allocates 64 more than `size`.
  /// gives:   complete: `request()` views `data`, `consumed()` bytes belong to it
  State parse(char* data, std::size_t size);

  const Request& request() const { return request_; }
  Request& request() { return request_; }
  /// The head is good to its end, whatever is wrong with the body.
  bool has_good_head() const { return has_good_head_; }
  /// After has_good_head(): the request without a body, to say what was asked for.
  /// takes:   the bytes where the request starts; they may have moved since the last parse()
  Request& request_so_far(char* data);
  /// After complete: where the next request starts.
  std::size_t consumed() const { return parsed_; }
  /// After need_more: the first `kept()` bytes must stay in front; the rest is spent.
  std::size_t kept() const { return parsed_; }
  /// The head was read to its end; what is missing is body.
  bool has_head() const { return has_head_; }
  /// The client waits for "100 Continue": asked for, and nothing of the body came yet.
  bool wants_continue() const { return has_head_ && expects_continue_ && body_bytes_ == 0; }
  /// The client lets the connection live on after this request.
  bool keeps_alive() const { return keeps_alive_; }

  const Error& error() const { return *error_; }
  /// HTTP status of `error()`; finer than the code's own.
  int status() const { return status_; }

 private:
  friend struct ParserEvents;
  struct Mark {
    std::uint32_t at = 0, length = 0;
  };
  struct HeaderMark {
    Mark name, value;
  };

  void run(std::size_t until);
  void fail(Code code, int status, std::string message);
  void fail_by_grammar(const char* data);
  State finish(char* data);
  void make_views();
  bool extend(Mark& mark, const char* at, std::size_t length);
  bool end_head();
  bool check_lines();
  bool check_headers();
  bool read_target();
  bool take_header(const char* at, std::size_t length);
  bool check_count();
  bool take_value(const char* at, std::size_t length);
  bool take_body(const char* at, std::size_t length);
  bool take_framing(std::size_t length);
  std::string_view view(Mark mark) const { return {data_ + mark.at, mark.length}; }

  const Limits& limits_;
  llhttp_t machine_;
  Request request_;
  std::vector<HeaderMark> marks_;  // one per header line, offsets from data[0]
  Mark method_, target_;
  char* data_ = nullptr;           // during parse only
  std::size_t size_ = 0;
  std::size_t parsed_ = 0;         // bytes given to the grammar
  std::size_t head_bytes_ = 0;
  std::size_t body_at_ = 0, body_bytes_ = 0;
  std::size_t framing_bytes_ = 0;  // chunk extensions and trailers
  std::unique_ptr<Error> error_;
  int status_ = 0;
  bool has_head_ = false, is_complete_ = false, keeps_alive_ = false, expects_continue_ = false;
  bool is_chunked_ = false, has_good_head_ = false;
};

}  // namespace parley::http
