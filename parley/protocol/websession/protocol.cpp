// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/websession/protocol.hpp"

#include "parley/protocol/odoo/envelope.hpp"
#include "parley/protocol/refusal.hpp"
#include "parley/protocol/websession/request.hpp"

namespace parley {
namespace websession {
namespace {

constexpr std::string_view cookie_seconds = "604800";  // a week; spec/odoo-external-api.md 1.2

/// The session's id in the answer to a log-in, or "" when it could not stand in a cookie.
std::string_view session_id_of(const Outcome& outcome) {
  if (!outcome || outcome->is_rows() || !outcome->value().is_dict()) return {};
  const Value* id = outcome->value().find("session_id");
  if (id == nullptr || !id->is_string()) return {};
  for (char c : id->text()) {
    bool is_safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '_' || c == '.' || c == '~';
    if (!is_safe) return {};
  }
  return id->text();
}

std::string cookie_text(std::string_view id, std::string_view seconds, bool is_secure) {
  std::string text = "session_id=" + std::string(id) +
                     "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::string(seconds);
  if (is_secure) text += "; Secure";
  return text;
}

bool is_model_action(Action action) {
  return action == Action::call_kw || action == Action::call || action == Action::call_button ||
         action == Action::search_read;
}

/// What a button does next is a dict; every other result is no action.
Outcome as_action(Outcome outcome) {
  if (!outcome || (!outcome->is_rows() && outcome->value().is_dict())) return outcome;
  return Answer(Value::boolean(false));
}

/// Whether the server answers, for those who balance load between many.
void write_health(const Outcome& outcome, http::Writer& writer) {
  writer.start(outcome ? 200 : 500, "application/json");
  writer.header("Cache-Control", "no-store");
  writer.body().put(outcome ? R"({"status": "pass"})" : R"({"status": "fail"})");
}

/// A model that does not exist is "404: Not Found" here, unlike at the object service.
void as_not_found(Error& error) {
  if (error.code == Code::unknown_method && error.kind == "UserError") error.kind = "NotFound";
}

class WebSession final : public Protocol {
 public:
  explicit WebSession(const ProtocolSettings& settings) : settings_(settings) {
    for (const Route& route : routes())
      mounts_.push_back({std::string(route.path), route.match,
                         {route.action == Action::health ? "GET" : "POST"}, static_cast<int>(route.action)});
  }

  std::string_view name() const override { return "websession"; }
  std::span<const Mount> mounts() const override { return mounts_; }

  Result<std::unique_ptr<Exchange>> read(const http::Request& request,
                                         const Reading& reading) const override {
    PARLEY_TRY(auto exchange, read_request(request, reading));
    return std::unique_ptr<Exchange>(std::move(exchange));
  }

  void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const override {
    const auto& own = static_cast<const WebExchange&>(exchange);
    if (own.error != nullptr) return odoo::write_error(own.id, *own.error, settings_, writer);
    if (own.action == Action::health) return write_health(outcomes.next(), writer);
    if (own.action == Action::search_read) return write_page(own, outcomes, writer);
    Outcome outcome = outcomes.next();
    if (!outcome && is_model_action(own.action)) as_not_found(outcome.error());
    if (own.action == Action::call_button) outcome = as_action(std::move(outcome));
    std::string cookie = new_cookie(own, outcome);
    odoo::write_outcome(own.id, std::move(outcome), settings_, writer, cookie);
  }

  void refuse(const http::Request&, const Mount&, const Error& error,
              http::Writer& writer) const override {
    odoo::write_error(Value::null(), error, settings_, writer, refusal_status(error));
  }

 private:
  /// The count and then the rows of search_read, as they are made.
  void write_page(const WebExchange& exchange, Outcomes& outcomes, http::Writer& writer) const {
    Outcome count = outcomes.next();
    Outcome records = outcomes.next();
    for (Outcome* outcome : {&count, &records})
      if (!*outcome) {
        as_not_found(outcome->error());
        return odoo::write_error(exchange.id, outcome->error(), settings_, writer);
      }
    Value length = count->is_rows() ? Value::integer(0) : count->value();
    odoo::write_page(exchange.id, length, *records, settings_, writer);
  }

  /// Set-Cookie of a log-in or log-out, "" for everything else.
  std::string new_cookie(const WebExchange& exchange, const Outcome& outcome) const {
    bool is_secure = exchange.is_secure || settings_.is_secure_cookie;
    if (exchange.action == Action::destroy && outcome) return cookie_text("", "0", is_secure);
    if (exchange.action != Action::authenticate) return {};
    std::string_view id = session_id_of(outcome);
    return id.empty() ? std::string() : cookie_text(id, cookie_seconds, is_secure);
  }

  ProtocolSettings settings_;
  std::vector<Mount> mounts_;
};

}  // namespace
}  // namespace websession

std::unique_ptr<Protocol> make_websession(const ProtocolSettings& settings) {
  return std::make_unique<websession::WebSession>(settings);
}

ProtocolEntry websession_entry() { return {make_websession}; }

}  // namespace parley
