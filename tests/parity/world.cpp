// SPDX-License-Identifier: Apache-2.0
#include "tests/parity/world.hpp"

#include <limits>
#include <stdexcept>

#include "parley/protocol/path/asking.hpp"
#include "tests/parity/shapes.hpp"

namespace parley::parity {

/// Exposes a function, and keeps its Method to know its types.
template <class F, class... Options>
Exposed World::expose(std::string_view name, F fn, Options... options) {
  methods_.emplace(name, bind_function(name, fn, doc(""), options...));
  return app_.expose(name, std::move(fn), doc(""), std::move(options)...);
}

template <class T>
void World::expose_echo(std::string_view name) {
  expose(name, [](const T& value) { return value; }, arg("value", "What comes back."), effect::read).open();
}

void World::expose_echoes() {
  expose_echo<Value>("echo");
  expose_echo<bool>("echo_bool");
  expose_echo<Whole>("echo_int");
  expose_echo<double>("echo_float");
  expose_echo<Decimal>("echo_decimal");
  expose_echo<std::string>("echo_str");
  expose_echo<Bytes>("echo_bytes");
  expose_echo<Date>("echo_date");
  expose_echo<Time>("echo_time");
  expose_echo<DateTime>("echo_datetime");
  expose_echo<Uuid>("echo_uuid");
  expose_echo<Color>("echo_enum");
  expose_echo<std::optional<Whole>>("echo_maybe");
  expose_echo<std::vector<Value>>("echo_list");
  expose_echo<std::vector<Whole>>("echo_ints");
  expose_echo<std::vector<Date>>("echo_dates");
  expose_echo<std::vector<std::vector<double>>>("echo_matrix");
  expose_echo<std::map<std::string, Value>>("echo_dict");
  expose_echo<std::map<std::string, Date>>("echo_days");
  expose_echo<std::map<std::string, std::vector<Bytes>>>("echo_files");
  expose_echo<Point>("echo_point");
  expose_echo<Person>("echo_person");
  expose_echo<std::vector<Person>>("echo_people");
}

void World::expose_others() {
  expose("add", [](std::int64_t a, std::int64_t b) { return a + b; }, arg("a", "One."), arg("b", "Other."), effect::read).open();
  expose("greet", [](std::string_view name, std::string_view word) { return std::string(word) + " " + std::string(name); },
         arg("name", "Whom."), arg("word", "What is said.", "hello"), effect::read)
      .open();
  expose("nothing", [] {}, effect::read).open();
  expose("fail", [](int status, std::string_view message) -> Result<Value> {
    return Error(Code::rejected, std::string(message)).with_status(status);
  }, arg("status", "The number."), arg("message", "The text."), effect::read).open();
  expose("refuse", [](std::string_view code, std::string_view message) -> Result<Value> {
    for (const ErrorRow& row : error_table())
      if (row.name == code) return Error(row.code, std::string(message));
    return Error(Code::invalid_argument, "code: no code has this name", "code");
  }, arg("code", "Which row of the table of errors."), arg("message", "The text."), effect::read).open();
  expose("crash", []() -> Value { throw std::runtime_error("secret detail"); }, effect::read).open();
  expose("nan", [] { return std::numeric_limits<double>::quiet_NaN(); }, effect::read).open();
  expose("for_users", [] { return true; }, effect::read);
  expose("for_admins", [] { return true; }, effect::read).admin();
}

World::World() {
  expose_echoes();
  expose_others();
  server::Settings settings;
  settings.log_level = "error";
  settings.login_failures_max = 1000;
  settings.limits.calls_max = calls_max;
  settings.limits.depth_max = depth_max;
  server_ = std::make_unique<server::testing::TestServer>(app_, std::move(settings));
  protocols_ = make_protocols({});
  for (const auto& protocol : protocols_)
    if (const Asking* asking = protocol->client()) spoken_.push_back({std::string(protocol->name()), asking});
  bson_ = std::make_unique<path::PathAsking>(path::Format::bson, "");
  spoken_.push_back({"path with BSON", bson_.get()});
  add_joe();
}

void World::add_joe() {
  std::string answer =
      server_->execute("res.users", "create", R"([{"name":"Joe","login":"joe","password":"joe-secret"}])");
  if (answer.find("\"result\"") == answer.npos) FAIL_CHECK(answer);
}

const Method& World::method(std::string_view name) const {
  auto found = methods_.find(name);
  PARLEY_ASSERT(found != methods_.end());
  return found->second;
}

http::Response World::send(const Asked& asked) {
  http::Request request;
  request.method = asked.method;
  request.target = asked.target;
  const std::size_t question = request.target.find('?');
  request.path = request.target.substr(0, question);
  if (question != request.target.npos) request.query = request.target.substr(question + 1);
  for (const auto& [name, value] : asked.headers) request.headers.push_back({name, value});
  request.body = asked.body;
  request.peer = "192.0.2.1";
  return app_.handle(request);
}

Result<std::vector<Outcome>> World::call(const Asking& asking, std::span<const Call> calls, Arena& arena) {
  PARLEY_TRY(Asked asked, asking.ask(calls));
  return asking.hear(calls, send(asked), arena);
}

World& world() {
  static World one;
  return one;
}

}  // namespace parley::parity
