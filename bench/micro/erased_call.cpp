// SPDX-License-Identifier: Apache-2.0
// The cost of a call from arguments as a protocol has them to an Answer: find, bind, convert,
// the erased function. Beside it the erased body alone and the function itself.
#include <benchmark/benchmark.h>

#include "parley/registry/expose.hpp"
#include "parley/registry/registry.hpp"

using namespace parley;

namespace {

[[gnu::noinline]] std::int64_t plus(std::int64_t a, std::int64_t b) { return a + b; }
[[gnu::noinline]] std::size_t measure(std::string_view text) { return text.size(); }

struct World {
  World() {
    auto added = catalog.add_function(
        "base", bind_function("math.plus", plus, doc("Adds."), arg("a", "First."),
                              arg("b", "Second.", 1), effect::read));
    PARLEY_ASSERT(added.has_value());
    Exposed(catalog.last()).open();
    added = catalog.add_function("base", bind_function("text.measure", measure, doc("Bytes."),
                                                       arg("text", "Which."), effect::read));
    PARLEY_ASSERT(added.has_value());
    Exposed(catalog.last()).open();
    const std::string modules[] = {"base"};
    registry = Registry::build(catalog, modules, {});
  }
  Catalog catalog;
  std::shared_ptr<const Registry> registry;
  Limits limits;
};

/// Runs `name` with `given`, looking it up each time when asked to.
void run(benchmark::State& state, std::string_view name, const Call& call, bool with_find) {
  World world;
  Arena arena;
  Context context{arena, world.limits, "1", "", ""};
  Target target = *world.registry->find(name);
  for (auto _ : state) {
    if (with_find) target = *world.registry->find(name);
    auto outcome = invoke(target, call, context);
    benchmark::DoNotOptimize(outcome);
    arena.reset();
  }
}

void direct(benchmark::State& state) {
  std::int64_t a = 1;
  for (auto _ : state) benchmark::DoNotOptimize(a = plus(a, 2));
}

void body_alone(benchmark::State& state) {
  World world;
  Arena arena;
  Context context{arena, world.limits, "1", "", ""};
  Target target = *world.registry->find("math.plus");
  const Value given[] = {Value::integer(1), Value::integer(2)};
  Invocation in{context, "", given, {}, target.chain};
  for (auto _ : state) {
    auto outcome = target.method().body(in);
    benchmark::DoNotOptimize(outcome);
  }
}

void invoke_positional(benchmark::State& state) {
  const Value given[] = {Value::integer(1), Value::integer(2)};
  Call call;
  call.positional = given;
  run(state, "math.plus", call, false);
}

void find_and_invoke(benchmark::State& state) {
  const Value given[] = {Value::integer(1), Value::integer(2)};
  Call call;
  call.positional = given;
  run(state, "math.plus", call, true);
}

void invoke_named(benchmark::State& state) {
  Arena arena;
  DictBuilder named(arena);
  named.set("b", Value::integer(2));
  named.set("a", Value::integer(1));
  Call call;
  call.named = named.done();
  run(state, "math.plus", call, false);
}

void invoke_converting(benchmark::State& state) {
  const Value given[] = {Value::string("1"), Value::string("2")};
  Call call;
  call.positional = given;
  call.policy = Policy::odoo;
  run(state, "math.plus", call, false);
}

void invoke_text(benchmark::State& state) {
  const Value given[] = {Value::string("forty-two bytes of text that is only viewed")};
  Call call;
  call.positional = given;
  run(state, "text.measure", call, false);
}

BENCHMARK(direct);
BENCHMARK(body_alone);
BENCHMARK(invoke_positional);
BENCHMARK(find_and_invoke);
BENCHMARK(invoke_named);
BENCHMARK(invoke_converting);
BENCHMARK(invoke_text);

}  // namespace

BENCHMARK_MAIN();
