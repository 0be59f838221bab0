// SPDX-License-Identifier: Apache-2.0
// Whole exchanges: a request's body, what is called, and what goes back.
#include <doctest/doctest.h>

#include <cmath>
#include <deque>
#include <string>

#include "parley/protocol/xmlrpc/protocol.hpp"

using namespace parley;

namespace {

/// Hands out prepared outcomes and counts.
class Prepared final : public Outcomes {
 public:
  Outcome next() override {
    ++asked;
    Outcome outcome = std::move(outcomes.front());
    outcomes.pop_front();
    return outcome;
  }
  std::deque<Outcome> outcomes;
  int asked = 0;
};

/// Two rows, or `count` of them, then the end or a failure.
class TwoRows final : public RowSource {
 public:
  explicit TwoRows(bool is_failing, int count = 2) : is_failing_(is_failing), count_(count) {}
  Result<bool> next(Sink& sink) override {
    if (row_ == count_ && is_failing_) return Error(Code::timeout, "too slow");
    if (row_ == count_) return false;
    sink.integer(++row_);
    return true;
  }

 private:
  bool is_failing_;
  int row_ = 0, count_;
};

struct Server {
  explicit Server(ProtocolSettings settings = {}) : protocol(make_xmlrpc(settings)) {}

  const Mount& mount(std::string_view path, Mount::Match match = Mount::Match::exact) const {
    for (const Mount& mount : protocol->mounts())
      if (mount.path == path && mount.match == match) return mount;
    FAIL("no mount " << std::string(path));
    std::abort();
  }

  /// Sends `body` to the mount; `last` keeps what was understood.
  http::Response send(const Mount& where, std::string body, std::vector<http::Header> headers = {},
                      std::string_view path = {}) {
    text = std::move(body);
    http::Request request;
    request.method = "POST";
    request.path = path.empty() ? std::string_view(where.path) : path;
    request.headers = std::move(headers);
    request.body = text;
    http::ResponseWriter writer;
    auto read = protocol->read(request, {arena, limits, where});
    if (read) {
      last = std::move(*read);
      protocol->write(*last, outcomes, writer);
    } else {
      last = nullptr;
      protocol->refuse(request, where, read.error(), writer);
    }
    return writer.take();
  }
  http::Response send(std::string_view path, std::string body, std::vector<http::Header> headers = {}) {
    return send(mount(path), std::move(body), std::move(headers));
  }
  /// Sends a call of the method and answers it with `value`; gives the body.
  std::string answer(std::string_view path, Outcome outcome) {
    outcomes.outcomes.push_back(std::move(outcome));
    bool is_object = path.ends_with("/object");
    return send(path, is_object ? execute_kw : version).body;
  }

  static inline const std::string version = "<methodCall><methodName>version</methodName></methodCall>";
  static inline const std::string execute_kw =
      "<methodCall><methodName>execute_kw</methodName><params><param><value>db</value></param><param><value><int>2</int>"
      "</value></param><param><value>pw</value></param><param><value>res.partner</value></param><param><value>read"
      "</value></param><param><value><array><data><value><int>7</int></value></data></array></value></param><param><value>"
      "<struct><member><name>fields</name><value><array><data/></array></value></member></struct></value></param></params>"
      "</methodCall>";

  std::unique_ptr<Protocol> protocol;
  Arena arena;
  Limits limits;
  std::string text;
  Prepared outcomes;
  std::unique_ptr<Exchange> last;
};

constexpr std::string_view begin = "<?xml version=\"1.0\"?>\n<methodResponse>\n<params>\n<param>\n";
constexpr std::string_view end = "</param>\n</params>\n</methodResponse>\n";

std::string params(std::string_view value) { return std::string(begin) + std::string(value) + std::string(end); }
std::string fault(std::string_view code, std::string_view text) {
  return "<?xml version=\"1.0\"?>\n<methodResponse>\n<fault>\n<value><struct>\n<member><name>faultCode</name><value>" +
         std::string(code) + "</value></member>\n<member><name>faultString</name><value><string>" + std::string(text) +
         "</string></value></member>\n</struct></value>\n</fault>\n</methodResponse>\n";
}

}  // namespace

