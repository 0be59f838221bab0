// SPDX-License-Identifier: Apache-2.0
// Any body: reading gives an exchange whose entries and calls agree, or an error; writing the
// answer takes exactly one outcome a call.
#include <cstddef>
#include <cstdint>
#include <string>

#include "parley/protocol/exchange_for_test.hpp"
#include "parley/protocol/protocol.hpp"

namespace {

void run(const parley::Protocol& protocol, std::size_t mount,
         const parley::http::Request& request) {
  auto talk = parley::testing::talk(protocol, mount, request);
  PARLEY_ASSERT(talk.asked == talk.calls.size());
  PARLEY_ASSERT(talk.response.status != 200 || !talk.response.body.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::testing::TestRequest request({reinterpret_cast<const char*>(data), size});
  for (const auto& protocol : parley::make_protocols({}))
    for (std::size_t mount = 0; mount < protocol->mounts().size(); ++mount)
      run(*protocol, mount, request.request);
  return 0;
}
