// SPDX-License-Identifier: Apache-2.0
// Log: one line a call on standard error, and rare events. Never an argument, password or key.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/server/line_writer.hpp"

namespace parley::server {

/// `audit` is above all others: log-ins and changes of rights are told at every --log-level.
enum class Level : std::uint8_t { debug, info, warning, error, audit };
Level parse_level(std::string_view text);  // info for what it does not know

struct CallLine {
  std::string_view request_id, protocol, database, method;
  std::int64_t uid = 0;
  double ms = 0;
  std::size_t bytes = 0;    // of the request's body
  const Error* error = nullptr;
};

/// One printable word of what a client sent, of at most 200 bytes: it makes no lines or words of its
/// own. "-" for nothing.
std::string printable(std::string_view text);

/// Any thread; a line is written whole. Lines of `info` and `debug` come out a few milliseconds
/// later, many at once; the others at once, behind those before them.
///
/// Lines of `audit` go into their own file when there is one: it is opened for each, so that it can
/// be moved away at any time. What cannot be written there is told in the log.
class Log {
 public:
  enum class Format : std::uint8_t { text, json };
  using Sink = std::function<void(std::string_view line)>;  // empty: standard error
  Log(Format format, Level level, Sink sink = {}, std::string audit_file = {})
      : format_(format), level_(level), sink_(std::move(sink)), audit_file_(std::move(audit_file)), lines_(standard_error) {}
  /// fails:   unavailable, when the audit file cannot be written
  Result<void> check_audit_file() const;
  bool takes(Level level) const { return level >= level_; }
  void call(const CallLine& line) const;
  void event(Level level, std::string_view request_id, std::string_view text) const;

 private:
  static constexpr int standard_error = 2;
  std::string event_line(Level level, std::string_view request_id, std::string_view text) const;
  void put(Level level, std::string_view line) const;
  bool put_audit(std::string_view line) const;
  Format format_;
  Level level_;
  Sink sink_;
  std::string audit_file_;
  mutable LineWriter lines_;
};

}  // namespace parley::server
