// SPDX-License-Identifier: Apache-2.0
// Runs every *.orm script on every store engine: each call in a transaction of its own, through
// the base methods, as a server would.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "parley/domain/literal.hpp"
#include "parley/domain/repr.hpp"
#include "tests/orm/bench.hpp"

namespace parley::orm::test {
namespace {

void fail(const std::string& text) { FAIL_CHECK(text); }

std::string text_of(const Error& error) {
  return std::string(odoo_class(error)) + ": " + error.message + (error.cause.empty() ? "" : " | " + error.cause);
}

void check_step(Bench& bench, const Statement& step, std::int64_t uid, const Value& context, const std::string& file) {
  Arena arena(256 * 1024);
  std::string at = file + ":" + std::to_string(step.line) + ": ";
  Result<Value> got = bench.call(step, uid, context, arena);
  if (!step.error.empty()) {
    if (got) return fail(at + "expected " + step.error + ", got " + domain::repr(*got));
    if (odoo_class(got.error()) != step.error) fail(at + "expected " + step.error + ", got " + text_of(got.error()));
    if (got.error().message.find(step.text) == std::string::npos)
      fail(at + "expected the text '" + step.text + "' in: " + got.error().message);
    return;
  }
  if (!got) return fail(at + text_of(got.error()));
  if (step.expected.empty()) return;
  Result<Value> wanted = domain::parse_literal(step.expected, Limits{}, arena);
  if (!wanted) return fail(at + wanted.error().message);
  if (!equal(*got, *wanted)) fail(at + "expected " + domain::repr(*wanted) + "\n  got " + domain::repr(*got));
}

void run(const std::filesystem::path& path, std::string_view engine) {
  std::string file = path.filename().string();
  Result<Script> script = read_script(path.string());
  if (!script) return fail(script.error().message);
  Bench bench(engine, std::move(script->module));
  Result<void> opened = bench.open();
  if (!opened) return fail(file + ": " + text_of(opened.error()));
  std::int64_t uid = 1;
  OwnedValue context;
  for (const Statement& step : script->steps) {
    if (step.word == "as") uid = std::stoll(step.arguments);
    else if (step.word == "context") {
      Arena arena;
      Result<Value> says = domain::parse_literal(step.arguments, Limits{}, arena);
      REQUIRE(says.has_value());
      context = OwnedValue(*says);
    } else check_step(bench, step, uid, *context, file);
  }
}

std::vector<std::filesystem::path> scripts() {
  std::vector<std::filesystem::path> out;
  for (const auto& item : std::filesystem::directory_iterator(PARLEY_SOURCE_DIR "/tests/orm"))
    if (item.path().extension() == ".orm" && item.path().stem() != "prelude") out.push_back(item.path());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("orm scripts: every script runs on every store") {
  std::vector<std::filesystem::path> all = scripts();
  REQUIRE(all.size() > 5);
  for (const char* engine : {"sqlite"})
    for (const auto& path : all) run(path, engine);
}

}  // namespace parley::orm::test
