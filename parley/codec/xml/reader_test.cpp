// SPDX-License-Identifier: Apache-2.0
#include "parley/codec/xml/reader.hpp"

#include <doctest/doctest.h>

#include "parley/codec/xml/expat_events.hpp"

using namespace parley;
using namespace parley::xml;
using namespace std::string_view_literals;

namespace {

std::string events_of(std::string_view document) {
  Told told = tell(document);
  CHECK_MESSAGE(told.is_accepted(), std::string(document) << ": " << told.failure);
  return told.lines;
}

std::string failure_of(std::string_view document) {
  Told told = tell(document);
  CHECK_MESSAGE(!told.is_accepted(), "accepted: " << std::string(document));
  return told.failure;
}

bool is_refused(std::string_view document, std::string_view why) {
  std::string failure = failure_of(document);
  bool is_found = failure.find(why) != std::string::npos;
  if (!is_found) MESSAGE(std::string(document) << " was refused for: " << failure);
  return is_found;
}

}  // namespace

TEST_CASE("xml: elements, texts and attributes come in order") {
  CHECK(events_of("<a x='1' y=\"2\">t<b/>u</a>") == "<a\n x=1\n y=2\n#t\n<b\n>b\n#u\n>a\n");
}

TEST_CASE("xml: the text between two tags is one event whatever breaks it") {
  CHECK(events_of("<a>1<!-- c -->2<?p q?>3<![CDATA[<&>]]>4&lt;&#65;&#x42;</a>") == "<a\n#123<&>4<AB\n>a\n");
}

TEST_CASE("xml: a text that needs no decoding views the input") {
  std::string document = "<a>some longer text that is plain</a>";
  Arena arena;
  Reader reader(document, arena, 10);
  CHECK(*reader.next() == Event::start);
  CHECK(*reader.next() == Event::text);
  CHECK(reader.text().data() == document.data() + 3);
}

TEST_CASE("xml: line ends become LF, but not those written as references") {
  CHECK(events_of("<a>1\r\n2\r3&#13;4</a>") == "<a\n#1\n2\n3\r4\n>a\n");
  CHECK(events_of("<a><![CDATA[1\r\n2\r3]]></a>") == "<a\n#1\n2\n3\n>a\n");
}

TEST_CASE("xml: white space in attribute values becomes blanks") {
  CHECK(events_of("<a b='1\t2\r\n3&#10;4'/>") == "<a\n b=1 2 3\n4\n>a\n");
}

TEST_CASE("xml: a DTD is refused with its own code") {
  Told told = tell("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>");
  CHECK(told.code == Code::invalid_call);
  CHECK(told.failure == "line 1, column 1: a document type declaration (DTD) is not allowed");
}

TEST_CASE("xml: what is not well-formed is refused with the place") {
  CHECK(failure_of("<a>\n  <b></c></a>") == "line 2, column 8: the end tag here does not close <b>");
  CHECK(is_refused("", "no element"));
  CHECK(is_refused("<?xml version='1.0'?>", "no element"));
  CHECK(is_refused("garbage", "text before the root"));
  CHECK(is_refused("<a/>x", "text after the root"));
  CHECK(is_refused("<a/><b/>", "one root"));
  CHECK(is_refused("<a>", "ends within <a>"));
  CHECK(is_refused("<a", "closing >"));
  CHECK(is_refused("</a>", "end tag without"));
  CHECK(is_refused("<a></a b>", "closing >"));
  CHECK(is_refused("<a></ab>", "does not close"));
  CHECK(is_refused("< a/>", "name is expected"));
  CHECK(is_refused("<a / >", "closing >"));
  CHECK(is_refused("<a b=1/>", "quotes"));
  CHECK(is_refused("<a b/>", "needs a value"));
  CHECK(is_refused("<a b='1'c='2'/>", "white space"));
  CHECK(is_refused("<a b='1' b='2'/>", "'b' is given twice"));
  CHECK(is_refused("<a b='<'/>", "&lt;"));
  CHECK(is_refused("<a b='1/>", "closing quote"));
  CHECK(is_refused("<a>]]></a>", "]]&gt;"));
  CHECK(is_refused("<a><!-- -- --></a>", "within a comment"));
  CHECK(is_refused("<a><!-- --->  </a>", "within a comment"));
  CHECK(is_refused("<a><!-- </a>", "closing -->"));
  CHECK(is_refused("<a><![CDATA[ </a>", "closing ]]>"));
  CHECK(is_refused("<a><!ELEMENT a></a>", "not allowed within"));
  CHECK(is_refused("<a><?p </a>", "closing ?>"));
  CHECK(is_refused("<a><?xml version='1.0'?></a>", "very beginning"));
  CHECK(is_refused(" <?xml version='1.0'?><a/>", "very beginning"));
  CHECK(is_refused("<a><?XmL ?></a>", "very beginning"));
}

