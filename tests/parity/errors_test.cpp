// SPDX-License-Identifier: Apache-2.0
// The lines of *.calls through every protocol: a call answers what its line says, and a wrong call
// is refused by the same code with the name of what is wrong in it.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "tests/parity/calls_file.hpp"
#include "tests/parity/losses.hpp"
#include "tests/parity/world.hpp"

namespace parley::parity {
namespace {

void fail(const std::string& at, const std::string& text) { FAIL_CHECK(at << text); }

bool has_all(std::string_view text, const std::vector<std::string>& parts) {
  return std::ranges::all_of(parts, [&](const std::string& part) { return text.find(part) != text.npos; });
}

/// The line's arguments as given, and for functions of the service in the other form too.
std::vector<Call> forms_of(const Line& line, Arena& arena) {
  Call call;
  call.method = line.method;
  if (!line.login.empty()) call.credentials = {.kind = Credentials::Kind::login, .login = line.login, .secret = line.password};
  Call other = call;
  auto found = world().methods().find(line.method);
  const bool is_known = found != world().methods().end();
  if (line.arguments.is_dict()) {
    call.named = line.arguments;
    return {call};
  }
  call.positional = line.arguments.items();
  if (!is_known || call.positional.size() > found->second.parameters.size()) return {call};
  DictBuilder names(arena);
  for (std::size_t i = 0; i < call.positional.size(); ++i) names.set(found->second.parameters[i].name, call.positional[i]);
  other.named = names.done();
  return {call, other};
}

void check_error(const std::string& at, const Line& line, const Error& error) {
  if (row(error.code).name != line.code) fail(at, "expected " + line.code + ", got " + std::string(row(error.code).name) + ": " + error.message);
  if (line.status != 0 && error.status != line.status) fail(at, "expected the number " + std::to_string(line.status) + ", got " + std::to_string(error.status));
  if (!has_all(error.message, line.texts)) fail(at, "lacks a text: " + error.message);
}

void check_value(const std::string& at, const Line& line, const Value& heard, Arena& arena) {
  auto found = world().methods().find(line.method);
  const Type type = found == world().methods().end() ? Type::any() : found->second.returns;
  auto meant = convert(type, line.result, Policy::strict, "", arena);
  auto read = convert(type, heard, Policy::strict, "", arena);
  const bool is_null = line.result.is_null() && heard.is_null();
  if (!is_null && (!meant || !read || !compare(*meant, *read, Nulls::ignored, arena).empty()))
    fail(at, "expected " + shown(line.result) + ", got " + shown(heard));
}

/// In how many forms the line could be sent.
int run_call(const World::Spoken& protocol, const std::string& file, const Line& line) {
  int sent = 0;
  Arena arena;
  const std::string at = file + ":" + std::to_string(line.number) + " " + protocol.name + ": ";
  for (const Call& call : forms_of(line, arena)) {
    auto outcomes = world().call(*protocol.asking, {&call, 1}, arena);
    if (!outcomes && outcomes.error().code == Code::invalid_call) continue;
    ++sent;
    if (!outcomes) {
      fail(at, outcomes.error().message);
    } else if (Outcome& outcome = outcomes->at(0); outcome) {
      if (line.code.empty()) check_value(at, line, outcome->value(), arena);
      else fail(at, "expected " + line.code + ", got " + shown(outcome->value()));
    } else if (line.code.empty()) {
      fail(at, outcome.error().message);
    } else {
      check_error(at, line, outcome.error());
    }
  }
  return sent;
}

void run_request(const std::string& file, const Line& line) {
  Asked asked = line.raw;
  if (!line.login.empty()) asked.headers.emplace_back("Authorization", "Basic " + to_base64(line.login + ":" + line.password));
  const http::Response response = world().send(asked);
  const std::string at = file + ":" + std::to_string(line.number) + " " + line.raw.target + ": ";
  if (std::to_string(response.status) != line.code) fail(at, "expected " + line.code + ", got " + std::to_string(response.status));
  if (!has_all(response.body, line.texts)) fail(at, "lacks a text: " + response.body.substr(0, 400));
}

std::vector<std::string> files() {
  std::vector<std::string> out;
  for (const auto& item : std::filesystem::directory_iterator(PARLEY_SOURCE_DIR "/tests/parity"))
    if (item.path().extension() == ".calls") out.push_back(item.path().string());
  std::ranges::sort(out);
  return out;
}

}  // namespace

TEST_CASE("calls: every line holds in every protocol that can say it") {
  REQUIRE(files().size() >= 2);
  for (const std::string& path : files()) {
    auto file = read_calls(path);
    REQUIRE_MESSAGE(file, file.error().message);
    for (const Line& line : file->lines) {
      if (!line.raw.target.empty()) {
        run_request(file->name, line);
        continue;
      }
      int sent = 0;
      for (const World::Spoken& protocol : world().spoken()) sent += run_call(protocol, file->name, line);
      if (sent == 0) fail(file->name + ":" + std::to_string(line.number) + ": ", "no protocol could say it");
    }
  }
}

TEST_CASE("calls: one more call than a request may have is too large for all of them") {
  for (const World::Spoken& protocol : world().spoken()) {
    CAPTURE(protocol.name);
    Call call;
    call.method = "nothing";
    const std::vector<Call> calls(calls_max + 1, call);
    Arena arena;
    auto outcomes = world().call(*protocol.asking, calls, arena);
    if (!outcomes && outcomes.error().code == Code::invalid_call) continue;
    REQUIRE(outcomes);
    REQUIRE(outcomes->size() == calls.size());
    for (const Outcome& outcome : *outcomes) {
      REQUIRE_FALSE(outcome);
      CHECK(outcome.error().code == Code::too_large);
      CHECK(outcome.error().message.find(std::to_string(calls_max)) != std::string::npos);
    }
  }
}

TEST_CASE("calls: a document that is nested too deep is refused with the depth") {
  for (const World::Spoken& protocol : world().spoken()) {
    CAPTURE(protocol.name);
    Arena arena;
    Value deep = Value::integer(1);
    for (std::size_t i = 0; i < depth_max + 1; ++i) deep = Value::list(arena.copy(std::span<const Value>(&deep, 1)));
    const std::string_view name = "value";
    Call positional, named;
    positional.method = named.method = "echo";
    positional.positional = {&deep, 1};
    named.named = Value::dict({&name, 1}, &deep, arena);
    bool was_sent = false;
    for (const Call& call : {positional, named}) {
      auto outcomes = world().call(*protocol.asking, {&call, 1}, arena);
      if (!outcomes && outcomes.error().code == Code::invalid_call) continue;
      was_sent = true;
      REQUIRE(outcomes);
      REQUIRE_FALSE(outcomes->at(0));
      CHECK(outcomes->at(0).error().message.find(std::to_string(depth_max)) != std::string::npos);
    }
    CHECK(was_sent);
  }
}

}  // namespace parley::parity
