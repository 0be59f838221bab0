// SPDX-License-Identifier: Apache-2.0
// The subject of the load "protocols": two functions that do nothing, so that what is left is the protocol.
#include "parley/parley.hpp"

namespace {

using namespace parley;

struct Person {
  std::int64_t id = 0;
  std::string name, email, city;
  double height = 0;
  bool is_active = false;
  Date born;
  std::vector<std::string> tags;

  static Structure<Person> describe() {
    return {"Person",
            field("id", &Person::id, "Its number."),
            field("name", &Person::name, "First and last."),
            field("email", &Person::email, "Where to write to."),
            field("city", &Person::city, "Where it lives."),
            field("height", &Person::height, "In metres."),
            field("is_active", &Person::is_active, "Whether it is one of today."),
            field("born", &Person::born, "Its first day."),
            field("tags", &Person::tags, "What it is known for.")};
  }
};

}  // namespace

int main(int argc, char** argv) {
  App app{"bench"};
  auto echo = [](const std::string& value) { return value; };
  auto person = [](const Person& person) { return person; };
  app.expose("echo", echo, doc("Gives back its text."), arg("value", "Any text."), effect::read).open();
  app.expose("person", person, doc("Gives back a person."), arg("person", "Anybody."), effect::read).open();
  // Clients of RhodeCode reach functions of this name alone, with a key that is looked up in a database.
  app.expose("vcs.echo", echo, doc("Gives back its text."), arg("value", "Any text."), effect::read);
  app.expose("vcs.person", person, doc("Gives back a person."), arg("person", "Anybody."), effect::read);
  return app.run(argc, argv);
}
