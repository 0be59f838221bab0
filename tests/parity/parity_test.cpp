// SPDX-License-Identifier: Apache-2.0
// Every call means the same in every protocol: what is asked, answered and heard again is what was
// meant, up to the rows of docs/protocols/parity.md, each of which occurs.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "parley/protocol/asking.hpp"
#include "tests/parity/generator.hpp"
#include "tests/parity/losses.hpp"
#include "tests/parity/world.hpp"

namespace parley::parity {
namespace {

constexpr std::uint64_t seed = 20261122;
constexpr int rounds = 40;  // values for each function
constexpr const char* document = PARLEY_SOURCE_DIR "/docs/protocols/parity.md";

enum class Form { positional, named };

Call call_of(std::string_view method, const Value& value, const std::string_view* name, Form form, Arena& arena) {
  Call call;
  call.method = method;
  const Value* kept = arena.copy(std::span<const Value>(&value, 1)).data();
  if (form == Form::positional) call.positional = {kept, 1};
  else call.named = Value::dict({name, 1}, kept, arena);
  return call;
}

bool is_refused_by_client(const Error& error) { return error.code == Code::invalid_call; }

bool has_nul_name(const Value& value) {
  if (value.is_list()) return std::ranges::any_of(value.items(), has_nul_name);
  if (!value.is_dict()) return false;
  const bool is_own = std::ranges::any_of(value.keys(), [](std::string_view name) { return name.find('\0') != name.npos; });
  return is_own || std::ranges::any_of(value.values(), has_nul_name);
}

/// What of a value a client or a server could not take.
std::string refused_kind(const Value& value) {
  return has_nul_name(value) ? "name with a NUL" : is_finite(value) ? shown(value) : "NaN or infinity";
}

/// What is found out in one run, and where.
class Run {
 public:
  explicit Run(const World::Spoken& protocol) : protocol_(protocol) {}

  void lose(const std::string& kind, const std::string& becomes, const std::string& where) {
    losses.try_emplace(Loss{protocol_.name, kind, becomes}, where);
  }
  /// Compares what came of a call of an echo with what was sent.
  void check(const Method& method, const Value& meant, Outcome& outcome, const std::string& where, Arena& arena) {
    if (!outcome) return lose(refused_kind(meant), "refused: " + outcome.error().message, where);
    const Value& heard = outcome->value();
    const bool is_any = shown_type(method.returns).find("any") != std::string::npos;
    for (const auto& [kind, becomes] : compare(meant, heard, Nulls::told, arena)) lose(kind, becomes, where);
    if (heard.is_null() && meant.is_null()) return;
    auto typed = convert(method.returns, heard, Policy::strict, "", arena);
    if (!typed) return lose(shown(meant), "not of its type: " + typed.error().message, where);
    for (const auto& [kind, becomes] : compare(meant, *typed, Nulls::ignored, arena))
      if (is_any || !is_notation(kind)) lose(kind, becomes, where);
      else lose(kind + " of a known type", becomes, where);
  }

  Losses losses;

 private:
  /// "list of any": a type and those within it.
  static std::string shown_type(const Type& type) {
    std::string text(type.name());
    if (type.base() == Type::Base::list || type.key() != nullptr) text += " of " + shown_type(type.item());
    if (type.base() == Type::Base::dict && type.key() == nullptr) text += " of any";
    return text;
  }