TEST_CASE("xmlrpc: execute_kw becomes a call of the model's method") {
  Server server;
  server.outcomes.outcomes.push_back(Answer(Value::boolean(true)));
  auto response = server.send("/xmlrpc/2/object", Server::execute_kw);
  CHECK(response.status == 200);
  CHECK(response.header("Content-Type") == "text/xml; charset=utf-8");
  CHECK(response.body == params("<value><boolean>1</boolean></value>"));
  const Call& call = server.last->calls.at(0);
  CHECK(call.method == "res.partner.read");
  CHECK(call.database == "db");
  CHECK(call.credentials.kind == Credentials::Kind::uid);
  CHECK(call.credentials.uid == 2);
  CHECK(call.credentials.secret == "pw");
  CHECK(call.positional.size() == 1);
  CHECK(call.named.find("fields") != nullptr);
  CHECK(call.policy == Policy::odoo);
}

TEST_CASE("xmlrpc: common and db become calls of their services without credentials") {
  Server server;
  server.answer("/xmlrpc/2/common", Answer(Value::null()));
  CHECK(server.last->calls.at(0).method == "common.version");
  CHECK(server.last->calls.at(0).credentials.kind == Credentials::Kind::none);
  CHECK(server.send("/xmlrpc/2/common", "<methodCall><methodName>nope</methodName></methodCall>").body ==
        fault("<int>1</int>", "Traceback (hidden): \nException: Method not found: nope"));
  CHECK(server.send("/xmlrpc/db", "<methodCall><methodName>nope</methodName></methodCall>").body ==
        fault("<string>Method not found: nope</string>", "Traceback (hidden): \nKeyError: 'Method not found: nope'"));
  CHECK(server.outcomes.asked == 1);
}

TEST_CASE("xmlrpc: a service that does not exist is a KeyError") {
  Server server;
  auto send = [&](std::string_view mount, std::string_view path) {
    return server.send(server.mount(mount, Mount::Match::prefix), Server::version, {}, path).body;
  };
  CHECK(send("/xmlrpc/2", "/xmlrpc/2/report/") == fault("<int>1</int>", "Traceback (hidden): \nKeyError: 'report'"));
  CHECK(send("/xmlrpc", "/xmlrpc/report") == fault("<string>report</string>", "Traceback (hidden): \nKeyError: 'report'"));
  CHECK(server.send("/xmlrpc/2", Server::version).body == fault("<string>2</string>", "Traceback (hidden): \nKeyError: '2'"));
}

TEST_CASE("xmlrpc: system methods are calls on every mount") {
  Server server;
  for (auto path : {"/RPC2", "/xmlrpc/2/common", "/xmlrpc/2/object", "/xmlrpc/db"}) {
    server.outcomes.outcomes.push_back(Answer(Value::list({})));
    server.send(path, "<methodCall><methodName>system.listMethods</methodName></methodCall>");
    REQUIRE(server.last);
    CHECK(server.last->calls.at(0).method == "system.listMethods");
  }
}

TEST_CASE("xmlrpc: the standard's mounts call the whole registry with the header's credentials") {
  Server server;
  for (auto path : {"/RPC2", "/xmlrpc"}) {
    server.outcomes.outcomes.push_back(Answer(Value::integer(5)));
    server.send(path, "<methodCall><methodName>math.add</methodName></methodCall>",
                {{"Authorization", "Basic bWU6c2VjcmV0"}, {"X-Odoo-Database", "demo"}});
    const Call& call = server.last->calls.at(0);
    CHECK(call.method == "math.add");
    CHECK(call.credentials.kind == Credentials::Kind::login);
    CHECK(call.credentials.login == "me");
    CHECK(call.credentials.secret == "secret");
    CHECK(call.database == "demo");
    CHECK(call.policy == Policy::typed);
  }
  CHECK(server.send("/RPC2", Server::version, {{"Authorization", "Digest x"}}).body.find("<int>10</int>") != std::string::npos);
}

