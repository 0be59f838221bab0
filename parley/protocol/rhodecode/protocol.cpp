// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rhodecode/protocol.hpp"

#include "parley/codec/json/writer.hpp"
#include "parley/protocol/rhodecode/request.hpp"

namespace parley {
namespace rhodecode {
namespace {

constexpr std::string_view content_type = "application/json";
constexpr int ok = 200;  // source: "All responses from API will be HTTP/1.0 200 OK"
constexpr std::string_view strict_setting = "rhodecode-strict-1-2";
constexpr ProtocolSetting settings_of_protocol[] = {
    {strict_setting, ProtocolSetting::Kind::yes_no, "no",
     "RhodeCode's API answers with id null where version 1.2 did: all that is wrong before a method runs."},
};

bool is_missing_argument(const Error& error) {
  return error.code == Code::invalid_argument && error.rule == Rule::missing;
}

/// Whether 1.2 found it out before it ran the method.
bool is_of_envelope(const Error& error) {
  return error.code == Code::unauthenticated || error.code == Code::unknown_method || is_missing_argument(error);
}

std::string text_of(const Error& error, const RhodeCodeExchange& exchange) {
  switch (error.code) {
    case Code::unauthenticated:
      return "Invalid API KEY";
    case Code::unknown_method:
      return exchange.absent;
    case Code::forbidden:
      return "Access was denied to this resource.";
    case Code::internal:
    case Code::unimplemented:
      return "Internal server error";
    case Code::invalid_argument:
      if (is_missing_argument(error)) return "Missing non optional " + error.where + " arg in JSON DATA";
      return error.message;
    case Code::malformed:
    case Code::invalid_call:
    case Code::too_large:
    case Code::unsupported_media:
    case Code::not_acceptable:
    case Code::not_found:
    case Code::conflict:
    case Code::stale:
    case Code::rejected:
    case Code::throttled:
    case Code::overloaded:
    case Code::unavailable:
    case Code::timeout:
    case Code::cancelled:
      return error.message;
  }
  return error.message;
}

/// {"id": .., "result": .., "error": ..}
class Reply {
 public:
  Reply(Output& to, const Value& id) : out_(to, {.style = json::Style::python}) {
    out_.begin_dict();
    out_.key("id");
    parley::write(id, out_);
    out_.key("result");
  }
  Result<void> result(Answer& answer) {
    PARLEY_CHECK(parley::write(answer, out_));
    out_.key("error");
    out_.null();
    out_.end_dict();
    return {};
  }
  void error(std::string_view text) {
    out_.null();
    out_.key("error");
    out_.string(text);
    out_.end_dict();
  }

 private:
  json::Writer out_;
};

class RhodeCode final : public Protocol {
 public:
  explicit RhodeCode(const ProtocolSettings& settings) : is_strict_(settings.is_on(strict_setting)) {}

  std::string_view name() const override { return "rhodecode"; }
  std::span<const Mount> mounts() const override { return mounts_; }

  Result<std::unique_ptr<Exchange>> read(const http::Request& request, const Reading& reading) const override {
    return std::unique_ptr<Exchange>(read_request(request, reading));
  }

  void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const override {
    const auto& own = static_cast<const RhodeCodeExchange&>(exchange);
    if (own.calls.empty()) return write_error(is_strict_ ? Value() : own.id, own.refusal, writer);
    Outcome outcome = outcomes.next();
    if (!outcome) return write_failure(own, outcome.error(), writer);
    writer.start(ok, content_type);
    auto written = Reply(writer.body(), own.id).result(*outcome);
    if (!written && !writer.abandon()) write_failure(own, written.error(), writer);
  }

  void refuse(const http::Request&, const Mount&, const Error& error, http::Writer& writer) const override {
    // The original knows no status but 200; one that says when to come again is heeded by proxies.
    write_error({}, text_of(error, {}), writer, error.code == Code::overloaded ? row(error.code).http_status : ok);
  }

 private:
  void write_failure(const RhodeCodeExchange& exchange, const Error& error, http::Writer& writer) const {
    write_error(is_strict_ && is_of_envelope(error) ? Value() : exchange.id, text_of(error, exchange), writer);
  }

  static void write_error(const Value& id, std::string_view text, http::Writer& writer, int status = ok) {
    writer.start(status, content_type);
    Reply(writer.body(), id).error(text);
  }

  bool is_strict_;
  // The client makes two slashes of a server's address that ends in one.
  std::vector<Mount> mounts_{{"/_admin/api"}, {"/_admin/apiv2"}, {"//_admin/api"}, {"//_admin/apiv2"}};
};

}  // namespace
}  // namespace rhodecode

std::unique_ptr<Protocol> make_rhodecode(const ProtocolSettings& settings) {
  return std::make_unique<rhodecode::RhodeCode>(settings);
}

ProtocolEntry rhodecode_entry() { return {make_rhodecode, rhodecode::settings_of_protocol}; }

}  // namespace parley
