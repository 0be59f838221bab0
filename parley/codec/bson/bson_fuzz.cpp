// SPDX-License-Identifier: Apache-2.0
// What is read is valid BSON for libbson too; written and read again it is written the same. What
// libbson calls valid is read, or refused by a rule of ours.
#include <bson/bson.h>

#include "parley/codec/bson/bson.hpp"

using namespace parley;

namespace {

// libbson's own check recurses: the depth is bounded here, and the inputs are small.
constexpr std::size_t depth_max = 50;

bool is_valid_for_libbson(std::string_view bytes) {
  bson_t document;
  constexpr int flags = BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL;
  return bytes.size() >= 5 &&
         bson_init_static(&document, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                          bytes.size()) &&
         bson_validate(&document, static_cast<bson_validate_flags_t>(flags), nullptr);
}

// Refused for what it means, not for its form. Some rules of form are ours alone: libbson lets
// surrogates pass in texts, and asks nothing of the length and last byte of a document within.
bool is_rule_of_ours(const Error& error) {
  if (error.code == Code::too_large) return true;
  for (std::string_view words :
       {"has no meaning here", "UUID", "is not UTF-8", "zero byte", "shorter than 5 bytes"})
    if (error.message.find(words) != std::string::npos) return true;
  return false;
}

std::string written(const Value& value) {
  bson::Writer writer;
  write(value, writer);
  auto bytes = writer.take();
  PARLEY_ASSERT(bytes.has_value());
  return *bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Arena arena;
  Limits limits;
  limits.depth_max = depth_max;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto value = bson::read_tree(bytes, limits, arena);
  bool is_valid = is_valid_for_libbson(bytes);
  if (!value) {
    PARLEY_ASSERT(!is_valid || is_rule_of_ours(value.error()));
    return 0;
  }
  PARLEY_ASSERT(is_valid);
  std::string first = written(*value);
  PARLEY_ASSERT(is_valid_for_libbson(first));
  limits.depth_max = depth_max + 1;  // {"$date": ms} is one level more
  auto again = bson::read_tree(first, limits, arena);
  PARLEY_ASSERT(again.has_value());
  PARLEY_ASSERT(written(*again) == first);
  return 0;
}
