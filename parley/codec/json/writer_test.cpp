// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/json/writer.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace parley;

namespace {

std::string real(double v, json::WriteOptions options = {}) {
  return json::to_json(Value::real(v), options);
}
std::string text(std::string_view v) { return json::to_json(Value::string(v)); }

Value nested(Arena& arena) {
  ListBuilder list(arena);
  list.add(Value::integer(1));
  list.add(Value::list({}));
  DictBuilder dict(arena);
  dict.set("a", list.done());
  dict.set("b", DictBuilder(arena).done());
  dict.set("c", Value::boolean(true));
  return dict.done();
}

}  // namespace

TEST_CASE("json: compact has no blanks, python has them as json.dumps") {
  Arena arena;
  CHECK(json::to_json(nested(arena)) == R"({"a":[1,[]],"b":{},"c":true})");
  CHECK(json::to_json(nested(arena), {.style = json::Style::python}) ==
        R"({"a": [1, []], "b": {}, "c": true})");
}

TEST_CASE("json: strings are escaped as Python does without ensure_ascii") {
  CHECK(text("") == "\"\"");
  CHECK(text("a\"b\\c/\b\f\n\r\t\x01\x1f\x7f") ==
        "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
  CHECK(text(std::string_view("\0", 1)) == "\"\\u0000\"");
  CHECK(text("na\u00efve \u20ac \U0001F600 \u2028") == "\"na\u00efve \u20ac \U0001F600 \u2028\"");
}

TEST_CASE("json: an escape is found at every place of texts of every length") {
  for (std::size_t size = 1; size < 70; ++size) {
    CHECK(text(std::string(size, 'x')) == "\"" + std::string(size, 'x') + "\"");
    for (std::size_t at = 0; at < size; ++at) {
      std::string plain(size, 'x');
      plain[at] = '"';
      std::string expected = "\"" + plain.substr(0, at) + "\\\"" + plain.substr(at + 1) + "\"";
      if (text(plain) != expected) FAIL("size " << size << " at " << at);
    }
  }
  std::string long_text = std::string(5000, 'y') + "\n\u20ac" + std::string(5000, 'z');
  CHECK(text(long_text) ==
        "\"" + std::string(5000, 'y') + "\\n\u20ac" + std::string(5000, 'z') + "\"");
}

TEST_CASE("json: what is not UTF-8 leaves as U+FFFD") {
  CHECK(text("a\xff\"b\xe2\x82") == "\"a\uFFFD\\\"b\uFFFD\uFFFD\"");
  CHECK(text("\xed\xa0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");
}

TEST_CASE("json: doubles are as Python's repr writes them") {
  const std::pair<double, std::string_view> cases[] = {
      {0, "0.0"},
      {-0.0, "-0.0"},
      {3, "3.0"},
      {0.1, "0.1"},
      {-2.5, "-2.5"},
      {100000, "100000.0"},
      {1e15, "1000000000000000.0"},
      {1e16, "1e+16"},
      {9007199254740993.0, "9007199254740992.0"},
      {1e-4, "0.0001"},
      {1e-5, "1e-05"},
      {1.5e-7, "1.5e-07"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {5e-324, "5e-324"},
      {1234567890.125, "1234567890.125"}};
  for (auto [v, expected] : cases) CHECK(real(v) == expected);
}

TEST_CASE("json: NaN and the infinities are null unless Python's literals are asked for") {
  double infinity = std::numeric_limits<double>::infinity();
  json::WriteOptions python{.nan = json::NanAs::python};
  CHECK(real(infinity) == "null");
  CHECK(real(infinity, python) == "Infinity");
  CHECK(real(-infinity, python) == "-Infinity");
  CHECK(real(std::numeric_limits<double>::quiet_NaN(), python) == "NaN");
}

TEST_CASE("json: decimals are exact, or doubles when asked for") {
  Arena arena;
  Value price = Value::decimal({1250, 2}, arena);
  CHECK(json::to_json(price) == "12.50");
  CHECK(json::to_json(price, {.decimals = json::DecimalAs::real}) == "12.5");
}

TEST_CASE("json: number tokens leave as written, or made into JSON") {
  CHECK(json::to_json(Value::number("1.50")) == "1.50");
  CHECK(json::to_json(Value::bigint("+123456789012345678901")) == "123456789012345678901");
  CHECK(json::to_json(Value::number("+1.5")) == "1.5");
  CHECK(json::to_json(Value::number(".5")) == "0.5");
  CHECK(json::to_json(Value::number("5,\"x\":1")) == "\"5,\\\"x\\\":1\"");
  CHECK(json::to_json(Value::integer(std::numeric_limits<std::int64_t>::min())) ==
        "-9223372036854775808");
}

TEST_CASE("json: days, times, instants, octets and identifiers are strings") {
  Arena arena;
  DateTime instant = *parse_datetime("2026-11-22T16:08:55+02:00");
  CHECK(json::to_json(Value::date(*parse_date("2026-11-22"))) == "\"2026-11-22\"");
  CHECK(json::to_json(Value::time(*parse_time("14:08:55"))) == "\"14:08:55\"");
  CHECK(json::to_json(Value::datetime(instant)) == "\"2026-11-22T16:08:55+02:00\"");
  CHECK(json::to_json(Value::datetime(instant), {.datetimes = json::DateTimeAs::odoo}) ==
        "\"2026-11-22 14:08:55\"");
  CHECK(json::to_json(Value::bytes("foob")) == "\"Zm9vYg==\"");
  Uuid id{0x12, 0x3e, 0x45, 0x67, 0xe8, 0x9b, 0x12, 0xd3,
          0xa4, 0x56, 0x42, 0x66, 0x14, 0x17, 0x40, 0};
  CHECK(json::to_json(Value::uuid(id, arena)) == "\"123e4567-e89b-12d3-a456-426614174000\"");
}

TEST_CASE("json: unset leaves as null, raw as it is") {
  CHECK(json::to_json(Value::unset()) == "null");
  StringOutput out;
  json::Writer writer(out);
  writer.begin_list();
  writer.raw("{ \"stored\": 1 }");
  writer.integer(2);
  writer.end_list();
  CHECK(out.view() == "[{ \"stored\": 1 },2]");
}