TEST_CASE("xmlrpc: values go out as Odoo's clients expect") {
  Server server;
  auto sent = [&](const Value& value) {
    std::string body = server.answer("/xmlrpc/2/common", Answer(value));
    return body.substr(begin.size(), body.size() - begin.size() - end.size());
  };
  CHECK(sent(Value::integer(-2147483648)) == "<value><int>-2147483648</int></value>");
  CHECK(sent(Value::integer(2147483648)) == "<value><i8>2147483648</i8></value>");
  CHECK(sent(Value::bigint("9223372036854775808")) == "<value><biginteger>9223372036854775808</biginteger></value>");
  CHECK(sent(Value::number("12")) == "<value><int>12</int></value>");
  CHECK(sent(Value::number("1e2")) == "<value><double>100.0</double></value>");
  CHECK(sent(Value::real(0.1)) == "<value><double>0.1</double></value>");
  CHECK(sent(Value::real(3)) == "<value><double>3.0</double></value>");
  CHECK(sent(Value::real(1e22)) == "<value><double>10000000000000000000000.0</double></value>");
  CHECK(sent(Value::real(-1.5e-7)) == "<value><double>-0.00000015</double></value>");
  CHECK(sent(Value::real(NAN)) == "<value><double>nan</double></value>");
  CHECK(sent(Value::decimal({1250, 2}, server.arena)) == "<value><double>12.50</double></value>");
  CHECK(sent(Value::null()) == "<value><nil/></value>");
  CHECK(sent(Value::string("a<&>\r\n\x01")) == "<value><string>a&lt;&amp;&gt;&#13;\n\xEF\xBF\xBD</string></value>");
  CHECK(sent(Value::bytes("hello")) == "<value><string>aGVsbG8=</string></value>");
  CHECK(sent(Value::date(to_date({2026, 11, 22}))) == "<value><string>2026-11-22</string></value>");
  CHECK(sent(Value::datetime(*parse_datetime("2026-11-22 14:08:55"))) == "<value><string>2026-11-22 14:08:55</string></value>");
}

TEST_CASE("xmlrpc: values go out in the standard's types on the standard's mounts") {
  Server server;
  auto sent = [&](const Value& value) {
    std::string body = server.answer("/RPC2", Answer(value));
    return body.substr(begin.size(), body.size() - begin.size() - end.size());
  };
  CHECK(sent(Value::bytes("hello")) == "<value><base64>aGVsbG8=</base64></value>");
  CHECK(sent(Value::datetime(*parse_datetime("1998-07-17 14:08:55"))) ==
        "<value><dateTime.iso8601>19980717T14:08:55</dateTime.iso8601></value>");
  CHECK(sent(Value::decimal({1250, 2}, server.arena)) == "<value><string>12.50</string></value>");
  CHECK(server.answer("/RPC2", Answer(Value::real(NAN))) ==
        fault("<int>-32603</int>", "the result holds nan, which XML-RPC cannot carry"));
}

TEST_CASE("xmlrpc: dicts and lists keep their order and close their members") {
  Server server;
  Value items[] = {Value::integer(1), Value::null()};
  DictBuilder dict(server.arena);
  dict.set("b<", Value::list(items));
  dict.set("a", Value::dict({}, nullptr, server.arena));
  CHECK(server.answer("/RPC2", Answer(dict.done())) ==
        params("<value><struct>\n<member><name>b&lt;</name><value><array><data>\n<value><int>1</int></value><value><nil/></value>"
               "</data></array></value>\n</member>\n<member><name>a</name><value><struct>\n</struct></value>\n</member>\n"
               "</struct></value>\n"));
}

