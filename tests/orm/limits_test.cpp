// SPDX-License-Identifier: Apache-2.0
// What one call may ask of the object layer, and what large calls it takes.
#include "tests/orm/bench.hpp"

namespace parley::orm::test {
namespace {

// t.town of order.orm: up_id leads to a town, note_ids to the towns below.
struct Towns {
  Towns() : bench("sqlite", std::move(read_script(PARLEY_SOURCE_DIR "/tests/orm/order.orm")->module)) {
    REQUIRE(bench.open().has_value());
  }
  Result<Value> call(std::string word, std::string arguments) {
    Statement step;
    step.word = std::move(word);
    step.model = "t.town";
    step.arguments = std::move(arguments);
    return bench.call(step, 1, Value::null(), arena);
  }
  void takes(std::string word, std::string arguments) {
    Result<Value> got = call(std::move(word), std::move(arguments));
    if (!got) FAIL_CHECK(got.error().message);
  }
  void refuses(std::string word, std::string arguments, std::string_view text = "at most") {
    Result<Value> got = call(std::move(word), std::move(arguments));
    REQUIRE(!got);
    CHECK(got.error().code == Code::too_large);
    if (got.error().message.find(text) == std::string::npos) FAIL_CHECK(got.error().message);
  }

  Arena arena;
  Bench bench;
};

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string path(std::size_t levels) { return "[('" + times(levels, "up_id.") + "name', '=', 'x')]"; }

std::string nested(std::size_t levels, const std::string& inner = "name") {
  return times(levels, "[('up_id', 'any', ") + "[('" + inner + "', '=', 'x')]" + times(levels, ")]");
}

}  // namespace

constexpr std::string_view too_far = "at most 16 relations";

TEST_CASE("limits: a dotted path follows 16 relations and no more") {
  Towns towns;
  towns.takes("search", path(8));
  for (std::size_t levels : {17, 65, 5000}) towns.refuses("search", path(levels), too_far);
}

TEST_CASE("limits: conditions nest in 16 relations and no more") {
  Towns towns;
  towns.takes("search", nested(8));
  towns.refuses("search", nested(17), too_far);
  towns.refuses("search", nested(10, times(60, "up_id.") + "name"), too_far);
}

TEST_CASE("limits: a name is one relation more") {
  Towns towns;
  towns.takes("search", "[('" + times(7, "up_id.") + "up_id', 'ilike', 'x')]");
  towns.refuses("search", "[('" + times(16, "up_id.") + "up_id', 'ilike', 'x')]", too_far);
}

// An engine may take fewer (SQLite's parser about 10); it then says so itself.
TEST_CASE("limits: 16 relations reach the store") {
  Towns towns;
  Result<Value> got = towns.call("search", path(16));
  CHECK((got || got.error().message.find(too_far) == std::string::npos));
}

TEST_CASE("limits: conditions beside each other count apart") {
  Towns towns;
  towns.takes("search", "[" + times(20, "('up_id.up_id.name', '=', 'x'), ") + "]");
}

TEST_CASE("limits: an order names 16 fields and no more") {
  Towns towns;
  towns.takes("search", "[], order='" + times(15, "name, ") + "name'");
  towns.refuses("search", "[], order='" + times(16, "name, ") + "name'");
}

TEST_CASE("limits: a create of many rows gives their ids in order, or creates none") {
  Towns towns;
  std::string rows = "[" + times(1200, "{'name': 'n'}, ");
  Result<Value> got = towns.call("create", rows + "{'name': 'last'}]");
  REQUIRE(got.has_value());
  REQUIRE(got->size() == 1201);
  for (std::size_t i = 0; i < got->size(); ++i) REQUIRE(got->items()[i].as_integer() == static_cast<std::int64_t>(i + 1));
  Result<Value> last = towns.call("search", "[('name', '=', 'last')]");
  REQUIRE(last.has_value());
  CHECK(last->items()[0].as_integer() == 1201);
  CHECK(!towns.call("create", rows + "{'up_id': 999999}]").has_value());
  CHECK(towns.call("search_count", "[]")->as_integer() == 1201);
}

TEST_CASE("limits: a command takes as many ids as a call") {
  Towns towns;
  REQUIRE(towns.call("create", "{'name': 'n'}").has_value());
  towns.takes("create", "{'note_ids': [(6, 0, [" + times(1500, "1, ") + "])]}");
  towns.refuses("create", "{'note_ids': [(6, 0, [" + times(1501, "1, ") + "])]}");
  towns.refuses("create", "{'note_ids': [(6, 0, [" + times(800, "1, ") + "]), (6, 0, [" + times(800, "1, ") + "])]}");
}

TEST_CASE("limits: fields_get takes 1000 names") {
  Towns towns;
  towns.takes("fields_get", "[" + times(1000, "'name', ") + "]");
  towns.refuses("fields_get", "[" + times(1001, "'name', ") + "]");
  towns.refuses("fields_get", "['name'], [" + times(1001, "'type', ") + "]");
}

TEST_CASE("answers: descriptions and defaults outlive the schema they tell of") {
  Arena arena;
  Limits limits;
  for (const char* method : {"res.users.fields_get", "res.users.fields_get_keys", "ir.rule.default_get"}) {
    std::optional<Answer> answer;
    {
      Towns towns;
      Context context{arena, limits, "test", "t", ""};
      context.uid = 1;
      Call call;
      call.method = method;
      call.policy = Policy::odoo;
      auto session = towns.bench.database().begin(Mode::read, context);
      REQUIRE(session.has_value());
      auto target = towns.bench.database().snapshot()->registry->find(call.method);
      REQUIRE(target.has_value());
      Env system = (*session)->env().as_superuser();
      context.env = &system;
      Result<Answer> got = invoke(*target, call, context);
      REQUIRE(got.has_value());
      answer.emplace(std::move(*got));
    }
    TreeBuilder tree(arena);
    REQUIRE(write(*answer, tree).has_value());
    CHECK(tree.result().size() > 0);
  }
}

}  // namespace parley::orm::test
