// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rhodecode/request.hpp"

#include <cstring>

#include "parley/codec/json/reader.hpp"
#include "parley/codec/json/writer.hpp"
#include "parley/http/uri.hpp"
#include "parley/protocol/rhodecode/names.hpp"

namespace parley::rhodecode {
namespace {

constexpr std::size_t raw_octets_max = 200;
constexpr std::size_t padding = 64;  // what the JSON reader may look at behind its text

/// `text` in the arena with padding behind it.
std::string_view padded(std::string_view text, Arena& arena) {
  char* at = arena.allocate_array<char>(text.size() + padding);
  std::memcpy(at, text.data(), text.size());
  std::memset(at + text.size(), 0, padding);
  return {at, text.size()};
}

/// A chunked body has no Content-Length, and is one all the same.
bool has_length(const http::Request& request) {
  return request.has_header("Content-Length") || request.has_header("Transfer-Encoding") || !request.body.empty();
}

/// RhodeCode 1.2 decoded every body like a form; ours only those that cannot be JSON as they are,
/// so that a '+' in a password stays one.
Result<std::string_view> body_text(const http::Request& request, Arena& arena) {
  if (!request.body.starts_with('%')) return request.body;
  PARLEY_TRY(std::string decoded, http::percent_decode(request.body, http::Plus::is_blank));
  return padded(decoded, arena);
}

Result<Value> body_value(const http::Request& request, const Reading& reading) {
  PARLEY_TRY(std::string_view text, body_text(request, reading.arena));
  auto read = json::read_tree(text, reading.limits, reading.arena);
  if (read) return read;
  Error error = std::move(read).error();
  error.message += " RAW:" + repr(text, raw_octets_max);
  return error;
}

struct Members {
  const Value *key, *id, *method, *args;
};

/// The first key that is missing, in the order they are read; empty when none is.
std::string_view missing(const Members& members) {
  if (members.key == nullptr) return "api_key";
  if (members.id == nullptr) return "id";
  if (members.method == nullptr) return "method";
  return members.args == nullptr ? "args" : "";
}

std::string no_such_method(const Value& method) {
  if (!method.is_string()) return "No such method: " + json::to_json(method);
  return method.text().starts_with('_') ? "Method not allowed" : "No such method: " + std::string(method.text());
}

Call call_of(const Members& members, Arena& arena) {
  std::string_view method = members.method->is_string() ? members.method->text() : std::string_view();
  Call call;
  call.credentials.kind = Credentials::Kind::key;
  if (members.key->is_string()) call.credentials.secret = members.key->text();
  call.method = function_of(method, arena);
  call.named = arguments_of(method, *members.args, arena);
  call.policy = Policy::text;  // the clients send every argument as text
  return call;
}

/// gives:   why there is no call; empty when there is one
std::string read_into(RhodeCodeExchange& exchange, const http::Request& request, const Reading& reading) {
  if (!has_length(request)) return "No Content-Length in request";
  if (request.body.empty()) return "Content-Length is 0";
  auto body = body_value(request, reading);
  if (!body) return "JSON parse error ERR:" + body.error().message;
  Members members{};
  if (body->is_dict()) {
    members = {body->find("api_key"), body->find("id"), body->find("method"), body->find("args")};
    if (members.key == nullptr) members.key = body->find("auth_token");
  }
  if (members.id != nullptr) exchange.id = *members.id;
  if (std::string_view name = missing(members); !name.empty())
    return "Incorrect JSON query missing '" + std::string(name) + "'";
  exchange.absent = no_such_method(*members.method);
  exchange.calls.push_back(call_of(members, reading.arena));
  return {};
}

}  // namespace

std::string repr(std::string_view octets, std::size_t octets_max) {
  octets = octets.substr(0, octets_max);
  const bool is_double = octets.find('\'') != octets.npos && octets.find('"') == octets.npos;
  const char quote = is_double ? '"' : '\'';
  std::string out(1, quote);
  for (char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '\\' || c == quote) out += '\\', out += c;
    else if (c == '\n') out += "\\n";
    else if (c == '\r') out += "\\r";
    else if (c == '\t') out += "\\t";
    else if (octet >= 0x20 && octet < 0x7f) out += c;
    else out += "\\x", out += "0123456789abcdef"[octet >> 4], out += "0123456789abcdef"[octet & 15];
  }
  return out += quote;
}

std::unique_ptr<RhodeCodeExchange> read_request(const http::Request& request, const Reading& reading) {
  auto exchange = std::make_unique<RhodeCodeExchange>();
  exchange->refusal = read_into(*exchange, request, reading);
  return exchange;
}

}  // namespace parley::rhodecode
