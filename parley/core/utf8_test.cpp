// SPDX-License-Identifier: Apache-2.0
#include "parley/core/utf8.hpp"

#include <doctest/doctest.h>

using namespace parley;

TEST_CASE("utf8: every code point is written and read back") {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    append_utf8(text, c);
    std::size_t at = 0;
    if (!is_utf8(text) || next_char(text, at) != c || at != text.size())
      FAIL("wrong at " << static_cast<unsigned>(c));
  }
}

TEST_CASE("utf8: overlong forms, surrogates, what is above U+10FFFF and cut ends are refused") {
  for (std::string_view text :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xE2\x82", "\xF0\x9F\x98", "\xFF",
        "12345678\xC3", "\xC3(", "\xE2(\xA1"})
    CHECK_FALSE(is_utf8(text));
  CHECK(is_utf8(""));
  CHECK(is_utf8("plain text, longer than eight"));
  CHECK(is_utf8("na\xC3\xAFve \xE2\x82\xAC \xF0\x9F\x98\x80"));
}

TEST_CASE("utf8: malformed text is walked one byte at a time") {
  std::size_t at = 0;
  CHECK(next_char("\xE2\x82", at) == 0xFFFD);
  CHECK(at == 1);
}

TEST_CASE("utf8: characters are counted, not bytes") {
  CHECK(count_chars("\xE2\x82\xAC\xF0\x9F\x98\x80x") == 3);
}

TEST_CASE("utf8: simple folding is one to one") {
  CHECK(fold(U'A') == U'a');
  CHECK(fold(U'[') == U'[');
  CHECK(fold(U'Ä') == U'ä');
  CHECK(fold(U'÷') == U'÷');
  CHECK(fold(U'Ÿ') == U'ÿ');
  CHECK(fold(U'Σ') == U'σ');
  CHECK(fold(U'ς') == U'σ');
  CHECK(fold(U'Я') == U'я');
  CHECK(fold(U'Ā') == U'ā');
  CHECK(fold(U'ā') == U'ā');
  CHECK(fold(U'\u1E9E') == U'ß');
  CHECK(fold(U'ß') == U'ß');
  CHECK(fold(U'\u0130') == U'\u0130');
  CHECK(fold(U'\u212A') == U'k');
  CHECK(fold(U'\u13A0') == U'\u13A0');
  CHECK(fold(U'\uAB70') == U'\u13A0');
  CHECK(fold(U'\U00010400') == U'\U00010428');
  CHECK(fold("STRASSE ÄÖ") == "strasse äö");
}

TEST_CASE("utf8: folding twice changes nothing more") {
  for (char32_t c = 0; c < 0x110000; ++c)
    if (fold(fold(c)) != fold(c)) FAIL("not stable at " << static_cast<unsigned>(c));
}

TEST_CASE("like: runs, single characters, escapes and both anchors") {
  CHECK(like("", "", Case::kept));
  CHECK(like("", "%%", Case::kept));
  CHECK_FALSE(like("", "_", Case::kept));
  CHECK(like("hello world", "%lo w%", Case::kept));
  CHECK(like("hello", "h_l%o", Case::kept));
  CHECK(like("\xE2\x82\xAC!", "_!", Case::kept));
  CHECK_FALSE(like("hello", "hell", Case::kept));
  CHECK_FALSE(like("hello", "ello", Case::kept));
  CHECK_FALSE(like("Hello", "hello", Case::kept));
  CHECK(like("100%", "100\\%", Case::kept));
  CHECK_FALSE(like("1000", "100\\%", Case::kept));
  CHECK(like("a_b", "a\\_b", Case::kept));
  CHECK(like("a\\", "a\\\\", Case::kept));
  CHECK(like("a\\", "a\\", Case::kept));
  CHECK(like("aab", "%ab", Case::kept));
  CHECK_FALSE(like("ab", "%ab_%", Case::kept));
}

TEST_CASE("like: folded letters match across cases and alphabets") {
  CHECK(like("GRÜSSE aus ΑΘΗΝΑ", "%grüsse%αθηνα", Case::folded));
  CHECK(like("\u212Aelvin", "kelvin", Case::folded));
  CHECK_FALSE(like("gruesse", "GRÜSSE", Case::folded));
}

TEST_CASE("like: many runs over a long text that does not match end soon") {
  std::string text(20'000, 'a'), pattern;
  for (int i = 0; i < 40; ++i) pattern += "%a";
  CHECK_FALSE(like(text, pattern + "%b", Case::folded));
  CHECK(like(text + "b", pattern + "%b", Case::folded));
}
