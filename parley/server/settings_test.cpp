// SPDX-License-Identifier: Apache-2.0
#include "parley/server/settings.hpp"

#include <doctest/doctest.h>

namespace parley::server {
namespace {

Sources sources() {
  return {[](const std::string& name) {
            if (name == "PARLEY_PORT") return std::string("7000");
            if (name == "PARLEY_DATABASE") return std::string("from_environment");
            return std::string();
          },
          [](const std::string& path) -> Result<std::string> {
            if (path == "bad") return std::string("port\n");
            return std::string("# a comment\nport = 6000\nhost = 0.0.0.0\nmodules = base, note\n");
          }};
}

Result<CommandLine> read(std::vector<std::string_view> arguments) { return read_settings(arguments, sources()); }

TEST_CASE("settings: flags beat the environment, which beats the file") {
  auto line = read({"serve", "--config", "f", "--demo", "--call-ms=5"});
  REQUIRE(line);
  CHECK(line->words == std::vector<std::string>{"serve"});
  CHECK(line->settings.port == 7000);
  CHECK(line->settings.host == "0.0.0.0");
  CHECK(line->settings.modules == std::vector<std::string>{"base", "note"});
  CHECK(line->settings.demo);
  CHECK(line->settings.limits.call_ms == 5);
  CHECK(read({"serve", "--port", "1"})->settings.port == 1);
}

TEST_CASE("settings: a list's flags replace weaker sources and add to each other") {
  auto line = read({"--database", "a,b", "--database", "c"});
  REQUIRE(line);
  CHECK(line->settings.databases == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("settings: what cannot be is refused by name") {
  struct Row {
    std::vector<std::string_view> arguments;
    std::string_view message;
  };
  const Row rows[] = {
      {{"--prot", "1"}, "--prot: there is no such setting"},
      {{"--port"}, "--port: a value is missing"},
      {{"--port", "x"}, "--port: expected a whole number, not 'x'"},
      {{"--port", "-1"}, "--port: expected a whole number, not '-1'"},
      {{"--port", "65536"}, "port: at most 65535"},
      {{"--threads", "1025"}, "threads: at most 1024"},
      {{"--body-bytes-max", "5000000000"}, "body-bytes-max: at most 4294967040"},
      {{"--tls-key", "x"}, "tls-certificate and tls-key: give both or none"},
      {{"--demo=perhaps"}, "--demo: expected yes or no, not 'perhaps'"},
      {{"--log-format", "xml"}, "log-format: text or json, not 'xml'"},
      {{"--config", "bad"}, "bad:1: expected name = value"},
  };
  for (const Row& row : rows) {
    auto line = read(row.arguments);
    REQUIRE_FALSE(line);
    CHECK(line.error().message == row.message);
  }
}

TEST_CASE("settings: those that a protocol brings are like any other") {
  CHECK(read({})->settings.protocol_text("xmlrpc-none-is-fault") == "no");
  auto line = read({"--xmlrpc-none-is-fault"});
  REQUIRE(line);
  CHECK(line->settings.protocol_text("xmlrpc-none-is-fault") == "yes");
  auto wrong = read({"--xmlrpc-none-is-fault=perhaps"});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "--xmlrpc-none-is-fault: expected yes or no, not 'perhaps'");
}

TEST_CASE("settings: every one has a help and stands in the table") {
  std::string table = settings_markdown();
  for (const Setting& setting : settings_table()) {
    CHECK_FALSE(setting.help.empty());
    CHECK(table.find("| " + std::string(setting.name) + " |") != table.npos);
  }
}

}  // namespace
}  // namespace parley::server
