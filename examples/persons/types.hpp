// SPDX-License-Identifier: Apache-2.0
// The structures that cross the wire. A member that is Nullable may be left out, and may be null;
// the other end sees which it was.
#pragma once
#include <limits>
#include <string>
#include <vector>

#include "parley/parley.hpp"

namespace persons {

using parley::Bytes;
using parley::Date;
using parley::DateTime;
using parley::Decimal;
using parley::Dict;
using parley::field;
using parley::Nullable;
using parley::Structure;
using parley::Time;
using parley::Uuid;

using Int = Nullable<std::int64_t>;
using Text = Nullable<std::string>;
template <class T>
using List = std::vector<Nullable<T>>;

struct Person {
  Int id;
  Text firstname, lastname;
  Int age;
  Nullable<List<std::string>> hobbies;

  static Structure<Person> describe() {
    return {"Person",
            field("id", &Person::id, "The number that create gives."),
            field("firstname", &Person::firstname, "What friends say."),
            field("lastname", &Person::lastname, "What the family is called."),
            field("age", &Person::age, "In years."),
            field("hobbies", &Person::hobbies, "What the day is too short for.")};
  }
};

struct Obj {
  Int id;
  Text name;

  static Structure<Obj> describe() {
    return {"Obj", field("id", &Obj::id, "A number."), field("name", &Obj::name, "A text.")};
  }
};

/// Structures in a structure, in a list and in a dict.
struct NestedInner {
  Int aint = Int::null();

  static Structure<NestedInner> describe() { return {"NestedInner", field("aint", &NestedInner::aint, "A number.")}; }
};
struct NestedOuter {
  Nullable<NestedInner> inner = NestedInner{0};
  Nullable<List<NestedInner>> inner_array;
  Nullable<Dict<std::string, Nullable<NestedInner>>> inner_dict;

  static Structure<NestedOuter> describe() {
    return {"NestedOuter",
            field("inner", &NestedOuter::inner, "One; begins with a zero."),
            field("inner_array", &NestedOuter::inner_array, "Many, in order."),
            field("inner_dict", &NestedOuter::inner_dict, "Many, by name.")};
  }
};
struct NestedObj {
  Nullable<Obj> o;

  static Structure<NestedObj> describe() { return {"NestedObj", field("o", &NestedObj::o, "An object.")}; }
};

/// The public name of a member is the one it is described with.
struct NamedAttrs {
  Int attr_1, attr_2;

  static Structure<NamedAttrs> describe() {
    return {"NamedAttrsObject", field("attr.1", &NamedAttrs::attr_1, "The first."), field("attr.2", &NamedAttrs::attr_2, "The second.")};
  }
};
struct Renamed {
  Int first_key;
  Text second_key;

  static Structure<Renamed> describe() {
    return {"RenamedAttrs", field("firstName", &Renamed::first_key, "A number."), field("secondName", &Renamed::second_key, "A text.")};
  }
};
struct CustomObject {
  Int aint;
  Text name;

  static Structure<CustomObject> describe() {
    return {"CustomObject", field("aint", &CustomObject::aint, "A number."), field("name", &CustomObject::name, "A text.")};
  }
};

/// What must be given, what may not be, and what is there without being given.
struct Mandatory {
  Int must, may;

  static Structure<Mandatory> describe() {
    return {"Mandatory", field("must", &Mandatory::must, "Must be given; may be null.").mandatory(),
            field("may", &Mandatory::may, "May be left out.")};
  }
};
struct ReadOnly {
  Int ro, rw;

  static Structure<ReadOnly> describe() {
    return {"ReadOnly", field("ro", &ReadOnly::ro, "Told, never taken.").read_only(), field("rw", &ReadOnly::rw, "Both.")};
  }
};
struct Defaults {
  Int withdef = 7;
  Text textdef = std::string("seven");
  Int nodef;

  static Structure<Defaults> describe() {
    return {"Defaults", field("withdef", &Defaults::withdef, "7 unless it is said.").by_default(7),
            field("textdef", &Defaults::textdef, "\"seven\" unless it is said.").by_default(std::string("seven")),
            field("nodef", &Defaults::nodef, "Nothing unless it is said.")};
  }
};

/// Values of which not all are allowed.
struct Constrained {
  Nullable<Uuid> u;
  Text ip4, ip6;
  Int small;
  Text code, color;
  Int level;
  Nullable<List<std::string>> colors;

