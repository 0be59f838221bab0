// SPDX-License-Identifier: Apache-2.0
#include "parley/core/date.hpp"

#include <doctest/doctest.h>

#include "parley/core/base64.hpp"

using namespace parley;

namespace {

std::string instant(std::string_view text) {
  auto value = parse_datetime(text);
  return value ? to_string(*value) : "refused";
}

}  // namespace

TEST_CASE("date: every day of the calendar maps to a number and back") {
  std::int32_t last = to_date({9999, 12, 31}).days;
  Civil expected{1, 1, 1};
  for (std::int32_t day = to_date({1, 1, 1}).days; day <= last; ++day) {
    Civil civil = to_civil({day});
    bool is_same =
        civil.year == expected.year && civil.month == expected.month && civil.day == expected.day;
    if (!is_same || to_date(civil).days != day) FAIL("wrong at day " << day);
    ++expected.day;
    if (!is_valid(expected)) expected.day = 1, ++expected.month;
    if (expected.month == 13) expected.month = 1, ++expected.year;
  }
  CHECK(to_date({1970, 1, 1}).days == 0);
  CHECK(to_date({2026, 11, 22}).days == 20779);
}

TEST_CASE("date: leap years follow the Gregorian rule") {
  CHECK(is_valid({2000, 2, 29}));
  CHECK(is_valid({2024, 2, 29}));
  CHECK_FALSE(is_valid({1900, 2, 29}));
  CHECK_FALSE(is_valid({2023, 2, 29}));
  CHECK_FALSE(is_valid({0, 1, 1}));
  CHECK_FALSE(is_valid({10000, 1, 1}));
}

TEST_CASE("date: one digit months and days are read, anything else is refused") {
  CHECK(to_string(*parse_date("2026-11-22")) == "2026-11-22");
  CHECK(to_string(*parse_date("2024-1-2")) == "2024-01-02");
  for (std::string_view text :
       {"", "2026", "2026-11", "2026-11-", "2026-13-01", "2026-02-30", "26-01-01", "2026-11-22 ",
        "2026-11-222", "20261122", "2026/11/22", "-026-11-22"})
    CHECK_FALSE(parse_date(text));
}

TEST_CASE("time: minutes, seconds or microseconds") {
  CHECK(to_string(*parse_time("14:08")) == "14:08:00");
  CHECK(to_string(*parse_time("14:08:55")) == "14:08:55");
  CHECK(to_string(*parse_time("14:08:55.000001")) == "14:08:55.000001");
  CHECK(to_string(*parse_time("14:08:55.5")) == "14:08:55.500000");
  CHECK(to_string(*parse_time("14:08:55.500000000")) == "14:08:55.500000");
  for (std::string_view text :
       {"24:00", "14:60", "14:08:60", "14", "14:8", "14:08:55.", "14:08:55.0000001", "14:08:55Z"})
    CHECK_FALSE(parse_time(text));
}

TEST_CASE("time: an offset is kept as it was written") {
  CHECK(to_string(*parse_zoned_time("14:08:55")) == "14:08:55");
  CHECK(to_string(*parse_zoned_time("14:08:55Z")) == "14:08:55Z");
  CHECK(to_string(*parse_zoned_time("00:08:55.5-05:30")) == "00:08:55.500000-05:30");
  for (auto text : {"14:08:55+0200", "14:08:55+24:00", "14:08:55 Z"}) CHECK_FALSE(parse_zoned_time(text));
  CHECK_FALSE(parse_time("14:08:55Z"));
}

TEST_CASE("datetime: the accepted forms") {
  CHECK(instant("2026-11-22 14:08:55") == "2026-11-22T14:08:55");
  CHECK(instant("2026-11-22T14:08") == "2026-11-22T14:08:00");
  CHECK(instant("20261122T14:08:55") == "2026-11-22T14:08:55");
  CHECK(instant("20261122T140855") == "2026-11-22T14:08:55");
  CHECK(instant("20261122T1408Z") == "2026-11-22T14:08:00Z");
  CHECK(instant("20261122T140855.5+0200") == "2026-11-22T14:08:55.500000+02:00");
  CHECK(instant("2026-11-22T14:08:55.123Z") == "2026-11-22T14:08:55.123000Z");
  CHECK(instant("2026-11-22T00:08:55+02:00") == "2026-11-22T00:08:55+02:00");
  CHECK(instant("2026-11-22T23:08:55-03:30") == "2026-11-22T23:08:55-03:30");
}

TEST_CASE("datetime: anything else is refused") {
  for (std::string_view text :
       {"", "2026-11-22", "2026-11-22T", "2026-11-22t14:08", "2026-11-22 14:08:55 ",
        "2026-11-22T14:08:55z", "2026-11-22T14:08:55+2", "2026-11-22T14:08:55+02:00Z",
        "20261322T14:08:55", "2026112T14:08:55", "2026-11-22T140855", "20261122T14085", "20261122T140855+02",
        "20261122T14:0855"})
    CHECK(instant(text) == "refused");
}

TEST_CASE("datetime: an offset says how it was written, the instant is UTC") {
  DateTime value = *parse_datetime("2026-11-22T00:30:00+02:00");
  CHECK(value.micros == parse_datetime("2026-11-21T22:30:00Z")->micros);
  CHECK(to_odoo_string(value) == "2026-11-21 22:30:00");
  CHECK(day_of(value) == Date{20778});
}

TEST_CASE("datetime: instants before 1970 and at the ends of the calendar") {
  CHECK(instant("1969-12-31T23:59:59.999999") == "1969-12-31T23:59:59.999999");
  CHECK(instant("0001-01-01 00:00") == "0001-01-01T00:00:00");
  CHECK(to_string(at_midnight(Date{-1})) == "1969-12-31T00:00:00");
  CHECK(day_of({-1, false, 0}) == Date{-1});
  CHECK(to_string(Date{INT32_MAX}) == "9999-12-31");
  CHECK(to_string(DateTime{INT64_MIN, true, -600}) == "0001-01-01T00:00:00-10:00");
  CHECK(to_string(Time{-5}) == "00:00:00");
}

TEST_CASE("base64: the vectors of RFC 4648 section 10 both ways") {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (auto [octets, text] : vectors) {
    CHECK(to_base64(octets) == text);
    CHECK(from_base64(text) == std::string(octets));
  }
  CHECK(to_hex("\x01\xff") == "01ff");
}

TEST_CASE("base64: white space and missing padding are forgiven, all else is not") {
  CHECK(from_base64(" Zm9v\r\n Yg ") == "foob");
  CHECK(from_base64("Zg=") == "f");
  for (std::string_view text : {"Z", "Zg===", "Zm9v=", "Zg==Zg==", "Zm9-", "Zm9v!"})
    CHECK_FALSE(from_base64(text));
}
