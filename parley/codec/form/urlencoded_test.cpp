// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "parley/codec/form/form.hpp"

using namespace parley;

namespace {

// "name=value;..." with the value null as "-".
std::string shown(const Result<std::vector<form::Field>>& fields) {
  if (!fields) return std::string(row(fields.error().code).name);
  std::string out;
  for (const form::Field& field : *fields) {
    if (!out.empty()) out += "; ";
    out.append(field.name).append(" = ");
    out += field.value.is_null() ? "-" : std::string(field.value.text());
  }
  return out;
}

std::string read(std::string_view text, const Limits& limits = {}) {
  Arena arena;
  return shown(form::read_urlencoded(text, limits, arena));
}

}  // namespace

TEST_CASE("form: URL-encoded text is read as the URL standard splits and decodes it") {
  struct Case {
    std::string_view text, fields;
  };
  for (auto [text, fields] : std::initializer_list<Case>{
           {"", ""},
           {"a=1", "a = 1"},
           {"a=1&b=2", "a = 1; b = 2"},
           {"a=1&&b=2&", "a = 1; b = 2"},
           {"a=1&a=2", "a = 1; a = 2"},
           {"a", "a = -"},
           {"a&b=", "a = -; b = "},
           {"a=b=c", "a = b=c"},
           {"=x", " = x"},
           {"a=two+words", "a = two words"},
           {"two+words=1", "two words = 1"},
           {"a=%2B%26%3D", "a = +&="},
           {"a=%2b", "a = +"},
           {"a%3Db=c", "a=b = c"},
           {"p%5B0%5D=x", "p[0] = x"},
           {"a=%C5%BElu%C5%A5", "a = \xC5\xBElu\xC5\xA5"},
           {"a=\xC5\xBE", "a = \xC5\xBE"},
           {"a=1;b=2", "a = 1;b=2"},
       }) {
    CAPTURE(text);
    CHECK(read(text) == fields);
  }
}

TEST_CASE("form: a NUL may stand in a value") {
  CHECK(read("a=x%00y") == std::string("a = x\0y", 7));
}

TEST_CASE("form: broken escapes, NUL in names and what is not UTF-8 are malformed") {
  for (std::string_view text : {"a=%", "a=%4", "a=%zz", "a=%4g", "%=1", "a=%FF", "%FF=1", "a=\xff",
                                "a=%C5", "a=%ED%A0%80", "a%00b=1", "%00"}) {
    CAPTURE(text);
    CHECK(read(text) == "malformed");
  }
}

TEST_CASE("form: more fields than values_max are too large") {
  Limits limits;
  limits.values_max = 3;
  CHECK(read("a=1&b=2&c=3", limits) == "a = 1; b = 2; c = 3");
  CHECK(read("a=1&b=2&c=3&&", limits) == "a = 1; b = 2; c = 3");
  CHECK(read("a=1&b=2&c=3&d=4", limits) == "too_large");
}
