// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/protocol.hpp"

#include "parley/protocol/rest/asking.hpp"
#include "parley/protocol/rest/fault.hpp"
#include "parley/protocol/rest/reply.hpp"
#include "parley/protocol/rest/request.hpp"

namespace parley {
namespace rest {
namespace {

constexpr std::string_view every_verb = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

class Rest final : public Protocol {
 public:
  explicit Rest(const ProtocolSettings& settings)
      : options_(options_of(settings)),
        mounts_{{options_.prefix.empty() ? "/" : options_.prefix, Mount::Match::prefix, {}}},
        asking_(Format::json, options_.prefix) {
    if (options_.prefix.empty()) return;
    for (std::string_view suffix : {".json", ".xml"}) mounts_.push_back({options_.prefix + std::string(suffix), Mount::Match::exact, {}});
  }

  std::string_view name() const override { return "rest"; }
  std::span<const Mount> mounts() const override { return mounts_; }

  Result<std::unique_ptr<Exchange>> read(const http::Request& request, const Reading& reading) const override {
    PARLEY_TRY(auto exchange, read_request(request, reading, options_));
    return std::unique_ptr<Exchange>(std::move(exchange));
  }

  void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const override {
    const auto& own = static_cast<const RestExchange&>(exchange);
    if (own.is_preflight) return start_options(own, every_verb, writer);
    Outcome outcome = outcomes.next();
    if (!outcome && own.verb == "OPTIONS" && outcome.error().status == 405)
      return start_options(own, outcome.error().hint, writer);
    if (!outcome) return write_fault(outcome.error(), own, &own, writer);
    write_answer(own, *outcome, writer);
  }

  void refuse(const http::Request& request, const Mount&, const Error& error, http::Writer& writer) const override {
    Arena arena;
    auto outside = read_outside(request, options_, arena);
    if (outside) return write_fault(error, **outside, error.code == Code::unknown_method ? outside->get() : nullptr, writer);
    RestExchange plain;
    plain.allowed_origin = allowed_origin(request, options_);
    write_fault(error, plain, nullptr, writer);
  }

  const Asking* client() const override { return &asking_; }

 private:
  static void start(int status, std::string_view content_type, const RestExchange& exchange, http::Writer& writer) {
    writer.start(status, content_type);
    writer.header("Vary", exchange.allowed_origin == "*" ? "Accept" : "Accept, Origin");
    writer.header("X-Content-Type-Options", "nosniff");
    if (exchange.allowed_origin.empty()) return;
    writer.header("Access-Control-Allow-Origin", exchange.allowed_origin);
  }

  static void start_options(const RestExchange& exchange, std::string_view verbs, http::Writer& writer) {
    start(204, {}, exchange, writer);
    writer.header("Allow", verbs);
    if (exchange.allowed_origin.empty()) return;
    writer.header("Access-Control-Allow-Methods", verbs);
    writer.header("Access-Control-Allow-Headers", "Content-Type, Accept, Authorization, X-Odoo-Database");
  }

  void write_fault(const Error& error, const RestExchange& exchange, const RestExchange* values, http::Writer& writer) const {
    const Fault fault = fault_of(error, values, options_);
    if (has_no_body(fault.status)) return start(fault.status, {}, exchange, writer);
    start(fault.status, exchange.shape.content_type, exchange, writer);
    if (!fault.allow.empty()) writer.header("Allow", fault.allow);
    if (fault.status == 401) writer.header("WWW-Authenticate", "Bearer realm=\"parley\"");
    put_fault(fault, exchange.shape.format, writer.body());
  }

  void write_answer(const RestExchange& exchange, Answer& answer, http::Writer& writer) const {
    const int status = answer.method == nullptr ? 200 : answer.method->http.status;
    if (has_no_body(status)) return start(status, {}, exchange, writer);
    start(status, exchange.shape.content_type, exchange, writer);
    auto written = put_result(answer, exchange.shape.format, options_, writer.body());
    if (written || writer.abandon()) return;
    write_fault(written.error(), exchange, &exchange, writer);
  }

  static bool has_no_body(int status) { return status == 204 || status == 304; }

  Options options_;
  std::vector<Mount> mounts_;
  RestAsking asking_;
};

}  // namespace
}  // namespace rest

std::unique_ptr<Protocol> make_rest(const ProtocolSettings& settings) { return std::make_unique<rest::Rest>(settings); }

ProtocolEntry rest_entry() { return {make_rest, rest::rest_settings()}; }

}  // namespace parley
