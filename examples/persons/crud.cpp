// SPDX-License-Identifier: Apache-2.0
// /ws/crud: the HTTP method chooses the function, so that its name can be left out. With its name
// each answers every method: GET /ws/crud/create?data.id=1.
#include "controllers.hpp"

namespace persons {
namespace {

using namespace parley;

/// An object as it is found: number 1 is called test.
Obj found(Obj ref) {
  if (ref.id && *ref.id == 1) ref.name = std::string("test");
  return ref;
}

}  // namespace

void add_crud(App& app) {
  app.expose("crud.create", [](const Obj& data) { return CrudResult{data, std::string("create")}; }, doc("Makes an object."),
             arg("data", "The object."), effect::write)
      .open()
      .verb("PUT");
  app.expose("crud.read", [](const Obj& ref) { return CrudResult{found(ref), std::string("read")}; }, doc("Finds an object."),
             arg("ref", "What is known of it."), effect::read)
      .open()
      .verb("GET")
      .ignore_unknown();
  app.expose("crud.update", [](const Obj& data) { return CrudResult{data, std::string("update")}; }, doc("Changes an object."),
             arg("data", "The object."), effect::write)
      .open()
      .verb("POST");
  app.expose("crud.delete", [](const Obj& ref) { return CrudResult{found(ref), std::string("delete")}; }, doc("Removes an object."),
             arg("ref", "What is known of it."), effect::write)
      .open()
      .verb("DELETE");
  app.expose("crud.update_with_body", [](const std::string& msg, const Obj& data) { return CrudResult{data, msg}; },
             doc("Changes an object that is the whole body."), arg("msg", "A text, in the query."), arg("data", "The object."), effect::write)
      .open()
      .body("data");
}

}  // namespace persons
