// SPDX-License-Identifier: Apache-2.0
#include "parley/http/uri.hpp"

#include <doctest/doctest.h>

using namespace parley;
using namespace parley::http;

TEST_CASE("uri: escapes are decoded, plus only in queries") {
  CHECK(*percent_decode("a%20b+c%2F") == "a b+c/");
  CHECK(*percent_decode("a+b", Plus::is_blank) == "a b");
  CHECK(*percent_decode("%c3%A9") == "\xc3\xa9");
  CHECK(percent_decode("%00")->size() == 1);
}

TEST_CASE("uri: an escape without two hex digits is malformed") {
  for (std::string_view bad : {"%", "%4", "a%4", "%4g", "%g4", "%%41"}) {
    CAPTURE(bad);
    auto got = percent_decode(bad);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Code::malformed);
  }
}

TEST_CASE("uri: encode is the inverse of decode") {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  CHECK(*percent_decode(percent_encode(all)) == all);
  CHECK(percent_encode("a b/~") == "a%20b%2F~");
}

TEST_CASE("uri: a query is a list of names and values") {
  auto items = parse_query("a=1&&b=two+words&c&=x&d=%26%3D&a=2=3&");
  REQUIRE(items);
  REQUIRE(items->size() == 6);
  CHECK((*items)[1].value == "two words");
  CHECK((*items)[2].name == "c");
  CHECK((*items)[2].value.empty());
  CHECK((*items)[3].name.empty());
  CHECK((*items)[4].value == "&=");
  CHECK((*items)[5].value == "2=3");
  CHECK(parse_query("")->empty());
  CHECK_FALSE(parse_query("a=%zz"));
}
