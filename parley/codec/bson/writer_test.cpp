// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "parley/codec/bson/bson.hpp"

using namespace parley;
using namespace std::string_literals;

namespace {

// The type byte and the content of the one element "a" that `tell` makes.
template <class Tell>
std::string written(const Tell& tell) {
  bson::Writer writer;
  writer.begin_dict();
  writer.key("a");
  tell(writer);
  writer.end_dict();
  auto bytes = writer.take();
  REQUIRE(bytes);
  REQUIRE(bytes->substr(5, 2) == "a\0"s);
  REQUIRE(static_cast<unsigned char>((*bytes)[0]) + 256 * static_cast<unsigned char>((*bytes)[1]) ==
          bytes->size());
  return (*bytes)[4] + bytes->substr(7, bytes->size() - 8);
}

std::string written(const Value& value) {
  return written([&](Sink& to) { write(value, to); });
}

// What is read back of one value.
Value again(const Value& value, Arena& arena) {
  bson::Writer writer;
  std::string_view key = "a";
  write(Value::dict({&key, 1}, &value, arena), writer);
  auto bytes = writer.take();
  REQUIRE(bytes);
  auto tree = bson::read_tree(arena.copy(*bytes), {}, arena);
  REQUIRE(tree);
  return copy(*tree->find("a"), arena);
}

std::string number_of(const Value& value) {
  std::string bytes = written(value);
  Arena arena;
  Value read = again(value, arena);
  if (bytes[0] == 0x13 || bytes[0] == 0x02)
    return (bytes[0] == 0x13 ? "decimal128 " : "text ") + std::string(read.text());
  return (bytes[0] == 0x10 ? "int32 " : "int64 ") + std::to_string(read.as_integer());
}

}  // namespace

TEST_CASE("bson: an integer takes the smallest type that holds it") {
  std::string digits34(34, '9'), digits35(35, '9');
  struct Case {
    Value value;
    std::string written;
  };
  for (const auto& [value, expected] : std::initializer_list<Case>{
           {Value::integer(0), "int32 0"},
           {Value::integer(2147483647), "int32 2147483647"},
           {Value::integer(2147483648), "int64 2147483648"},
           {Value::integer(-2147483648), "int32 -2147483648"},
           {Value::integer(-2147483649), "int64 -2147483649"},
           {Value::integer(std::numeric_limits<std::int64_t>::min()), "int64 -9223372036854775808"},
           {Value::bigint("9223372036854775808"), "decimal128 9223372036854775808"},
           {Value::bigint(digits34), "decimal128 " + digits34},
           {Value::bigint(digits35), "text " + digits35},
           {Value::bigint("-10000000000000000000000000000000000"),
            "text -10000000000000000000000000000000000"},
       })
    CHECK(number_of(value) == expected);
}

TEST_CASE("bson: decimals and number tokens keep their digits") {
  Arena arena;
  for (std::string token : {"12.30", "0", "-0", "0.00", "1.5", "-1.000", "1E+3", "0E-6176",
                            "1.234567890123456789012345678901234", "1E+6111", "1E-6176"})
    CHECK(number_of(Value::number(token)) == "decimal128 " + token);
  CHECK(number_of(Value::number("1e3")) == "decimal128 1E+3");
  CHECK(number_of(Value::number(std::string_view("1E+65").substr(0, 4))) == "decimal128 1E+6");
  CHECK(number_of(Value::decimal({1230, 2}, arena)) == "decimal128 12.30");
  CHECK(number_of(Value::decimal({0, 30}, arena)) == "decimal128 0E-30");
}

TEST_CASE("bson: numbers that decimal128 would round or cannot reach are text") {
  Arena arena;
  for (std::string token :
       {"1.2345678901234567890123456789012345", "1E+6145", "1E+99999999999999999999", "1E-6177",
        "0.5E-6176", "0E+7000", "9.9E-99999"})
    CHECK(number_of(Value::number(token)) == "text " + token);
  auto long_one = parse_decimal("12345678901234567890123456789012345.67");
  REQUIRE(long_one);
  CHECK(number_of(Value::decimal(*long_one, arena)) ==
        "text 12345678901234567890123456789012345.67");
}

