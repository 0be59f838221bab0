// SPDX-License-Identifier: Apache-2.0
#include "parley/server/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "parley/codec/json/writer.hpp"
#include "parley/core/date.hpp"

namespace parley::server {
namespace {

constexpr std::string_view level_names[] = {"debug", "info", "warning", "error", "audit"};
constexpr std::size_t name_bytes_max = 200;  // of what a client may have made up

std::string time_text() {
  DateTime now{now_micros(), false, 0};
  std::string text = to_string(now);
  text.resize(sizeof "2026-11-22T14:08:55" - 1);  // microseconds are left out when there are none
  char milliseconds[8];
  std::snprintf(milliseconds, sizeof milliseconds, ".%03dZ", static_cast<int>(now.micros / 1000 % 1000));
  return text + milliseconds;
}

std::string ms_text(double ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", ms);
  return text;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (char c : text.substr(0, name_bytes_max)) out += c > ' ' && c != 0x7f ? c : '?';
  return out.empty() ? "-" : out;
}

Level parse_level(std::string_view text) {
  for (std::size_t i = 0; i < std::size(level_names); ++i)
    if (level_names[i] == text) return static_cast<Level>(i);
  return Level::info;
}

void Log::call(const CallLine& line) const {
  std::string_view code = line.error == nullptr ? "ok" : row(line.error->code).name;
  Level level = line.error != nullptr && line.error->code == Code::internal ? Level::error : Level::info;
  if (!takes(level)) return;
  if (format_ == Format::json) {
    StringOutput out;
    json::Writer json(out);
    json.begin_dict();
    auto text = [&](std::string_view key, std::string_view value) { json.key(key), json.string(value); };
    text("time", time_text());
    text("level", level_names[static_cast<int>(level)]);
    text("request", line.request_id);
    text("protocol", line.protocol);
    text("database", printable(line.database));
    json.key("uid"), json.integer(line.uid);
    text("method", printable(line.method));
    json.key("ms"), json.number(ms_text(line.ms));
    json.key("bytes"), json.integer(static_cast<std::int64_t>(line.bytes));
    text("code", code);
    json.end_dict();
    return put(out.take());
  }
  std::string out = time_text() + " " + std::string(level_names[static_cast<int>(level)]);
  out += " " + std::string(line.request_id) + " " + std::string(line.protocol) + " " + printable(line.database) + " " +
         std::to_string(line.uid) + " " + printable(line.method) + " " + ms_text(line.ms) + " " +
         std::to_string(line.bytes) + " " + std::string(code);
  put(std::move(out));
}

std::string Log::event_line(Level level, std::string_view request_id, std::string_view text) const {
  std::string_view name = level_names[static_cast<int>(level)];
  if (format_ == Format::json) {
    StringOutput out;
    json::Writer json(out);
    json.begin_dict();
    json.key("time"), json.string(time_text());
    json.key("level"), json.string(name);
    json.key("request"), json.string(request_id);
    json.key("event"), json.string(text);
    json.end_dict();
    return out.take();
  }
  std::string safe(text);
  for (char& c : safe)
    if (c == '\n' || c == '\r') c = ' ';
  return time_text() + " " + std::string(name) + " " + printable(request_id) + " " + safe;
}

void Log::event(Level level, std::string_view request_id, std::string_view text) const {
  if (!takes(level)) return;
  std::string line = event_line(level, request_id, text);
  if (level == Level::audit && !audit_file_.empty()) {
    if (put_audit(line + "\n")) return;
    put(event_line(Level::error, request_id, "the audit file cannot be written; its line follows"));
  }
  put(std::move(line));
}

Result<void> Log::check_audit_file() const {
  if (audit_file_.empty() || put_audit({})) return {};
  return Error(Code::unavailable, "audit-file: " + audit_file_ + " cannot be written").with_cause(std::strerror(errno));
}

bool Log::put_audit(std::string_view line) const {
  int fd = ::open(audit_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool is_written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  ::close(fd);
  return is_written;
}

void Log::put(std::string line) const {
  if (sink_) return sink_(line);
  line += '\n';
  std::size_t at = 0;
  while (at < line.size()) {
    ssize_t n = ::write(STDERR_FILENO, line.data() + at, line.size() - at);
    if (n <= 0) return;  // nobody to tell
    at += static_cast<std::size_t>(n);
  }
}

}  // namespace parley::server
