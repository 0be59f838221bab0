// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request: one byte chooses HTTP method, format and function, then come the query
// (to the first LF) and the body. A request is understood, bound and answered, or refused, and the
// answer is a document our readers accept.
#include <array>
#include <cstdlib>

#include "parley/codec/json/reader.hpp"
#include "parley/protocol/rest/protocol.hpp"
#include "parley/protocol/rest/xml_body.hpp"
#include "parley/registry/expose.hpp"
#include "parley/registry/file.hpp"

namespace {

using namespace parley;

struct Inner {
  Nullable<std::int64_t> id;
  Nullable<std::string> name;
  static Structure<Inner> describe() {
    return {"Inner", field("id", &Inner::id, "").between(-5, 5), field("name", &Inner::name, "").sized(1, 4).matching("^[a-z]+$")};
  }
};
struct All {
  Nullable<bool> truth;
  Nullable<double> real;
  Nullable<Decimal> decimal;
  Nullable<Date> date;
  Nullable<Time> time;
  Nullable<DateTime> datetime;
  Nullable<Uuid> uuid;
  Nullable<Bytes> bytes;
  Nullable<Inner> inner;
  Nullable<std::vector<Nullable<Inner>>> list;
  Nullable<std::vector<Nullable<std::vector<Nullable<std::int64_t>>>>> numbers;
  Nullable<Dict<std::int64_t, Nullable<Inner>>> dict;
  Nullable<File> file;
  Value any;
  static Structure<All> describe() {
    return {"All", field("truth", &All::truth, ""), field("real", &All::real, ""), field("decimal", &All::decimal, ""),
            field("date", &All::date, ""), field("time", &All::time, ""), field("datetime", &All::datetime, ""),
            field("uuid", &All::uuid, ""), field("bytes", &All::bytes, ""), field("inner", &All::inner, ""),
            field("list", &All::list, ""), field("numbers", &All::numbers, ""), field("dict", &All::dict, ""),
            field("file", &All::file, ""), field("any", &All::any, "").by_default(Value())};
  }
};

template <class T>
Method echo(std::string_view name) {
  Method method = bind_function(name, [](const Nullable<T>& v) { return v; }, doc(""), arg("v", ""), effect::read);
  method.access = Access::open;
  return method;
}

/// Whole documents and arguments, strict and lax.
const std::array<Method, 4>& methods() {
  static const std::array<Method, 4> all = [] {
    std::array<Method, 4> made{echo<All>("a.all"), echo<std::vector<Nullable<Inner>>>("a.list"), echo<All>("a.body"), echo<Inner>("a.lax")};
    made[2].http.body = "v";
    made[3].http.ignores_unknown = true;
    return made;
  }();
  return all;
}

class Answers final : public Outcomes {
 public:
  Answers(const Exchange& exchange, const Method& method, Arena& arena) : exchange_(exchange), method_(method), arena_(arena) {}
  Outcome next() override {
    static const Limits limits;
    Context context{arena_, limits, "1", "", ""};
    const Method* chain[] = {&method_};
    return invoke({"", chain}, exchange_.calls[at_++], context);
  }

 private:
  const Exchange& exchange_;
  const Method& method_;
  Arena& arena_;
  std::size_t at_ = 0;
};

void check(const http::Response& response) {
  if (response.body.empty()) return;
  Arena arena;
  std::string padded = response.body + std::string(64, '\0');
  std::string_view body = std::string_view(padded).substr(0, response.body.size());
  const bool is_xml = response.header("Content-Type").find("xml") != std::string_view::npos;
  Limits limits;
  limits.depth_max = 1000;
  const bool is_document = is_xml ? rest::read_xml_body(body, limits, arena).has_value() : json::read_tree(body, limits, arena).has_value();
  if (!is_document || response.status < 200 || response.status > 599) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  static const auto protocol = make_rest({});
  constexpr std::string_view verbs[] = {"GET", "POST", "PUT", "OPTIONS"};
  constexpr std::string_view types[] = {"application/json", "text/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=B"};
  constexpr std::string_view accepts[] = {"", "text/xml", "text/*;q=0.5, */*;q=0.1", "application/json"};
  const unsigned choice = data[0];
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string query(rest.substr(0, rest.find('\n')));
  rest.remove_prefix(std::min(rest.size(), query.size() + 1));
  const std::string body = std::string(rest) + std::string(64, '\0');
  const Method& method = methods()[choice >> 6 & 3];
  const std::string path = "/ws/a/" + method.name.substr(2);

  http::Request request;
  request.method = verbs[choice >> 4 & 3];
  request.path = path;
  request.query = query;
  request.headers = {{"Content-Type", types[choice & 3]}, {"Accept", accepts[choice >> 2 & 3]}};
  request.body = std::string_view(body).substr(0, rest.size());
  Arena arena;
  Limits limits;
  limits.depth_max = 50;
  http::ResponseWriter writer;
  const Mount& mount = protocol->mounts()[0];
  if (auto exchange = protocol->read(request, {arena, limits, mount})) {
    Answers answers(**exchange, method, arena);
    protocol->write(**exchange, answers, writer);
  } else {
    protocol->refuse(request, mount, exchange.error(), writer);
  }
  check(writer.take());
  return 0;
}
