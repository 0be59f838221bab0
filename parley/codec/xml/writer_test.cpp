// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/xml/writer.hpp"

#include <doctest/doctest.h>

#include "parley/codec/xml/expat_events.hpp"

using namespace parley;
using namespace parley::xml;
using namespace std::string_view_literals;

namespace {

std::string text_of(std::string_view in) {
  StringOutput out;
  write_text(in, out);
  return out.take();
}

std::string attribute_of(std::string_view in) {
  StringOutput out;
  write_attribute_value(in, out);
  return out.take();
}

}  // namespace

TEST_CASE("xml: text is escaped and nothing else is touched") {
  CHECK(text_of("a<b>&\"c' \t\n\r\x7F\xF0\x9F\x98\x80") == "a&lt;b&gt;&amp;\"c' \t\n&#13;\x7F\xF0\x9F\x98\x80");
  CHECK(text_of("") == "");
  CHECK(text_of("0123456789abcdef0123456789\"quoted\" and a line\nthen & at last") ==
        "0123456789abcdef0123456789\"quoted\" and a line\nthen &amp; at last");
}

TEST_CASE("xml: attribute values keep quotes and white space") {
  CHECK(attribute_of("a\"b'\t\n\r<") == "a&quot;b'&#9;&#10;&#13;&lt;");
}

TEST_CASE("xml: what XML cannot hold becomes U+FFFD") {
  CHECK(text_of("a\x01\0b"sv) == "a\xEF\xBF\xBD\xEF\xBF\xBD" "b");
  CHECK(text_of("a\xFF\xC3") == "a\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(text_of("\xEF\xBF\xBE") == "\xEF\xBF\xBD");
  CHECK(text_of("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("xml: whatever bytes are written, both readers read a document") {
  unsigned seed = 1;
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    for (int i = 0; i < 40; ++i) {
      seed = seed * 1664525 + 1013904223;
      bytes += static_cast<char>(seed >> 24);
    }
    std::string document = "<a b=\"" + attribute_of(bytes) + "\">" + text_of(bytes) + "</a>";
    Told ours = tell(document), judge = ExpatTeller::tell(document);
    CHECK(ours.failure == "");
    CHECK(judge.failure == "");
    CHECK(ours.lines == judge.lines);
  }
}
