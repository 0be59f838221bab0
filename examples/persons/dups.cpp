// SPDX-License-Identifier: Apache-2.0
// /ws/dups: of two functions for one HTTP method the first in the alphabet answers.
#include "controllers.hpp"

namespace persons {

using namespace parley;

void add_dups(App& app) {
  auto expose = [&app](const char* name, const char* verb) {
    app.expose(std::string("dups.") + name, [name] { return std::string(name); }, doc("Tells its name."), effect::read).open().verb(verb);
  };
  expose("zzz", "GET");
  expose("bbb", "GET");
  expose("ppp", "PATCH");
  expose("ooo", "OPTIONS");
  expose("hhh", "HEAD");
  app.expose("dups.lower", [] { return std::string("lower"); }, doc("HTTP methods are in capitals: no request chooses it."), effect::read)
      .open()
      .verb("get");
}

void add_nested(App& app) {
  app.expose("nested.inner.deepfunction", [] { return true; }, doc("Tells that it was found."), effect::read).open();
}

}  // namespace persons
