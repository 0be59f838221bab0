// SPDX-License-Identifier: Apache-2.0
// /ws/persons/ and, as its examples are printed both ways, /ws/person/.
#include "controllers.hpp"

namespace persons {
namespace {

using namespace parley;

// An Error that a function returns is the caller's: its text arrives as it is. Code::rejected is
// answered with 400; a status of its own can be given.
Error refusal(std::string text) { return {Code::rejected, std::move(text)}; }

void add_under(App& app, PersonStore& store, const std::string& controller) {
  auto named = [&controller](const char* function) { return controller + "." + function; };

  app.expose(named("create"), [&store](const Person& p) -> Result<Person> {
        if (!p.id.is_unset()) return refusal("I don't want an id");
        return store.add(p);
      }, doc("Adds a person and gives it an id."), arg("p", "The person, without an id."), effect::write)
      .open();

  app.expose(named("get"), [&store](std::int64_t id) -> Result<Person> {
        if (auto person = store.find(id)) return *person;
        return refusal("Person " + std::to_string(id) + " not found").with_status(404);
      }, doc("One person."), arg("id", "Its number."), effect::read)
      .open();

  app.expose(named("list"), [&store] { return store.all(); }, doc("All persons, by number."), effect::read).open();

  app.expose(named("update"), [&store](const Person& p) -> Result<Person> {
        if (!p.id) return refusal("id is missing");
        store.put(p);
        return p;
      }, doc("Puts a person in the place of the one with its id; what is not given is gone."),
      arg("p", "The person, with its id."), effect::write)
      .open();

  app.expose(named("destroy"), [&store](std::int64_t id) -> Result<void> {
        if (!store.remove(id)) return refusal("Unknown ID");
        return {};
      }, doc("Removes a person."), arg("id", "Its number."), effect::write)
      .open();
}

}  // namespace

void add_persons(App& app, PersonStore& store) {
  for (const char* controller : {"persons", "person"}) add_under(app, store, controller);
}

}  // namespace persons
