// SPDX-License-Identifier: Apache-2.0
#include "parley/http/response_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "parley/http/message.hpp"

namespace parley::http {
namespace {

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

constexpr auto controls = [] {
  std::array<bool, 256> is{};
  for (std::size_t c = 0; c < ' '; ++c) is[c] = true;
  is[0x7f] = true;
  return is;
}();

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
    auto is_control = [](char c) { return controls[static_cast<unsigned char>(c)]; };
    std::size_t at = lines.size();
    lines += text;
    if (std::none_of(text.begin(), text.end(), is_control)) return;
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
