// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/jsonrpc/client.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "parley/codec/json/reader.hpp"
#include "parley/codec/json/writer.hpp"
#include "parley/protocol/asking.hpp"

namespace parley::jsonrpc {
namespace {

bool has_names(const Call& call) { return call.named.is_dict() && call.named.size() > 0; }

Result<void> check(const Call& call) {
  if (!call.body.is_unset() || (has_names(call) && !call.positional.empty()))
    return Error(Code::invalid_call, "JSON-RPC has positional or named arguments, not both");
  if (!is_finite(Value::list(call.positional)) || !is_finite(call.named))
    return Error(Code::invalid_call, "JSON has neither NaN nor infinity");
  return {};
}

void put_request(const Call& call, std::size_t id, json::Writer& json) {
  json.begin_dict();
  json.key("jsonrpc");
  json.string("2.0");
  json.key("id");
  json.integer(static_cast<std::int64_t>(id));
  json.key("method");
  json.string(call.method);
  json.key("params");
  write(has_names(call) ? call.named : Value::list(call.positional), json);
  json.end_dict();
}

Error no_answer(std::string rule) { return Error(Code::malformed, "no answer of JSON-RPC: " + std::move(rule)); }

std::string text_of(const Value& dict, std::string_view key) {
  const Value* text = dict.is_dict() ? dict.find(key) : nullptr;
  return text != nullptr && text->is_string() ? std::string(text->text()) : std::string();
}

/// The Code of an error object, else nothing: a number of the method's own.
std::optional<Code> code_of(std::int64_t number, const Value& data) {
  if (const ErrorRow* known = row_named(text_of(data, "name"))) return known->code;
  auto known = std::ranges::find(error_table(), number, &ErrorRow::json_rpc);
  if (known == error_table().end()) return std::nullopt;
  return known->code;
}

/// Nothing when it is no error object.
std::optional<Error> error_of(const Value& object) {
  const Value* number = object.is_dict() ? object.find("code") : nullptr;
  const Value* message = object.is_dict() ? object.find("message") : nullptr;
  if (number == nullptr || !number->is_integer() || message == nullptr || !message->is_string()) return std::nullopt;
  const Value* given = object.find("data");
  const Value data = given == nullptr ? Value::null() : *given;
  auto known = code_of(number->as_integer(), data);
  Error error(known.value_or(Code::rejected), text_of(data, "message"), text_of(data, "where"));
  if (error.message.empty()) error.message = message->text();
  error.hint = text_of(data, "hint");
  error.cause = text_of(data, "debug");
  const Value* status = data.is_dict() ? data.find("status") : nullptr;
  if (!known) status = number;
  if (status != nullptr && status->is_integer() && std::in_range<int>(status->as_integer()))
    error.status = static_cast<int>(status->as_integer());
  return error;
}

Outcome outcome_of(const Value& reply) {
  if (const Value* error = reply.find("error"); error != nullptr && !error->is_null()) {
    if (auto said = error_of(*error)) return *std::move(said);
    return no_answer("an error without code and message");
  }
  if (const Value* result = reply.find("result")) return Answer(*result);
  return no_answer("a reply without result and error");
}

/// Which call a reply answers: its place, or `count` for none.
std::size_t place_of(const Value& reply, std::size_t count) {
  const Value* id = reply.is_dict() ? reply.find("id") : nullptr;
  if (id == nullptr || !id->is_integer() || id->as_integer() < 1) return count;
  return std::min(static_cast<std::size_t>(id->as_integer() - 1), count);
}

/// A reply without an id of ours speaks of the request as a whole, when it is an error.
std::optional<Error> error_of_all(const Value& reply) {
  const Value* error = reply.is_dict() ? reply.find("error") : nullptr;
  return error == nullptr ? std::nullopt : error_of(*error);
}

/// simdjson looks behind the end of a document.
std::string_view padded(std::string_view text, Arena& arena) {
  static constexpr std::size_t padding = 64;
  return arena.join(text, std::string(padding, '\0')).substr(0, text.size());
}

}  // namespace

Result<Asked> Client::ask(std::span<const Call> calls) const {
  if (calls.empty()) return Error(Code::invalid_call, "JSON-RPC has no request without calls");
  for (const Call& call : calls) PARLEY_CHECK(check(call));
  Asked asked{.target = "/jsonrpc/2"};
  PARLEY_TRY(asked.headers, caller_headers(calls));
  asked.headers.emplace_back("Content-Type", "application/json");
  StringOutput out;
  json::Writer json(out);
  if (calls.size() > 1) json.begin_list();
  for (std::size_t i = 0; i < calls.size(); ++i) put_request(calls[i], i + 1, json);
  if (calls.size() > 1) json.end_list();
  asked.body = out.take();
  return asked;
}

Result<std::vector<Outcome>> Client::hear(std::span<const Call> calls, const http::Response& response,
                                          Arena& arena) const {
  auto document = json::read_tree(padded(response.body, arena), Limits{}, arena);
  if (!document) return no_answer("status " + std::to_string(response.status) + ", " + document.error().message);
  const std::size_t count = calls.size();
  const auto replies = document->is_list() ? document->items() : std::span<const Value>(&*document, 1);
  if (replies.size() == 1 && place_of(replies[0], count) == count) {
    if (auto error = error_of_all(replies[0])) return all_failed(*error, count);
    return no_answer("a reply to none of the calls");
  }
  std::vector<Outcome> outcomes = all_failed(no_answer("no reply to this call"), count);
  for (const Value& reply : replies)
    if (std::size_t place = place_of(reply, count); place < count) outcomes[place] = outcome_of(reply);
  return outcomes;
}

}  // namespace parley::jsonrpc
