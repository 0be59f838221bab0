// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/asking.hpp"

#include <algorithm>
#include <cmath>

#include "parley/core/base64.hpp"

namespace parley {
namespace {

bool is_same(const Credentials& a, const Credentials& b) {
  return a.kind == b.kind && a.uid == b.uid && a.login == b.login && a.secret == b.secret;
}

/// The value of Authorization, or "" for nobody.
Result<std::string> authorization(const Credentials& caller) {
  switch (caller.kind) {
    case Credentials::Kind::none:
      return std::string();
    case Credentials::Kind::key:
      return "Bearer " + std::string(caller.secret);
    case Credentials::Kind::login:
      if (caller.login.find(':') != caller.login.npos)
        return Error(Code::invalid_call, "a login with a colon cannot be sent in a header");
      return "Basic " + to_base64(std::string(caller.login) + ":" + std::string(caller.secret));
    case Credentials::Kind::uid:
    case Credentials::Kind::session:
      break;
  }
  return Error(Code::invalid_call, "this protocol's callers have a login or a key");
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> caller_headers(std::span<const Call> calls) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (calls.empty()) return headers;
  const Call& first = calls.front();
  for (const Call& call : calls)
    if (call.database != first.database || !is_same(call.credentials, first.credentials))
      return Error(Code::invalid_call, "one request has one caller and one database");
  PARLEY_TRY(std::string caller, authorization(first.credentials));
  if (!caller.empty()) headers.emplace_back("Authorization", std::move(caller));
  if (!first.database.empty()) headers.emplace_back("X-Odoo-Database", first.database);
  return headers;
}

std::vector<Outcome> all_failed(const Error& error, std::size_t count) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) outcomes.emplace_back(Error(error));
  return outcomes;
}

bool is_finite(const Value& value) {
  std::vector<Value> open{value};  // its own stack: callers decide the depth
  while (!open.empty()) {
    const Value at = open.back();
    open.pop_back();
    if (at.is(Kind::real) && !std::isfinite(at.as_real())) return false;
    if (at.is_list()) open.insert(open.end(), at.items().begin(), at.items().end());
    if (at.is_dict()) open.insert(open.end(), at.values().begin(), at.values().end());
  }
  return true;
}

const ErrorRow* row_named(std::string_view name) {
  auto found = std::ranges::find(error_table(), name, &ErrorRow::name);
  return found == error_table().end() ? nullptr : &*found;
}

}  // namespace parley
