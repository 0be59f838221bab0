// SPDX-License-Identifier: Apache-2.0
// /ws/argtypes/set...: every function gives back what it takes. The C++ type of `value` is all that
// says what may be sent, in each format.
#include "controllers.hpp"
#include "parley/registry/whole.hpp"

namespace persons {
namespace {

using namespace parley;

/// A function that takes a T or null.
template <class T, class... Bounds>
void expose_echo(App& app, const char* name, Bounds... bounds) {
  auto echo = [](const Nullable<T>& value) { return value; };
  const std::string full = std::string("argtypes.") + name;
  if constexpr (sizeof...(Bounds) == 0)
    app.expose(full, echo, doc("Gives back what it got."), arg("value", "Anything of its type."), effect::read).open();
  else
    app.expose(full, echo, doc("Gives back what it got."), std::move(bounds)..., effect::read).open();
}

void scalars(App& app) {
  expose_echo<std::string>(app, "setbytes");
  expose_echo<std::string>(app, "settext");
  expose_echo<bool>(app, "setbool");
  expose_echo<Whole>(app, "setint");
  expose_echo<std::int64_t>(app, "setextendedint");
  expose_echo<double>(app, "setfloat");
  expose_echo<Decimal>(app, "setdecimal");
  expose_echo<Date>(app, "setdate");
  expose_echo<Time>(app, "settime");
  expose_echo<DateTime>(app, "setdatetime");
  expose_echo<Bytes>(app, "setbinary");
  expose_echo<File>(app, "setfile");
}

void lists(App& app) {
  expose_echo<List<std::string>>(app, "setbytesarray");
  expose_echo<List<std::string>>(app, "settextarray");
  expose_echo<List<std::int64_t>>(app, "setintarray");
  expose_echo<List<double>>(app, "setfloatarray");
  expose_echo<List<bool>>(app, "setboolarray");
  expose_echo<List<Date>>(app, "setdatearray");
  expose_echo<List<DateTime>>(app, "setdatetimearray");
  expose_echo<List<List<std::int64_t>>>(app, "setintarrayarray");
  expose_echo<List<NestedOuter>>(app, "setnestedarray");
  expose_echo<List<NestedInner>>(app, "setinnerarray");
  expose_echo<List<Obj>>(app, "setobjarray");
}

// A std::map is a dict by the order of its keys; a Dict keeps the order it was given in.
void dicts(App& app) {
  expose_echo<Dict<std::string, Text>>(app, "settextdict");
  expose_echo<Dict<std::int64_t, Text>>(app, "setintdict");
  expose_echo<Dict<std::string, Int>>(app, "setcountdict");
  expose_echo<Dict<std::string, Nullable<NestedOuter>>>(app, "setnesteddict");
  expose_echo<Dict<std::string, Nullable<NestedOuter>>>(app, "setnestedtextdict");
}

void structures(App& app) {
  expose_echo<NestedOuter>(app, "setnested");
  expose_echo<Obj>(app, "setobj");
  expose_echo<NestedObj>(app, "setnestedobj");
  expose_echo<NamedAttrs>(app, "setnamedattrsobj");
  expose_echo<Renamed>(app, "setrenamed");
  expose_echo<CustomObject>(app, "setcustomobject");
  expose_echo<Mandatory>(app, "setmandatory");
  expose_echo<ReadOnly>(app, "setreadonly");
  expose_echo<Defaults>(app, "setdefaults");
  expose_echo<Constrained>(app, "setconstrained");
  expose_echo<OneColor>(app, "setonecolor");
  expose_echo<Validated>(app, "setvalidated");
  expose_echo<AllTypes>(app, "setalltypes");
  expose_echo<DerivedThing>(app, "setderived");
  expose_echo<PropThing>(app, "setpropthing");
}

// An argument has the bounds that a member of a structure may have.
void bounded(App& app) {
  expose_echo<std::string>(app, "setenum", arg("value", "v1 or v2.").among({"v1", "v2"}));
  expose_echo<std::string>(app, "settextenum", arg("value", "v1 or v2.").among({"v1", "v2"}));
  expose_echo<Uuid>(app, "setuuid");
  expose_echo<std::string>(app, "setipv4", arg("value", "An address.").ipv4());
  expose_echo<std::string>(app, "setipv6", arg("value", "An address.").ipv6());
  expose_echo<std::int64_t>(app, "setsmallint", arg("value", "From 1 to 10.").between(1, 10));
  expose_echo<std::string>(app, "setcode", arg("value", "Small letters, 2 to 4.").sized(2, 4).matching("^[a-z]+$"));
}

}  // namespace

void add_argtypes(App& app) {
  scalars(app);
  lists(app);
  dicts(app);
  structures(app);
  bounded(app);
}

}  // namespace persons
