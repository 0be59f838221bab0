// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/odoo/envelope.hpp"

#include "parley/protocol/odoo/errors.hpp"

namespace parley::odoo {
namespace {

constexpr std::string_view content_type = "application/json; charset=utf-8";

void open(const Value& id, json::Writer& json) {
  json.begin_dict();
  json.key("jsonrpc");
  json.string("2.0");
  json.key("id");
  write(id, json);
}

struct Heading {
  int code;
  std::string_view message;
};

/// The outer code and message, which tell apart what a client must do next.
Heading heading_of(const Error& error) {
  std::string_view name = odoo_class(error);
  if (name == "SessionExpiredException") return {100, "Odoo Session Expired"};
  if (name == "NotFound") return {404, "404: Not Found"};
  return {200, "Odoo Server Error"};
}

void put_error(const Error& error, const ProtocolSettings& settings, json::Writer& json) {
  Heading heading = heading_of(error);
  json.key("error");
  json.begin_dict();
  json.key("code");
  json.integer(heading.code);
  json.key("message");
  json.string(heading.message);
  json.key("data");
  json.begin_dict();
  json.key("name");
  json.string(qualified_class(error, settings.odoo_prefix));
  json.key("debug");
  json.string(settings.is_debug ? std::string_view(error.cause) : std::string_view());
  json.key("message");
  json.string(message(error));
  json.key("arguments");
  json.begin_list();
  json.string(message(error));
  json.end_list();
  json.key("context");
  json.begin_dict();
  json.end_dict();
  json.key("exception_type");
  json.string(exception_type(error));
  json.end_dict();
  json.end_dict();
}

}  // namespace

json::WriteOptions json_options() {
  return {.style = json::Style::python,
          .nan = json::NanAs::python,
          .decimals = json::DecimalAs::real,
          .datetimes = json::DateTimeAs::odoo};
}

void write_error(const Value& id, const Error& error, const ProtocolSettings& settings,
                 http::Writer& writer, int status) {
  writer.start(status, content_type);
  json::Writer json(writer.body(), json_options());
  open(id, json);
  put_error(error, settings, json);
  json.end_dict();
}

void write_outcome(const Value& id, Outcome outcome, const ProtocolSettings& settings,
                   http::Writer& writer, std::string_view set_cookie) {
  if (!outcome) return write_error(id, outcome.error(), settings, writer);
  writer.start(200, content_type);
  if (!set_cookie.empty()) writer.header("Set-Cookie", set_cookie);
  json::Writer json(writer.body(), json_options());
  open(id, json);
  Answer& answer = *outcome;
  if (answer.is_rows() || !answer.value().is_absent()) {
    json.key("result");
    auto written = write(answer, json);
    if (!written) {
      if (!writer.abandon()) write_error(id, written.error(), settings, writer);
      return;
    }
  }
  json.end_dict();
}

void write_page(const Value& id, const Value& length, Answer& records, const ProtocolSettings& settings,
                http::Writer& writer) {
  writer.start(200, content_type);
  json::Writer json(writer.body(), json_options());
  open(id, json);
  json.key("result");
  json.begin_dict();
  json.key("length");
  write(length, json);
  json.key("records");
  if (auto written = write(records, json); !written) {
    if (!writer.abandon()) write_error(id, written.error(), settings, writer);
    return;
  }
  json.end_dict();
  json.end_dict();
}

}  // namespace parley::odoo