TEST_CASE("xml: references are to legal characters and the five entities only") {
  for (auto text : {"<a>&#0;</a>", "<a>&#1;</a>", "<a>&#xD800;</a>", "<a>&#xFFFE;</a>", "<a>&#x110000;</a>",
                    "<a>&#99999999999999999999;</a>"})
    CHECK(is_refused(text, "cannot hold"));
  for (auto text : {"<a>&#;</a>", "<a>&#x;</a>", "<a>&#65</a>", "<a>&#6A;</a>", "<a>&# 65;</a>", "<a>&#X41;</a>"})
    CHECK(is_refused(text, "digits"));
  for (auto text : {"<a>&nbsp;</a>", "<a>& </a>", "<a>&lt</a>", "<a b='&x;'/>"}) CHECK(is_refused(text, "&amp;"));
  CHECK(events_of("<a b='&apos;&quot;'>&#x10FFFF;&#9;</a>") == "<a\n b='\"\n#\xF4\x8F\xBF\xBF\t\n>a\n");
}

TEST_CASE("xml: characters are UTF-8 and legal in XML") {
  CHECK(events_of("<a>\xF0\x9F\x98\x80 \x7F\xC2\x80</a>") == "<a\n#\xF0\x9F\x98\x80 \x7F\xC2\x80\n>a\n");
  for (auto text : {"<a>\xFF</a>"sv, "<a>\xC0\x80</a>"sv, "<a>\xED\xA0\x80</a>"sv, "<a>\xF5\x80\x80\x80</a>"sv,
                    "<a>0123456789abcdef\xC3</a>"sv, "<a>\xE2\x82"sv})
    CHECK(is_refused(text, "not UTF-8"));
  for (auto text : {"<a>\x01</a>"sv, "<a>\0</a>"sv, "<a>\xEF\xBF\xBF</a>"sv, "<a>0123456789abcdef\x0B</a>"sv})
    CHECK(is_refused(text, "cannot hold"));
}

TEST_CASE("xml: encodings by byte order mark and declaration") {
  std::string caf = "<a\n#caf\xC3\xA9\n>a\n";
  CHECK(events_of("\xEF\xBB\xBF<a>caf\xC3\xA9</a>") == caf);
  CHECK(events_of("<?xml version='1.0' encoding='iso-8859-1'?><a>caf\xE9</a>") == caf);
  CHECK(events_of("\xFF\xFE<\0a\0>\0c\0a\0f\0\xE9\0<\0/\0a\0>\0"sv) == caf);
  CHECK(events_of("\xFE\xFF\0<\0a\0>\0c\0a\0f\0\xE9\0<\0/\0a\0>"sv) == caf);
  CHECK(events_of("\xFE\xFF\0<\0a\0>\xD8\x3D\xDE\0\0<\0/\0a\0>"sv) == "<a\n#\xF0\x9F\x98\x80\n>a\n");
  CHECK(events_of("<?xml version='1.0' encoding='latin1'?><a>caf\xE9</a>") == caf);
  for (auto name : {"US-ASCII", "ascii"})
    CHECK(events_of("<?xml version='1.0' encoding='" + std::string(name) + "'?><a>x</a>") == "<a\n#x\n>a\n");
  CHECK(is_refused("<?xml version='1.0' encoding='US-ASCII'?><a>\xE9</a>", "US-ASCII"));
  CHECK(is_refused("<?xml version='1.0' encoding='UTF-16'?><a/>", "UTF-16"));
  CHECK(is_refused("\xFE\xFF\0<\0a\0/\0>\xD8\x3D"sv, "surrogate"));
  CHECK(is_refused("\xFE\xFF\0<\0"sv, "ends within"));
  CHECK(tell("<?xml version='1.0' encoding='KOI8-R'?><a/>").code == Code::unsupported_media);
}

TEST_CASE("xml: the XML declaration's content is checked") {
  CHECK(events_of("<?xml version = \"1.1\"  encoding='UTF-8' standalone='yes' ?><a/>") == "<a\n>a\n");
  for (auto declaration : {"<?xml ?>", "<?xml version='2.0'?>", "<?xml version='1.'?>", "<?xml encoding='UTF-8'?>",
                           "<?xml version='1.0' standalone='maybe'?>", "<?xml version='1.0' standalone='yes' encoding='UTF-8'?>",
                           "<?xml version='1.0'encoding='UTF-8'?>", "<?xml version='1.0' encoding='8859'?>",
                           "<?xml version=1.0?>", "<?xml version='1.0>", "<?xml version='1.0' x='y'?>", "<?xml version='1.0' >"})
    CHECK(is_refused(std::string(declaration) + "<a/>", ""));
}

