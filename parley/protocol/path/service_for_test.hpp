// SPDX-License-Identifier: Apache-2.0
// For tests of path RPC: a few functions of every type behind the protocol, without a server.
#pragma once
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "parley/codec/json/writer.hpp"
#include "parley/protocol/path/protocol.hpp"
#include "parley/protocol/path/system.hpp"
#include "parley/registry/expose.hpp"

namespace parley::testing {

/// Rows {"n": 1} to `count`, then a failure when there is to be one.
class CountedRows final : public RowSource {
 public:
  CountedRows(std::int64_t count, bool fails) : count_(count), fails_(fails) {}
  Result<bool> next(Sink& sink) override {
    if (at_ == count_ && fails_) return Error(Code::timeout, "the rows took too long");
    if (at_ == count_) return false;
    sink.begin_dict();
    sink.key("n");
    sink.integer(++at_);
    sink.end_dict();
    return true;
  }

 private:
  std::int64_t at_ = 0, count_;
  bool fails_;
};

/// Runs calls as a server does, without databases and users.
class RunCalls final : public Outcomes {
 public:
  RunCalls(const Registry& functions, const Exchange& exchange, Arena& arena, const Limits& limits)
      : functions_(functions), exchange_(exchange), context_{arena, limits, "id", "", ""} {}
  Outcome next() override {
    const Call& call = exchange_.calls[at_++];
    auto target = functions_.find(call.method);
    if (!target) return std::move(target).error();
    if (call.may_only_read && target->method().effect != Effect::read)
      return Error(Code::forbidden, "by POST").with_status(405);
    return invoke(*target, call, context_);
  }

 private:
  const Registry& functions_;
  const Exchange& exchange_;
  Context context_;
  std::size_t at_ = 0;
};

class PathService {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  PathService() : PathService("path-prefix", "/") {}
  /// With one setting.
  PathService(std::string_view name, std::string_view value) {
    ProtocolSettings given;
    given.given.emplace(name, value);
    protocol_ = make_path(given);
    Served served{
        [this]() -> const Registry& { return *functions_; }, [] { return Counts{}; }, {}, {}};
    PARLEY_ASSERT(path::add_system_methods(catalog_, "", served).has_value());
    add_echoes();
    add_others();
    functions_ = Registry::build(catalog_, {}, {});
  }

  PathService(const PathService&) = delete;
  PathService& operator=(const PathService&) = delete;

  const Protocol& protocol() const { return *protocol_; }

  http::Response ask(std::string_view method, std::string_view target, const Headers& headers = {},
                     std::string_view body = {}) const {
    std::string bytes(body);
    bytes.append(64, '\0');  // what readers may look at behind a body
    http::Request request;
    request.method = method;
    request.target = target;
    request.path = target.substr(0, target.find('?'));
    request.query = target.substr(std::min(target.size(), request.path.size() + 1));
    request.body = std::string_view(bytes).substr(0, body.size());
    for (const auto& [name, value] : headers) request.headers.push_back({name, value});
    const Mount& mount = protocol_->mounts()[0];
    Arena arena;
    http::ResponseWriter writer;
    auto exchange = protocol_->read(request, {arena, limits, mount});
    if (exchange) {
      RunCalls calls(*functions_, **exchange, arena, limits);
      protocol_->write(**exchange, calls, writer);
    } else {
      protocol_->refuse(request, mount, exchange.error(), writer);
    }
    return writer.take();
  }
  http::Response get(std::string_view target, const Headers& headers = {}) const {
    return ask("GET", target, headers);
  }
  http::Response post(std::string_view target, std::string_view json) const {
    return ask("POST", target, {{"Content-Type", "application/json"}}, json);
  }

  Limits limits;

 private:
  void add(Method method) {
    PARLEY_ASSERT(catalog_.add_function("", std::move(method)).has_value());
    Exposed(catalog_.last()).open();
  }
  void add_echo(std::string_view name, Type type) {
    Method method = bind_function(
        name, [](const Value& value) { return value; }, doc("Gives back what it got."),
        arg("value", "What comes back."), effect::read);
    method.parameters[0].type = type;
    method.returns = std::move(type);
    add(std::move(method));
  }
  void add_echoes() {
    const std::pair<std::string_view, Type> types[] = {
        {"any", Type::any()},
        {"choice", Type::any({Type::integer(), Type::string()})},
        {"int", Type::integer()},
        {"float", Type::real()},
        {"decimal", Type::decimal()},
        {"bool", Type::boolean()},
        {"str", Type::string()},
        {"list", Type::list()},
        {"ints", Type::list(Type::integer())},
        {"dict", Type::dict()},
        {"time", Type::time()},
        {"date", Type::date()},
        {"datetime", Type::datetime()},
        {"uuid", Type::uuid()},
        {"binary", Type::bytes()},
        {"enum", Type::enumeration({{"red", 1}, {"green", 2}})}};
    for (const auto& [name, type] : types) add_echo(name, type);
  }
  void add_others() {
    add(bind_function(
        "add", [](std::int32_t a, std::int32_t b) { return std::int64_t{a} + b; }, doc("The sum."),
        arg("a", "One."), arg("b", "Two.", 7), effect::read));
    add(bind_function(
        "nothing", [] {}, doc("No data."), effect::read));
    add(bind_function(
        "change", [] { return true; }, doc("Changes something."), effect::write));
    add(bind_function(
        "nan", [] { return std::nan(""); }, doc("No number."), effect::read));
    add(bind_function(
        "fail",
        [](int status) -> Result<bool> {
          return Error(Code::rejected, "No stock").with_status(status);
        },
        doc("Fails."), arg("status", "Its number."), effect::read));
    add(bind_function(
        "crash", []() -> bool { throw std::runtime_error("secret detail"); }, doc("A bug."),
        effect::read));
    add(bind_function(
        "rows",
        [](std::int64_t count, bool fails) {
          return Answer(std::make_unique<CountedRows>(count, fails));
        },
        doc("Rows."), arg("count", "How many.").between(0, 1000), arg("fails", "Whether they fail behind.", false),
        effect::read));
    PARLEY_ASSERT(
        catalog_
            .add_function("", bind_function(
                                  "hidden", [] { return 1; }, doc("For users."), effect::read))
            .has_value());
  }

  Catalog catalog_;
  std::shared_ptr<const Registry> functions_;
  std::unique_ptr<Protocol> protocol_;
};

}  // namespace parley::testing