TEST_CASE("xmlrpc: rows are written as they come, and a late failure is a fault while nothing was sent") {
  Server server;
  CHECK(server.answer("/xmlrpc/2/object", Answer(std::make_unique<TwoRows>(false))) ==
        params("<value><array><data>\n<value><int>1</int></value><value><int>2</int></value></data></array></value>\n"));
  CHECK(server.answer("/xmlrpc/2/object", Answer(std::make_unique<TwoRows>(true))) == fault("<int>2</int>", "too slow"));
}

TEST_CASE("xmlrpc: the setting brings back the original's fault for nothing") {
  Server server(ProtocolSettings{.given = {{"xmlrpc-none-is-fault", "yes"}}});
  CHECK(server.answer("/xmlrpc/2/object", Answer(Value::null())) ==
        fault("<int>1</int>", "Traceback (hidden): \nTypeError: cannot marshal None unless allow_none is enabled"));
  CHECK(server.answer("/RPC2", Answer(Value::null())) == params("<value><nil/></value>"));
}

TEST_CASE("xmlrpc: faults have the codes of their dialect") {
  Server server;
  struct Row {
    Error error;
    std::string odoo, legacy, interop;
  };
  const Row rows[] = {
      {Error(Code::unauthenticated, "no"), fault("<int>3</int>", "Access Denied"),
       fault("<string>AccessDenied</string>", "Access Denied"), fault("<int>10</int>", "no")},
      {Error(Code::forbidden, "not yours"), fault("<int>4</int>", "not yours"),
       fault("<string>warning -- AccessError\n\nnot yours</string>", ""), fault("<int>11</int>", "not yours")},
      {Error(Code::rejected, "too long"), fault("<int>2</int>", "too long"),
       fault("<string>warning -- UserError\n\ntoo long</string>", ""), fault("<int>23</int>", "too long")},
      {Error(Code::invalid_argument, "bad"), fault("<int>1</int>", "Traceback (hidden): \nValueError: bad"),
       fault("<string>bad</string>", "Traceback (hidden): \nValueError: bad"), fault("<int>-32602</int>", "bad")},
  };
  for (const auto& row : rows) {
    CHECK(server.answer("/xmlrpc/2/object", row.error) == row.odoo);
    CHECK(server.answer("/xmlrpc/object", row.error) == row.legacy);
    CHECK(server.answer("/RPC2", row.error) == row.interop);
  }
}

TEST_CASE("xmlrpc: a method's own number is the fault code on the standard's mounts only") {
  Server server;
  CHECK(server.answer("/RPC2", Error(Code::rejected, "pay first").with_status(402)) == fault("<int>402</int>", "pay first"));
  CHECK(server.answer("/xmlrpc/2/object", Error(Code::rejected, "pay first").with_status(402)) ==
        fault("<int>2</int>", "pay first"));
}

TEST_CASE("xmlrpc: what cannot be read is a fault with status 200") {
  Server server;
  for (auto path : {"/xmlrpc/2/common", "/xmlrpc/common", "/RPC2"}) {
    auto response = server.send(path, "garbage");
    CHECK(response.status == 200);
    CHECK(response.body.find("line 1, column 1: text before the root element") != std::string::npos);
  }
  CHECK(server.send("/RPC2", "garbage").body.find("<int>-32700</int>") != std::string::npos);
  CHECK(server.send("/RPC2", "<a/>").body.find("<int>-32600</int>") != std::string::npos);
  CHECK(server.send("/RPC2", "<?xml version='1.0' encoding='X'?><a/>").body.find("<int>-32701</int>") != std::string::npos);
  for (auto not_of_its_encoding : {"<a>\xFF</a>", "<?xml version='1.0' encoding='UTF-8'?><a>\xE9</a>",
                                   "<?xml version='1.0' encoding='ASCII'?><a>\xE9</a>", "\xFE\xFF<"})
    CHECK(server.send("/RPC2", not_of_its_encoding).body.find("<int>-32702</int>") != std::string::npos);
  CHECK(server.send("/RPC2", "<a>\x01</a>").body.find("<int>-32700</int>") != std::string::npos);
  CHECK(server.send("/RPC2", "<!DOCTYPE a><a/>").body.find("<int>-32600</int>") != std::string::npos);
  CHECK(server.send("/xmlrpc/2/common", "<a/>").body.find("xmlrpc.client.ResponseError") != std::string::npos);
}

