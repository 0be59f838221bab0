// SPDX-License-Identifier: Apache-2.0
// App: a server with functions and models of your own. What `parley` is, plus what you add.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "parley/http/message.hpp"
#include "parley/orm/declare.hpp"
#include "parley/orm/module.hpp"
#include "parley/registry/expose.hpp"

namespace parley {

namespace server {
struct Settings;
}

/// What is added forms a module that is installed into every database of the App.
///
/// Thread rule: one thread until it runs; `handle` then from any.
class App {
 public:
  /// takes:   the module's name, one word: "library"; empty = nothing can be added
  explicit App(std::string_view name = {});
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// A model declared as a struct (orm/declare.hpp).
  template <class M>
  App& add() {
    orm::declare<M>(module());
    return *this;
  }

  /// A function for logged-in users; see registry/expose.hpp for what it may take and give.
  ///
  ///   app.expose("library.hello", hello, doc("Greets."), arg("name", "Whom."), effect::read).open();
  template <class F, class... Options>
  Exposed expose(std::string_view name, F fn, Doc help, Options... options) {
    return add_function(bind_function(name, std::move(fn), help, std::move(options)...));
  }

  /// What the service is for, in Markdown: told by its documents, to MCP clients and on its pages.
  App& about(std::string_view markdown);

  /// What the databases should hold: `fill` runs at each start, on each database, as superuser in a
  /// writing transaction of its own. It finds what an earlier start made. When it fails, the
  /// program does not start.
  ///
  ///   app.seed([](Env& env) -> Result<void> { ... });
  App& seed(std::function<Result<void>(Env&)> fill);

  /// The program: commands and flags as `parley --help` lists them.
  /// gives:   the exit code: 0 ok, 1 failure, 2 wrong usage
  int run(int argc, const char* const* argv);

  /// Opens or makes the databases, for `handle`.
  Result<void> open(server::Settings settings);
  /// One request answered without sockets; `open` first. The request's body need not be padded.
  http::Response handle(const http::Request& request);

 private:
  struct State;
  orm::Module& module();
  Exposed add_function(Method method);
  std::unique_ptr<State> state_;
};

}  // namespace parley
