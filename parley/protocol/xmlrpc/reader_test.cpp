// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/reader.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace parley;
using namespace parley::xmlrpc;

namespace {

/// One document as a call; keeps what the values view.
struct Parsed {
  explicit Parsed(std::string document, Reals reals = Reals::any, std::size_t depth_max = 200)
      : text(std::move(document)), call(read_call(text, limits_of(depth_max), reals, arena)) {}

  static Limits limits_of(std::size_t depth_max) {
    Limits limits;
    limits.depth_max = depth_max;
    return limits;
  }
  /// The only parameter.
  const Value& value() const {
    REQUIRE_MESSAGE(call, call.error().message);
    REQUIRE(call->params.size() == 1);
    return call->params[0];
  }

  std::string text;
  Arena arena;
  Result<MethodCall> call;
};

std::string with_value(std::string_view value) {
  return "<?xml version=\"1.0\"?>\n<methodCall>\n<methodName>m</methodName>\n<params>\n<param>\n" + std::string(value) +
         "\n</param>\n</params>\n</methodCall>\n";
}

Code refusal_of(std::string document, Reals reals = Reals::any) {
  Parsed parsed(std::move(document), reals);
  CHECK_MESSAGE(!parsed.call, "accepted: " << parsed.text);
  return parsed.call ? Code::internal : parsed.call.error().code;
}

}  // namespace

TEST_CASE("xmlrpc: every scalar type is read") {
  CHECK(Parsed(with_value("<value><int>-12</int></value>")).value().as_integer() == -12);
  for (auto tag : {"i1", "i2", "i4", "i8", "int", "biginteger", "ex:i8", "n:i4"}) {
    std::string t(tag);
    CHECK(Parsed(with_value("<value><" + t + "> +007 </" + t + "></value>")).value().as_integer() == 7);
  }
  CHECK(Parsed(with_value("<value><int>-0</int></value>")).value().as_integer() == 0);
  CHECK(Parsed(with_value("<value><i8>9223372036854775807</i8></value>")).value().as_integer() == INT64_MAX);
  CHECK(Parsed(with_value("<value><i8>-009223372036854775809</i8></value>")).value().text() == "-9223372036854775809");
  CHECK(Parsed(with_value("<value><boolean>1</boolean></value>")).value().is_true());
  CHECK(Parsed(with_value("<value><boolean> 0</boolean></value>")).value().is_false());
  CHECK(Parsed(with_value("<value><double>-12.214</double></value>")).value().as_real() == -12.214);
  CHECK(Parsed(with_value("<value><double> +1.5e10 </double></value>")).value().as_real() == 1.5e10);
  CHECK(std::isnan(Parsed(with_value("<value><double>nan</double></value>")).value().as_real()));
  CHECK(Parsed(with_value("<value><double>-inf</double></value>")).value().as_real() == -INFINITY);
  CHECK(to_string(Parsed(with_value("<value><ex:bigdecimal>12.50</ex:bigdecimal></value>")).value().as_decimal()) == "12.50");
  CHECK(Parsed(with_value("<value><string> a &lt;b&gt; </string></value>")).value().text() == " a <b> ");
  CHECK(Parsed(with_value("<value><base64>\naGVs\n bG8=\n</base64></value>")).value().text() == "hello");
  CHECK(Parsed(with_value("<value><nil/></value>")).value().is_null());
  CHECK(Parsed(with_value("<value><ex:nil></ex:nil></value>")).value().is_null());
}

TEST_CASE("xmlrpc: a value without a type is a string with its white space") {
  CHECK(Parsed(with_value("<value> x\n</value>")).value().text() == " x\n");
  CHECK(Parsed(with_value("<value/>")).value().text() == "");
  CHECK(Parsed(with_value("<value></value>")).value().text() == "");
  CHECK(Parsed(with_value("<value>\n <int>1</int>\n </value>")).value().as_integer() == 1);
}

TEST_CASE("xmlrpc: dates are read with and without dashes, zone and fraction") {
  for (auto text : {"19980717T14:08:55", "1998-07-17T14:08:55", "1998-07-17T14:08:55Z", "1998-07-17T16:08:55+02:00"})
    CHECK(to_odoo_string(Parsed(with_value("<value><dateTime.iso8601>" + std::string(text) +
                                           "</dateTime.iso8601></value>"))
                             .value()
                             .as_datetime()) == "1998-07-17 14:08:55");
}

TEST_CASE("xmlrpc: arrays and structs nest in order and the last of a repeated member counts") {
  Parsed parsed(with_value("<value><struct><member><name>b</name><value><array><data><value>1</value><value><struct/>"
                           "</value></data></array></value></member> <member><name>a</name><value><int>2</int></value>"
                           "</member><member><name>b</name><value>3</value></member></struct></value>"));
  const Value& value = parsed.value();
  REQUIRE(value.is_dict());
  CHECK(value.size() == 2);
  CHECK(value.keys()[0] == "b");
  CHECK(value.find("b")->text() == "3");
  CHECK(value.find("a")->as_integer() == 2);
  Parsed lists(with_value("<value><array><data><value><array><data/></array></value><value><array><data><value/></data>"
                          "</array></value></data></array></value>"));
  CHECK(lists.value().items()[0].size() == 0);
  CHECK(lists.value().items()[1].size() == 1);
}

