// SPDX-License-Identifier: Apache-2.0
#include "parley/http/response_head.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "parley/http/message.hpp"

namespace parley::http {
namespace {

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }

bool has_control(std::uint64_t eight_bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101ULL, highs = ones * 0x80;
  const std::uint64_t below_space = (eight_bytes - ones * ' ') & ~eight_bytes;
  const std::uint64_t off_delete = eight_bytes ^ ones * 0x7f;
  return ((below_space | ((off_delete - ones) & ~off_delete)) & highs) != 0;
}

// Eight bytes at a time: names and values of headers are told with every answer.
bool has_control(std::string_view text) {
  std::uint64_t bytes;
  std::size_t at = 0;
  for (; at + sizeof bytes <= text.size(); at += sizeof bytes) {
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    if (has_control(bytes)) return true;
  }
  if (at == text.size()) return false;
  std::memset(&bytes, ' ', sizeof bytes);
  std::memcpy(&bytes, text.data() + at, text.size() - at);
  return has_control(bytes);
}

}  // namespace

void append_head(std::string& out, const ResponseHead& head) {
  if (head.status == 200) {
    out += "HTTP/1.1 200 OK\r\nServer: Parley\r\n";
  } else {
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(head.status));
    out += ' ';
    out += reason(head.status);
    out += "\r\nServer: Parley\r\n";
  }
  if (!head.date.empty()) {
    out += "Date: ";
    out += head.date;
    out += "\r\n";
  }
  if (!head.content_type.empty()) append_header(out, "Content-Type", head.content_type);
  out += head.lines;
  switch (head.framing) {
    case BodyFraming::none:
    case BodyFraming::until_close: break;
    case BodyFraming::chunked: out += "Transfer-Encoding: chunked\r\n"; break;
    case BodyFraming::length:
      out += "Content-Length: ";
      append_number(out, head.body_bytes);
      out += "\r\n";
      break;
  }
  if (!head.keeps_alive) out += "Connection: close\r\n";
  else if (head.request_minor == 0) out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

void append_header(std::string& lines, std::string_view name, std::string_view value) {
  auto append_clean = [&lines](std::string_view text) {
    std::size_t at = lines.size();
    lines += text;
    if (!has_control(text)) return;
    std::replace_if(lines.begin() + static_cast<std::ptrdiff_t>(at), lines.end(), is_control, ' ');
  };
  append_clean(name);
  lines += ": ";
  append_clean(value);
  lines += "\r\n";
}

std::string http_date(std::time_t seconds) {
  static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::string text;
  auto two = [&text](int number) {
    text += static_cast<char>('0' + number / 10 % 10);
    text += static_cast<char>('0' + number % 10);
  };
  text += days[utc.tm_wday];
  text += ", ";
  two(utc.tm_mday);
  text += ' ';
  text += months[utc.tm_mon];
  text += ' ';
  two((utc.tm_year + 1900) / 100);
  two((utc.tm_year + 1900) % 100);
  text += ' ';
  two(utc.tm_hour);
  text += ':';
  two(utc.tm_min);
  text += ':';
  two(utc.tm_sec);
  return text + " GMT";
}

}  // namespace parley::http
