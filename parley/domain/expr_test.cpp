// SPDX-License-Identifier: Apache-2.0
#include "parley/domain/expr.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "parley/domain/domain.hpp"
#include "parley/domain/literal.hpp"
#include "parley/domain/repr.hpp"

using namespace parley;
using domain::repr;

namespace {

/// user, company_ids and some numbers; `records` answers attributes and calls from outside.
class TestScope final : public domain::Scope {
 public:
  explicit TestScope(Arena& arena) {
    names_ = *domain::parse_literal(
        "{'user': {'id': 7, 'name': 'Ulla', 'groups_id': {'ids': [1, 4]}, 'company_id': {'id': 3}},"
        " 'company_ids': [3, 5], 'n': 10, 'text': 'h\\u00e9llo', 'nothing': None,"
        " 'rows': [{'qty': 2, 'price': 1.5}, {'qty': 3, 'price': 4.0}]}",
        Limits{}, arena);
    members_.emplace_back("price", Value::decimal({1250, 2}, arena));
    members_.emplace_back("token", Value::number("12"));
    members_.emplace_back("today", Value::date(to_date({2026, 11, 22})));
    members_.emplace_back("yesterday", Value::date(to_date({2026, 11, 21})));
  }
  const Value* find(std::string_view name) const override {
    for (const auto& [key, value] : members_)
      if (key == name) return &value;
    return names_.find(name);
  }
  Result<Value> attribute(const Value& object, std::string_view name, Arena& arena) const override {
    if (object.is_dict() && name == "display") return Value::string(arena.join("#", "display"));
    return domain::no_attribute(object, name);
  }
  Result<Value> call(const domain::Call& call, Arena&) const override {
    if (call.object == nullptr && call.name == "double") return Value::integer(2 * call.values[0].as_integer());
    if (call.object != nullptr && call.name == "has_group") return Value::boolean(true);
    if (call.object == nullptr && call.name == "delta" && call.find("months") != nullptr) return *call.find("months");
    return domain::no_function(call);
  }

 private:
  Value names_;
  std::vector<std::pair<std::string_view, Value>> members_;
};

/// repr of the result, or "code: message".
std::string run(std::string_view source, const Limits& limits = {}) {
  Arena arena;
  auto program = domain::compile(source, limits);
  if (!program) return std::string(row(program.error().code).name) + ": " + program.error().message;
  auto value = domain::evaluate(*program, TestScope(arena), limits, arena);
  if (!value) return std::string(row(value.error().code).name) + ": " + value.error().message;
  return repr(*value);
}

struct Case {
  std::string_view source, answer;
};
void check(std::span<const Case> cases) {
  for (const Case& c : cases) {
    CAPTURE(c.source);
    CHECK(run(c.source) == c.answer);
  }
}

}  // namespace

TEST_CASE("expr: literals") {
  const Case cases[] = {
      {"1", "1"}, {"0x1F", "31"}, {"0b101", "5"}, {"0o17", "15"}, {"1_000", "1000"}, {"00", "0"},
      {"1.5", "1.5"}, {".5", "0.5"}, {"1.", "1.0"}, {"1e3", "1000.0"}, {"1E-2", "0.01"},
      {"-9223372036854775808", "-9223372036854775808"}, {"9223372036854775807", "9223372036854775807"},
      {"True", "True"}, {"False", "False"}, {"None", "None"},
      {"'a'", "'a'"}, {"\"it's\"", "\"it's\""}, {"'a' \"b\" 'c'", "'abc'"}, {"u'x'", "'x'"}, {"r'\\n'", "'\\\\n'"},
      {"'\\n\\t\\\\\\'\\x41\\u00e9\\U0001F600\\101\\q'", "\"\\n\\t\\\\'Aé😀A\\\\q\""},
      {"[]", "[]"}, {"()", "[]"}, {"(1)", "1"}, {"(1,)", "[1]"}, {"[1, 2,]", "[1, 2]"}, {"(1, 'a')", "[1, 'a']"},
      {"{}", "{}"}, {"{'a': 1, 'b': [2]}", "{'a': 1, 'b': [2]}"}, {"{'a': 1, 'a': 2}", "{'a': 2}"},
      {"{1, 2, 1}", "[1, 2]"}, {"  [ # comment\n 1,\r\n\t2 ]  ", "[1, 2]"},
  };
  check(cases);
}

