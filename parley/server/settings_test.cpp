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
      {{"--log-format", "xml"}, "--log-format: expected one of text, json, not 'xml'"},
      {{"--log-level", "loud"}, "--log-level: expected one of debug, info, warning, error, not 'loud'"},
      {{"--store", "papyrus"}, "--store: expected one of sqlite, not 'papyrus'"},
      {{"--announce-version", "saas~17"}, "announce-version: expected numbers as 17.0, not 'saas~17'"},
      {{"--announce-version", "17"}, "announce-version: expected numbers as 17.0, not '17'"},
      {{"--reply-ok-only", "http"}, "--reply-ok-only: expected one of http200, no_data, both, not 'http'"},
      {{"--jsonrpc-http-status="}, "--jsonrpc-http-status: expected one of always200, by-error, not ''"},
      {{"--public-documents", "open, all"}, "--public-documents: expected one of open, all, none, not 'open, all'"},
      {{"--config", "bad"}, "bad:1: expected name = value"},
  };
  for (const Row& row : rows) {
    auto line = read(row.arguments);
    REQUIRE_FALSE(line);
    CHECK(line.error().message == row.message);
  }
}

TEST_CASE("settings: the words one takes are in its help, and its default is one of them") {
  int with_choices = 0;
  for (const Setting& setting : settings_table()) {
    if (setting.choices.empty()) continue;
    ++with_choices;
    const std::string name(setting.name);
    for (std::string_view rest = setting.choices; !rest.empty();) {
      const std::string choice(rest.substr(0, rest.find(", ")));
      rest.remove_prefix(std::min(rest.size(), choice.size() + 2));
      CAPTURE(choice);
      if (name != "store") CHECK(setting.help.find(choice) != setting.help.npos);
      const std::string flag = "--" + name + "=" + choice;
      CHECK(read({flag}));
    }
    const std::string flag = "--" + name + "=" + default_text(setting);
    CHECK(read({flag}));
  }
  CHECK(with_choices == 6);
}

TEST_CASE("settings: a wrong word is refused wherever it comes from") {
  Sources from_file = sources();
  from_file.read_file = [](const std::string&) -> Result<std::string> { return std::string("log-level = loud\n"); };
  const std::string_view flags[] = {"--config", "f"};
  CHECK(read_settings(flags, from_file).error().message == "f: log-level: expected one of debug, info, warning, error, not 'loud'");
  Sources from_environment = sources();
  from_environment.environment = [](const std::string& name) { return std::string(name == "PARLEY_REPLY_OK_ONLY" ? "all" : ""); };
  CHECK(read_settings({}, from_environment).error().message ==
        "environment: reply-ok-only: expected one of http200, no_data, both, not 'all'");
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