TEST_CASE("bson: other scalars have one form each") {
  Arena arena;
  CHECK(written(Value::null()) == "\x0a");
  CHECK(written(Value::unset()) == "\x0a");
  CHECK(written(Value::boolean(true)) == "\x08\x01");
  CHECK(written(Value::real(1.5)) == "\x01\0\0\0\0\0\0\xf8\x3f"s);
  CHECK(written(Value::real(2.0)) == "\x01\0\0\0\0\0\0\0\x40"s);
  CHECK(std::isnan(again(Value::real(std::nan("")), arena).as_real()));
  CHECK(written(Value::string("x\0y"s)) == "\x02\4\0\0\0x\0y\0"s);
  CHECK(written(Value::string({})) == "\x02\1\0\0\0\0"s);
  CHECK(written(Value::bytes("\xff")) == "\x05\1\0\0\0\0\xff"s);
  CHECK(written(Value::bytes({})) == "\x05\0\0\0\0\0"s);
  CHECK(written(Value::uuid(Uuid{1, 2, 3}, arena)) ==
        "\x05\x10\0\0\0\4\1\2\3"s + std::string(13, '\0'));
  CHECK(again(Value::date({19782}), arena).text() == "2024-02-29");
  CHECK(again(Value::time({46875458900}), arena).text() == "13:01:15.458900");
}

TEST_CASE("bson: a datetime is UTC in whole milliseconds, the part below cut towards the past") {
  Arena arena;
  auto ms = [&](std::string_view text) {
    return again(Value::datetime(*parse_datetime(text)), arena).as_datetime().micros;
  };
  CHECK(ms("1970-01-01T00:00:00.250") == 250'000);
  CHECK(ms("1970-01-01T01:00:00+01:00") == 0);
  CHECK(ms("1970-01-01T00:00:00.001999") == 1'000);
  CHECK(ms("1969-12-31T23:59:59.999999") == -1'000);
}

TEST_CASE("bson: lists are arrays named 0, 1, 2") {
  CHECK(written([](Sink& to) {
          to.begin_list();
          to.null();
          to.begin_list();
          to.end_list();
          to.begin_dict();
          to.end_dict();
          to.end_list();
        }) == "\x04\x18\0\0\0\x0a"s + "0\0\x04"s + "1\0\5\0\0\0\0\x03"s + "2\0\5\0\0\0\0\0"s);
  Arena arena;
  std::vector<Value> items(1000, Value::boolean(true));
  std::string bytes = written(Value::list(items));
  CHECK(bytes.find("\x08"s + "999\0"s) != std::string::npos);
  CHECK(again(Value::list(items), arena).size() == 1000);
}

TEST_CASE("bson: the empty document is five bytes") {
  bson::Writer writer;
  writer.begin_dict();
  writer.end_dict();
  CHECK(*writer.take() == "\5\0\0\0\0"s);
}

TEST_CASE("bson: a name with a NUL is rejected") {
  bson::Writer writer;
  writer.begin_dict();
  writer.key("a\0b"s);
  writer.begin_list();
  writer.integer(1);
  writer.end_list();
  writer.end_dict();
  CHECK(writer.take().error().code == Code::rejected);
}

TEST_CASE("bson: a document has at most the bytes it may, and takes no more after that") {
  auto made = [](std::size_t texts) {
    bson::Writer writer(1000);
    writer.begin_dict();
    writer.key("a");
    writer.begin_list();
    for (std::size_t i = 0; i < texts; ++i) writer.string(std::string(90, 'x'));
    CHECK(writer.is_failed() == (texts > 9));
    writer.end_list();
    writer.end_dict();
    return writer.take();
  };
  auto largest = made(9);
  REQUIRE(largest);
  CHECK(largest->size() <= 1000);
  for (std::size_t texts : {10, 1000}) CHECK(made(texts).error().code == Code::too_large);
}

TEST_CASE("bson: a writer that is dropped half way gives its memory back") {
  bson::Writer writer;
  writer.begin_dict();
  writer.key("a");
  writer.begin_list();
  for (int i = 0; i < 100; ++i) writer.string("some text");
}

TEST_CASE("bson: a writer takes any depth") {
  constexpr int depth = 10'000;
  bson::Writer writer;
  writer.begin_dict();
  writer.key("a");
  for (int i = 0; i < depth; ++i) writer.begin_list();
  for (int i = 0; i < depth; ++i) writer.end_list();
  writer.end_dict();
  auto bytes = writer.take();
  REQUIRE(bytes);
  Limits limits;
  limits.depth_max = depth + 1;
  Arena arena;
  CHECK(bson::read_tree(*bytes, limits, arena));
}
