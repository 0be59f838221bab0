// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/jsonrpc/reply.hpp"

#include "parley/codec/json/writer.hpp"

namespace parley::jsonrpc {
namespace {

/// The message a code has in the standard, or ours for codes of our own.
std::string_view standard_message(const Error& error) {
  switch (row(error.code).json_rpc) {
    case -32700:
      return "Parse error";
    case -32600:
      return "Invalid Request";
    case -32601:
      return "Method not found";
    case -32602:
      return "Invalid params";
    case -32603:
      return "Internal error";
    default:
      return error.message;
  }
}

void put_member(json::Writer& json, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  json.key(name);
  json.string(text);
}

/// What we know about the error, for people and programs.
void put_details(const Error& error, const ProtocolSettings& settings, json::Writer& json) {
  json.begin_dict();
  put_member(json, "name", row(error.code).name);
  put_member(json, "message", error.message);
  put_member(json, "where", error.where);
  put_member(json, "hint", error.hint);
  if (error.status != 0) {
    json.key("status");
    json.integer(error.status);
  }
  if (settings.is_debug) put_member(json, "debug", error.cause);
  json.end_dict();
}

/// The error object of the entry's form. 1.1 wants codes of 100 to 999: the HTTP status is one.
void put_error_object(Form form, const Error& error, const ProtocolSettings& settings,
                      json::Writer& json) {
  bool is_v11 = form == Form::v11;
  json.begin_dict();
  if (is_v11) put_member(json, "name", "JSONRPCError");
  json.key("code");
  json.integer(is_v11 ? row(error.code).http_status : row(error.code).json_rpc);
  json.key("message");
  json.string(standard_message(error));
  json.key(is_v11 ? "error" : "data");
  put_details(error, settings, json);
  json.end_dict();
}

/// What comes before `result` or `error`. 1.0 has its id at the end.
void open(const Entry& entry, json::Writer& json) {
  json.begin_dict();
  if (entry.form == Form::v1) return;
  bool is_v11 = entry.form == Form::v11;
  json.key(is_v11 ? "version" : "jsonrpc");
  json.string(is_v11 ? "1.1" : "2.0");
  if (is_v11 && !entry.has_id) return;
  json.key("id");
  write(entry.id, json);
}

void close_v1(const Entry& entry, json::Writer& json) {
  json.key("id");
  write(entry.id, json);
}

}  // namespace

Result<void> put_error(const Entry& entry, const Error& error, const ProtocolSettings& settings,
                       Output& out) {
  json::Writer json(out);
  open(entry, json);
  if (entry.form == Form::v1) {
    json.key("result");
    json.null();
  }
  json.key("error");
  put_error_object(entry.form, error, settings, json);
  if (entry.form == Form::v1) close_v1(entry, json);
  json.end_dict();
  return {};
}

Result<void> put_reply(const Entry& entry, Outcome& outcome, const ProtocolSettings& settings,
                       Output& out) {
  if (!outcome) return put_error(entry, outcome.error(), settings, out);
  json::Writer json(out);
  open(entry, json);
  json.key("result");
  PARLEY_CHECK(write(*outcome, json));
  if (entry.form == Form::v1) {
    json.key("error");
    json.null();
    close_v1(entry, json);
  }
  json.end_dict();
  return {};
}

int http_status(const Entry& entry, const Error* error, StatusPolicy policy) {
  if (error == nullptr) return 200;
  if (entry.form == Form::v11) return 500;
  if (policy == StatusPolicy::always_200) return 200;
  switch (row(error->code).json_rpc) {
    case -32600:
      return 400;
    case -32601:
      return 404;
    default:
      return 500;
  }
}

}  // namespace parley::jsonrpc
