// SPDX-License-Identifier: Apache-2.0
// The BSON corpus: valid documents of the types that have a meaning here read and write back to the
// same bytes, the others and all decodeErrors are refused. parseErrors are about Extended JSON.
#include <doctest/doctest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "parley/codec/bson/bson.hpp"

using namespace parley;

namespace {

std::filesystem::path corpus() {
  const char* shared = std::getenv("PARLEY_SHARED");
  std::filesystem::path root = shared != nullptr
                                   ? std::filesystem::path(shared)
                                   : std::filesystem::path(PARLEY_SOURCE_DIR) / ".." / "shared";
  return root / "conformance/corpora/bson-corpus/tests";
}

std::string unhex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  return bytes;
}

// The document `bytes` read and written; empty when it is refused.
std::string written_back(const std::string& bytes) {
  Arena arena;
  auto tree = bson::read_tree(bytes, {}, arena);
  if (!tree) return "";
  bson::Writer writer;
  write(*tree, writer);
  return *writer.take();
}

// Files whose type has no meaning here; the last two hold all types.
const std::set<std::string> refused_files = {"code.json",
                                             "code_w_scope.json",
                                             "dbpointer.json",
                                             "maxkey.json",
                                             "minkey.json",
                                             "regex.json",
                                             "symbol.json",
                                             "timestamp.json",
                                             "undefined.json",
                                             "multi-type.json",
                                             "multi-type-deprecated.json"};
const std::set<std::string> refused_cases = {"binary.json: subtype 0x03"};

// Whether the value is read as something that has another form when it is written.
bool is_written_otherwise(std::string_view file, std::string_view json, bool is_lossy) {
  auto has = [&](std::string_view words) { return json.find(words) != std::string_view::npos; };
  if (has("$oid")) return true;  // an ObjectId is text
  if (file == "binary.json")     // all subtypes but a UUID's are octets
    return has("subType") && !has("\"subType\" : \"00\"") && !has("\"subType\" : \"04\"");
  if (file == "datetime.json") return has("253402300800000");  // the year 10000: {"$date": ms}
  if (file == "int64.json")                                    // what fits 32 bits is an int32
    return has("\"0\"") || has("\"1\"") || has("\"-1\"");
  if (file.starts_with("decimal128"))  // a double, and a coefficient that stands for zero
    return is_lossy || has("\"NaN\"") || has("Infinity\"");
  return false;
}

struct Counts {
  int same = 0, otherwise = 0, refused = 0, errors = 0;
};

void check_valid(const std::string& file, simdjson::dom::element test, Counts& counts) {
  std::string name(test["description"].get_string().value());
  std::string canonical = unhex(test["canonical_bson"].get_string().value());
  INFO(file << ": " << name);
  std::string written = written_back(canonical);
  if (refused_files.contains(file) || refused_cases.contains(file + ": " + name)) {
    ++counts.refused;
    CHECK(written.empty());
    return;
  }
  REQUIRE_FALSE(written.empty());
  bool is_lossy = test["lossy"].error() == simdjson::SUCCESS;
  if (is_written_otherwise(file, test["canonical_extjson"].get_string().value(), is_lossy)) {
    ++counts.otherwise;
    CHECK(written != canonical);
    CHECK(written_back(written) == written);
    return;
  }
  ++counts.same;
  CHECK(written == canonical);
  std::string_view degenerate;
  if (test["degenerate_bson"].get(degenerate) == simdjson::SUCCESS)
    CHECK(written_back(unhex(degenerate)) == canonical);
}

}  // namespace

TEST_CASE("bson: the corpus is read, written back and refused as it says") {
  if (!std::filesystem::is_directory(corpus())) {
    MESSAGE("NOT RUN: no BSON corpus at " << corpus().string() << "; set PARLEY_SHARED");
    return;
  }
  Counts counts;
  simdjson::dom::parser parser;
  for (const auto& entry : std::filesystem::directory_iterator(corpus())) {
    if (entry.path().extension() != ".json") continue;
    std::string file = entry.path().filename().string();
    simdjson::dom::element whole = parser.load(entry.path().string());
    simdjson::dom::array tests;
    if (whole["valid"].get(tests) == simdjson::SUCCESS)
      for (simdjson::dom::element test : tests) check_valid(file, test, counts);
    if (whole["decodeErrors"].get(tests) != simdjson::SUCCESS) continue;
    for (simdjson::dom::element test : tests) {
      INFO(file << ": " << std::string(test["description"].get_string().value()));
      ++counts.errors;
      CHECK(written_back(unhex(test["bson"].get_string().value())).empty());
    }
  }
  CHECK(counts.same > 600);
  CHECK(counts.errors > 70);
  MESSAGE(counts.same << " the same, " << counts.otherwise << " written otherwise, "
                      << counts.refused << " refused by rule, " << counts.errors
                      << " decode errors");
}
