// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request on each dialect: a request is understood or refused, and either way
// the answer is a document our reader accepts.
#include <cstdlib>

#include "parley/codec/xml/reader.hpp"
#include "parley/protocol/xmlrpc/protocol.hpp"

namespace {

using namespace parley;

/// Answers each call with its own arguments.
class Echo final : public Outcomes {
 public:
  explicit Echo(const Exchange& exchange) : exchange_(exchange) {}
  Outcome next() override { return Answer(Value::list(exchange_.calls[asked_++].positional)); }

 private:
  const Exchange& exchange_;
  std::size_t asked_ = 0;
};

bool is_document(std::string_view body) {
  Arena arena;
  xml::Reader reader(body, arena, 10'000);
  while (true) {
    auto event = reader.next();
    if (!event) return false;
    if (*event == xml::Event::done) return true;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto protocol = make_xmlrpc({});
  http::Request request;
  request.method = "POST";
  request.body = {reinterpret_cast<const char*>(data), size};
  Limits limits;
  for (const Mount& mount : protocol->mounts()) {
    if (mount.match != Mount::Match::exact) continue;
    request.path = mount.path;
    Arena arena;
    http::ResponseWriter writer;
    if (auto exchange = protocol->read(request, {arena, limits, mount})) {
      Echo echo(**exchange);
      protocol->write(**exchange, echo, writer);
    } else {
      protocol->refuse(request, mount, exchange.error(), writer);
    }
    if (!is_document(writer.take().body)) std::abort();
  }
  return 0;
}