TEST_CASE("xmlrpc: content types of forms are faults, other types than XML are 415 on the standard's mounts") {
  Server server;
  for (auto type : {"application/x-www-form-urlencoded", "Multipart/Form-Data; boundary=x"})
    CHECK(server.send("/xmlrpc/2/common", Server::version, {{"Content-Type", type}}).body.find("<fault>") != std::string::npos);
  for (auto type : {"text/plain", "application/json", "text/xml; charset=utf-8"}) {
    server.outcomes.outcomes.push_back(Answer(Value::null()));
    CHECK(server.send("/xmlrpc/2/common", Server::version, {{"Content-Type", type}}).body.find("<nil/>") != std::string::npos);
  }
  CHECK(server.send("/RPC2", Server::version, {{"Content-Type", "application/json"}}).status == 415);
  server.outcomes.outcomes.push_back(Answer(Value::null()));
  CHECK(server.send("/RPC2", Server::version, {{"Content-Type", "application/xml; charset=utf-8"}}).status == 200);
}

TEST_CASE("xmlrpc: multicall answers each call in its place") {
  Server server;
  auto element = [](std::string_view name) {
    return "<value><struct><member><name>methodName</name><value>" + std::string(name) +
           "</value></member><member><name>params</name><value><array><data/></array></value></member></struct></value>";
  };
  auto multicall = [](const std::string& elements) {
    return "<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>" + elements +
           "</data></array></value></param></params></methodCall>";
  };
  server.outcomes.outcomes.push_back(Answer(Value::integer(1)));
  server.outcomes.outcomes.push_back(Answer(std::make_unique<TwoRows>(true)));
  server.outcomes.outcomes.push_back(Answer(Value::integer(3)));
  std::string body = server.send("/RPC2", multicall(element("a") + element("system.multicall") + element("b") +
                                                    "<value><int>5</int></value>" + element("c"))).body;
  CHECK(server.outcomes.asked == 3);
  auto place = [&](std::string_view text) { return body.find(text); };
  CHECK(place("<value><array><data><value><int>1</int></value></data></array></value>") < place("recursive"));
  CHECK(place("recursive") < place("too slow"));
  CHECK(place("too slow") < place("each call is a struct"));
  CHECK(place("each call is a struct") < place("<value><array><data><value><int>3</int></value></data></array></value>"));

  // A large result stands whole in its place; failing late it is the failure of the whole answer.
  constexpr int many = 100'000;
  for (bool is_failing : {false, true}) {
    server.outcomes.outcomes.push_back(Answer(std::make_unique<TwoRows>(is_failing, many)));
    server.outcomes.outcomes.push_back(Answer(Value::integer(3)));
    body = server.send("/RPC2", multicall(element("a") + element("b"))).body;
    CHECK(server.outcomes.outcomes.empty());
    if (is_failing) CHECK(body == fault("<int>40</int>", "too slow"));
    else CHECK(place("<int>100000</int>") < place("<value><array><data><value><int>3</int></value></data></array></value>"));
  }

  server.limits.calls_max = 2;
  CHECK(server.send("/RPC2", multicall(element("a") + element("a") + element("a"))).body.find("at most 2") != std::string::npos);
  CHECK(server.send("/RPC2", multicall("")).body == params("<value><array><data>\n</data></array></value>"));
  CHECK(server.send("/RPC2", "<methodCall><methodName>system.multicall</methodName></methodCall>").body ==
        fault("<int>-32602</int>", "system.multicall takes one array of calls"));
}
