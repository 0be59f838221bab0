// SPDX-License-Identifier: Apache-2.0
// /ws/misc/: defaults, a status of success, unknown arguments; and two functions of no controller.
#include "controllers.hpp"
#include "parley/registry/whole.hpp"

namespace persons {

using namespace parley;

void add_misc(App& app, PersonStore& store) {
  app.expose("misc.multiply", [](const Whole& a, const Whole& b) { return Whole(a * b); }, doc("The product of two numbers."),
             arg("a", "One."), arg("b", "The other."), effect::read)
      .open();
  app.expose("misc.increment", [](const Whole& value, const Whole& delta) { return Whole(value + delta); }, doc("A number and a little more."),
             arg("value", "The number."), arg("delta", "How much more.", Whole(1)), effect::read)
      .open();
  app.expose("misc.three", [](const Text& a, const Text& b, const Text& c) { return List<std::string>{a, b, c}; },
             doc("Its arguments as a list."), arg("a", "Must be given."), arg("b", "May be left out.", std::string("bee")),
             arg("c", "May be left out.", Text::null()), effect::read)
      .open();
  app.expose("misc.created", [](std::int64_t value) { return value; }, doc("Succeeds with 201."), arg("value", "Anything."), effect::read)
      .open()
      .status(201);
  app.expose("misc.lax", [](std::int64_t value) { return value; }, doc("Ignores arguments that it does not have."),
             arg("value", "Anything."), effect::read)
      .open()
      .ignore_unknown();
  app.expose("misc.response", [] { return Obj{1, {}}; }, doc("Succeeds with 202."), effect::read).open().status(202);
  // What surrounds a call comes first and is no argument of the caller's.
  app.expose("misc.hostrequest", [](Context&, std::int64_t value) { return value; }, doc("Sees more of its request than its arguments."),
             arg("value", "Anything."), effect::read)
      .open();
  app.expose("misc.reset", [&store] { store.reset(); }, doc("Puts the first two persons back."), effect::write).open();

  app.expose("touch", [] {}, doc("Does nothing."), effect::read).open();
  app.expose("rootget", [] { return std::string("rootget"); }, doc("Tells its name."), effect::read).open().verb("GET");
}

}  // namespace persons
