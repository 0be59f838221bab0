// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/jsonrpc/protocol.hpp"

#include "parley/protocol/held.hpp"
#include "parley/protocol/jsonrpc/client.hpp"
#include "parley/protocol/jsonrpc/describe.hpp"
#include "parley/protocol/jsonrpc/reply.hpp"
#include "parley/protocol/jsonrpc/request.hpp"
#include "parley/protocol/odoo/envelope.hpp"
#include "parley/protocol/refusal.hpp"

namespace parley {
namespace jsonrpc {
namespace {

constexpr std::string_view content_type = "application/json; charset=utf-8";
constexpr std::string_view status_setting = "jsonrpc-http-status";
constexpr ProtocolSetting own_settings[] = {
    {status_setting, ProtocolSetting::Kind::text, "always200",
     "HTTP status of JSON-RPC errors: always200, or by-error (-32600 is 400, -32601 404, others 500).",
     "always200, by-error"},
};

class JsonRpc final : public Protocol {
 public:
  explicit JsonRpc(const ProtocolSettings& settings)
      : settings_(settings),
        policy_(settings.text(status_setting) == "by-error" ? StatusPolicy::by_error : StatusPolicy::always_200),
        mounts_{{"/jsonrpc",
                 Mount::Match::exact,
                 {"POST", "PUT", "PATCH"},
                 static_cast<int>(Dialect::odoo)},
                {"/jsonrpc/2", Mount::Match::exact, {"POST"}, static_cast<int>(Dialect::strict)}} {}

  std::string_view name() const override { return "jsonrpc"; }
  std::span<const Mount> mounts() const override { return mounts_; }

  Result<std::unique_ptr<Exchange>> read(const http::Request& request,
                                         const Reading& reading) const override {
    PARLEY_TRY(auto exchange, read_body(request, reading));
    return std::unique_ptr<Exchange>(std::move(exchange));
  }

  void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const override {
    const auto& own = static_cast<const JsonRpcExchange&>(exchange);
    if (own.is_batch) return write_batch(own, outcomes, writer);
    const Entry& entry = own.entries.front();
    Outcome outcome = outcome_of(entry, outcomes);
    if (!entry.is_answered) return writer.start(204, {});
    if (entry.form == Form::odoo)
      return odoo::write_outcome(entry.id, std::move(outcome), settings_, writer);
    write_single(entry, outcome, writer);
  }

  /// Nothing is known of the request's form, so the answer is JSON-RPC 2.0 with a null id. The status
  /// is the policy's where JSON-RPC has its own code for it, else the error's.
  void refuse(const http::Request&, const Mount&, const Error& error,
              http::Writer& writer) const override {
    bool is_own_code = error.code == Code::malformed || error.code == Code::invalid_call;
    writer.start(is_own_code ? http_status(Entry{}, &error, policy_) : refusal_status(error), content_type);
    if (error.code == Code::unsupported_media)
      writer.header("Accept", "application/json, application/json-rpc");
    (void)put_error(Entry{}, error, settings_, writer.body());
  }

  const Asking* client() const override { return &client_; }

 private:
  static Outcome outcome_of(const Entry& entry, Outcomes& outcomes) {
    if (entry.error != nullptr) return Error(*entry.error);
    return outcomes.next();
  }

  void write_single(const Entry& entry, Outcome& outcome, http::Writer& writer) const {
    writer.start(http_status(entry, outcome ? nullptr : &outcome.error(), policy_), content_type);
    auto written = put_reply(entry, outcome, settings_, writer.body());
    if (written || writer.abandon()) return;
    writer.start(http_status(entry, &written.error(), policy_), content_type);
    (void)put_error(entry, written.error(), settings_, writer.body());
  }

  /// A reply that fails halfway must not spoil the others, whose calls are done, unless bytes of it
  /// have passed on: then the whole answer fails.
  void write_batch(const JsonRpcExchange& exchange, Outcomes& outcomes,
                   http::Writer& writer) const {
    bool has_reply = false;
    Held reply(writer.body());
    std::optional<Error> broken;
    for (const Entry& entry : exchange.entries) {
      Outcome outcome = outcome_of(entry, outcomes);
      if (!entry.is_answered || broken) continue;
      if (!has_reply) writer.start(200, content_type);
      writer.body().put(has_reply ? ',' : '[');
      has_reply = true;
      auto written = put_reply(entry, outcome, settings_, reply);
      if (!written && !reply.drop()) broken = std::move(written).error();
      else if (!written) (void)put_error(entry, written.error(), settings_, reply);
      if (!broken) reply.finish();
    }
    if (broken) {
      if (writer.abandon()) return;
      writer.start(200, content_type);
      (void)put_error(Entry{}, *broken, settings_, writer.body());
    } else if (has_reply)
      writer.body().put(']');
    else
      writer.start(204, {});
  }

  ProtocolSettings settings_;
  StatusPolicy policy_;
  std::vector<Mount> mounts_;
  Client client_;
};

}  // namespace
}  // namespace jsonrpc

std::unique_ptr<Protocol> make_jsonrpc(const ProtocolSettings& settings) {
  return std::make_unique<jsonrpc::JsonRpc>(settings);
}

ProtocolEntry jsonrpc_entry() { return {make_jsonrpc, jsonrpc::own_settings, jsonrpc::add_describe}; }

}  // namespace parley
