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
  for (int i = 0; i < 3; ++i) CHECK(attempts.begin("a", 0));
  CHECK(attempts.begin("a", 0).error().code == Code::throttled);
  CHECK(attempts.begin("a", 0).error().hint == "60");
  CHECK(attempts.begin("b", 0));
  for (int i = 0; i < 3; ++i) CHECK(attempts.begin("a", 60'000));
  CHECK(attempts.begin("a", 60'000).error().hint == "120");
  attempts.succeeded("a");
  CHECK(attempts.begin("a", 60'001));
}

TEST_CASE("attempts: failures of more than a minute ago do not count") {
  Attempts attempts(2);
  CHECK(attempts.begin("a", 0));
  CHECK(attempts.begin("a", 60'001));
  CHECK(attempts.begin("a", 60'001));
  CHECK_FALSE(attempts.begin("a", 60'001));
}

TEST_CASE("attempts: guesses made at once are counted before any of them was verified") {
  Attempts attempts(3);
  int passed = 0;
  for (int i = 0; i < 100; ++i) passed += attempts.begin("a", 0) ? 1 : 0;
  CHECK(passed == 3);
}

TEST_CASE("attempts: one that nobody could verify does not count") {
  Attempts attempts(2);
  for (int i = 0; i < 10; ++i) {
    CHECK(attempts.begin("a", 0));
    attempts.give_back("a");
  }
  CHECK(attempts.begin("a", 0));
  CHECK(attempts.begin("a", 0));  // closes the door
  attempts.give_back("a");
  CHECK(attempts.begin("a", 0));
  CHECK_FALSE(attempts.begin("a", 0));
}

TEST_CASE("attempts: when there are too many pairs the oldest is forgotten, not the first by name") {
  Attempts attempts(1, 2);
  CHECK(attempts.begin("z", 0));
  CHECK(attempts.begin("a", 1));
  CHECK(attempts.begin("m", 2));
  CHECK_FALSE(attempts.begin("a", 3));
  CHECK(attempts.begin("z", 3));
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

TEST_CASE("sessions: a user has a hundred at most, and the one not used for longest ends") {
  now_ms = 0;
  Sessions sessions(1000, [] { return now_ms; });
  std::string other = sessions.add({.database = "d", .uid = 3});
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    ++now_ms;
    ids.push_back(sessions.add({.database = "d", .uid = 2}));
  }
  CHECK(sessions.find(ids[0]).has_value());
  ++now_ms;
  CHECK(sessions.find(ids[0]).has_value());  // used just now
  ids.push_back(sessions.add({.database = "d", .uid = 2}));
  CHECK(sessions.find(ids[0]).has_value());
  CHECK_FALSE(sessions.find(ids[1]).has_value());
  CHECK(sessions.find(ids[100]).has_value());
  CHECK(sessions.find(other).has_value());
}

TEST_CASE("sessions: so many are kept in all, then the one not used for longest ends") {
  now_ms = 0;
  Sessions sessions(1000, [] { return now_ms; }, 3);
  std::vector<std::string> ids;
  for (int user = 0; user < 3; ++user) {
    ++now_ms;
    ids.push_back(sessions.add({.database = "d", .uid = user}));
  }
  ++now_ms;
  CHECK(sessions.find(ids[0]).has_value());
  ++now_ms;
  ids.push_back(sessions.add({.database = "d", .uid = 3}));
  CHECK(sessions.find(ids[0]).has_value());
  CHECK_FALSE(sessions.find(ids[1]).has_value());
  CHECK(sessions.find(ids[3]).has_value());
}

TEST_CASE("sessions: those of a database end with it, and others stay") {
  now_ms = 0;
  Sessions sessions(1000, [] { return now_ms; });
  std::string gone = sessions.add({.database = "d", .uid = 2}), kept = sessions.add({.database = "dd", .uid = 2});
  sessions.forget("d");
  CHECK_FALSE(sessions.find(gone).has_value());
  CHECK(sessions.find(kept).has_value());
}

TEST_CASE("attempts: each closing is twice as long, up to sixteen minutes") {
  Attempts attempts(1);
  std::int64_t now = 0;
  for (const char* seconds : {"60", "120", "240", "480", "960", "960"}) {
    CHECK(attempts.begin("a", now));
    CHECK(attempts.begin("a", now).error().hint == seconds);
    CHECK(attempts.begin("a", now + 1'500).error().hint == std::to_string(std::stoi(seconds) - 1));  // what is left of it
    now += std::stoll(seconds) * 1000;
  }
}

TEST_CASE("auth: failures are counted by address, and of IPv6 by the network that one client has") {
  CHECK(counted_address("192.0.2.1") == "192.0.2.1");
  CHECK(counted_address("::ffff:192.0.2.1") == "::ffff:192.0.2.1");
  CHECK(counted_address("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  CHECK(counted_address("2001:db8:1:2::9") == counted_address("2001:db8:1:2:ffff::"));
  CHECK(counted_address("2001:db8:1:3::9") != counted_address("2001:db8:1:2::9"));
  CHECK(counted_address("no address") == "no address");
}

TEST_CASE("hashing: secrets of any length are compared whole") {
  CHECK(is_same_secret("", ""));
  CHECK(is_same_secret("abc", "abc"));
  CHECK_FALSE(is_same_secret("abc", "abd"));
  CHECK_FALSE(is_same_secret("abc", "xbc"));
  CHECK_FALSE(is_same_secret("abc", "ab"));
}

}  // namespace
}  // namespace parley::server
