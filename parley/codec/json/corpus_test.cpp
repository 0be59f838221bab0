// SPDX-License-Identifier: Apache-2.0
// The JSON test suite: y_ files are JSON, n_ files are not, i_ files may be either.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "parley/codec/json/reader.hpp"
#include "parley/codec/json/writer.hpp"

using namespace parley;

namespace {

std::filesystem::path corpus() {
  const char* shared = std::getenv("PARLEY_SHARED");
  std::filesystem::path root = shared != nullptr
                                   ? std::filesystem::path(shared)
                                   : std::filesystem::path(PARLEY_SOURCE_DIR) / ".." / "shared";
  return root / "conformance/corpora/json-test-suite/test_parsing";
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("json: the corpus is accepted and refused as its file names say") {
  if (!std::filesystem::is_directory(corpus())) {
    MESSAGE("NOT RUN: no JSON test suite at " << corpus().string() << "; set PARLEY_SHARED");
    return;
  }
  json::Reader reader;
  int must_accept = 0, must_refuse = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus())) {
    std::string name = entry.path().filename().string();
    std::string bytes = content(entry.path());
    Arena arena;
    auto value = reader.read_tree(bytes, {}, arena);
    INFO(name);
    if (name.starts_with("y_")) {
      ++must_accept;
      CHECK(value.has_value());
    } else if (name.starts_with("n_")) {
      ++must_refuse;
      CHECK_FALSE(value.has_value());
    }
    if (!value) continue;
    std::string written = json::to_json(*value);
    auto reread = reader.read_tree(written, {}, arena);
    REQUIRE(reread);
    CHECK(equal(*reread, *value));
  }
  CHECK(must_accept > 90);
  CHECK(must_refuse > 180);
}
