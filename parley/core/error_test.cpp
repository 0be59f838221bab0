// SPDX-License-Identifier: Apache-2.0
#include "parley/core/error.hpp"

#include <doctest/doctest.h>

#include <set>

#include "parley/core/wait.hpp"

using namespace parley;

namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error(Code::invalid_argument, "half: odd", "value");
  return value / 2;
}
Result<int> quarter(int value) {
  PARLEY_TRY(int once, half(value));
  return half(once);
}
Result<void> check_quarter(int value) {
  PARLEY_CHECK(quarter(value));
  return {};
}

}  // namespace

TEST_CASE("error: a failure passes through every caller unchanged") {
  CHECK(*quarter(8) == 2);
  auto failed = check_quarter(6);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Code::invalid_argument);
  CHECK(failed.error().where == "value");
  CHECK(check_quarter(4));
}

TEST_CASE("error: every row has its own name and JSON-RPC number") {
  std::set<std::string_view> names;
  std::set<int> numbers;
  for (const ErrorRow& each : error_table()) {
    CHECK(names.insert(each.name).second);
    CHECK(numbers.insert(each.json_rpc).second);
    CHECK((each.http_status >= 400 && each.http_status < 600));
  }
  CHECK(row(Code::internal).name == "internal");
}

TEST_CASE("error: a kind of its own decides the Odoo class and fault") {
  Error error(Code::invalid_argument, "no such field");
  CHECK(odoo_class(error) == "ValueError");
  CHECK(odoo_fault(error) == 1);
  error.kind = "UserError";
  CHECK(odoo_class(error) == "UserError");
  CHECK(odoo_fault(error) == 2);
  CHECK(odoo_fault(Error(Code::unauthenticated, "no")) == 3);
  CHECK(odoo_fault(Error(Code::forbidden, "no")) == 4);
}

TEST_CASE("error: cause and hint ride along") {
  Error error = Error(Code::internal, "broken").with_cause("disk").with_hint("retry");
  CHECK(error.cause == "disk");
  CHECK(error.hint == "retry");
}

TEST_CASE("wait: an unpark before park is not lost, and park ends at its deadline") {
  Waiter& waiter = this_waiter();
  waiter.unpark();
  CHECK(waiter.park(no_deadline) == Waited::done);
  CHECK(waiter.park(deadline_in(std::chrono::milliseconds(0))) == Waited::timed_out);
}
