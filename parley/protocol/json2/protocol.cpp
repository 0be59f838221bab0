// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/json2/protocol.hpp"

#include "parley/codec/json/writer.hpp"
#include "parley/protocol/json2/error.hpp"
#include "parley/protocol/json2/page.hpp"
#include "parley/protocol/json2/request.hpp"
#include "parley/protocol/odoo/envelope.hpp"

namespace parley {
namespace json2 {
namespace {

constexpr std::string_view content_type = "application/json; charset=utf-8";

void write_page(std::string_view type, std::string_view text, http::Writer& writer) {
  writer.start(200, type);
  writer.header("X-Content-Type-Options", "nosniff");
  writer.header("X-Frame-Options", "DENY");
  writer.header("Content-Security-Policy", doc_page_policy);
  writer.body().put(text);
}

void put_member(json::Writer& json, std::string_view name, const Value* value) {
  json.key(name);
  write(value == nullptr ? Value::null() : *value, json);
}

void write_version(const Value& version, http::Writer& writer) {
  writer.start(200, content_type);
  json::Writer json(writer.body(), odoo::json_options());
  json.begin_dict();
  put_member(json, "version_info", version.find("server_version_info"));
  put_member(json, "version", version.find("server_version"));
  json.end_dict();
}

class Json2 final : public Protocol {
 public:
  explicit Json2(const ProtocolSettings& settings) : settings_(settings) {
    mount("/json/2", Mount::Match::prefix, {}, Place::call);
    mount("/json/version", Mount::Match::exact, {"GET"}, Place::version);
    mount("/web/version", Mount::Match::exact, {"GET"}, Place::version);
    mount("/doc", Mount::Match::prefix, {"GET"}, Place::doc);
    mount("/doc-bearer", Mount::Match::prefix, {"GET"}, Place::doc_bearer);
  }

  std::string_view name() const override { return "json2"; }
  std::span<const Mount> mounts() const override { return mounts_; }

  Result<std::unique_ptr<Exchange>> read(const http::Request& request, const Reading& reading) const override {
    PARLEY_TRY(auto exchange, read_request(request, reading));
    return std::unique_ptr<Exchange>(std::move(exchange));
  }

  void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const override {
    const auto& own = static_cast<const Json2Exchange&>(exchange);
    if (own.shape == Shape::page) return write_page("text/html; charset=utf-8", doc_page(), writer);
    if (own.shape == Shape::script) return write_page("text/javascript; charset=utf-8", doc_script(), writer);
    const Call& call = own.calls.front();
    std::string_view method = call.is_model_method ? call.method : std::string_view();
    Outcome outcome = outcomes.next();
    if (!outcome) return write_error(outcome.error(), method, settings_, writer);
    if (own.shape == Shape::version && !outcome->is_rows()) return write_version(outcome->value(), writer);
    writer.start(200, content_type);
    json::Writer json(writer.body(), odoo::json_options());
    auto written = parley::write(*outcome, json);
    if (!written && !writer.abandon()) write_error(written.error(), method, settings_, writer);
  }

  void refuse(const http::Request&, const Mount&, const Error& error, http::Writer& writer) const override {
    write_error(error, {}, settings_, writer);
  }

 private:
  void mount(std::string path, Mount::Match match, std::vector<std::string> methods, Place place) {
    mounts_.push_back({std::move(path), match, std::move(methods), static_cast<int>(place)});
  }

  ProtocolSettings settings_;
  std::vector<Mount> mounts_;
};

}  // namespace
}  // namespace json2

std::unique_ptr<Protocol> make_json2(const ProtocolSettings& settings) {
  return std::make_unique<json2::Json2>(settings);
}

ProtocolEntry json2_entry() { return {make_json2}; }

}  // namespace parley
