// SPDX-License-Identifier: Apache-2.0
// Log: one line a call on standard error, and rare events. Never an argument, password or key.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"

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

/// Any thread; a line is written whole.
class Log {
 public:
  enum class Format : std::uint8_t { text, json };
  using Sink = std::function<void(std::string_view line)>;  // empty: standard error
  Log(Format format, Level level, Sink sink = {}) : format_(format), level_(level), sink_(std::move(sink)) {}
  bool takes(Level level) const { return level >= level_; }
  void call(const CallLine& line) const;
  void event(Level level, std::string_view request_id, std::string_view text) const;

 private:
  void put(std::string line) const;
  Format format_;
  Level level_;
  Sink sink_;
};

}  // namespace parley::server