TEST_CASE("expr: arithmetic") {
  const Case cases[] = {
      {"1 + 2 * 3", "7"}, {"(1 + 2) * 3", "9"}, {"7 / 2", "3.5"}, {"6 / 2", "3.0"}, {"7 // 2", "3"},
      {"-7 // 2", "-4"}, {"7 // -2", "-4"}, {"-7 % 3", "2"}, {"7 % -3", "-2"}, {"6 % 3", "0"}, {"7.5 // 2", "3.0"},
      {"-7.5 % 2", "0.5"}, {"2 ** 10", "1024"}, {"2 ** 3 ** 2", "512"}, {"-2 ** 2", "-4"}, {"2 ** -1", "0.5"},
      {"1 ** 999999999", "1"}, {"(-1) ** 3", "-1"}, {"0 ** 0", "1"}, {"2 ** 62", "4611686018427387904"},
      {"2.0 ** 0.5 > 1.41", "True"}, {"- - 1", "1"}, {"+True", "1"}, {"True + True", "2"}, {"1 + 0.5", "1.5"},
      {"10 - 2 - 3", "5"}, {"100 / 10 / 2", "5.0"}, {"-n", "-10"}, {"token + 1", "13"},
      {"'a' + 'b'", "'ab'"}, {"[1] + [2, 3]", "[1, 2, 3]"}, {"'ab' * 3", "'ababab'"}, {"2 * [1, 2]", "[1, 2, 1, 2]"},
      {"'a' * -1", "''"}, {"'' * 10**15", "''"}, {"[] * 10**15", "[]"},
      {"price + 1", "13.50"}, {"price - price", "0.00"}, {"price * 2", "25.00"}, {"-price", "-12.50"},
      {"price / 2", "6.25"}, {"price == 12.5", "True"}, {"price * 0.5", "6.25"},
  };
  check(cases);
}

