// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/structure.hpp"

#include <doctest/doctest.h>

#include "parley/registry/expose.hpp"
#include "parley/registry/file.hpp"
#include "parley/registry/registry.hpp"
#include "parley/registry/value_for_test.hpp"
#include "parley/registry/whole.hpp"

using namespace parley;
using namespace parley::testing;

namespace {

struct Base {
  std::int64_t id = 0;
};
struct Book : Base {
  std::string title;
  std::optional<std::string> subtitle;
  Nullable<std::int64_t> pages;
  std::string language = "en";
  std::vector<std::string> tags = {};

  static Structure<Book> describe() {
    return {"Book", field<Book>("id", &Base::id, "Its number.").read_only(), field("title", &Book::title, "On its back.").sized(1, 20),
            field("subtitle", &Book::subtitle, "Below."), field("pages", &Book::pages, "How many.").at_least(1).mandatory(),
            field("language", &Book::language, "Two letters.").matching("^[a-z]{2}$").by_default("en"),
            field("tags", &Book::tags, "Words.").among({"new", "old"}).by_default({})};
  }
};

struct Range {
  int lo = 0, hi = 0;
  static Structure<Range> describe() {
    return Structure<Range>("Range", field("lo", &Range::lo, "From."), field("hi", &Range::hi, "To.")).check([](const Range& range) -> Result<void> {
      if (range.lo > range.hi) return Error(Code::invalid_argument, "lo must not exceed hi");
      return {};
    });
  }
};
struct Ranges {
  std::vector<Range> all;
  static Structure<Ranges> describe() { return {"Ranges", field("all", &Ranges::all, "Many.")}; }
};

template <class T>
Result<T> read(const Value& given, Policy policy = Policy::rest) {
  PARLEY_TRY(Value converted, convert(Typed<T>::type(), given, policy, "p", arena()));
  return Result<T>(Typed<T>::from(converted));
}
template <class T>
std::string told(const T& value) {
  return shown(Typed<T>::to(value, arena()));
}
Value book(std::initializer_list<std::pair<std::string_view, Value>> more) {
  DictBuilder out(arena());
  out.set("title", text("Dune"));
  out.set("pages", Value::integer(3));
  for (const auto& [name, value] : more) out.set(name, value);
  return out.done();
}

}  // namespace

TEST_CASE("structure: a struct is read with its defaults and told in the order of its description") {
  auto read_book = read<Book>(book({{"subtitle", text("Part one")}}));
  REQUIRE(read_book);
  CHECK(read_book->title == "Dune");
  CHECK(*read_book->pages == 3);
  CHECK(read_book->language == "en");
  CHECK(told(*read_book) == "{id: 0, title: \"Dune\", subtitle: \"Part one\", pages: 3, language: \"en\", tags: []}");
}

TEST_CASE("structure: an optional that has no value is not told, a Nullable says whether it is null") {
  auto one = read<Book>(book({{"subtitle", Value::null()}, {"pages", Value::null()}}));
  REQUIRE(one);
  CHECK(!one->subtitle.has_value());
  CHECK(one->pages.is_null());
  CHECK(told(*one) == "{id: 0, title: \"Dune\", pages: null, language: \"en\", tags: []}");
  CHECK(told(Nullable<int>()) == "unset");
  CHECK(told(Nullable<int>::null()) == "null");
  CHECK(told(Nullable<int>(5)) == "5");
}

TEST_CASE("structure: members have bounds, must be given, or may not be") {
  struct Row {
    Value given;
    Rule rule;
    std::string where;
  };
  const Row rows[] = {
      {book({{"title", text("")}}), Rule::size_least, "p.title"},
      {book({{"title", text("123456789012345678901")}}), Rule::size_most, "p.title"},
      {book({{"pages", Value::integer(0)}}), Rule::least, "p.pages"},
      {book({{"language", text("eng")}}), Rule::pattern, "p.language"},
      {book({{"tags", list({text("new"), text("odd")})}}), Rule::choice, "p.tags[1]"},
      {book({{"id", Value::integer(1)}}), Rule::read_only, "p.id"},
      {dict({{"title", text("x")}}), Rule::missing, "p.pages"},
      {book({{"isbn", text("x")}}), Rule::unknown, "p"},
  };
  for (const Row& row : rows) {
    auto refused = read<Book>(row.given);
    REQUIRE(!refused);
    CHECK(refused.error().rule == row.rule);
    CHECK(refused.error().where == row.where);
    CHECK(refused.error().code == Code::invalid_argument);
    CHECK(!read<Book>(row.given, Policy::strict));
  }
}

