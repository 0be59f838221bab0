// SPDX-License-Identifier: Apache-2.0
#include "parley/server/apart.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

namespace parley::server {
namespace {

TEST_CASE("apart: works run one at a time, in their order") {
  Apart apart;
  std::vector<int> order;
  std::vector<std::thread> askers;
  std::promise<void> begun, go;
  askers.emplace_back([&] {
    CHECK(*apart.run([&]() -> Result<std::string> {
            begun.set_value();
            go.get_future().wait();
            order.push_back(0);
            return std::string("first");
          }, no_deadline) == "first");
  });
  begun.get_future().wait();
  for (int i = 1; i < 4; ++i) {
    askers.emplace_back([&apart, &order, i] {
      CHECK(apart.run([&order, i]() -> Result<std::string> { return order.push_back(i), std::string(); }, no_deadline));
    });
    while (apart.waiting() < i) std::this_thread::yield();
  }
  go.set_value();
  for (std::thread& asker : askers) asker.join();
  CHECK(order == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("apart: what fails or throws is an error, and the next work runs") {
  Apart apart;
  CHECK(apart.run([]() -> Result<std::string> { return Error(Code::conflict, "taken"); }, no_deadline).error().code == Code::conflict);
  auto thrown = apart.run([]() -> Result<std::string> { throw std::runtime_error("s3cret"); }, no_deadline);
  CHECK(thrown.error().code == Code::internal);
  CHECK(thrown.error().message.find("s3cret") == std::string::npos);
  CHECK(thrown.error().cause == "s3cret");
  CHECK(*apart.run([]() -> Result<std::string> { return std::string("next"); }, no_deadline) == "next");
}

TEST_CASE("apart: whoever waits no longer leaves the work to itself") {
  auto is_done = std::make_shared<std::atomic<bool>>(false);
  std::promise<void> go;
  auto may_go = go.get_future().share();
  {
    Apart apart;
    auto given_up = apart.run(
        [is_done, may_go]() -> Result<std::string> {
          may_go.wait();
          *is_done = true;
          return std::string();
        },
        deadline_in(std::chrono::milliseconds(0)));
    CHECK(given_up.error().code == Code::timeout);
    CHECK_FALSE(is_done->load());
    go.set_value();
    CHECK(apart.run([]() -> Result<std::string> { return std::string(); }, no_deadline));
    CHECK(is_done->load());
  }
}

TEST_CASE("apart: too many who wait are refused") {
  std::promise<void> begun, go;
  Apart apart(1);
  std::thread first([&] {
    CHECK(apart.run([&]() -> Result<std::string> {
      begun.set_value();
      go.get_future().wait();
      return std::string();
    }, no_deadline));
  });
  begun.get_future().wait();
  std::thread second([&] { CHECK(apart.run([]() -> Result<std::string> { return std::string(); }, no_deadline)); });
  while (apart.waiting() < 1) std::this_thread::yield();
  CHECK(apart.run([]() -> Result<std::string> { return std::string(); }, no_deadline).error().code == Code::overloaded);
  go.set_value();
  first.join();
  second.join();
}

}  // namespace
}  // namespace parley::server
