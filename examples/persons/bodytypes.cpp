// SPDX-License-Identifier: Apache-2.0
// /ws/bodytypes/: the body of a request is one argument, whole; the others stand in the query.
#include "controllers.hpp"

namespace persons {
namespace {

using namespace parley;

template <class T>
void expose_echo(App& app, const char* name) {
  app.expose(std::string("bodytypes.") + name, [](const Nullable<T>& body) { return body; }, doc("Gives back its body."),
             arg("body", "The whole body."), effect::read)
      .open()
      .body("body");
}

/// What was left out is told as null.
CrudResult told(const std::string& msg, const Nullable<Obj>& data) { return {data.is_unset() ? Nullable<Obj>::null() : data, msg}; }

}  // namespace

void add_bodytypes(App& app) {
  expose_echo<Dict<std::string, Int>>(app, "setdict");
  expose_echo<List<std::int64_t>>(app, "setlist");
  expose_echo<std::int64_t>(app, "setint");
  expose_echo<Date>(app, "setdate");
  expose_echo<Person>(app, "setperson");
  expose_echo<NestedObj>(app, "setnestedobj");

  app.expose("bodytypes.withmsg", told, doc("Tells a message and the body."), arg("msg", "A text, in the query."),
             arg("data", "The body."), effect::read)
      .open()
      .body("data");
  app.expose("bodytypes.optional", told, doc("The same, and both may be left out."), arg("msg", "A text.", std::string("nomsg")),
             arg("data", "The body.", Nullable<Obj>::null()), effect::read)
      .open()
      .body("data");
  app.expose("bodytypes.lax", told, doc("The same, and whatever else is sent is ignored."), arg("msg", "A text.", std::string("nomsg")),
             arg("data", "The body.", Nullable<Obj>::null()), effect::read)
      .open()
      .body("data")
      .ignore_unknown();
}

}  // namespace persons