TEST_CASE("structure: members are checked together, wherever the structure stands") {
  CHECK(read<Range>(dict({{"lo", Value::integer(1)}, {"hi", Value::integer(2)}})));
  const Value wrong = dict({{"lo", Value::integer(3)}, {"hi", Value::integer(2)}});
  for (auto refused : {read<Range>(wrong).error(), read<Ranges>(dict({{"all", list({wrong})}})).error()}) {
    CHECK(refused.rule == Rule::check);
    CHECK(refused.expected == "lo must not exceed hi");
  }
}

TEST_CASE("structure: null for what has no place for it is refused") {
  auto refused = read<Book>(book({{"title", Value::null()}}));
  REQUIRE(!refused);
  CHECK(refused.error().rule == Rule::type);
  CHECK(refused.error().expected == "str");
}

TEST_CASE("structure: the schema tells what is read-only, required and bound") {
  Value schema = Typed<Book>::type().json_schema(arena());
  CHECK(shown(*schema.find("required")) == "[\"title\", \"pages\"]");
  const Value& properties = *schema.find("properties");
  CHECK(properties.find("id")->find("readOnly")->is_true());
  CHECK(shown(*properties.find("title")) == "{type: \"string\", minLength: 1, maxLength: 20, description: \"On its back.\"}");
  CHECK(shown(*properties.find("pages")->find("anyOf")->items()[0].find("minimum")) == "1");
  CHECK(shown(*properties.find("language")->find("pattern")) == "\"^[a-z]{2}$\"");
  CHECK(shown(*properties.find("language")->find("default")) == "\"en\"");
  CHECK(shown(*properties.find("tags")->find("items")->find("enum")) == "[\"new\", \"old\"]");
}

TEST_CASE("structure: null is a value of what is nullable, and left out of everything else") {
  Type type = Type::structure("Note", {{"text", "", Type::string(), false}, {"day", "", Type::date().nullable(), false}});
  for (Policy policy : {Policy::strict, Policy::typed, Policy::text}) {
    const Value nulls[] = {Value::null(), Value::null()};
    const std::string_view names[] = {"text", "day"};
    auto converted = convert(type, Value::dict(names, nulls, arena()), policy, "a", arena());
    REQUIRE(converted);
    CHECK(converted->find("text") == nullptr);
    REQUIRE(converted->find("day") != nullptr);
    CHECK(converted->find("day")->is_null());
  }
}

TEST_CASE("dict: names that stand for one thing in two spellings are refused") {
  Type counts = Type::dict(Type::integer(), Type::integer());
  const Value numbers[] = {Value::integer(1), Value::integer(5)};
  const std::string_view names[] = {"2", "02"};
  for (Policy policy : {Policy::strict, Policy::rest}) {
    auto refused = convert(counts, Value::dict(names, numbers, arena()), policy, "a", arena());
    REQUIRE(!refused);
    CHECK(refused.error().rule == Rule::repeated);
    CHECK(refused.error().where == "a[02]");
  }
}

TEST_CASE("bounds: a list has its size, its items all else") {
  Type both = arg("a", "").sized(1, 2).matching("^x").applied_to(Type::list(Type::string()));
  CHECK(convert(both, list({text("x1")}), Policy::strict, "a", arena()));
  CHECK(!convert(both, list({}), Policy::strict, "a", arena()));
  auto refused = convert(both, list({text("x1"), text("y")}), Policy::strict, "a", arena());
  REQUIRE(!refused);
  CHECK(refused.error().rule == Rule::pattern);
  CHECK(refused.error().where == "a[1]");
}

TEST_CASE("bounds: numbers are choices by their value") {
  Type level = arg("a", "").among({1, 2}).applied_to(Type::decimal());
  CHECK(convert(level, Value::decimal({200, 2}, arena()), Policy::strict, "a", arena()));
  CHECK(!convert(level, Value::decimal({3, 0}, arena()), Policy::strict, "a", arena()));
}

