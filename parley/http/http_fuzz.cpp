// SPDX-License-Identifier: Apache-2.0
// A request read whole and one read in two pieces must come to the same; every buffer ends
// right behind its 64 spare bytes, so that the address sanitizer sees a read too far.
#include <cstdlib>
#include <cstring>
#include <memory>

#include "parley/http/media.hpp"
#include "parley/http/parser.hpp"
#include "parley/http/uri.hpp"

using namespace parley;
using namespace parley::http;

namespace {

struct Outcome {
  Parser::State state = Parser::State::need_more;
  int status = 0;
  std::string text;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t cut, const Limits& limits) {
  Parser parser(limits);
  Outcome outcome;
  std::string kept;
  const std::string_view pieces[] = {bytes.substr(0, cut), bytes.substr(cut)};
  for (std::string_view piece : pieces) {
    kept += piece;
    auto buffer = std::make_unique<char[]>(kept.size() + 64);
    std::memcpy(buffer.get(), kept.data(), kept.size());
    outcome.state = parser.parse(buffer.get(), kept.size());
    if (outcome.state == Parser::State::failed) outcome.status = parser.status();
    if (outcome.state == Parser::State::complete) {
      const Request& r = parser.request();
      outcome.text = std::string(r.method) + " " + std::string(r.path) + " " + std::string(r.query);
      for (const Header& h : r.headers) outcome.text += "\n" + std::string(h.name) + ": " + std::string(h.value);
      outcome.text += "\n" + std::string(r.body);
    }
    if (outcome.state != Parser::State::need_more) break;
    kept.assign(buffer.get(), parser.kept());
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.head_bytes_max = 512;
  limits.headers_max = 8;
  limits.body_bytes_max = 256;
  std::size_t sum = 0;
  for (char c : bytes) sum = sum * 31 + static_cast<unsigned char>(c);
  std::size_t cut = size == 0 ? 0 : sum % size;
  if (!(read(bytes, 0, limits) == read(bytes, cut, limits))) std::abort();
  (void)parse_query(bytes);
  (void)parse_media_type(bytes);
  return 0;
}
