// SPDX-License-Identifier: Apache-2.0
#include "parley/http/gzip.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

namespace parley::http {
namespace {

std::string gunzip(std::string_view bytes) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  int state = Z_OK;
  while (state == Z_OK) {
    char piece[4096];
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = sizeof piece;
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(piece, sizeof piece - stream.avail_out);
  }
  CHECK(state == Z_STREAM_END);
  CHECK(stream.avail_in == 0);
  inflateEnd(&stream);
  return text;
}

std::string lines(std::size_t bytes) {
  std::string text;
  for (int n = 0; text.size() < bytes; ++n) text += "line " + std::to_string(n * 7919 % 10007) + "\n";
  text.resize(bytes);
  return text;
}

Response answer(std::string_view type, const std::string& text, std::size_t piece = 1000) {
  ResponseWriter inner;
  GzipWriter writer(inner, 8192);
  writer.start(200, type);
  writer.header("X-Own", "1");
  for (std::size_t at = 0; at < text.size(); at += piece) writer.body().put(std::string_view(text).substr(at, piece));
  writer.finish();
  return inner.take();
}

TEST_CASE("gzip: what Accept-Encoding takes") {
  struct Case {
    std::string_view header;
    bool takes;
  };
  const Case cases[] = {{"", false},          {"gzip", true},          {"GZIP", true},
                        {"br, gzip", true},   {"x-gzip", true},        {"identity", false},
                        {"gzip;q=0", false},  {"gzip; q=0.000", false}, {"gzip;q=0.1, *;q=0", true},
                        {"gzip;Q=0", false}, {"*", true},          {"*;q=0", false},        {"gzip;q=0, *", false},
                        {"gzipped", false}};
  for (const Case& one : cases) {
    CAPTURE(one.header);
    Request request;
    if (!one.header.empty()) request.headers.push_back({"accept-encoding", one.header});
    CHECK(accepts_gzip(request) == one.takes);
  }
}

TEST_CASE("gzip: long texts are compressed, and read back as they were") {
  for (std::size_t size : {8193u, 50'000u, 1'000'000u}) {
    std::string text = lines(size);
    auto response = answer("application/json; charset=utf-8", text, 777);
    CHECK(response.header("Content-Encoding") == "gzip");
    CHECK(response.header("Vary") == "Accept-Encoding");
    CHECK(response.header("X-Own") == "1");
    CHECK(response.body.size() < size / 2);
    CHECK(gunzip(response.body) == text);
  }
}

TEST_CASE("gzip: short answers and what does not get smaller go as they are") {
  for (std::size_t size : {0u, 1u, 8192u}) {
    auto response = answer("text/xml", lines(size));
    CHECK(response.header("Content-Encoding").empty());
    CHECK(response.body == lines(size));
  }
  auto image = answer("image/png", lines(50'000));
  CHECK(image.header("Content-Encoding").empty());
  CHECK(image.header("Vary").empty());
  CHECK(image.body == lines(50'000));
}

TEST_CASE("gzip: an answer that is started again is the second one") {
  ResponseWriter inner;
  GzipWriter writer(inner, 8192);
  writer.start(200, "text/plain");
  writer.body().put(lines(50'000));
  REQUIRE_FALSE(writer.abandon());
  writer.start(500, "text/plain");
  writer.body().put("late");
  writer.finish();
  auto response = inner.take();
  CHECK(response.status == 500);
  CHECK(response.header("Content-Encoding").empty());
  CHECK(response.body == "late");
}

}  // namespace
}  // namespace parley::http
