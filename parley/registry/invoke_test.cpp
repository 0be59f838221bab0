// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <stdexcept>

#include "parley/registry/registry.hpp"

using namespace parley;

namespace {

Method method_of(Body body, Access access = Access::open) {
  Method method;
  method.name = "test.go";
  method.access = access;
  method.body = std::move(body);
  return method;
}

struct Stage {
  explicit Stage(Method m) : method(std::move(m)) {}
  Outcome run(Policy policy = Policy::strict) {
    Call call;
    call.policy = policy;
    return invoke({"", chain}, call, context);
  }
  Method method;
  const Method* chain[1] = {&method};
  Arena arena;
  Limits limits;
  Context context{arena, limits, "7f3a", "", ""};
};

Result<Answer> nothing(Invocation&) { return Answer(Value::null()); }

/// Two items, then it fails in the way it is told.
class Rows final : public RowSource {
 public:
  explicit Rows(bool throws) : throws_(throws) {}
  Result<bool> next(Sink& sink) override {
    if (count_ == 2 && throws_) throw std::runtime_error("row 3");
    if (count_ == 2) return false;
    sink.integer(++count_);
    return true;
  }

 private:
  bool throws_;
  int count_ = 0;
};

class Endless final : public RowSource {
 public:
  Result<bool> next(Sink& sink) override { return sink.integer(1), true; }
};

/// Leaves while the third other task runs.
class LeavingClient final : public Waiter {
 public:
  Waited ready(int, Readiness, Deadline) override { return Waited::done; }
  Waited sleep(Deadline) override { return is_cancelled_ = ++turns == 3, Waited::done; }
  Waited park(Deadline) override { return Waited::done; }
  void unpark() override {}
  void cancel() override {}
  bool is_cancelled() const override { return is_cancelled_; }
  int turns = 0;

 private:
  bool is_cancelled_ = false;
};

}  // namespace

TEST_CASE("invoke: access is open, for users, or for administrators") {
  Stage open(method_of(nothing));
  CHECK(open.run());
  Stage user(method_of(nothing, Access::user));
  auto nobody = user.run();
  REQUIRE(!nobody);
  CHECK(nobody.error().code == Code::unauthenticated);
  CHECK(user.run(Policy::odoo).error().message == "Access Denied");
  user.context.uid = 5;
  CHECK(user.run());
  Stage admin(method_of(nothing, Access::admin));
  CHECK(admin.run().error().code == Code::unauthenticated);
  admin.context.uid = 5;
  CHECK(admin.run().error().code == Code::forbidden);
  admin.context.is_admin = true;
  CHECK(admin.run());
}

TEST_CASE("invoke: access is checked before the arguments are looked at") {
  Stage stage(method_of(nothing, Access::user));
  stage.method.parameters.push_back({"a", "", Type::integer()});
  CHECK(stage.run().error().code == Code::unauthenticated);
}

TEST_CASE("invoke: what user code throws is internal, with the request id and without its text") {
  Stage stage(
      method_of([](Invocation&) -> Result<Answer> { throw std::runtime_error("password is 42"); }));
  auto outcome = stage.run();
  REQUIRE(!outcome);
  CHECK(outcome.error().code == Code::internal);
  CHECK(outcome.error().message == "internal error (id 7f3a)");
  CHECK(outcome.error().cause == "password is 42");
}

TEST_CASE("invoke: what is thrown need not be a std::exception") {
  Stage stage(method_of([](Invocation&) -> Result<Answer> { throw 42; }));
  CHECK(stage.run().error().code == Code::internal);
}

TEST_CASE("invoke: running out of memory is overload, which may be tried again") {
  Stage stage(method_of([](Invocation&) -> Result<Answer> { throw std::bad_alloc(); }));
  auto outcome = stage.run();
  REQUIRE(!outcome);
  CHECK(outcome.error().code == Code::overloaded);
}

TEST_CASE("invoke: an expected failure passes unchanged") {
  Stage stage(method_of([](Invocation&) -> Result<Answer> { return Error(Code::rejected, "no"); }));
  CHECK(stage.run().error().message == "no");
}

TEST_CASE("invoke: a row source that throws half way is an internal error too") {
  Stage stage(method_of(
      [](Invocation&) -> Result<Answer> { return Answer(std::make_unique<Rows>(true)); }));
  auto outcome = stage.run();
  REQUIRE(outcome);
  TreeBuilder builder(stage.arena);
  auto written = write(*outcome, builder);
  REQUIRE(!written);
  CHECK(written.error().message == "internal error (id 7f3a)");
  CHECK(written.error().cause == "row 3");
}

TEST_CASE("invoke: rows without end stop when the call's time is over") {
  Stage stage(method_of([](Invocation&) -> Result<Answer> { return Answer(std::make_unique<Endless>()); }));
  stage.context.deadline = deadline_in(std::chrono::milliseconds(5));
  auto outcome = stage.run();
  REQUIRE(outcome);
  TreeBuilder tree(stage.arena);
  auto told = write(*outcome, tree);
  REQUIRE(!told);
  CHECK(told.error().code == Code::timeout);
}

TEST_CASE("invoke: rows let others run, and stop when nobody takes them any more") {
  LeavingClient client;
  set_this_waiter(&client);
  Stage stage(method_of([](Invocation&) -> Result<Answer> { return Answer(std::make_unique<Endless>()); }));
  auto outcome = stage.run();
  REQUIRE(outcome);
  TreeBuilder tree(stage.arena);
  auto told = write(*outcome, tree);
  set_this_waiter(nullptr);
  REQUIRE(!told);
  CHECK(told.error().code == Code::cancelled);
  CHECK(client.turns == 3);
}

TEST_CASE("answer: rows are told as one list") {
  Stage stage(method_of(
      [](Invocation&) -> Result<Answer> { return Answer(std::make_unique<Rows>(false)); }));
  auto outcome = stage.run();
  REQUIRE(outcome);
  TreeBuilder builder(stage.arena);
  REQUIRE(write(*outcome, builder));
  REQUIRE(builder.result().size() == 2);
  CHECK(builder.result().items()[1].as_integer() == 2);
}