  static Structure<Constrained> describe() {
    return {"Constrained",
            field("u", &Constrained::u, "A UUID in any of its forms."),
            field("ip4", &Constrained::ip4, "An address: 192.168.0.1").ipv4(),
            field("ip6", &Constrained::ip6, "An address: ::1").ipv6(),
            field("small", &Constrained::small, "From 1 to 10.").between(1, 10),
            field("code", &Constrained::code, "Small letters, 2 to 4.").sized(2, 4).matching("^[a-z]+$"),
            field("color", &Constrained::color, "One of three.").among({"red", "green", "blue"}),
            field("level", &Constrained::level, "One of three.").among({1, 2, 3}),
            field("colors", &Constrained::colors, "All of them red.").among({"red"})};
  }
};
struct OneColor {
  Text color;

  static Structure<OneColor> describe() { return {"OneColor", field("color", &OneColor::color, "Red.").among({"red"})}; }
};

/// Members that must go together.
struct Validated {
  Int lo, hi;

  static Structure<Validated> describe() {
    return Structure<Validated>("Validated", field("lo", &Validated::lo, "The lower end."), field("hi", &Validated::hi, "The upper end."))
        .check([](const Validated& v) -> parley::Result<void> {
          if (v.lo && v.hi && *v.lo > *v.hi) return parley::Error(parley::Code::invalid_argument, "lo must not exceed hi");
          return {};
        });
  }
};

/// Base classes: their members where the description puts them.
struct BaseThing {
  Int zeta, alpha;
};
struct DerivedThing : BaseThing {
  Int omega, beta;

  static Structure<DerivedThing> describe() {
    return {"DerivedThing", field("omega", &DerivedThing::omega, "Own."), field("beta", &DerivedThing::beta, "Own."),
            field<DerivedThing>("zeta", &BaseThing::zeta, "Inherited."), field<DerivedThing>("alpha", &BaseThing::alpha, "Inherited.")};
  }
};

/// A number that counts itself up when it is set: a type of the example's own.
struct Counted {
  std::int64_t value = 41;
};

/// One member of each type.
struct AllTypes {
  Text abytes, atext;
  Int aint;
  Nullable<double> afloat;
  Nullable<bool> abool;
  Nullable<Decimal> adecimal;
  Nullable<Date> adate;
  Nullable<Time> atime;
  Nullable<DateTime> adatetime;
  Nullable<Bytes> abinary;
  Text anenum;
  Nullable<List<std::int64_t>> ints;
  Nullable<List<std::string>> texts;
  Nullable<Dict<std::string, Text>> textdict;
  Nullable<Dict<std::int64_t, Text>> intdict;
  Nullable<Obj> obj;
  Nullable<List<Obj>> objs;
  Nullable<Dict<std::string, Nullable<Obj>>> objdict;

  static Structure<AllTypes> describe() {
    return {"AllTypes",
            field("abytes", &AllTypes::abytes, "An ASCII text."),
            field("atext", &AllTypes::atext, "A text."),
            field("aint", &AllTypes::aint, "A whole number."),
            field("afloat", &AllTypes::afloat, "A number."),
            field("abool", &AllTypes::abool, "True or false."),
            field("adecimal", &AllTypes::adecimal, "An exact number."),
            field("adate", &AllTypes::adate, "A day."),
            field("atime", &AllTypes::atime, "A time of day."),
            field("adatetime", &AllTypes::adatetime, "An instant."),
            field("abinary", &AllTypes::abinary, "Octets."),
            field("anenum", &AllTypes::anenum, "One of two.").among({"v1", "v2"}),
            field("ints", &AllTypes::ints, "Numbers."),
            field("texts", &AllTypes::texts, "Texts."),
            field("textdict", &AllTypes::textdict, "Texts by name."),
            field("intdict", &AllTypes::intdict, "Texts by number."),
            field("obj", &AllTypes::obj, "A structure."),
            field("objs", &AllTypes::objs, "Structures."),
            field("objdict", &AllTypes::objdict, "Structures by name.")};
  }
};

/// What create, read, update and delete tell.
struct CrudResult {
  Nullable<Obj> data;
  Text message;

  static Structure<CrudResult> describe() {
    return {"CRUDResult", field("data", &CrudResult::data, "What it was done with."), field("message", &CrudResult::message, "What was done.")};
  }
};

}  // namespace persons

template <>
struct parley::Typed<persons::Counted> {
  static constexpr bool exists = true;
  static Type type() { return Type::integer(); }
  static Result<persons::Counted> from(const Value& v) {
    PARLEY_TRY(std::int64_t given, Typed<std::int64_t>::from(v));
    return persons::Counted{given == std::numeric_limits<std::int64_t>::max() ? given : given + 1};
  }
  static Value to(const persons::Counted& v, Arena& arena) { return Typed<std::int64_t>::to(v.value, arena); }
};

namespace persons {

struct PropThing {
  Int plain;
  Counted computed;

  static Structure<PropThing> describe() {
    return {"PropThing", field("plain", &PropThing::plain, "As it is set."),
            field("computed", &PropThing::computed, "One more than it is set.").by_default(Counted{40})};
  }
};

}  // namespace persons