TEST_CASE("xml: depth and attributes have limits") {
  auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<a>";
    for (std::size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  CHECK(tell(nested(5), 5).is_accepted());
  CHECK(tell(nested(6), 5).code == Code::too_large);
  auto wide = [](std::size_t count) {
    std::string text = "<a";
    for (std::size_t i = 0; i < count; ++i) text += " x" + std::to_string(i) + "=''";
    return text + "/>";
  };
  CHECK(tell(wide(Reader::attributes_max)).is_accepted());
  CHECK(tell(wide(Reader::attributes_max + 1)).code == Code::too_large);
}

TEST_CASE("xml: names outside ASCII follow the fifth edition") {
  CHECK(events_of("<\xC3\xA9\xC2\xB7/>") == "<\xC3\xA9\xC2\xB7\n>\xC3\xA9\xC2\xB7\n");
  CHECK(is_refused("<\xC2\xB7/>", "names cannot hold"));
  CHECK(is_refused("<a\xC3\x97/>", "names cannot hold"));
}

TEST_CASE("xml: every prefix of a document is refused without reading past it") {
  std::string whole = "<?xml version='1.0' encoding='UTF-8'?><!--c--><a b='&#65;'>x&amp;\r\n<![CDATA[y]]><?p q?></a>";
  CHECK(tell(whole).is_accepted());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::string exact(whole, 0, size);  // its own allocation, so that the sanitizer sees overruns
    CHECK_MESSAGE(!tell(exact).is_accepted(), exact);
  }
}

TEST_CASE("xml: next_tag skips blanks, comments and instructions, and refuses text") {
  Arena arena;
  Reader reader("<a>\n <!-- c --> <b/> <?p q?>\r\n</a> ", arena, 10);
  for (Event event : {Event::start, Event::start, Event::end, Event::end, Event::done}) CHECK(*reader.next_tag() == event);
  Reader other("<a>\n x</a>", arena, 10);
  CHECK(*other.next_tag() == Event::start);
  CHECK(other.next_tag().error().code == Code::invalid_call);
  Reader cut("<a> ", arena, 10);
  CHECK(*cut.next_tag() == Event::start);
  CHECK(cut.next_tag().error().code == Code::malformed);
}

TEST_CASE("xml: plain tags are skipped whole, anything else is left for next") {
  Arena arena;
  xml::Reader reader("<r>\n <a><b>text</b> </a><c x='1'>t</c><d>&lt;</d><e/></r>", arena, 3);
  CHECK(!reader.skip_start("r"));  // the root is found by next
  REQUIRE(*reader.next() == xml::Event::start);
  CHECK(!reader.skip_start("b"));
  REQUIRE(reader.skip_start("a"));
  CHECK(reader.name() == "a");
  CHECK(!reader.skip_leaf("a"));
  REQUIRE(reader.skip_leaf());
  CHECK(reader.name() == "b");
  CHECK(reader.text() == "text");
  REQUIRE(reader.skip_end());
  CHECK(reader.name() == "a");
  CHECK(!reader.skip_leaf());  // it has an attribute
  REQUIRE(*reader.next() == xml::Event::start);
  REQUIRE(*reader.next() == xml::Event::text);
  REQUIRE(reader.skip_end());
  CHECK(!reader.skip_leaf("d"));  // its text has a reference
  REQUIRE(reader.skip_start("d"));
  REQUIRE(*reader.next() == xml::Event::text);
  CHECK(reader.text() == "<");
  REQUIRE(reader.skip_end());
  CHECK(!reader.skip_leaf());
  REQUIRE(*reader.next_tag() == xml::Event::start);
  CHECK(!reader.skip_end());  // an empty element's end is told by next
  REQUIRE(*reader.next() == xml::Event::end);
  REQUIRE(reader.skip_end());
  CHECK(*reader.next() == xml::Event::done);
}

TEST_CASE("xml: skipping keeps the limit of depth and ends with the document") {
  Arena arena;
  xml::Reader reader("<r><a><b>t</b></a", arena, 2);
  REQUIRE(*reader.next() == xml::Event::start);
  REQUIRE(reader.skip_start("a"));
  CHECK(!reader.skip_leaf());
  CHECK(!reader.skip_leaf("b"));
  CHECK(!reader.skip_start("b"));
  CHECK(reader.next().error().code == Code::too_large);
  xml::Reader cut("<r></r", arena, 2);
  REQUIRE(*cut.next() == xml::Event::start);
  CHECK(!cut.skip_end());
  CHECK(!cut.next());
}
