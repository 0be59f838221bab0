// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/jsonp.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;

TEST_CASE("jsonp: a callback is a name, or names with dots, without reserved words") {
  for (std::string_view name : {"cb", "_", "$", "a.b.c", "jQuery1110_1699", "_1.$2"}) {
    CAPTURE(name);
    CHECK(path::is_callback(name));
  }
  CHECK(path::is_callback(std::string(128, 'x')));
  CHECK_FALSE(path::is_callback(std::string(129, 'x')));
  for (std::string_view name : {"", "1a", "a b", "a..b", ".a", "a.", "a[0]", "a-b", "cb;evil",
                                "delete", "a.class", "\xC5\xBE", "a\xE2\x80\xA8"}) {
    CAPTURE(name);
    CHECK_FALSE(path::is_callback(name));
  }
}

TEST_CASE("jsonp: what a script would take for something else is escaped, wherever a buffer ends") {
  const std::string given = "\"</script><!--\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\x9C\xE2\"";
  const std::string wanted = "\"\\u003c/script>\\u003c!--\\u2028\\u2029\xE2\x80\x9C\xE2\"";
  for (std::size_t before : {0, 4140, 4150, 4155, 4158, 4160}) {
    CAPTURE(before);
    StringOutput out;
    path::ScriptOutput script(out);
    const std::string filler(before, 'x');
    script.put(filler);
    for (char c : given) script.put(c);
    script.finish();
    CHECK(out.view() == filler + wanted);
  }
}