  const World::Spoken& protocol_;
};

bool is_echo(std::string_view name) { return name.starts_with("echo"); }

/// Every echo with generated values, by position and by name, one call a request.
void run_single(const World::Spoken& protocol, Run& run) {
  bool carries[] = {false, false};
  for (const auto& [name, method] : world().methods()) {
    if (!is_echo(name)) continue;
    Arena values;
    Generator generator(seed, values);
    const std::string_view parameter = "value";
    for (int round = 0; round < rounds; ++round) {
      const Value meant = generator.of(method.parameters[0].type);
      const std::string where = name + " " + shown(meant);
      bool was_sent = false;
      std::string refusal;
      for (Form form : {Form::positional, Form::named}) {
        Arena arena;
        const Call call = call_of(name, meant, &parameter, form, values);
        auto outcomes = world().call(*protocol.asking, {&call, 1}, arena);
        if (!outcomes && is_refused_by_client(outcomes.error())) {
          refusal = outcomes.error().message;
          continue;
        }
        was_sent = true;
        carries[static_cast<int>(form)] = true;
        if (!outcomes) run.lose(refused_kind(meant), "unheard: " + outcomes.error().message, where);
        else run.check(method, meant, outcomes->at(0), where, arena);
      }
      if (!was_sent) run.lose(refused_kind(meant), "not carried", where + ": " + refusal);
    }
  }
  if (!carries[0]) run.lose("arguments by position", "not carried", "every call");
  if (!carries[1]) run.lose("arguments by name", "not carried", "every call");
}

/// As many calls in one request as the server takes.
void run_many(const World::Spoken& protocol, Run& run) {
  Arena values;
  Generator generator(seed + 1, values);
  const std::string_view parameter = "value";
  std::vector<Value> meant;
  std::vector<const Method*> methods;
  for (const auto& [name, method] : world().methods())
    if (is_echo(name) && methods.size() < calls_max) {
      methods.push_back(&method);
      meant.push_back(generator.of(method.parameters[0].type));
      while (has_nul_name(meant.back())) meant.back() = generator.of(method.parameters[0].type);
    }
  bool is_carried = false;
  for (Form form : {Form::positional, Form::named}) {
    std::vector<Call> calls;
    for (std::size_t i = 0; i < methods.size(); ++i) calls.push_back(call_of(methods[i]->name, meant[i], &parameter, form, values));
    Arena arena;
    auto outcomes = world().call(*protocol.asking, calls, arena);
    if (!outcomes && is_refused_by_client(outcomes.error())) continue;
    is_carried = true;
    REQUIRE_MESSAGE(outcomes, protocol.name << ": " << outcomes.error().message);
    REQUIRE(outcomes->size() == calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i)
      run.check(*methods[i], meant[i], outcomes->at(i), "among others: " + shown(meant[i]), arena);
  }
  if (!is_carried) run.lose("several calls in a request", "not carried", "every request");
}

void run_numbers_that_are_none(const World::Spoken& protocol, Run& run) {
  const std::string_view parameter = "value";
  bool is_carried = false;
  for (double none : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    for (Form form : {Form::positional, Form::named}) {
      Arena arena;
      const Call call = call_of("echo_float", Value::real(none), &parameter, form, arena);
      auto outcomes = world().call(*protocol.asking, {&call, 1}, arena);
      if (!outcomes && is_refused_by_client(outcomes.error())) continue;
      is_carried = true;
      REQUIRE(outcomes);
      run.check(world().method("echo_float"), Value::real(none), outcomes->at(0), "echo_float", arena);
    }
  if (!is_carried) run.lose("NaN or infinity", "not carried", "echo_float");
  Arena arena;
  Call call;
  call.method = "nan";
  auto outcomes = world().call(*protocol.asking, {&call, 1}, arena);
  REQUIRE(outcomes);
  const Outcome& outcome = outcomes->at(0);
  if (!outcome) run.lose("NaN as a result", "error " + std::string(row(outcome.error().code).name), "nan");
  else if (outcome->value().is_null()) run.lose("NaN as a result", "null", "nan");
  else if (!outcome->value().is(Kind::real)) run.lose("NaN as a result", shown(outcome->value()), "nan");
}

/// Every code of the table of errors, which may be heard as another one.
void run_codes(const World::Spoken& protocol, Run& run) {
  for (const ErrorRow& each : error_table()) {
    Arena arena;
    const Value given[] = {Value::string(each.name), Value::string("so it is")};
    const std::string_view names[] = {"code", "message"};
    for (Form form : {Form::positional, Form::named}) {
      Call call;
      call.method = "refuse";
      if (form == Form::positional) call.positional = given;
      else call.named = Value::dict(names, given, arena);
      auto outcomes = world().call(*protocol.asking, {&call, 1}, arena);
      if (!outcomes && is_refused_by_client(outcomes.error())) continue;
      REQUIRE(outcomes);
      const std::string kind = "error " + std::string(each.name);
      if (outcomes->at(0)) {
        run.lose(kind, "no error", "refuse");
        continue;
      }
      const Error& error = outcomes->at(0).error();
      if (error.code != each.code) run.lose(kind, "error " + std::string(row(error.code).name), "refuse");
      if (error.message != "so it is") run.lose("text of " + kind, error.message, "refuse");
    }
  }
}

/// null for an argument that may be left out.
void run_null_argument(const World::Spoken& protocol, Run& run) {
  const Value given[] = {Value::string("Zoe"), Value::null()};
  const std::string_view names[] = {"name", "word"};
  Arena arena;
  for (Form form : {Form::positional, Form::named}) {
    Call call;
    call.method = "greet";
    if (form == Form::positional) call.positional = given;
    else call.named = Value::dict(names, given, arena);
    auto outcomes = world().call(*protocol.asking, {&call, 1}, arena);
    if (!outcomes && is_refused_by_client(outcomes.error())) continue;
    REQUIRE(outcomes);
    const Outcome& outcome = outcomes->at(0);
    if (!outcome) run.lose("null for an argument that may be left out", "error " + std::string(row(outcome.error().code).name), "greet");
    else CHECK(outcome->value().text() == "hello Zoe");
  }
}

}  // namespace

TEST_CASE("parity: every protocol hears what was meant, up to the rows of the table") {
  REQUIRE(world().spoken().size() >= 2);
  auto table = read_table(document);
  REQUIRE_MESSAGE(table, table.error().message);
  Losses losses;
  for (const World::Spoken& protocol : world().spoken()) {
    Run run(protocol);
    run_single(protocol, run);
    run_many(protocol, run);
    run_numbers_that_are_none(protocol, run);
    run_codes(protocol, run);
    run_null_argument(protocol, run);
    losses.merge(run.losses);
  }
  for (const std::string& line : differences(*table, losses)) FAIL_CHECK(line);
}

TEST_CASE("parity: a loss without a row is told, and a row without a loss") {
  const std::set<Loss> table{{"p", "date", "str"}, {"p", "time", "str"}};
  const Losses losses{{{"p", "date", "str"}, "a"}, {{"p", "uuid", "str"}, "b"}};
  const auto lines = differences(table, losses);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "not in the table: | p | uuid | str |  seen in b");
  CHECK(lines[1] == "a row that does not occur: | p | time | str |");
}

TEST_CASE("parity: a row of the table has a reason and stands there once") {
  server::testing::Folder folder;
  auto table_of = [&](std::string_view rows) {
    const std::string path = folder.path + "/parity.md";
    std::ofstream(path) << "| a | b |\n| --- | --- |\n| not | ours |\n\n| protocol | kind | becomes | why |\n| --- | --- | --- | --- |\n" << rows;
    return read_table(path);
  };
  auto table = table_of("| p | date | str | no dates |\n| p | time | str | no times |\n\n| p | uuid | str | behind it |\n");
  REQUIRE(table);
  CHECK(*table == std::set<Loss>{{"p", "date", "str"}, {"p", "time", "str"}});
  CHECK_FALSE(table_of("| p | date | str | |\n"));
  CHECK_FALSE(table_of("| p | date | str |\n"));
  CHECK_FALSE(table_of("| p | date | str | once |\n| p | date | str | twice |\n"));
  CHECK_FALSE(read_table(folder.path + "/nothing.md"));
}

TEST_CASE("parity: the generator makes the same values from the same seed, and every kind") {
  Arena arena;
  Generator one(7, arena), other(7, arena);
  std::set<Kind> kinds;
  for (int i = 0; i < 500; ++i) {
    const Value value = one.of(Type::any());
    CHECK(shown(value) == shown(other.of(Type::any())));
    kinds.insert(value.kind());
  }
  CHECK(kinds.size() == 14);  // all but unset and number tokens
}

TEST_CASE("parity: a comparison names what became of a value") {
  struct Case {
    Value meant, heard;
    std::string kind, becomes;
  };
  Arena arena;
  const Case cases[] = {
      {Value::date(*parse_date("2026-11-22")), Value::string("2026-11-22"), "date", "str"},
      {Value::decimal(*parse_decimal("1.50"), arena), Value::decimal(*parse_decimal("1.5"), arena), "decimal with zeros at its end", "without them"},
      {Value::real(-0.0), Value::real(0.0), "float -0.0", "0.0"},
      {Value::string("a\x01"), Value::string("a\xEF\xBF\xBD"), "str with control characters", "U+FFFD for each"},
      {Value::datetime(*parse_datetime("2026-11-22T14:08:55.5")), Value::datetime(*parse_datetime("2026-11-22T14:08:55")),
       "datetime with a fraction", "whole seconds"},
      {Value::integer(1), Value::boolean(true), "int 1", "changed to bool true"},
      {Value::integer(1), Value::null(), "int 1", "changed to null null"}};
  for (const Case& each : cases) {
    auto found = compare(each.meant, each.heard, Nulls::told, arena);
    REQUIRE(found.size() == 1);
    CHECK(found.begin()->first == each.kind);
    CHECK(found.begin()->second == each.becomes);
    CHECK(compare(each.meant, each.meant, Nulls::told, arena).empty());
  }
}

}  // namespace parley::parity
