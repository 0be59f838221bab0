// SPDX-License-Identifier: Apache-2.0
// Any bytes as an answer to every client half: heard or refused, with an outcome for each call.
#include <cstdlib>

#include "parley/protocol/protocol.hpp"

using namespace parley;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto protocols = make_protocols({});
  // The first byte says how many calls there were and what type the answer claims to have.
  if (size == 0) return 0;
  constexpr std::string_view types[] = {"application/json", "text/xml", "application/bson"};
  http::Response response;
  response.headers.emplace_back("Content-Type", types[data[0] % 3]);
  response.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  Call call;
  call.method = "echo";
  const std::vector<Call> calls(1 + data[0] / 3 % 2, call);
  for (const auto& protocol : protocols) {
    if (protocol->client() == nullptr) continue;
    Arena arena;
    if (!protocol->client()->ask(calls)) continue;
    auto outcomes = protocol->client()->hear(calls, response, arena);
    if (outcomes && outcomes->size() != calls.size()) std::abort();
  }
  return 0;
}
