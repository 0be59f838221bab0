// SPDX-License-Identifier: Apache-2.0
// Any bytes as a body: the answer is HTTP 200 and a JSON object of id, result and error, whose id is
// the one sent; a call reaches functions of module vcs only.
#include <cstddef>
#include <cstdint>
#include <string>

#include "parley/codec/json/reader.hpp"
#include "parley/protocol/exchange_for_test.hpp"
#include "parley/protocol/rhodecode/protocol.hpp"
#include "parley/protocol/rhodecode/request.hpp"

namespace {

using namespace parley;

void check_calls(const Exchange& exchange) {
  PARLEY_ASSERT(exchange.calls.size() <= 1);
  for (const Call& call : exchange.calls) {
    PARLEY_ASSERT(call.method.starts_with("vcs."));
    PARLEY_ASSERT(call.method.find('.', 4) == std::string_view::npos);
    PARLEY_ASSERT(call.named.is_dict() && call.positional.empty());
    PARLEY_ASSERT(call.credentials.kind == Credentials::Kind::key);
  }
}

void check_reply(const http::Response& response, const Value& id) {
  PARLEY_ASSERT(response.status == 200);
  testing::TestRequest padded(response.body);
  Arena arena;
  auto reply = json::read_tree(padded.request.body, {}, arena);
  PARLEY_ASSERT(reply && reply->is_dict() && reply->size() == 3);
  PARLEY_ASSERT(equal(*reply->find("id"), id));
  PARLEY_ASSERT(reply->find("error")->is_null() || reply->find("error")->is_string());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto protocol = make_rhodecode({});
  testing::TestRequest request({reinterpret_cast<const char*>(data), size}, "text/plain");
  Limits limits;
  limits.depth_max = 100;  // the reply is one level deeper than the id it carries
  Arena arena;
  auto exchange = protocol->read(request.request, {arena, limits, protocol->mounts().front()});
  PARLEY_ASSERT(exchange);
  check_calls(**exchange);
  testing::FixedOutcomes outcomes;
  if (!(*exchange)->calls.empty()) outcomes.list.push_back(Answer((*exchange)->calls.front().named));
  http::ResponseWriter writer;
  protocol->write(**exchange, outcomes, writer);
  check_reply(writer.take(), static_cast<const rhodecode::RhodeCodeExchange&>(**exchange).id);
  return 0;
}
