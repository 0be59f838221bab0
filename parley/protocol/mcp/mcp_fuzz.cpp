// SPDX-License-Identifier: Apache-2.0
// Any body and any three headers: reading gives at most one call, writing takes exactly its
// outcome, and whatever has a body is one JSON object.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parley/codec/json/reader.hpp"
#include "parley/protocol/exchange_for_test.hpp"
#include "parley/protocol/mcp/protocol.hpp"

namespace {

/// The part up to the next line's end.
std::string_view line(std::string_view& rest) {
  std::string_view one = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const parley::http::Header headers[] = {
      {"MCP-Protocol-Version", line(rest)}, {"Mcp-Method", line(rest)}, {"Mcp-Name", line(rest)}};
  parley::testing::TestRequest request(rest);
  for (const auto& header : headers)
    if (!header.value.empty()) request.request.headers.push_back(header);
  auto protocol = parley::make_mcp({});
  auto outcomes = parley::testing::outcomes(parley::Answer(parley::Value::dict(nullptr, 0)));
  auto talk = parley::testing::talk(*protocol, 0, request.request, std::move(outcomes));
  PARLEY_ASSERT(talk.calls.size() <= 1 && talk.asked == talk.calls.size());
  PARLEY_ASSERT(talk.response.body.empty() == (talk.response.status == 202));
  if (talk.response.body.empty()) return 0;
  parley::Arena arena;
  std::string body = talk.response.body;
  body.append(64, '\0');
  auto read = parley::json::read_tree(std::string_view(body).substr(0, talk.response.body.size()),
                                      {}, arena);
  PARLEY_ASSERT(read && read->is_dict());
  return 0;
}
