// SPDX-License-Identifier: Apache-2.0
// What is read, written and read again must be equal, in both styles.
#include "parley/codec/json/reader.hpp"
#include "parley/codec/json/writer.hpp"

using namespace parley;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static json::Reader reader;
  Arena arena;
  Limits limits;
  auto value = reader.read_tree({reinterpret_cast<const char*>(data), size}, limits, arena);
  if (!value) return 0;
  for (json::Style style : {json::Style::compact, json::Style::python}) {
    std::string written = json::to_json(*value, {.style = style});
    auto again = reader.read_tree(written, limits, arena);
    PARLEY_ASSERT(again.has_value());
    PARLEY_ASSERT(equal(*value, *again));
    PARLEY_ASSERT(json::to_json(*again, {.style = style}) == written);
  }
  return 0;
}
