// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/json/reader.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "parley/codec/json/writer.hpp"

using namespace parley;

namespace {

// What is read, written again; else the name of the error.
std::string again(std::string_view document, json::ReadOptions options = {}) {
  // A copy of exactly this size: the sanitizer sees every byte read beyond it.
  std::vector<char> bytes(document.begin(), document.end());
  Arena arena;
  auto value = json::read_tree({bytes.data(), bytes.size()}, {}, arena, options);
  if (!value) return std::string(row(value.error().code).name);
  return json::to_json(*value, {.nan = json::NanAs::python});
}

std::string message(std::string_view document) {
  Arena arena;
  auto value = json::read_tree(document, {}, arena);
  return value ? "" : value.error().message;
}

Kind kind_of(std::string_view document) {
  Arena arena;
  return json::read_tree(document, {}, arena).value().kind();
}

}  // namespace

TEST_CASE("json: documents of every kind are read") {
  for (std::string_view text :
       {"null", "true", "false", "0", "-7", "\"\"", "[]", "{}", "[[],{}]", "[1,[2,[3]],4]",
        "{\"a\":{\"b\":[true,null]},\"c\":\"d\"}", "{\"\":0}"})
    CHECK(again(text) == text);
  CHECK(again(" \t\r\n[ 1 , { \"a\" : 2 } ] \n") == "[1,{\"a\":2}]");
}

TEST_CASE("json: broken structure is malformed") {
  for (std::string_view text :
       {"",        " ",        "[",          "]",         "{",           "[1",
        "[1,",     "[1,]",     "[,1]",       "[1 2]",     "[1}",         "{1:2}",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}", "{\"a\"::1}",  "{,}",
        "[1]]",    "[1][2]",   "1 2",        "{}x",       "\"a\"b",      "[1:2]",
        "nul",     "nulll",    "truE",       "tru",       "[true\"a\"]", "1\"a\"",
        "\\\"a\"", "[1\\\"]",  "'a'",        "// c\n1"})
    CHECK(again(text) == "malformed");
  CHECK(again(std::string_view("\0", 1)) == "malformed");
  CHECK(again(std::string_view("[1\0]", 4)) == "malformed");
}

TEST_CASE("json: a message names the place") {
  CHECK(message("[1 2]") == "json: expected a comma or ] at byte 3");
  CHECK(message("[1") == "json: expected a comma or ] at byte 2");
  CHECK(message("{\"a\":\"\\x\"}") == "json: no such escape in the string at byte 5");
  CHECK(message("[]x") == "json: text after the end of the document at byte 2");
}

TEST_CASE("json: numbers follow the grammar") {
  for (std::string_view text : {"01", "-", "-01", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x1",
                                "1_0", "--1", "1a", "NaN", "Infinity", "-Infinity"})
    CHECK(again(text) == "malformed");
  for (std::string_view text :
       {"1.50", "1e5", "1E+5", "-0.0", "0e-1", "123456789.000000000000000000000000001"}) {
    CHECK(again(text) == text);
    CHECK(kind_of(text) == Kind::number);
  }
}

TEST_CASE("json: a whole number beyond 64 bit keeps its digits") {
  CHECK(kind_of("9223372036854775807") == Kind::integer);
  CHECK(kind_of("-9223372036854775808") == Kind::integer);
  CHECK(kind_of("9223372036854775808") == Kind::bigint);
  CHECK(again("123456789012345678901234567890") == "123456789012345678901234567890");
}

TEST_CASE("json: NaN and the infinities are read when asked for") {
  json::ReadOptions python{.nan_literals = json::NanLiterals::accepted};
  CHECK(again("[NaN,Infinity,-Infinity]", python) == "[NaN,Infinity,-Infinity]");
  for (std::string_view text : {"nan", "NaNa", "Inf", "-NaN", "-Infinit", "+Infinity", "N"})
    CHECK(again(text, python) == "malformed");
}

TEST_CASE("json: every escape is read") {
  CHECK(again(R"("\"\\\/\b\f\n\r\t")") == R"("\"\\/\b\f\n\r\t")");
  CHECK(again(R"("a\u0041b\u00e9\u20AC\ud83d\ude00")") == "\"aAb\u00e9\u20ac\U0001F600\"");
  CHECK(again(R"("\u0000")") == R"("\u0000")");
  CHECK(again(R"({"\u0061":1})") == R"({"a":1})");
  for (std::string_view text :
       {R"("\")", R"("\x")", R"("\u12")", R"("\u12G4")", R"("\u")", "\"\\", "\"a", R"("\'")"})
    CHECK(again(text) == "malformed");
}

TEST_CASE("json: a lone surrogate is malformed") {
  for (std::string_view text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")",
                                R"("\ud800\n")", R"("\udc00\ud800")", R"("\ud800\u0041")"})
    CHECK(again(text) == "malformed");
}

TEST_CASE("json: a raw control character in a string is malformed") {
  CHECK(again("\"a\nb\"") == "malformed");
  CHECK(again("\"\t\"") == "malformed");
  CHECK(again("\"\x7f\"") == "\"\x7f\"");
}

TEST_CASE("json: text that is not UTF-8 and a byte order mark are malformed") {
  CHECK(again("\"\xff\"") == "malformed");
  CHECK(again("\"\xed\xa0\x80\"") == "malformed");
  CHECK(again("\xef\xbb\xbf{}") == "malformed");
}

TEST_CASE("json: of repeated keys the last wins") {
  CHECK(again(R"({"a":1,"b":2,"a":3})") == R"({"a":3,"b":2})");
}

TEST_CASE("json: nesting ends at the limit") {
  Limits limits;
  limits.depth_max = 3;
  Arena arena;
  CHECK(json::read_tree("[[[1]]]", limits, arena));
  CHECK(json::read_tree("[{\"a\":[]},[[]]]", limits, arena));
  auto deeper = json::read_tree("[[[[]]]]", limits, arena);
  REQUIRE_FALSE(deeper);
  CHECK(deeper.error().code == Code::too_large);
  CHECK(again(std::string(100'000, '[')) == "too_large");
}

TEST_CASE("json: one Reader reads many documents, after failures and large ones too") {
  json::Reader reader;
  Limits limits;
  std::string large = "[\"" + std::string(1'000'000, 'x') + "\"]";
  for (int round = 0; round < 3; ++round) {
    Arena arena;
    CHECK(json::to_json(*reader.read_tree("[1,\"\\u0041\"]", limits, arena)) == "[1,\"A\"]");
    CHECK_FALSE(reader.read_tree("[1,[2", limits, arena));
    CHECK(reader.read_tree(large, limits, arena)->items()[0].size() == 1'000'000);
    StringOutput out;
    json::Writer writer(out);
    CHECK(reader.read("{\"a\":[\"\\n\"]}", limits, writer));
    CHECK(out.view() == "{\"a\":[\"\\n\"]}");
  }
}

TEST_CASE("json: an id of JSON-RPC comes back as it was written") {
  for (std::string_view text :
       {"1", "-1", "1.50", "1e3", "12345678901234567890", "\"a-1\"", "\"\u20ac\"", "null"})
    CHECK(again(text) == text);
}

TEST_CASE("json: a document holds about values_max values at most") {
  Limits limits;
  Arena arena;
  limits.values_max = 8;
  CHECK(json::read_tree("[1,2,3,4,5,6,7]", limits, arena));
  auto refused = json::read_tree("[1,2,3,4,5,6,7,8,9,10,11,12]", limits, arena);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::too_large);
}
