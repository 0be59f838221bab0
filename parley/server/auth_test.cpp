// SPDX-License-Identifier: Apache-2.0
#include "parley/server/auth.hpp"

#include <doctest/doctest.h>

namespace parley::server {
namespace {

constexpr HashCost cheap{.passes = 1, .memory_bytes = 8192 * 8};

TEST_CASE("hashing: a password is right for its own hash alone") {
  HashPool pool(1, cheap);
  auto stored = pool.hash("secret");
  REQUIRE(stored);
  CHECK(stored->starts_with("$argon2id$v=19$"));
  CHECK(*pool.verify("secret", *stored));
  CHECK_FALSE(*pool.verify("Secret", *stored));
  CHECK_FALSE(*pool.verify("secret", ""));
  CHECK_FALSE(*pool.verify("secret", "no hash"));
}

TEST_CASE("hashing: too many who wait are refused") {
  HashPool pool(0, cheap, 0);
  CHECK(pool.hash("x").error().code == Code::overloaded);
}

TEST_CASE("hashing: tokens differ and the process hash keeps parts apart") {
  CHECK(random_token(160).size() == key_chars);
  CHECK(random_token(160) != random_token(160));
  ProcessHash hash, other;
  CHECK(hash.of({"a", "b"}) == hash.of({"a", "b"}));
  CHECK(hash.of({"ab", ""}) != hash.of({"a", "b"}));
  CHECK(hash.of({"a"}) != other.of({"a"}));
}

TEST_CASE("attempts: the door closes at the limit, longer each time, for one pair only") {
  Attempts attempts(3);
  auto fail = [&](std::int64_t now_ms, int times) {
    for (int i = 0; i < times; ++i) attempts.failed("a", now_ms);
  };
  fail(0, 2);
  CHECK(attempts.check("a", 0));
  fail(0, 1);
  CHECK(attempts.check("a", 0).error().code == Code::throttled);
  CHECK(attempts.check("a", 0).error().hint == "60");
  CHECK(attempts.check("b", 0));
  CHECK(attempts.check("a", 60'000));
  fail(60'000, 3);
  CHECK(attempts.check("a", 60'000).error().hint == "120");
  attempts.succeeded("a");
  CHECK(attempts.check("a", 60'001));
}

TEST_CASE("attempts: failures of more than a minute ago do not count") {
  Attempts attempts(2);
  attempts.failed("a", 0);
  attempts.failed("a", 60'001);
  CHECK(attempts.check("a", 60'001));
}

std::int64_t now_ms = 0;

TEST_CASE("sessions: one ends when it was not used for its time") {
  now_ms = 0;
  Sessions sessions(100, [] { return now_ms; });
  std::string id = sessions.add({.database = "d", .uid = 2});
  CHECK(id.size() == 64);
  now_ms = 90;
  CHECK(sessions.find(id)->uid == 2);
  now_ms = 180;
  CHECK(sessions.find(id).has_value());
  now_ms = 281;
  CHECK_FALSE(sessions.find(id).has_value());
  CHECK_FALSE(sessions.find("other").has_value());
}

}  // namespace
}  // namespace parley::server
