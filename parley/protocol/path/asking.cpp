// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/asking.hpp"

#include "parley/codec/bson/bson.hpp"
#include "parley/codec/json/reader.hpp"
#include "parley/codec/json/writer.hpp"
#include "parley/http/media.hpp"
#include "parley/http/uri.hpp"
#include "parley/protocol/asking.hpp"
#include "parley/protocol/path/errors.hpp"
#include "parley/protocol/path/request.hpp"

namespace parley::path {
namespace {

constexpr std::string_view json_type = "application/json", bson_type = "application/bson";

bool has_own_path(std::span<const Call> calls) {
  return calls.size() == 1 && calls[0].positional.empty();
}

Value named_of(const Call& call) {
  return call.named.is_dict() ? call.named : Value::dict(nullptr, 0);
}

Result<Value> multicall_of(std::span<const Call> calls, Arena& arena) {
  ListBuilder list(arena);
  for (const Call& call : calls) {
    if (!call.positional.empty() && call.named.is_dict() && call.named.size() > 0)
      return Error(Code::invalid_call, "a call has arguments by place or by name, not both");
    DictBuilder one(arena);
    one.set("method", Value::string(call.method));
    one.set("params", call.positional.empty() ? named_of(call) : Value::list(call.positional));
    list.add(one.done());
  }
  DictBuilder out(arena);
  out.set("calls", list.done());
  return out.done();
}

Error no_envelope(std::string_view why) {
  return {Code::malformed, "no answer of path RPC: " + std::string(why)};
}

Result<Outcome> outcome_of(const Value& envelope, std::string_view method) {
  if (!envelope.is_dict()) return no_envelope("no object");
  const Value* status = envelope.find("status");
  const Value* message = envelope.find("status_message");
  if (status == nullptr || !status->is_integer()) return no_envelope("no status");
  if (message == nullptr || !message->is_string()) return no_envelope("no status_message");
  constexpr int ok = 200;
  if (status->as_integer() != ok)
    return Outcome(error_of(static_cast<int>(status->as_integer()), message->text()));
  const Value* data = envelope.find(method);
  return Outcome(Answer(data == nullptr ? Value::null() : *data));
}

Result<Value> read_document(const http::Response& response, Arena& arena) {
  auto type = http::parse_media_type(response.header("Content-Type"));
  std::string_view body = arena.copy(response.body);
  if (type && type->is(bson_type)) return bson::read_tree(body, Limits(), arena);
  return json::read_tree(body, Limits(), arena);
}

}  // namespace

Result<std::string> PathAsking::to_body(const Value& object) const {
  if (format_ == Format::bson) {
    bson::Writer document;
    write(object, document);
    auto bytes = document.take();
    if (!bytes) return Error(Code::invalid_call, bytes.error().message);
    return bytes;
  }
  if (!is_finite(object)) return Error(Code::invalid_call, "JSON has no NaN and no infinity");
  return json::to_json(object);
}

Result<Asked> PathAsking::ask(std::span<const Call> calls) const {
  Asked asked;
  const std::string_view type = format_ == Format::bson ? bson_type : json_type;
  asked.headers = {{"Content-Type", std::string(type)}, {"Accept", std::string(type)}};
  PARLEY_TRY(auto caller, caller_headers(calls));
  asked.headers.insert(asked.headers.end(), caller.begin(), caller.end());
  const bool is_one = has_own_path(calls);
  asked.target = prefix_ + "/" +
                 (is_one ? http::percent_encode(calls[0].method) : std::string(multicall_name));
  Arena arena;
  Value object;
  if (is_one) {
    object = named_of(calls[0]);
  } else {
    PARLEY_TRY(object, multicall_of(calls, arena));
  }
  PARLEY_TRY(asked.body, to_body(object));
  return asked;
}

Result<std::vector<Outcome>> PathAsking::hear(std::span<const Call> calls,
                                              const http::Response& response, Arena& arena) const {
  PARLEY_TRY(Value document, read_document(response, arena));
  std::vector<Outcome> outcomes;
  if (has_own_path(calls)) {
    PARLEY_TRY(Outcome outcome, outcome_of(document, calls[0].method));
    outcomes.push_back(std::move(outcome));
    return outcomes;
  }
  PARLEY_TRY(Outcome whole, outcome_of(document, multicall_name));
  if (!whole) return all_failed(whole.error(), calls.size());
  const Value list = whole->value();
  if (!list.is_list() || list.size() != calls.size())
    return no_envelope("not an envelope for each call");
  for (std::size_t i = 0; i < calls.size(); ++i) {
    PARLEY_TRY(Outcome outcome, outcome_of(list.items()[i], calls[i].method));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace parley::path