TEST_CASE("xmlrpc: names and empty parameter lists") {
  for (auto params : {"", "<params/>", "<params>\n</params>"}) {
    Parsed parsed("<methodCall><methodName> a.b </methodName>" + std::string(params) + "</methodCall>");
    REQUIRE(parsed.call);
    CHECK(parsed.call->name == "a.b");
    CHECK(parsed.call->params.empty());
  }
}

TEST_CASE("xmlrpc: a value that is not of its type is an invalid argument") {
  for (auto value : {"<int></int>", "<int>1.0</int>", "<int>+-1</int>", "<int>0x1</int>", "<int>- 1</int>",
                     "<boolean>2</boolean>", "<boolean>true</boolean>", "<boolean/>", "<double></double>",
                     "<double>1,5</double>", "<double>+-1</double>", "<double>1e999</double>", "<double>nan(1)</double>",
                     "<dateTime.iso8601>tomorrow</dateTime.iso8601>", "<dateTime.iso8601/>", "<base64>*</base64>",
                     "<nil>x</nil>", "<bigdecimal>x</bigdecimal>"})
    CHECK(refusal_of(with_value("<value>" + std::string(value) + "</value>")) == Code::invalid_argument);
  CHECK(refusal_of(with_value("<value><double>inf</double></value>"), Reals::finite) == Code::invalid_argument);
  Parsed parsed(with_value("<value><boolean>true</boolean></value>"));
  CHECK(parsed.call.error().message == "'true' is not a boolean: 0 or 1 (line 6, column 21)");
  CHECK(parsed.call.error().kind == "TypeError");
}

TEST_CASE("xmlrpc: a document that is no call is refused with the rule") {
  for (auto value : {"<value><float>1</float></value>", "<value><int>1</int><int>2</int></value>", "<value>x<int>1</int></value>",
                     "<value><int>1</int>x</value>", "<value><int>1<b/></int></value>", "<value/><value/>", "<int>1</int>", "",
                     "<value><array/></value>", "<value><array><data/><data/></array></value>",
                     "<value><array><value/></array></value>", "<value><array><data><int>1</int></data></array></value>",
                     "<value><struct><value/></struct></value>", "<value><struct><member/></struct></value>",
                     "<value><struct><member><name>a</name></member></struct></value>",
                     "<value><struct><member><value/></member></struct></value>",
                     "<value><struct><member><name>a</name><value/><value/></member></struct></value>",
                     "<value><struct>x</struct></value>", "<value><a:b:int>1</a:b:int></value>"})
    CHECK_MESSAGE(refusal_of(with_value(value)) == Code::invalid_call, value);
  for (auto document : {"<methodResponse/>", "<methodCall/>", "<methodCall><params/></methodCall>",
                        "<methodCall><methodName>a<b/></methodName></methodCall>",
                        "<methodCall><methodName>a</methodName><x/></methodCall>",
                        "<methodCall><methodName>a</methodName><params/><params/></methodCall>",
                        "<methodCall><methodName>a</methodName><params><x/></params></methodCall>",
                        "<!DOCTYPE a><methodCall/>"})
    CHECK_MESSAGE(refusal_of(document) == Code::invalid_call, document);
  for (auto document : {"", "garbage", "<methodCall><methodName>version</methodName>", "<methodCall>\x01</methodCall>"})
    CHECK_MESSAGE(refusal_of(document) == Code::malformed, document);
  CHECK(refusal_of("<?xml version='1.0' encoding='X-NONE'?><methodCall/>") == Code::unsupported_media);
}

TEST_CASE("xmlrpc: arrays and structs within each other have a limit") {
  auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += i % 2 ? "<value><array><data>" : "<value><struct><member><name/>";
    text += "<value/>";
    for (std::size_t i = depth; i-- > 0;) text += i % 2 ? "</data></array></value>" : "</member></struct></value>";
    return with_value(text);
  };
  CHECK(Parsed(nested(5), Reals::any, 5).call);
  Parsed deep(nested(6), Reals::any, 5);
  REQUIRE(!deep.call);
  CHECK(deep.call.error().code == Code::invalid_call);
  CHECK(deep.call.error().message.find("deeper than 5") != std::string::npos);
}

TEST_CASE("xmlrpc: a call holds at most values_max values") {
  std::string text = "<methodCall><methodName>f</methodName><params>";
  for (int i = 0; i < 3; ++i) text += "<param><value>x</value></param>";
  text += "</params></methodCall>";
  Limits limits;
  Arena arena;
  limits.values_max = 3;
  CHECK(read_call(text, limits, Reals::any, arena));
  limits.values_max = 2;
  auto refused = read_call(text, limits, Reals::any, arena);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("more than 2 values") != std::string::npos);
}
