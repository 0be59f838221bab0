// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "parley/codec/bson/bson.hpp"

using namespace parley;
using namespace std::string_literals;

namespace {

std::string bytes_of(std::uint64_t number, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += static_cast<char>(number >> (8 * i));
  return out;
}

std::string document(const std::string& elements) {
  return bytes_of(elements.size() + 5, 4) + elements + '\0';
}

std::string element(int type, const std::string& key, const std::string& content) {
  return static_cast<char>(type) + key + '\0' + content;
}

std::string text(const std::string& content) {
  return bytes_of(content.size() + 1, 4) + content + '\0';
}

std::string binary(int subtype, const std::string& octets) {
  return bytes_of(octets.size(), 4) + static_cast<char>(subtype) + octets;
}

// The value of the one element "a" of this type and content.
Result<Value> read(int type, const std::string& content, Arena& arena) {
  PARLEY_TRY(Value tree,
             bson::read_tree(arena.copy(document(element(type, "a", content))), {}, arena));
  REQUIRE(tree.size() == 1);
  CHECK(tree.keys()[0] == "a");
  return tree.values()[0];
}

Code code_of(const std::string& bytes, const Limits& limits = {}) {
  Arena arena;
  auto tree = bson::read_tree(bytes, limits, arena);
  return tree ? Code::internal : tree.error().code;
}

std::string nested(int depth) {
  std::string bytes = document("");
  for (int i = 1; i < depth; ++i) bytes = document(element(i % 2 == 0 ? 0x03 : 0x04, "0", bytes));
  return bytes;
}

}  // namespace

TEST_CASE("bson: scalars keep their kinds") {
  Arena arena;
  CHECK(read(0x0a, "", arena)->is_null());
  CHECK(read(0x08, "\1"s, arena)->is_true());
  CHECK(read(0x08, "\0"s, arena)->is_false());
  CHECK(read(0x10, bytes_of(0xffffffff, 4), arena)->as_integer() == -1);
  CHECK(read(0x12, bytes_of(1ULL << 40, 8), arena)->as_integer() == 1LL << 40);
  CHECK(read(0x01, bytes_of(0x3ff8000000000000, 8), arena)->as_real() == 1.5);
  CHECK(std::isnan(read(0x01, bytes_of(0x7ff8000000000000, 8), arena)->as_real()));
  CHECK(read(0x02, text("\xC5\xBElu\0x"s), arena)->text() == "\xC5\xBElu\0x"s);
  CHECK(read(0x02, text(""), arena)->text().empty());
  CHECK(read(0x05, binary(0, "\0\xff"s), arena)->text() == "\0\xff"s);
  CHECK(read(0x07, "\0\1\2\3\4\5\6\7\10\11\12\253"s, arena)->text() == "000102030405060708090aab");
}

TEST_CASE("bson: decimal128 is a number token with its digits, or a real") {
  Arena arena;
  auto decimal = [&](std::uint64_t high, std::uint64_t low) {
    return read(0x13, bytes_of(low, 8) + bytes_of(high, 8), arena);
  };
  CHECK(decimal(0x303c000000000000, 1230)->text() == "12.30");
  CHECK(decimal(0x303c000000000000, 1230)->is(Kind::number));
  CHECK(decimal(0x3040000000000000, 5)->text() == "5");
  CHECK(decimal(0xb040000000000000, 0)->text() == "-0");
  CHECK(decimal(0x3046000000000000, 1)->text() == "1E+3");
  CHECK(decimal(0x3041ed09bead87c0, 0x378d8e63ffffffff)->text() == std::string(34, '9'));
  CHECK(std::isnan(decimal(0x7c00000000000000, 0)->as_real()));
  CHECK(decimal(0x7800000000000000, 0)->as_real() > 1e308);
  CHECK(decimal(0xf800000000000000, 0)->as_real() < -1e308);
}

TEST_CASE("bson: a decimal128 of 35 digits is zero, as IEEE 754 has it") {
  Arena arena;
  auto content = bytes_of(0x378d8e6400000000, 8) + bytes_of(0xb03ded09bead87c0, 8);
  CHECK(read(0x13, content, arena)->text() == "-0.00");
}

TEST_CASE("bson: a datetime has no zone; one outside the years 1 to 9999 keeps its milliseconds") {
  Arena arena;
  auto datetime = [&](std::int64_t ms) {
    return read(0x09, bytes_of(static_cast<std::uint64_t>(ms), 8), arena);
  };
  CHECK(to_string(datetime(1709209800250)->as_datetime()) == "2024-02-29T12:30:00.250000");
  CHECK(to_string(datetime(-62'135'596'800'000)->as_datetime()) == "0001-01-01T00:00:00");
  CHECK(to_string(datetime(253'402'300'799'999)->as_datetime()) == "9999-12-31T23:59:59.999000");
  CHECK(datetime(253'402'300'800'000)->find("$date")->as_integer() == 253'402'300'800'000);
  CHECK(datetime(-62'135'596'800'001)->find("$date")->as_integer() == -62'135'596'800'001);
}

