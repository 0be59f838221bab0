// SPDX-License-Identifier: Apache-2.0
#include "parley/core/date.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>

namespace parley {
namespace {

constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::int64_t micros_per_minute = 60 * micros_per_second;
constexpr std::int64_t micros_per_day = 86'400 * micros_per_second;
constexpr std::int32_t first_day = -719'162;  // 0001-01-01
constexpr std::int32_t last_day = 2'932'896;  // 9999-12-31

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

int days_in(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && is_leap ? 29 : days[month - 1];
}

char* print_2(int value, char* to) {
  to[0] = static_cast<char>('0' + value / 10);
  to[1] = static_cast<char>('0' + value % 10);
  return to + 2;
}

char* print_seconds(const Clock& clock, char* to) {
  to = print_2(clock.hour, to);
  *to++ = ':';
  to = print_2(clock.minute, to);
  *to++ = ':';
  return print_2(clock.second, to);
}

char* print_clock(const Clock& clock, char* to) {
  to = print_seconds(clock, to);
  if (clock.micro == 0) return to;
  *to++ = '.';
  to = print_2(clock.micro / 10'000, to);
  to = print_2(clock.micro / 100 % 100, to);
  return print_2(clock.micro % 100, to);
}

std::int64_t clamp_micros(std::int64_t micros) {
  return std::clamp(micros, first_day * micros_per_day, (last_day + 1) * micros_per_day - 1);
}

// Reads a text from its front; each member gives nothing and moves nowhere when it does not match.
struct Scanner {
  std::string_view text;
  std::size_t at = 0;

  bool is_done() const { return at == text.size(); }
  bool is_digit() const { return at < text.size() && text[at] >= '0' && text[at] <= '9'; }
  bool take(char c) {
    if (is_done() || text[at] != c) return false;
    ++at;
    return true;
  }
  // Between `least` and `most` digits.
  std::optional<int> number(std::size_t least, std::size_t most) {
    std::size_t end = at;
    int value = 0;
    while (end < text.size() && end - at < most && text[end] >= '0' && text[end] <= '9')
      value = value * 10 + (text[end++] - '0');
    if (end - at < least) return std::nullopt;
    at = end;
    return value;
  }
};

std::optional<Date> checked(std::optional<int> year, std::optional<int> month,
                            std::optional<int> day) {
  if (!year || !month || !day || !is_valid({*year, *month, *day})) return std::nullopt;
  return to_date({*year, *month, *day});
}

std::optional<Date> scan_date(Scanner& in) {
  auto year = in.number(4, 4);
  if (!year || !in.take('-')) return std::nullopt;
  auto month = in.number(1, 2);
  if (!month || !in.take('-')) return std::nullopt;
  return checked(year, month, in.number(1, 2));
}

std::optional<Date> scan_date_without_dashes(Scanner& in) {
  auto year = in.number(4, 4);
  auto month = in.number(2, 2);
  return checked(year, month, in.number(2, 2));
}

// The digits behind the point, in microseconds.
std::optional<int> scan_fraction(Scanner& in) {
  std::size_t start = in.at;
  auto value = in.number(1, 6);
  if (!value) return std::nullopt;
  for (std::size_t digits = in.at - start; digits < 6; ++digits) *value *= 10;
  while (in.take('0')) {
  }
  return value;
}

// ISO 8601's basic form has no separators at all.
enum class Colons : bool { needed, may_lack };

std::optional<std::int64_t> scan_time(Scanner& in, Colons colons = Colons::needed) {
  auto hour = in.number(2, 2);
  if (!hour || *hour > 23) return std::nullopt;
  const bool has_colons = in.take(':');
  if (!has_colons && colons == Colons::needed) return std::nullopt;
  auto minute = in.number(2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t micros = (*hour * 60 + *minute) * micros_per_minute;
  const bool has_second = has_colons ? in.take(':') : in.is_digit();
  if (!has_second) return micros;
  auto second = in.number(2, 2);
  if (!second || *second > 59) return std::nullopt;
  micros += *second * micros_per_second;
  if (!in.take('.')) return micros;
  auto fraction = scan_fraction(in);
  if (!fraction) return std::nullopt;
  return micros + *fraction;
}

// "", "Z" or "+hh:mm" at the end of an instant or time; false on anything else.
template <class Zoned>
bool scan_zone(Scanner& in, Zoned& value, Colons colons = Colons::needed) {
  if (in.is_done()) return true;
  value.has_zone = true;
  if (in.take('Z')) return in.is_done();
  bool is_west = in.take('-');
  if (!is_west && !in.take('+')) return false;
  auto hours = in.number(2, 2);
  if (!hours || *hours > 23 || (!in.take(':') && colons == Colons::needed)) return false;
  auto minutes = in.number(2, 2);
  if (!minutes || *minutes > 59 || !in.is_done()) return false;
  int offset = *hours * 60 + *minutes;
  value.offset_minutes = static_cast<std::int16_t>(is_west ? -offset : offset);
  return true;
}

// "Z" or "+hh:mm".
char* print_zone(int offset_minutes, char* to) {
  if (offset_minutes == 0) {
    *to++ = 'Z';
    return to;
  }
  int offset = std::min(std::abs(offset_minutes), 99 * 60 + 59);
  *to++ = offset_minutes < 0 ? '-' : '+';
  to = print_2(offset / 60, to);
  *to++ = ':';
  return print_2(offset % 60, to);
}

Error not_a(std::string_view what, std::string_view text, std::string_view form) {
  return {Code::invalid_argument, std::string(what) + ": \"" + std::string(text.substr(0, 60)) +
                                      "\" is not of the form " + std::string(form)};
}

template <class Print>
std::string printed(Print print_to) {
  char buffer[datetime_chars_max];
  return {buffer, static_cast<std::size_t>(print_to(buffer) - buffer)};
}

}  // namespace

bool is_valid(const Civil& civil) {
  return civil.year >= 1 && civil.year <= 9999 && civil.month >= 1 && civil.month <= 12 &&
         civil.day >= 1 && civil.day <= days_in(civil.year, civil.month);
}

// Both directions count in years that begin on 1 March, so that the leap day comes last, and in
// eras of 400 years of 146,097 days. 719,468 is the number of days from 0000-03-01 to 1970-01-01.
Date to_date(const Civil& civil) {
  std::int64_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
  std::int64_t era = floor_div(year, 400);
  std::int64_t year_of_era = year - era * 400;
  std::int64_t month_from_march = (civil.month + 9) % 12;
  std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + civil.day - 1;
  std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return {static_cast<std::int32_t>(era * 146'097 + day_of_era - 719'468)};
}

Civil to_civil(Date date) {
  std::int64_t days = std::int64_t{date.days} + 719'468;
  std::int64_t era = floor_div(days, 146'097);
  auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  unsigned year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  unsigned month_from_march = (5 * day_of_year + 2) / 153;
  Civil civil;
  civil.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  civil.month =
      static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  civil.year = static_cast<int>(era * 400 + year_of_era) + (civil.month <= 2 ? 1 : 0);
  return civil;
}

Clock to_clock(std::int64_t micros_of_day) {
  auto seconds = static_cast<unsigned>(micros_of_day / micros_per_second);
  return {static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
          static_cast<int>(seconds % 60), static_cast<int>(micros_of_day % micros_per_second)};
}

DateTime at_midnight(Date date) { return {date.days * micros_per_day, false, 0}; }

Date day_of(const DateTime& value) {
  return {static_cast<std::int32_t>(floor_div(value.micros, micros_per_day))};
}

Result<Date> parse_date(std::string_view text) {
  Scanner in{text};
  auto date = scan_date(in);
  if (!date || !in.is_done()) return not_a("date", text, "2026-11-22");
  return *date;
}

Result<Time> parse_time(std::string_view text) {
  Scanner in{text};
  auto micros = scan_time(in);
  if (!micros || !in.is_done()) return not_a("time", text, "14:08:55");
  return Time{*micros};
}

Result<Time> parse_zoned_time(std::string_view text) {
  Scanner in{text};
  if (auto micros = scan_time(in)) {
    Time value{*micros};
    if (scan_zone(in, value)) return value;
  }
  return not_a("time", text, "14:08:55+02:00");
}

Result<DateTime> parse_datetime(std::string_view text) {
  Scanner in{text};
  bool has_dashes = text.size() > 4 && text[4] == '-';
  auto date = has_dashes ? scan_date(in) : scan_date_without_dashes(in);
  const Colons colons = has_dashes ? Colons::needed : Colons::may_lack;
  if (date && (in.take('T') || in.take(' '))) {
    if (auto micros = scan_time(in, colons)) {
      DateTime value{date->days * micros_per_day + *micros, false, 0};
      if (scan_zone(in, value, colons)) {
        value.micros -= value.offset_minutes * micros_per_minute;
        return value;
      }
    }
  }
  return not_a("datetime", text, "2026-11-22 14:08:55");
}

char* print(Date value, char* to) {
  Civil civil = to_civil({std::clamp(value.days, first_day, last_day)});
  to = print_2(civil.year / 100, to);
  to = print_2(civil.year % 100, to);
  *to++ = '-';
  to = print_2(civil.month, to);
  *to++ = '-';
  return print_2(civil.day, to);
}

char* print(Time value, char* to) {
  to = print_clock(to_clock(std::clamp<std::int64_t>(value.micros, 0, micros_per_day - 1)), to);
  return value.has_zone ? print_zone(value.offset_minutes, to) : to;
}

char* print(const DateTime& value, char separator, char* to) {
  std::int64_t micros = clamp_micros(value.micros);
  if (value.has_zone) micros = clamp_micros(micros + value.offset_minutes * micros_per_minute);
  std::int64_t days = floor_div(micros, micros_per_day);
  to = print(Date{static_cast<std::int32_t>(days)}, to);
  *to++ = separator;
  to = print_clock(to_clock(micros - days * micros_per_day), to);
  return value.has_zone ? print_zone(value.offset_minutes, to) : to;
}

char* print_odoo(const DateTime& value, char* to) {
  std::int64_t micros = clamp_micros(value.micros);
  std::int64_t days = floor_div(micros, micros_per_day);
  to = print(Date{static_cast<std::int32_t>(days)}, to);
  *to++ = ' ';
  return print_seconds(to_clock(micros - days * micros_per_day), to);
}

std::string to_string(Date value) {
  return printed([&](char* to) { return print(value, to); });
}
std::string to_string(Time value) {
  return printed([&](char* to) { return print(value, to); });
}
std::string to_string(const DateTime& value, char separator) {
  return printed([&](char* to) { return print(value, separator, to); });
}
std::string to_odoo_string(const DateTime& value) {
  return printed([&](char* to) { return print_odoo(value, to); });
}

std::int64_t now_micros() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

DateTime now_utc() {
  return {floor_div(now_micros(), micros_per_second) * micros_per_second, false, 0};
}

}  // namespace parley
