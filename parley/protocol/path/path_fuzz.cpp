// SPDX-License-Identifier: Apache-2.0
// Any request: verb, target, headers and body out of the input, in lines. It is answered with a
// document that our readers accept and that has a status, and with a script only for a callback.
#include <cstdlib>

#include "parley/codec/bson/bson.hpp"
#include "parley/codec/json/reader.hpp"
#include "parley/protocol/path/service_for_test.hpp"

namespace {

using namespace parley;

std::string_view take_line(std::string_view& rest) {
  std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  return line;
}

/// Headers up to an empty line.
testing::PathService::Headers take_headers(std::string_view& rest) {
  testing::PathService::Headers headers;
  while (!rest.empty()) {
    std::string_view line = take_line(rest);
    if (line.empty()) break;
    std::size_t colon = std::min(line.find(':'), line.size());
    headers.emplace_back(line.substr(0, colon), line.substr(std::min(line.size(), colon + 1)));
  }
  return headers;
}

/// What stands between the brackets of a script.
std::string_view inside_of(std::string_view script) {
  std::size_t open = script.find('(');
  PARLEY_ASSERT(script.starts_with("/**/") && open != script.npos && script.ends_with(");"));
  PARLEY_ASSERT(script.find('<') == script.npos);
  return script.substr(open + 1, script.size() - open - 3);
}

void check(const http::Response& response) {
  if (response.status == 204) return PARLEY_ASSERT(response.body.empty());
  Limits lax;
  lax.depth_max *= 2;  // the envelope adds to what a request may have
  Arena arena;
  std::string_view type = response.header("Content-Type");
  Result<Value> read = type == "application/bson" ? bson::read_tree(response.body, lax, arena)
                       : type == "application/json"
                           ? json::read_tree(response.body, lax, arena)
                           : json::read_tree(inside_of(response.body), lax, arena);
  PARLEY_ASSERT(read.has_value() && read->is_dict());
  PARLEY_ASSERT(read->find("status") != nullptr && read->find("status_message") != nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const testing::PathService service;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::string_view verb = take_line(rest), target = take_line(rest);
  auto headers = take_headers(rest);
  check(service.ask(verb, target, headers, rest));
  return 0;
}