TEST_CASE("bounds: a list's own size or its items") {
  Type sized = arg("a", "").sized(1, 2).applied_to(Type::list(Type::integer()));
  CHECK(sized.constraint() != nullptr);
  Type items = arg("a", "").between(1, 2).applied_to(Type::list(Type::integer()));
  CHECK(items.constraint() == nullptr);
  CHECK(items.item().constraint() != nullptr);
  auto refused = convert(sized, list({}), Policy::strict, "a", arena());
  REQUIRE(!refused);
  CHECK(refused.error().rule == Rule::size_least);
  CHECK(!convert(sized, list({Value::integer(1), Value::integer(2), Value::integer(3)}), Policy::strict, "a", arena()));
}

TEST_CASE("bounds: addresses, patterns, choices and numbers of every kind") {
  struct Row {
    Type type;
    Value fine, wrong;
    Rule rule;
  };
  const Row rows[] = {
      {arg("a", "").ipv4().applied_to(Type::string()), text("192.168.0.1"), text("192.168.000.001"), Rule::format},
      {arg("a", "").ipv6().applied_to(Type::string()), text("::1"), text("1.2.3.4"), Rule::format},
      {arg("a", "").ipv4().applied_to(Type::string()), text("1.2.3.4"), text(std::string_view("1.2.3.4\0", 8)), Rule::format},
      {arg("a", "").matching("b+").applied_to(Type::string()), text("abc"), text("ac"), Rule::pattern},
      {arg("a", "").among({1, 3}).applied_to(Type::integer()), Value::integer(3), Value::integer(2), Rule::choice},
      {arg("a", "").at_most(2).applied_to(Type::real()), Value::real(2.0), Value::real(2.5), Rule::most},
      {arg("a", "").at_least(2).applied_to(Type::decimal()), text("2.00"), text("1.99"), Rule::least},
      {arg("a", "").sized(2, 2).applied_to(Type::string()), text("\u00e9\u00e9"), text("\u00e9"), Rule::size_least},
  };
  for (const Row& row : rows) {
    CHECK(convert(row.type, row.fine, Policy::strict, "a", arena()));
    auto refused = convert(row.type, row.wrong, Policy::strict, "a", arena());
    REQUIRE(!refused);
    CHECK(refused.error().rule == row.rule);
  }
}

TEST_CASE("dict: keys are of their type, in one spelling, and keep their order") {
  using Numbers = Dict<int, std::string>;
  auto numbers = read<Numbers>(dict({{"2", text("two")}, {"01", text("one")}}));
  REQUIRE(numbers);
  CHECK(*numbers == Numbers{{2, "two"}, {1, "one"}});
  CHECK(told(*numbers) == "{2: \"two\", 1: \"one\"}");
  CHECK(told(std::map<int, int>{{2, 1}, {1, 2}}) == "{1: 2, 2: 1}");
  CHECK(told(Dict<double, int>{{1.0, 1}, {0.5, 2}}) == "{1.0: 1, 0.5: 2}");
  CHECK(told(Dict<bool, int>{{true, 1}}) == "{true: 1}");
  auto refused = read<Numbers>(dict({{"x", text("two")}}));
  REQUIRE(!refused);
  CHECK(refused.error().where == "p[x]");
}

TEST_CASE("whole: numbers of any size up to a limit of digits") {
  CHECK(*read<Whole>(Value::bigint("123456789012345678901234567890")) == Whole("123456789012345678901234567890"));
  CHECK(told(Whole(1) << 80) == "1208925819614629174706176");
  CHECK(told(Whole(5)) == "5");
  CHECK(!read<Whole>(Value::bigint(std::string(5000, '1'))));
  auto refused = read<std::int64_t>(Value::bigint("123456789012345678901234567890"));
  REQUIRE(!refused);
  CHECK(refused.error().rule == Rule::most);
}

TEST_CASE("file: what is not known of it is told as null") {
  CHECK(told(File()) == "{filename: null, contenttype: null, content: null}");
  auto file = read<File>(dict({{"filename", text("a.txt")}, {"content", text("aGk=")}}));
  REQUIRE(file);
  CHECK((*file->content).octets == "hi");
}
