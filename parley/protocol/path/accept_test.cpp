// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/accept.hpp"

#include <doctest/doctest.h>

using namespace parley;

TEST_CASE("accept: BSON is answered when it is named with more weight than JSON has") {
  using path::Format;
  const std::pair<std::string_view, Format> cases[] = {
      {"", Format::json},
      {"*/*", Format::json},
      {"text/html", Format::json},
      {"application/*", Format::json},
      {"application/bson", Format::bson},
      {"Application/BSON", Format::bson},
      {"application/bson, application/json", Format::json},
      {"application/json;q=0.1, application/bson", Format::bson},
      {"application/json, application/bson;q=0.9", Format::json},
      {"application/bson;q=0", Format::json},
      {"application/bson;q=0.001", Format::bson},
      {"application/bson;q=x", Format::json},
      {"application/bson;q=0.5, */*;q=0.1", Format::bson},
      {"application/bson;q=0.5, */*;q=0.8", Format::json},
      {"application/bson;q=0.5, application/json;q=0.1, */*;q=0.8", Format::bson},
      {"application/bson ; profile=\"a,b;q=0\" ; Q=0.5", Format::bson},
      {"application/bsonx", Format::json},
  };
  for (const auto& [accept, format] : cases) {
    CAPTURE(accept);
    http::Request request;
    if (!accept.empty()) request.headers.push_back({"Accept", accept});
    CHECK(path::accepted_format(request) == format);
  }
  http::Request twice;
  twice.headers = {{"Accept", "application/json;q=0.5"}, {"accept", "application/bson"}};
  CHECK(path::accepted_format(twice) == Format::bson);
}