TEST_CASE("bson: binary of subtype 4 is a uuid of 16 bytes, of subtype 3 is refused") {
  Arena arena;
  std::string octets = "0123456789abcdef";
  Uuid uuid;
  std::copy(octets.begin(), octets.end(), uuid.begin());
  CHECK(read(0x05, binary(4, octets), arena)->as_uuid() == uuid);
  CHECK(read(0x05, binary(4, "short"), arena).error().code == Code::malformed);
  CHECK(read(0x05, binary(3, octets), arena).error().code == Code::malformed);
  CHECK(read(0x05, binary(3, octets), arena).error().where == "a");
  for (int subtype : {0, 1, 5, 6, 9, 128, 255})
    CHECK(read(0x05, binary(subtype, octets), arena)->text() == octets);
  CHECK(read(0x05, binary(2, bytes_of(16, 4) + octets), arena)->text() == octets);
  CHECK(read(0x05, binary(2, bytes_of(15, 4) + octets), arena).error().code == Code::malformed);
}

TEST_CASE("bson: documents and arrays nest, in order, whatever an array's names are") {
  Arena arena;
  std::string one = element(0x10, "0", bytes_of(1, 4)), two = element(0x10, "0", bytes_of(2, 4));
  auto list = read(0x04, document(one + two), arena);
  REQUIRE(list);
  REQUIRE(list->is_list());
  REQUIRE(list->size() == 2);
  CHECK(list->items()[1].as_integer() == 2);
  auto dict = read(0x03, document(element(0x04, "", document("")) + one + two), arena);
  REQUIRE(dict);
  REQUIRE(dict->size() == 2);  // the name given twice takes the last value
  CHECK(dict->find("")->size() == 0);
  CHECK(dict->find("0")->as_integer() == 2);
}

TEST_CASE("bson: types without a meaning here are malformed and named") {
  Arena arena;
  std::string oid(12, 'o');
  for (auto [type, content] : std::initializer_list<std::pair<int, std::string>>{
           {0x06, ""},
           {0x0b, "a\0i\0"s},
           {0x0c, text("c") + oid},
           {0x0d, text("f()")},
           {0x0e, text("s")},
           {0x0f, bytes_of(4 + 8 + 5, 4) + text("f()") + document("")},
           {0x11, bytes_of(1, 8)},
           {0x7f, ""},
           {0xff, ""},
           {0x14, ""},
           {0x80, ""},
       }) {
    CAPTURE(type);
    auto value = read(type, content, arena);
    REQUIRE_FALSE(value);
    CHECK(value.error().code == Code::malformed);
  }
}

TEST_CASE("bson: names and texts are UTF-8") {
  CHECK(code_of(document(element(0x02, "a", text("\xff")))) == Code::malformed);
  CHECK(code_of(document(element(0x02, "a", text("\xC0\x80")))) == Code::malformed);
  CHECK(code_of(document(element(0x0a, "\xff", ""))) == Code::malformed);
  CHECK(code_of(document(element(0x04, "a", document(element(0x0a, "\xff", ""))))) ==
        Code::malformed);
}

TEST_CASE("bson: a document cut anywhere, or longer than it says, is malformed") {
  std::string whole =
      document(element(0x03, "d", document(element(0x02, "s", text("x")))) +
               element(0x05, "b", binary(0, "yz")) + element(0x13, "n", std::string(16, '\1')));
  CHECK(code_of(whole) == Code::internal);  // it was read
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(code_of(whole.substr(0, size)) == Code::malformed);
  }
  CHECK(code_of(whole + '\0') == Code::malformed);
  std::string unended = document("");
  unended.back() = '\x10';
  CHECK(code_of(document(element(0x03, "d", unended))) == Code::malformed);
  CHECK(code_of(document(element(0x03, "d", bytes_of(4, 4)))) == Code::malformed);
  CHECK(code_of(document(element(0x03, "d", bytes_of(0, 4)))) == Code::malformed);
  CHECK(code_of(document(element(0x04, "d", bytes_of(0xffffffff, 4) + '\0'))) == Code::malformed);
  CHECK(code_of("") == Code::malformed);
}

TEST_CASE("bson: depth_max and values_max hold") {
  Limits limits;
  CHECK(code_of(nested(200)) == Code::internal);  // it was read
  CHECK(code_of(nested(201)) == Code::too_large);
  CHECK(code_of(nested(20'000)) == Code::too_large);
  limits.values_max = 2;
  std::string null = element(0x0a, "", "");
  CHECK(code_of(document(null + null), limits) == Code::internal);
  CHECK(code_of(document(null + null + null), limits) == Code::too_large);
}

TEST_CASE("bson: 100,000 equal names take no longer than sorting them") {
  std::string null = element(0x0a, "a", ""), elements;
  for (int i = 0; i < 100'000; ++i) elements += null;
  Arena arena;
  CHECK(bson::read_tree(document(elements), {}, arena)->size() == 1);
}
