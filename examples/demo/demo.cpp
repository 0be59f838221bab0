// SPDX-License-Identifier: Apache-2.0
// A server of small functions, each callable in every protocol without logging in:
//
//   demo serve --port 8069
//   python3 -c 'import xmlrpc.client as x; print(x.ServerProxy("http://127.0.0.1:8069/RPC2").add(2, 3))'
//
// What a function takes and gives is its C++ signature; what it is for is written beside it.
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "diagnostics.hpp"
#include "parley/parley.hpp"
#include "repositories.hpp"
#include "types.hpp"
#include "validator1.hpp"

namespace {

using namespace parley;
using demo::Choice;
using demo::Color;
using demo::Number;
using demo::Whole;
using Struct = std::map<std::string, Value>;

// An expected failure is a Result: its message and number reach the caller.
Result<Value> fail(int status, std::string_view message) {
  return Error(Code::rejected, std::string(message)).with_status(status);
}

// An exception is a bug: the caller gets an id that is in the log, and never its text.
Value crash() { throw std::runtime_error("secret detail"); }

// Whole while both numbers are.
Number combine(const Number& a, const Number& b, auto operation) {
  auto of = [&](const auto& x, const auto& y) -> Number {
    if constexpr (std::is_same_v<decltype(x), decltype(y)>)
      return std::remove_cvref_t<decltype(x)>(operation(x, y));
    else
      return operation(static_cast<double>(x), static_cast<double>(y));
  };
  return std::visit(of, a, b);
}

Number subtract(const Number& minuend, const Number& subtrahend) { return combine(minuend, subtrahend, std::minus<>()); }

// A function of any number of arguments finds those beyond its own in `rest`.
Result<Number> sum(Invocation& in) {
  Number total = Whole(0);
  for (const Value& value : in.rest) {
    PARLEY_TRY(Number number, Typed<Number>::from(value));
    total = combine(total, number, std::plus<>());
  }
  return total;
}

void arithmetic(App& app) {
  app.expose("add", [](const Whole& a, const Whole& b) { return Whole(a + b); }, doc("The sum of two whole numbers of any size."),
             arg("a", "One number."), arg("b", "The other."), effect::read)
      .open();
  app.expose("subtract", subtract, doc("The difference of two numbers; whole when both are."),
             arg("minuend", "What is subtracted from."), arg("subtrahend", "What is subtracted."), effect::read)
      .open();
  app.expose("sum", sum, doc("The sum of all its arguments."), effect::read).open().any_number();
  for (const char* name : {"update", "notify_hello", "notify_sum"})
    app.expose(name, [] {}, doc("Takes anything and does nothing."), effect::read).open().any_number();
}

template <class T>
void expose_echo(App& app, std::string_view name, std::string_view help) {
  app.expose(name, [](const T& value) { return value; }, doc("Gives back what it got."), arg("value", help), effect::read)
      .open();
}

void echoes(App& app) {
  expose_echo<Value>(app, "echo", "Anything.");
  expose_echo<Whole>(app, "echo_int", "A whole number of any size.");
  expose_echo<double>(app, "echo_float", "A number.");
  expose_echo<Decimal>(app, "echo_decimal", "An exact number; its zeros are kept.");
  expose_echo<bool>(app, "echo_bool", "True or false.");
  expose_echo<std::string>(app, "echo_str", "A text.");
  expose_echo<std::vector<Value>>(app, "echo_list", "A list of anything.");
  expose_echo<Struct>(app, "echo_dict", "Anything by name.");
  expose_echo<Time>(app, "echo_time", "A time of day.");
  expose_echo<Date>(app, "echo_date", "A day.");
  expose_echo<DateTime>(app, "echo_datetime", "An instant.");
  expose_echo<Uuid>(app, "echo_uuid", "A UUID.");
  expose_echo<Bytes>(app, "echo_binary", "Octets.");
  expose_echo<Color>(app, "echo_enum", "A colour, by name or number.");
  expose_echo<Choice>(app, "echo_choice", "A whole number or a text.");
}

// Lists and dicts that are not all of one type are made of Values, in the call's arena.
Value get_data(Context& context) {
  ListBuilder data(context.arena);
  data.add(Value::string("hello"));
  data.add(Value::integer(5));
  return data.done();
}

std::vector<Struct> items() {
  return {{{"id", Value::integer(1)}, {"name", Value::string("one")}},
          {{"id", Value::integer(2)}, {"name", Value::string("two")}}};
}

void results(App& app) {
  app.expose("get_data", get_data, doc("A text and a number."), effect::read).open();
  app.expose("items", items, doc("Two items with id and name."), effect::read).open();
  app.expose("nothing", [] {}, doc("No data at all."), effect::read).open();
  app.expose("empty_list", [] { return std::vector<Value>(); }, doc("A list without items."), effect::read).open();
  app.expose("optional", [](std::string_view required, std::int64_t opt) {
        return Struct{{"required", Value::string(required)}, {"opt", Value::integer(opt)}};
      }, doc("Tells what it got."), arg("required", "Must be given."), arg("opt", "May be left out.", 7), effect::read)
      .open();
  app.expose("control_chars", [] { return std::string("a\x01" "b"); }, doc("A text that not every format can hold."), effect::read)
      .open();
  app.expose("big", [] { return Whole("123456789012345678901234567890"); }, doc("A number beyond 64 bits."), effect::read)
      .open();
  app.expose("nan", [] { return std::numeric_limits<double>::quiet_NaN(); }, doc("A double that is no number."), effect::read)
      .open();
}

void failures(App& app) {
  app.expose("fail", fail, doc("Fails as it is told."), arg("status", "The number of the failure."),
             arg("message", "Its text."), effect::read)
      .open();
  app.expose("crash", crash, doc("Fails in a way that is nobody's business."), effect::read).open();
}

constexpr std::array<std::string_view, 50> states{
    "Alabama", "Alaska", "Arizona", "Arkansas", "California", "Colorado", "Connecticut", "Delaware", "Florida", "Georgia",
    "Hawaii", "Idaho", "Illinois", "Indiana", "Iowa", "Kansas", "Kentucky", "Louisiana", "Maine", "Maryland",
    "Massachusetts", "Michigan", "Minnesota", "Mississippi", "Missouri", "Montana", "Nebraska", "Nevada", "New Hampshire",
    "New Jersey", "New Mexico", "New York", "North Carolina", "North Dakota", "Ohio", "Oklahoma", "Oregon", "Pennsylvania",
    "Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "Utah", "Vermont", "Virginia", "Washington",
    "West Virginia", "Wisconsin", "Wyoming"};

Result<std::string_view> state_name(std::int64_t number) {
  if (number < 1 || number > static_cast<std::int64_t>(states.size()))
    return Error(Code::invalid_argument, "number: expected 1 to 50, got " + std::to_string(number), "number");
  return states[static_cast<std::size_t>(number - 1)];
}

/// Where the demo keeps its database unless it is told otherwise: a folder that goes when it ends.
class ScratchFolder {
 public:
  ScratchFolder() : path_(std::filesystem::temp_directory_path() / "parley-demo-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// What the environment or a flag says wins over these.
void set_defaults(const ScratchFolder& scratch) {
  constexpr int unless_set = 0;
  setenv("PARLEY_DATA", (scratch.path() + "/data").c_str(), unless_set);
  setenv("PARLEY_BODY_BYTES_MAX", "1048576", unless_set);
  setenv("PARLEY_MODULES", "base,vcs", unless_set);
  setenv("PARLEY_VCS_PRIVATE_HOSTS", "127.0.0.1", unless_set);
}

}  // namespace

int main(int argc, char** argv) {
  ScratchFolder scratch;
  set_defaults(scratch);
  demo::HgRemote remote;
  const std::vector<std::string_view> words(argv, argv + argc);
  if (std::ranges::find(words, "serve") != words.end()) remote.start(scratch.path() + "/remote");
  App app{"demo"};
  app.about(
      "Small functions that show what can be called, and how: arithmetic, **echoes** of every type, results, "
      "failures, the `validator1` suite of XML-RPC and the tools of MCP's conformance test.");
  arithmetic(app);
  echoes(app);
  results(app);
  failures(app);
  app.expose("examples.getStateName", state_name, doc("The name of a state of the USA."),
             arg("number", "Its place in the alphabet, from 1."), effect::read)
      .open();
  demo::add_validator1(app);
  demo::add_repositories(app, remote);
  demo::add_diagnostics(app);
  return app.run(argc, argv);
}
