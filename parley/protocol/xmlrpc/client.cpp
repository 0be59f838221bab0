// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/client.hpp"

#include <algorithm>
#include <optional>

#include "parley/codec/xml/writer.hpp"
#include "parley/protocol/asking.hpp"
#include "parley/protocol/xmlrpc/fault.hpp"
#include "parley/protocol/xmlrpc/reader.hpp"
#include "parley/protocol/xmlrpc/writer.hpp"

namespace parley::xmlrpc {
namespace {

constexpr std::string_view multicall_name = "system.multicall";

bool is_positional(const Call& call) {
  const bool has_names = call.named.is_dict() && call.named.size() > 0;
  return !has_names && call.body.is_unset();
}

void put_name(std::string_view method, Output& out) {
  out.put("<?xml version=\"1.0\"?>\n<methodCall>\n<methodName>");
  xml::write_text(method, out);
  out.put("</methodName>\n<params>\n");
}

void put_one(const Call& call, ValueWriter& values, Output& out) {
  put_name(call.method, out);
  for (const Value& value : call.positional) {
    out.put("<param>\n");
    write(value, values);
    out.put("</param>\n");
  }
}

void put_many(std::span<const Call> calls, ValueWriter& values, Output& out) {
  put_name(multicall_name, out);
  out.put("<param>\n");
  values.begin_list();
  for (const Call& call : calls) {
    values.begin_dict();
    values.key("methodName");
    values.string(call.method);
    values.key("params");
    write(Value::list(call.positional), values);
    values.end_dict();
  }
  values.end_list();
  out.put("</param>\n");
}

/// What a {faultCode, faultString} says; nothing when it is none.
std::optional<Error> fault_of(const Value& value) {
  const Value* code = value.is_dict() ? value.find("faultCode") : nullptr;
  const Value* text = value.is_dict() ? value.find("faultString") : nullptr;
  if (code == nullptr || text == nullptr || !code->is_integer() || !text->is_string()) return std::nullopt;
  return error_of_fault(code->as_integer(), text->text());
}

Error no_answer(std::string rule) { return Error(Code::malformed, "no answer of XML-RPC: " + std::move(rule)); }

/// The item of a multicall's list: a list of one, or a fault.
Outcome outcome_of(const Value& item) {
  if (item.is_list() && item.size() == 1) return Answer(item.items()[0]);
  if (auto fault = fault_of(item)) return *std::move(fault);
  return no_answer("an item of system.multicall is neither an array of one nor a fault");
}

}  // namespace

Result<Asked> Client::ask(std::span<const Call> calls) const {
  if (calls.empty()) return Error(Code::invalid_call, "XML-RPC has no request without calls");
  if (!std::ranges::all_of(calls, is_positional))
    return Error(Code::invalid_call, "XML-RPC has positional arguments only");
  Asked asked{.target = "/RPC2"};
  PARLEY_TRY(asked.headers, caller_headers(calls));
  asked.headers.emplace_back("Content-Type", "text/xml");
  StringOutput out;
  ValueWriter values(out, Style::standard, Nulls::as_nil);
  if (calls.size() == 1) put_one(calls[0], values, out);
  else put_many(calls, values, out);
  out.put("</params>\n</methodCall>\n");
  if (values.failure()) return Error(Code::invalid_call, values.failure()->message);
  asked.body = out.take();
  return asked;
}

Result<std::vector<Outcome>> Client::hear(std::span<const Call> calls, const http::Response& response,
                                          Arena& arena) const {
  auto read = read_response(arena.copy(response.body), Limits{}, arena);
  if (!read) return no_answer("status " + std::to_string(response.status) + ", " + read.error().message);
  if (read->is_fault) {
    auto fault = fault_of(read->value);
    if (!fault) return no_answer("a fault without faultCode and faultString");
    return all_failed(*fault, calls.size());
  }
  std::vector<Outcome> outcomes;
  if (calls.size() == 1) {
    outcomes.emplace_back(Answer(read->value));
    return outcomes;
  }
  if (!read->value.is_list() || read->value.size() != calls.size())
    return no_answer("system.multicall is answered by an array with an item for each call");
  for (const Value& item : read->value.items()) outcomes.push_back(outcome_of(item));
  return outcomes;
}

}  // namespace parley::xmlrpc
