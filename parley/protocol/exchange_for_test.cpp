// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/exchange_for_test.hpp"

#include "parley/codec/json/writer.hpp"

namespace parley::testing {

Outcome FixedOutcomes::next() {
  if (++asked > list.size()) return Error(Code::internal, "no outcome left");
  return std::move(list[asked - 1]);
}

std::string to_text(const Call& call) {
  constexpr std::string_view kinds[] = {"none", "uid", "login", "key", "session"};
  std::string text = std::string(call.database) + "|" +
                     std::string(kinds[static_cast<int>(call.credentials.kind)]);
  if (call.credentials.kind == Credentials::Kind::uid)
    text += " " + std::to_string(call.credentials.uid);
  if (!call.credentials.login.empty()) text += " " + std::string(call.credentials.login);
  if (!call.credentials.secret.empty()) text += " " + std::string(call.credentials.secret);
  text += "|" + std::string(call.method) + "|" + json::to_json(Value::list(call.positional));
  if (call.named.is_dict()) text += "|" + json::to_json(call.named);
  return text;
}

Talk talk(const Protocol& protocol, std::size_t mount, const http::Request& request,
          std::deque<Outcome> outcomes, const Limits& limits) {
  Talk result;
  Arena arena;
  http::ResponseWriter writer;
  const Mount& here = protocol.mounts()[mount];
  auto exchange = protocol.read(request, {.arena = arena, .limits = limits, .mount = here});
  if (!exchange) {
    result.is_refused = true;
    protocol.refuse(request, here, exchange.error(), writer);
  } else {
    for (const Call& call : (*exchange)->calls) result.calls.push_back(to_text(call));
    FixedOutcomes fixed;
    fixed.list = std::move(outcomes);
    protocol.write(**exchange, fixed, writer);
    result.asked = fixed.asked;
  }
  result.response = writer.take();
  return result;
}

}  // namespace parley::testing
