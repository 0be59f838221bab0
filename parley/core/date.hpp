// SPDX-License-Identifier: Apache-2.0
// Calendar days, times of day and instants; proleptic Gregorian, years 1 to 9999.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parley/core/error.hpp"

namespace parley {

/// A day. `days` counts from 1970-01-01.
struct Date {
  std::int32_t days = 0;
  auto operator<=>(const Date&) const = default;
};

/// A time of day. `micros` counts microseconds from midnight, on the clock of the zone when one
/// was given: unlike an instant's they are not brought to UTC, which may be another day.
struct Time {
  std::int64_t micros = 0;
  bool has_zone = false;
  std::int16_t offset_minutes = 0;
  auto operator<=>(const Time&) const = default;
};

/// An instant: `micros` is UTC (or local, when no zone was given) since 1970-01-01T00:00:00.
/// `offset_minutes` is how the zone was written; it does not change `micros`.
struct DateTime {
  std::int64_t micros = 0;
  bool has_zone = false;
  std::int16_t offset_minutes = 0;
  bool operator==(const DateTime&) const = default;
};

struct Civil {
  int year = 1970, month = 1, day = 1;
};
struct Clock {
  int hour = 0, minute = 0, second = 0, micro = 0;
};

bool is_valid(const Civil& civil);
Date to_date(const Civil& civil);
Civil to_civil(Date date);
Clock to_clock(std::int64_t micros_of_day);
DateTime at_midnight(Date date);
/// The day an instant falls on, in its own (UTC or local) reckoning.
Date day_of(const DateTime& value);

/// "2026-11-22". One digit month and day are accepted ("2024-1-2"); nothing may follow.
Result<Date> parse_date(std::string_view text);
/// "14:08:55[.ffffff]" or "14:08"; digits beyond microseconds must be zeros.
Result<Time> parse_time(std::string_view text);
/// The same, then nothing, "Z" or "+hh:mm".
Result<Time> parse_zoned_time(std::string_view text);
/// "2026-11-22 14:08[:55[.ffffff]]", "T" or blank between; then nothing, "Z" or "+hh:mm".
/// XML-RPC's "20261122T14:08:55" too.
Result<DateTime> parse_datetime(std::string_view text);

// A value outside the years 1 to 9999 is printed as the nearest second inside them.
std::string to_string(Date value);                // "2026-11-22"
std::string to_string(Time value);                // "14:08:55[.ffffff][Z|+hh:mm]"
/// "2026-11-22<separator>14:08:55[.ffffff][Z|+hh:mm]"
std::string to_string(const DateTime& value, char separator = 'T');
/// "2026-11-22 14:08:55": UTC, whole seconds; what Odoo endpoints send.
std::string to_odoo_string(const DateTime& value);

// The same into memory; the end of what was written is returned.
inline constexpr std::size_t datetime_chars_max = 32;
char* print(Date value, char* to);                                 // 10 bytes
char* print(Time value, char* to);                                 // 8 to 21 bytes
char* print(const DateTime& value, char separator, char* to);      // at most datetime_chars_max bytes
char* print_odoo(const DateTime& value, char* to);                 // 19 bytes

/// The wall clock now, UTC, whole seconds; without zone, as fields keep instants.
DateTime now_utc();
/// The wall clock now in microseconds since 1970, UTC.
std::int64_t now_micros();

}  // namespace parley
