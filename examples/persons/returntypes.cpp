// SPDX-License-Identifier: Apache-2.0
// /ws/returntypes/get...: every function gives one value, and its C++ type says how it is written.
#include <cmath>
#include <limits>
#include <optional>

#include "controllers.hpp"
#include "parley/registry/whole.hpp"

namespace persons {
namespace {

using namespace parley;

template <class F>
void expose_get(App& app, const char* name, F function) {
  app.expose(std::string("returntypes.") + name, function, doc("Gives a value of its type."), effect::read).open();
}

constexpr double infinity = std::numeric_limits<double>::infinity();

Decimal decimal(std::string_view text) { return *parse_decimal(text); }
DateTime instant(std::string_view text) { return *parse_datetime(text); }

void texts(App& app) {
  expose_get(app, "getbytes", [] { return std::string("astring"); });
  expose_get(app, "gettext", [] { return std::string("\u00e3\u0081\u00ae"); });
  expose_get(app, "gettextspecial", [] { return std::string("<a href=\"x\">&'tag'</a>\t\n\r\u306e\U0001f600/\\\x7f"); });
  expose_get(app, "gettextempty", [] { return std::string(); });
  expose_get(app, "getenum", [] { return std::string("v2"); });
  expose_get(app, "getnonasciibytes", [] { return std::string("\u00e9"); });
}

void numbers(App& app) {
  expose_get(app, "getint", [] { return 2; });
  expose_get(app, "getbigint", [] { return Whole(Whole(1) << 80); });
  expose_get(app, "getnegint", [] { return -5; });
  expose_get(app, "getfloat", [] { return 3.14159265; });
  expose_get(app, "getfloats", [] {
    return std::vector<double>{0.1, 1.0, 100.0, 1e15, 1e16, 1.5e16, 1e22, 1e23, 1e-4, 1e-5, 1.5e-7, 5e-324,
                               1.7976931348623157e308, -0.0, 1 / 3.};
  });
  expose_get(app, "getfloatspecials", [] { return std::vector<double>{std::nan(""), infinity, -infinity}; });
  expose_get(app, "getdecimal", [] { return decimal("3.14159265"); });
  expose_get(app, "getdecimals", [] {
    return std::vector<Decimal>{decimal("1E+10"), decimal("1.50"), decimal("0E-8"), decimal("-0"), decimal("1E-7"), decimal("0.000001")};
  });
  expose_get(app, "getbooltrue", [] { return true; });
  expose_get(app, "getboolfalse", [] { return false; });
}

void calendar(App& app) {
  expose_get(app, "getdate", [] { return to_date({1994, 1, 26}); });
  expose_get(app, "getolddate", [] { return to_date({812, 1, 2}); });
  expose_get(app, "gettime", [] { return *parse_time("12:00:00"); });
  expose_get(app, "gettimeus", [] { return *parse_time("12:00:01.000500"); });
  expose_get(app, "getdatetime", [] { return instant("1994-01-26T12:00:00"); });
  expose_get(app, "getdatetimeus", [] { return instant("1994-01-26T12:00:00.120000"); });
  expose_get(app, "getdatetimeutc", [] { return instant("1994-01-26T12:00:00Z"); });
  expose_get(app, "getdatetimetz", [] { return instant("1994-01-26T12:00:00.000001+02:30"); });
}

void octets(App& app) {
  expose_get(app, "getbinary", [] { return Bytes{std::string("\0\xff\x43", 3)}; });
  expose_get(app, "getbinarylong", [] {
    Bytes bytes;
    for (char octet = 0; octet < 100; ++octet) bytes.octets += octet;
    return bytes;
  });
  expose_get(app, "getbinaryempty", [] { return Bytes(); });
  expose_get(app, "getfile", [] { return File{std::string("a.txt"), std::string("text/plain"), Bytes{"hello"}}; });
  expose_get(app, "getfileempty", [] { return File(); });
}

void lists_and_dicts(App& app) {
  expose_get(app, "getbytesarray", [] { return std::vector<std::string>{"A", "B", "C"}; });
  expose_get(app, "getemptyarray", [] { return std::vector<std::string>(); });
  expose_get(app, "getarraywithnone", [] { return List<std::string>{std::string("a"), Text::null(), std::string()}; });
  expose_get(app, "getnestedarray", [] { return std::vector<NestedOuter>(2); });
  expose_get(app, "getnesteddict", [] { return Dict<std::string, NestedOuter>{{"a", {}}, {"b", {}}}; });
  expose_get(app, "gettextdict", [] {
    return Dict<std::string, Text>{{"z", std::string("last")}, {"a", Text::null()}, {"", std::string("empty")}};
  });
  expose_get(app, "getintdict", [] { return Dict<int, std::string>{{2, "two"}, {1, "one"}}; });
  expose_get(app, "getfloatdict", [] { return Dict<double, int>{{1.0, 1}, {0.5, 2}}; });
  expose_get(app, "getbooldict", [] { return Dict<bool, int>{{true, 1}, {false, 2}}; });
  expose_get(app, "getemptydict", [] { return Dict<std::string, int>(); });
}

void structures(App& app) {
  expose_get(app, "getnested", [] { return NestedOuter(); });
  expose_get(app, "getobjectarrayattribute", [] {
    NestedOuter outer;
    outer.inner_array = List<NestedInner>{NestedInner{12}, NestedInner{13}};
    return outer;
  });
  expose_get(app, "getobjectdictattribute", [] {
    NestedOuter outer;
    outer.inner_dict = Dict<std::string, Nullable<NestedInner>>{{"12", NestedInner{12}}, {"13", NestedInner{13}}};
    return outer;
  });
  expose_get(app, "getnamedattrsobj", [] { return NamedAttrs{5, 6}; });
  expose_get(app, "getrenamed", [] { return Renamed{1, std::string("x")}; });
  expose_get(app, "getunsetattrs", [] { return Obj(); });
  expose_get(app, "getnullattrs", [] { return Obj{Int::null(), Text::null()}; });
  expose_get(app, "getdefaults", [] { return Defaults(); });
  expose_get(app, "getreadonly", [] { return ReadOnly{1, 2}; });
  expose_get(app, "getderived", [] { return DerivedThing{{1, 2}, 3, 4}; });
  expose_get(app, "getpropthing", [] { return PropThing{1, {}}; });
}

// A type is declared, and there is no value of it.
void nothing(App& app) {
  expose_get(app, "getnoneobj", [] { return std::optional<Obj>(); });
  expose_get(app, "getnonetext", [] { return std::optional<std::string>(); });
  expose_get(app, "getnoneint", [] { return std::optional<int>(); });
  expose_get(app, "getnonearray", [] { return std::optional<std::vector<int>>(); });
  expose_get(app, "getnonedict", [] { return std::optional<Dict<std::string, int>>(); });
  expose_get(app, "getunsetvalue", [] { return Text(); });
}

// Without a type: what is told is written as it looks. Lists and dicts are made in the call's arena.
void untyped(App& app) {
  expose_get(app, "getuntyped", [] { return Value::integer(5); });
  expose_get(app, "getuntypedlist", [](Context& context) {
    ListBuilder list(context.arena);
    list.add(Value::integer(1));
    list.add(Value::string("a"));
    return list.done();
  });
  expose_get(app, "getuntypedobj", [](Context& context) { return Typed<Obj>::to(Obj{1, {}}, context.arena); });
  // In C++ a function cannot give anything but its type; these give what their names say.
  expose_get(app, "getwrongtype", [] { return std::string("abc"); });
  expose_get(app, "getboolasint", [] { return true; });
  expose_get(app, "getinttext", [] { return 5; });
}

AllTypes all_types() {
  AllTypes all;
  all.abytes = std::string("b");
  all.atext = std::string("t");
  all.aint = 1;
  all.afloat = 1.5;
  all.abool = true;
  all.adecimal = decimal("1.10");
  all.adate = to_date({2001, 2, 3});
  all.atime = *parse_time("04:05:06");
  all.adatetime = instant("2001-02-03T04:05:06");
  all.abinary = Bytes{"bin"};
  all.anenum = std::string("v1");
  all.ints = List<std::int64_t>{1, 2};
  all.texts = List<std::string>{std::string("x")};
  all.textdict = Dict<std::string, Text>{{"k", std::string("v")}};
  all.intdict = Dict<std::int64_t, Text>{{1, std::string("one")}};
  all.obj = Obj{1, std::string("n")};
  all.objs = List<Obj>{Obj{2, {}}};
  all.objdict = Dict<std::string, Nullable<Obj>>{{"o", Obj{3, {}}}};
  return all;
}

}  // namespace

void add_returntypes(App& app) {
  texts(app);
  numbers(app);
  calendar(app);
  octets(app);
  lists_and_dicts(app);
  structures(app);
  nothing(app);
  untyped(app);
  expose_get(app, "getalltypes", all_types);
}

}  // namespace persons
