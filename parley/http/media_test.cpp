// SPDX-License-Identifier: Apache-2.0
#include "parley/http/media.hpp"

#include <doctest/doctest.h>

using namespace parley;
using namespace parley::http;

TEST_CASE("media: type and charset are found whatever the spelling") {
  struct Case {
    std::string_view value, charset;
  };
  for (Case c : {Case{"text/xml", ""}, {"Text/XML;charset=utf-8", "utf-8"}, {" text/xml ; Charset=\"UTF-8\" ; x=y", "UTF-8"},
                 {"text/xml;a=\"b;charset=no\";charset=latin1", "latin1"}, {"text/xml;", ""}, {"text/xml; ; charset=a", "a"}}) {
    CAPTURE(c.value);
    auto media = parse_media_type(c.value);
    REQUIRE(media);
    CHECK(media->is("text/xml"));
    CHECK(media->charset == c.charset);
  }
}

TEST_CASE("media: UTF-8 is told from other charsets") {
  CHECK(parse_media_type("a/b")->is_utf8());
  CHECK(parse_media_type("a/b; charset=Utf8")->is_utf8());
  CHECK_FALSE(parse_media_type("a/b; charset=iso-8859-1")->is_utf8());
}

TEST_CASE("media: what is no media type is malformed") {
  for (std::string_view bad : {"", "text", "/", "text/", "/xml", "te xt/xml", "text/xml; charset", "text/xml; charset=",
                               "text/xml; charset=\"utf-8", "text/xml; =x", "text/xml; charset=\"a\"b", "a/b/c"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_media_type(bad));
  }
}
