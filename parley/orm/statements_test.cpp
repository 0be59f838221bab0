// SPDX-License-Identifier: Apache-2.0
#include "parley/orm/statements.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parley::orm {
namespace {

using std::chrono::nanoseconds;

TEST_CASE("statements: runs of one text are added up, and the longest come first") {
  Arena arena;
  Statements statements(arena);
  CHECK(statements.longest_first().empty());
  {
    std::string text = "SELECT 1";  // copied: it may go
    statements.add(text, nanoseconds(5));
  }
  statements.add("SELECT 2", nanoseconds(7), 3);
  statements.add("SELECT 1", nanoseconds(6));
  auto all = statements.longest_first();
  REQUIRE(all.size() == 2);
  CHECK(all[0].text == "SELECT 1");
  CHECK(all[0].runs == 2);
  CHECK(all[0].took == nanoseconds(11));
  CHECK(all[1].runs == 3);
}

TEST_CASE("statements: beyond the limit of texts, all further ones are one") {
  Arena arena;
  Statements statements(arena);
  for (int i = 0; i < Statements::texts_max + 10; ++i) statements.add("SELECT " + std::to_string(i), nanoseconds(1));
  statements.add("SELECT 0", nanoseconds(1));
  auto all = statements.longest_first();
  REQUIRE(all.size() == static_cast<std::size_t>(Statements::texts_max));
  CHECK(all[0].text == "other statements");
  CHECK(all[0].runs == 11);
  CHECK(all[1].text == "SELECT 0");
  CHECK(all[1].runs == 2);
}

}  // namespace
}  // namespace parley::orm
