// SPDX-License-Identifier: Apache-2.0
#include "parley/core/decimal.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace parley;

namespace {

std::string read(std::string_view text) {
  auto value = parse_decimal(text);
  return value ? to_string(*value) : "refused";
}

Decimal of(std::string_view text) { return parse_decimal(text).value(); }

}  // namespace

TEST_CASE("decimal: what is read is written with the scale it was written with") {
  for (std::string_view text : {"0", "12.50", "-12.50", "-0.05", "0.000000000000000000000000000001",
                                "99999999999999999999999999999999999999",
                                "-99999999.999999999999999999999999999999", "18446744073709551616"})
    CHECK(read(text) == text);
  CHECK(read("+7") == "7");
  CHECK(read("007.0") == "7.0");
}

TEST_CASE("decimal: an exponent moves the point") {
  CHECK(read("1.5e3") == "1500");
  CHECK(read("1.50E1") == "15.0");
  CHECK(read("15e-1") == "1.5");
  CHECK(read("0e99999999999") == "0");
}

TEST_CASE("decimal: anything but a number is refused") {
  for (std::string_view text :
       {"", "-", ".5", "5.", "1e", "1e+", "1_0", " 1", "1 ", "NaN", "0x1", "--1"})
    CHECK(read(text) == "refused");
}

TEST_CASE("decimal: more than 38 digits or 30 after the point are refused") {
  CHECK(read("100000000000000000000000000000000000000") == "refused");
  CHECK(read("1e38") == "refused");
  CHECK(read("1e37") == "10000000000000000000000000000000000000");
  CHECK(read("1e-31") == "refused");
  CHECK(read("1e-99999999999") == "refused");
  CHECK(parse_decimal("1e99999").error().code == Code::invalid_argument);
}

TEST_CASE("decimal: rescale rounds halves away from zero") {
  CHECK(to_string(*rescale(of("2.5"), 0)) == "3");
  CHECK(to_string(*rescale(of("-2.5"), 0)) == "-3");
  CHECK(to_string(*rescale(of("2.449"), 1)) == "2.4");
  CHECK(to_string(*rescale(of("2.4"), 3)) == "2.400");
  CHECK_FALSE(rescale(of("99999999999999999999999999999999999999"), 1));
  CHECK_FALSE(rescale(of("1"), 31));
}

TEST_CASE("decimal: a sum is exact or refused") {
  CHECK(to_string(*add(of("0.1"), of("0.20"))) == "0.30");
  CHECK_FALSE(add(of("99999999999999999999999999999999999999"), of("1")));
}

TEST_CASE("decimal: compares by value, whatever the scales") {
  CHECK(of("1.0") == of("1.00"));
  CHECK(compare(of("-2"), of("1.5")) < 0);
  CHECK(compare(of("99999999999999999999999999999999999999"),
                of("0.000000000000000000000000000001")) > 0);
  CHECK(compare(of("0.000000000000000000000000000001"),
                of("-99999999999999999999999999999999999999")) > 0);
}

TEST_CASE("decimal: to and from double") {
  CHECK(to_double(of("0.1")) == 0.1);
  CHECK(to_double(of("123456789012345678901234567890")) == 123456789012345678901234567890.0);
  CHECK(to_string(*decimal_from(0.1)) == "0.1");
  CHECK(to_string(*decimal_from(1e22)) == "10000000000000000000000");
  CHECK_FALSE(decimal_from(1e300));
  CHECK_FALSE(decimal_from(std::numeric_limits<double>::quiet_NaN()));
}
