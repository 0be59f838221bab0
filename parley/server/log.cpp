// SPDX-License-Identifier: Apache-2.0
#include "parley/server/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "parley/codec/json/writer.hpp"
#include "parley/core/date.hpp"

namespace parley::server {
namespace {

constexpr std::string_view level_names[] = {"debug", "info", "warning", "error", "audit"};
constexpr std::size_t name_bytes_max = 200;  // of what a client may have made up

constexpr std::int64_t second_micros = 1'000'000;

// 2026-11-22T14:08:55.123Z; valid until this thread asks again. The text of a second is made once.
std::string_view time_text() {
  thread_local std::int64_t second = -1;
  thread_local char text[sizeof "2026-11-22T14:08:55.123Z"];
  constexpr std::size_t upto_seconds = sizeof "2026-11-22T14:08:55" - 1;
  const std::int64_t now = now_micros();
  if (now / second_micros != second) {
    second = now / second_micros;
    std::memcpy(text, to_string(DateTime{second * second_micros, false, 0}).data(), upto_seconds);
  }
  auto milliseconds = static_cast<int>(now / 1000 % 1000);
  char* end = text + upto_seconds;
  *end++ = '.';
  for (int unit = 100; unit > 0; unit /= 10) *end++ = static_cast<char>('0' + milliseconds / unit % 10);
  *end++ = 'Z';
  return {text, static_cast<std::size_t>(end - text)};
}

std::string_view ms_text(double ms, char (&room)[32]) {
  auto [end, error] = std::to_chars(room, room + sizeof room, ms, std::chars_format::fixed, 2);
  return error == std::errc() ? std::string_view(room, static_cast<std::size_t>(end - room)) : "-";
}

template <class Number>
void append_number(std::string& out, Number number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_printable(std::string& out, std::string_view text) {
  if (text.empty()) out += '-';
  for (char c : text.substr(0, name_bytes_max)) out += c > ' ' && c != 0x7f ? c : '?';
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
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
  char room[32];
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
    json.key("ms"), json.number(ms_text(line.ms, room));
    json.key("bytes"), json.integer(static_cast<std::int64_t>(line.bytes));
    text("code", code);
    json.end_dict();
    return put(level, out.take());
  }
  thread_local std::string out;  // a line a call: its memory is kept
  out.assign(time_text());
  auto word = [](std::string_view text) { (out += ' ').append(text); };
  word(level_names[static_cast<int>(level)]);
  word(line.request_id);
  word(line.protocol);
  append_printable(out += ' ', line.database);
  append_number(out += ' ', line.uid);
  append_printable(out += ' ', line.method);
  word(ms_text(line.ms, room));
  append_number(out += ' ', line.bytes);
  word(code);
  put(level, out);
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
  return std::string(time_text()) + " " + std::string(name) + " " + printable(request_id) + " " + safe;
}

void Log::event(Level level, std::string_view request_id, std::string_view text) const {
  if (!takes(level)) return;
  std::string line = event_line(level, request_id, text);
  if (level == Level::audit && !audit_file_.empty()) {
    if (put_audit(line + "\n")) return;
    put(Level::error, event_line(Level::error, request_id, "the audit file cannot be written; its line follows"));
  }
  put(level, line);
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

void Log::put(Level level, std::string_view line) const {
  if (sink_) return sink_(line);
  lines_.put(line, level >= Level::warning ? LineWriter::When::now : LineWriter::When::soon);
}

}  // namespace parley::server