TEST_CASE("expr: comparison, membership and logic") {
  const Case cases[] = {
      {"1 < 2", "True"}, {"1 < 2 < 3", "True"}, {"1 < 3 < 2", "False"}, {"3 > 2 >= 2 != 1", "True"},
      {"1 == 1.0", "True"}, {"1 == True", "True"}, {"1 == '1'", "False"}, {"None == False", "False"},
      {"None == None", "True"}, {"[1, [2]] == (1, [2.0])", "True"}, {"{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "True"},
      {"9007199254740993 > 9007199254740992.0", "True"}, {"'a' < 'b'", "True"}, {"[1, 2] < [1, 3]", "True"},
      {"[1] < [1, 0]", "True"}, {"today > yesterday", "True"}, {"today == yesterday", "False"},
      {"2 in [1, 2]", "True"}, {"2 not in [1, 2]", "False"}, {"'a' in {'a': 1}", "True"}, {"1 in {'a': 1}", "False"},
      {"'ell' in 'hello'", "True"}, {"'' in ''", "True"}, {"None is None", "True"}, {"n is not None", "True"},
      {"1 is True", "False"}, {"nothing is None", "True"},
      {"True and 5", "5"}, {"0 or 'x'", "'x'"}, {"0 and 1/0", "0"}, {"1 or 1/0", "1"}, {"not []", "True"},
      {"not 1 == 2", "True"}, {"not not 'a'", "True"}, {"1 or 0 and 0", "1"}, {"not 0 and not 0", "True"},
      {"'y' if n > 5 else 'n'", "'y'"}, {"1 if 0 else 2 if 0 else 3", "3"}, {"1 < 1/0 if 0 else 7", "7"},
      {"2 > 3 > 1/0", "False"},
  };
  check(cases);
}

TEST_CASE("expr: names, attributes, indexes and slices") {
  const Case cases[] = {
      {"user.id", "7"}, {"user.company_id.id", "3"}, {"user.groups_id.ids", "[1, 4]"}, {"user['name']", "'Ulla'"},
      {"user.display", "'#display'"}, {"company_ids[0]", "3"}, {"company_ids[-1]", "5"}, {"text[1]", "'é'"},
      {"text[1:3]", "'él'"}, {"text[:2]", "'hé'"}, {"text[-3:]", "'llo'"}, {"text[3:1]", "''"}, {"text[:]", "'héllo'"},
      {"[1, 2, 3][1:]", "[2, 3]"}, {"[1, 2, 3][-100:100]", "[1, 2, 3]"}, {"[[1, 2], [3]][0][1]", "2"},
      {"rows[1].price * rows[1].qty", "12.0"},
  };
  check(cases);
}

TEST_CASE("expr: functions and methods") {
  const Case cases[] = {
      {"len([1, 2])", "2"}, {"len(text)", "5"}, {"len({'a': 1})", "1"}, {"str(1.0)", "'1.0'"}, {"str('a')", "'a'"},
      {"str([1, 'a'])", "\"[1, 'a']\""}, {"str(None)", "'None'"}, {"str(today)", "'2026-11-22'"}, {"int('12')", "12"},
      {"int(' -5 ')", "-5"}, {"int('+5')", "5"}, {"int(3.99)", "3"}, {"int(-3.99)", "-3"}, {"int()", "0"},
      {"int(True)", "1"}, {"int(token)", "12"}, {"float('1.5')", "1.5"}, {"float(2)", "2.0"}, {"bool('')", "False"},
      {"bool([0])", "True"}, {"min(3, 1, 2)", "1"}, {"max([3, 1, 2])", "3"}, {"max([], default=0)", "0"},
      {"min('b', 'a')", "'a'"}, {"sum([1, 2, 3])", "6"}, {"sum([0.5, 1])", "1.5"}, {"sum([], 5)", "5"},
      {"sum(r.qty * r.price for r in rows)", "15.0"}, {"abs(-3)", "3"}, {"abs(-1.5)", "1.5"}, {"abs(-price)", "12.50"},
      {"round(2.5)", "2"}, {"round(3.5)", "4"}, {"round(2.675, 2)", "2.67"}, {"round(price, 1)", "12.5"},
      {"round(7)", "7"}, {"sorted([3, 1, 2])", "[1, 2, 3]"}, {"sorted([1, 2], reverse=True)", "[2, 1]"},
      {"sorted(['b', 'a'])", "['a', 'b']"}, {"list('ab')", "['a', 'b']"}, {"list({'a': 1})", "['a']"},
      {"tuple([1])", "[1]"}, {"set([1, 1, 2])", "[1, 2]"}, {"dict(a=1)", "{'a': 1}"},
      {"dict([('a', 1), ('b', 2)], a=3)", "{'a': 3, 'b': 2}"}, {"range(3)", "[0, 1, 2]"}, {"range(1, 3)", "[1, 2]"},
      {"range(5, 0, -2)", "[5, 3, 1]"}, {"range(9223372036854775806, 9223372036854775807, 9)", "[9223372036854775806]"},
      {"any([0, 1])", "True"}, {"all([0, 1])", "False"}, {"all([])", "True"}, {"any(x > 2 for x in [1, 3])", "True"},
      {"'Ab'.lower()", "'ab'"}, {"'Ab'.upper()", "'AB'"}, {"' a '.strip()", "'a'"}, {"'ab'.startswith('a')", "True"},
      {"'ab'.endswith('a')", "False"}, {"'a,b,'.split(',')", "['a', 'b', '']"}, {"' a  b '.split()", "['a', 'b']"},
      {"'-'.join(['a', 'b', 'c'])", "'a-b-c'"}, {"''.join([])", "''"}, {"user.get('id')", "7"},
      {"user.get('no')", "None"}, {"user.get('no', 1)", "1"}, {"{'a': 1}.keys()", "['a']"},
      {"{'a': 1}.values()", "[1]"}, {"[k + str(v) for k, v in {'a': 1}.items()]", "['a1']"},
      {"double(21)", "42"}, {"user.has_group('base.group_user')", "True"}, {"delta(months=2)", "2"},
  };
  check(cases);
}

TEST_CASE("expr: comprehensions") {
  const Case cases[] = {
      {"[x * 2 for x in [1, 2, 3]]", "[2, 4, 6]"}, {"[x for x in range(6) if x % 2]", "[1, 3, 5]"},
      {"[x for x in range(20) if x % 2 if x % 3 == 0]", "[3, 9, 15]"},
      {"[x + y for x in 'ab' for y in 'cd']", "['ac', 'ad', 'bc', 'bd']"},
      {"[y for x in [[1], [2, 3]] for y in x]", "[1, 2, 3]"}, {"[a for a, b in [(1, 2), (3, 4)]]", "[1, 3]"},
      {"[b for (a, b) in [(1, 2)]]", "[2]"}, {"[[y for y in range(x)] for x in range(3)]", "[[], [0], [0, 1]]"},
      {"[n for n in [1]] + [n]", "[1, 10]"}, {"[x if x else 'zero' for x in [0, 1]]", "['zero', 1]"},
      {"[k for k in {'a': 1}]", "['a']"}, {"(x for x in [1])", "[1]"},
  };
  check(cases);
}

TEST_CASE("expr: the rules of access control give domains") {
  const Case cases[] = {
      {"[('user_id','=',user.id)]", "[['user_id', '=', 7]]"},
      {"['|',('company_id','=',False),('company_id','in',company_ids)]",
       "['|', ['company_id', '=', False], ['company_id', 'in', [3, 5]]]"},
      {"[('share','=',False),('id','in',user.groups_id.ids)]", "[['share', '=', False], ['id', 'in', [1, 4]]]"},
      {"[('x_level', '<', 2)]", "[['x_level', '<', 2]]"},
      {"[(1, '=', 1)]", "[[1, '=', 1]]"},
  };
  check(cases);
  Arena arena;
  auto program = domain::compile("['!', ('company_id', 'in', company_ids)]", Limits{});
  REQUIRE(program.has_value());
  auto value = domain::evaluate(*program, TestScope(arena), Limits{}, arena);
  REQUIRE(value.has_value());
  auto node = domain::parse(*value, Limits{}, arena);
  REQUIRE(node.has_value());
  CHECK(domain::describe((*node)->leaf) == "('company_id', 'not in', [3, 5])");
}

TEST_CASE("expr: text that is not an expression is refused with its place") {
  const Case cases[] = {
      {"", "invalid_argument: unexpected end at 1:1"},
      {"1 +", "invalid_argument: unexpected end at 1:4"},
      {"[1,\n 2", "invalid_argument: ']' expected at 2:3"},
      {"(1 2)", "invalid_argument: ')' expected before '2' at 1:4"},
      {"1 2", "invalid_argument: unexpected '2' at 1:3"},
      {"'é' ?", "invalid_argument: unexpected character '?' at 1:5"},
      {"'abc", "invalid_argument: text without its closing quote at 1:1"},
      {"'a\n'", "invalid_argument: text without its closing quote at 1:1"},
      {"'a\\", "invalid_argument: text without its closing quote at 1:1"},
      {"'\\xZZ'", "invalid_argument: malformed escape in a text at 1:2"},
      {"'\\ud800'", "invalid_argument: malformed escape in a text at 1:2"},
      {"'\\u12'", "invalid_argument: malformed escape in a text at 1:2"},
      {"012", "invalid_argument: malformed number 012 at 1:1"},
      {"1__0", "invalid_argument: malformed number 1__0 at 1:1"},
      {"0x", "invalid_argument: malformed number 0x at 1:1"},
      {"1.2.3", "invalid_argument: malformed number 1.2.3 at 1:1"},
      {"12abc", "invalid_argument: malformed number 12abc at 1:1"},
      {"1e", "invalid_argument: malformed number 1e at 1:1"},
      {"1e999", "invalid_argument: number beyond the range of a float at 1:1"},
      {"9223372036854775808", "invalid_argument: integer beyond 64 bits at 1:1"},
      {"99999999999999999999", "invalid_argument: integer beyond 64 bits at 1:1"},
      {"lambda x: x", "invalid_argument: unexpected 'lambda' at 1:1"},
      {"import os", "invalid_argument: unexpected 'import' at 1:1"},
      {"x = 1", "invalid_argument: unexpected '=' at 1:3"},
      {"1; 2", "invalid_argument: unexpected character ';' at 1:2"},
      {"1 if 2", "invalid_argument: 'else' expected at 1:7"},
      {"a not b", "invalid_argument: unexpected 'b' at 1:7"},
      {"1 + not 2", "invalid_argument: unexpected 'not' at 1:5"},
      {"a.1", "invalid_argument: unexpected '.1' at 1:2"},
      {"a.if", "invalid_argument: unexpected 'if' at 1:3"},
      {"[1](2)", "invalid_argument: only a function that has a name can be called at 1:4"},
      {"f(a=1, 2)", "invalid_argument: a positional argument cannot follow a keyword argument at 1:8"},
      {"f(1=2)", "invalid_argument: ')' expected before '=' at 1:4"},
      {"[x for 1 in y]", "invalid_argument: unexpected '1' at 1:8"},
      {"[x for x of y]", "invalid_argument: 'in' expected at 1:10"},
      {"{'a': 1, 'b'}", "invalid_argument: ':' expected before '}' at 1:13"},
      {"a | b", "invalid_argument: unexpected '|' at 1:3"},
  };
  check(cases);
  CHECK(run("'\xff'") == "malformed: expression: not well-formed UTF-8");
}

TEST_CASE("expr: what goes wrong while it runs is named with its place") {
  const Case cases[] = {
      {"1 + foo", "invalid_argument: name 'foo' is not defined at 1:5"},
      {"foo(1)", "invalid_argument: function 'foo' is not defined at 1:1"},
      {"eval('1')", "invalid_argument: function 'eval' is not defined at 1:1"},
      {"user.nope", "invalid_argument: dict has no attribute 'nope'"},
      {"n.__class__", "invalid_argument: int has no attribute '__class__' at 1:2"},
      {"'a'.format(1)", "invalid_argument: str has no method 'format' at 1:4"},
      {"[1].append(2)", "invalid_argument: list has no method 'append' at 1:4"},
      {"1 / 0", "invalid_argument: division by zero at 1:3"},
      {"1 // 0", "invalid_argument: division by zero at 1:3"},
      {"1 % 0", "invalid_argument: division by zero at 1:3"},
      {"1.5 / 0", "invalid_argument: division by zero at 1:5"},
      {"0 ** -1", "invalid_argument: division by zero at 1:3"},
      {"9223372036854775807 + 1", "invalid_argument: integer beyond 64 bits at 1:21"},
      {"-9223372036854775808 // -1", "invalid_argument: integer beyond 64 bits at 1:22"},
      {"-(-9223372036854775808)", "invalid_argument: integer beyond 64 bits at 1:1"},
      {"-9223372036854775808 % -1", "0"},
      {"2**10**10", "invalid_argument: integer beyond 64 bits at 1:2"},
      {"10.0**400", "invalid_argument: number beyond the range of a float at 1:5"},
      {"(-8) ** 0.5", "invalid_argument: number beyond the range of a float at 1:6"},
      {"1 + 'a'", "invalid_argument: '+' is not defined between int and str at 1:3"},
      {"'a' % 1", "invalid_argument: '%' is not defined between str and int at 1:5"},
      {"'a' < 1", "invalid_argument: '<' is not defined between str and int at 1:5"},
      {"None < 1", "invalid_argument: '<' is not defined between null and int at 1:6"},
      {"1 in 2", "invalid_argument: 'in' needs a list, a dict or two texts, not int in int at 1:3"},
      {"-'a'", "invalid_argument: the sign is not defined for str at 1:1"},
      {"[1][1]", "invalid_argument: index 1 is outside of 1 items at 1:4"},
      {"[1]['a']", "invalid_argument: an index must be an integer, not str at 1:4"},
      {"user['x']", "invalid_argument: no key 'x' in the dict at 1:5"},
      {"1[0]", "invalid_argument: int has no items to index at 1:2"},
      {"{1: 2}", "invalid_argument: a dict key must be text, not int at 1:2"},
      {"[x for x in 1]", "invalid_argument: int has no items to go through at 1:1"},
      {"[a for a, b in [(1,)]]", "invalid_argument: an item is not 2 values: [1] at 1:1"},
      {"int('1.5')", "invalid_argument: invalid literal for int() with base 10: '1.5' at 1:1"},
      {"int(1e300)", "invalid_argument: integer beyond 64 bits at 1:1"},
      {"int(None)", "invalid_argument: int() does not take null at 1:1"},
      {"len(1)", "invalid_argument: len() does not take int at 1:1"},
      {"len()", "invalid_argument: len() takes 1 arguments, not 0 at 1:1"},
      {"len([1], x=2)", "invalid_argument: len() got an unexpected keyword argument 'x' at 1:1"},
      {"max([])", "invalid_argument: max() of nothing at 1:1"},
      {"range(1, 2, 0)", "invalid_argument: range() needs a step other than 0 at 1:1"},
      {"sorted([1, 'a'])", "invalid_argument: '<' is not defined between str and int at 1:1"},
      {"'a'.join([1])", "invalid_argument: join() takes texts, not int at 1:4"},
      {"[1,\n  2 + y]", "invalid_argument: name 'y' is not defined at 2:7"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.source);
    CHECK(run(c.source).starts_with(c.answer));
  }
}

TEST_CASE("expr: what would take too much time or memory is refused") {
  const std::string_view sources[] = {
      "'a' * 10**9", "[0] * 10**9", "10**18 * 'abc'", "[1, 2] * 9223372036854775807", "range(10**12)",
      "[x for x in range(10**9)]", "[1 for a in range(1000) for b in range(1000)]",
      "sum([x for x in range(60000)])", "set(range(1000))", "len('a' * 10**6 * 10)",
      // Small in memory, huge when written out.
      "[[c] * 300 for c in [[b] * 300 for b in [[a] * 300 for a in [1]]]]",
      "str([[c] * 300 for c in [[b] * 300 for b in [[a] * 300 for a in [1]]]])",
      "[s for s in ['a' * 10**5] for i in range(1000)]",
      "[c == c for c in [[b] * 300 for b in [[a] * 3000 for a in [1]]]]",
  };
  for (std::string_view source : sources) {
    CAPTURE(source);
    CHECK(run(source).starts_with("too_large: expression: "));
  }
  Limits limits;
  limits.expression_steps_max = 10;
  CHECK(run("1 + 2", limits) == "3");
  CHECK(run("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", limits) == "too_large: longer than 10 parts at 1:33");
  CHECK(run("sum(range(9))", limits) == "too_large: expression: more than 10 steps at 1:5");
}

TEST_CASE("expr: nesting is counted in the text and in the tree") {
  const auto repeat = [](std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
  };
  CHECK(run(repeat("(", 38) + "1" + repeat(")", 38)) == "1");
  for (std::string_view open : {"(", "[", "-", "not ", "{'a':", "2**", "f(", "a[", "1 if 1 else ", "[x for x in "})
    CHECK(run(repeat(open, 100'000)).starts_with("too_large: nested deeper than 40 levels"));
  CHECK(run("1" + repeat("+1", 150)) == "151");
  CHECK(run("1" + repeat("+1", 20'000)) == "20001");
  CHECK(run("1" + repeat("+1", 100'000)).starts_with("too_large: longer than 100000 parts"));
  CHECK(run("0" + repeat("+(1", 15) + repeat(")", 15)) == "15");
  CHECK(run("a" + repeat(".a", 100'000)).starts_with("too_large: nested deeper than 60 levels"));
  CHECK(run("1" + repeat(" and 1", 5'000)) == "1");
  CHECK(run("1" + repeat(" < 2", 5'000)) == "False");
  CHECK(run("[1" + repeat(" for a in [1]", 1'000) + "]").starts_with("too_large: nested deeper than 60 levels"));
  Limits limits;
  limits.depth_max = 3;
  CHECK(run("[[1]]", limits) == "[[1]]");
  CHECK(run("[[[1]]]", limits).starts_with("too_large: nested deeper than 3 levels"));
}

TEST_CASE("expr: a source longer than a body is refused") {
  Limits limits;
  limits.body_bytes_max = 4;
  CHECK(run("1234", limits) == "1234");
  CHECK(run("12345", limits) == "too_large: expression: at most 4 bytes");
}

TEST_CASE("expr: one program runs on several threads") {
  auto program = domain::compile("[x * n for x in range(100)]", Limits{});
  REQUIRE(program.has_value());
  std::vector<std::thread> threads;
  std::array<std::string, 4> answers;
  for (std::string& answer : answers)
    threads.emplace_back([&program = *program, &answer] {
      Arena arena;
      auto value = domain::evaluate(program, TestScope(arena), Limits{}, arena);
      if (value) answer = repr(*value);
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : answers) CHECK(answer == answers[0]);
  CHECK(answers[0].starts_with("[0, 10, 20"));
}

TEST_CASE("expr: a program keeps its text and can be moved") {
  std::string text = "'kept' + ' here'";
  auto compiled = domain::compile(text, Limits{});
  REQUIRE(compiled.has_value());
  text.assign(text.size(), 'x');
  const domain::Program program = std::move(*compiled);
  CHECK(program.source() == "'kept' + ' here'");
  Arena arena;
  auto value = domain::evaluate(program, domain::DictScope(), Limits{}, arena);
  REQUIRE(value.has_value());
  CHECK(value->text() == "kept here");
}

TEST_CASE("literal: what reads as a value, and lives in the arena alone") {
  struct Row { std::string_view source, answer; };
  const Row rows[] = {
      {"[('draft', 'Draft'), ('done', 'Done')]", "[['draft', 'Draft'], ['done', 'Done']]"},
      {"{'default_name': 'x', 'n': -1.5}", "{'default_name': 'x', 'n': -1.5}"},
      {"+1", "1"}, {"None", "None"}, {"'a' 'b'", "'ab'"}, {"{1, 2}", "[1, 2]"},
  };
  for (const Row& row : rows) {
    Arena arena;
    std::string source(row.source);
    auto value = domain::parse_literal(source, Limits{}, arena);
    REQUIRE_MESSAGE(value.has_value(), row.source);
    source.assign(source.size(), '#');
    CHECK(repr(*value) == row.answer);
  }
}

TEST_CASE("literal: names, calls and operators are refused") {
  for (std::string_view source : {"a", "[a]", "f()", "1 + 1", "not True", "1 < 2", "a.b", "[1][0]", "'a'.lower()",
                                  "[x for x in []]", "1 if 1 else 2", "1 and 2", "-'a'", "--1", "2 ** 2", "[1][:]"}) {
    CAPTURE(source);
    Arena arena;
    auto value = domain::parse_literal(source, Limits{}, arena);
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().code == Code::invalid_argument);
    CHECK_FALSE(value.error().where.empty());
  }
}
