// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/asking.hpp"

#include <algorithm>

#include "parley/codec/json/reader.hpp"
#include "parley/http/media.hpp"
#include "parley/http/uri.hpp"
#include "parley/protocol/asking.hpp"
#include "parley/protocol/rest/reply.hpp"
#include "parley/protocol/rest/xml_body.hpp"

namespace parley::rest {
namespace {

constexpr std::string_view json_type = "application/json", xml_type = "text/xml";

/// "persons.get" as "/persons/get".
std::string path_of(std::string_view method) {
  std::string path;
  for (std::string_view rest = method; !rest.empty();) {
    std::string_view part = rest.substr(0, rest.find('.'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    path.append("/").append(http::percent_encode(part));
  }
  return path;
}

/// Elements as the lists they are: {item: ...}.
Value listed(const Value& value, Arena& arena) {
  if (!value.is_dict() && !value.is_list()) return value;
  if (value.is_list()) {
    ListBuilder out(arena);
    for (const Value& item : value.items()) out.add(listed(item, arena));
    return out.done();
  }
  const bool is_list = value.size() == 1 && value.keys()[0] == "item";
  if (is_list) {
    const Value& items = value.values()[0];
    return listed(items.is_list() ? items : Value::list(arena.copy(std::span<const Value>(&items, 1))), arena);
  }
  DictBuilder out(arena);
  for (std::size_t i = 0; i < value.size(); ++i) out.set(value.keys()[i], listed(value.values()[i], arena));
  return out.done();
}

std::string_view text_in(const Value& document, std::string_view name) {
  const Value* text = document.find(name);
  return text != nullptr && text->is_string() ? text->text() : std::string_view();
}

Error error_of(const Value& fault, int status) {
  std::string message(text_in(fault, "faultstring"));
  if (message.starts_with("Unknown function name: ")) return Error(Code::unknown_method, message);
  for (const ErrorRow& row : error_table())
    if (row.http_status == status && status != 400 && status != 500) return Error(row.code, message);
  for (std::string_view argument : {"Missing argument: ", "Unknown argument: ", "Unknown attribute", "Invalid input ", "Parameter "})
    if (message.starts_with(argument)) return Error(Code::invalid_argument, message);
  Error error(text_in(fault, "faultcode") == "Server" ? Code::internal : Code::rejected, message);
  if (status != 400 && status != 500) error.status = status;
  return error;
}

}  // namespace

Result<Asked> RestAsking::ask(std::span<const Call> calls) const {
  if (calls.size() != 1) return Error(Code::invalid_call, "a request of REST makes one call");
  const Call& call = calls.front();
  if (!call.positional.empty()) return Error(Code::invalid_call, "arguments of REST have names");
  Asked asked;
  const std::string type(format_ == Format::json ? json_type : xml_type);
  asked.headers = {{"Content-Type", type}, {"Accept", type}};
  PARLEY_TRY(auto caller, caller_headers(calls));
  asked.headers.insert(asked.headers.end(), caller.begin(), caller.end());
  asked.target = prefix_ + path_of(call.method);
  const Value arguments = call.named.is_dict() ? call.named : Value::dict(nullptr, 0);
  StringOutput body;
  if (format_ == Format::xml) {
    put_element("parameters", arguments, nullptr, body);
  } else {
    if (!is_finite(arguments)) return Error(Code::invalid_call, "JSON has no NaN and no infinity");
    PARLEY_CHECK(put_json(arguments, body));
  }
  asked.body = body.take();
  return asked;
}

Result<std::vector<Outcome>> RestAsking::hear(std::span<const Call>, const http::Response& response, Arena& arena) const {
  auto type = http::parse_media_type(response.header("Content-Type"));
  auto format = type ? format_of(type->name) : std::nullopt;
  if (!format) return Error(Code::malformed, "no answer of REST: its type is " + std::string(response.header("Content-Type")));
  constexpr std::size_t padding_bytes = 64;
  std::string_view body = arena.join(response.body, std::string(padding_bytes, '\0')).substr(0, response.body.size());
  PARLEY_TRY(Value document, *format == Format::xml ? read_xml_body(body, Limits(), arena) : json::read_tree(body, Limits(), arena));
  const bool is_fault = document.is_dict() && document.find("faultcode") != nullptr && document.find("faultstring") != nullptr;
  std::vector<Outcome> outcomes;
  if (is_fault) outcomes.push_back(error_of(document, response.status));
  else if (response.status >= 300) return Error(Code::malformed, "no answer of REST: its status is " + std::to_string(response.status));
  else outcomes.push_back(Answer(*format == Format::xml ? listed(document, arena) : document));
  return outcomes;
}

}  // namespace parley::rest
