// SPDX-License-Identifier: Apache-2.0
// Method: a named, typed, documented function with an effect and an access level. Functions
// and model methods are the same thing; introspection and every document print from it.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/limits.hpp"
#include "parley/core/wait.hpp"
#include "parley/registry/answer.hpp"
#include "parley/registry/call.hpp"
#include "parley/registry/type.hpp"

namespace parley {

class Env;  // orm/env.hpp: the database, user and transaction a method works in

enum class Effect : std::uint8_t {
  read,       // changes nothing; may be retried and streamed
  write,      // one transaction, committed before the answer
  exclusive,  // like write, alone on its database (module installation)
};

enum class Access : std::uint8_t {
  open,   // anybody
  user,   // who has logged in
  admin,  // administrators
};

enum class Binding : std::uint8_t {
  function,  // no model behind it
  model,     // a model method that takes no ids (create, search)
  records,   // a model method whose first parameter is `ids`
};

struct Parameter {
  std::string name;
  std::string help;
  Type type = Type::any();
  bool is_required = true;
  OwnedValue fallback = {};  // given to the body when the caller gave nothing; may be unset
  bool takes_dict = true;    // false: a dict in its place is the context of an older client
};

/// What surrounds one call. Lives as long as the call; one thread at a time.
struct Context {
  Arena& arena;
  const Limits& limits;
  std::string_view request_id;
  std::string_view database;      // "" for calls that need none
  std::string_view peer;          // client address
  std::int64_t uid = 0;           // 0 = nobody
  bool is_admin = false;
  Value user_context;             // the call's `context` dict (lang, tz, active_test ...) or null
  Deadline deadline = no_deadline;
  Env* env = nullptr;             // null for methods that need no database
};

class Invocation;
using Body = std::function<Result<Answer>(Invocation&)>;

/// What REST knows of a method besides its name.
struct HttpOptions {
  std::string verb;      // "PUT": calls it with its last name left out; "" = the name is needed
  std::string body;      // the parameter that a request's body is, whole; "" = a dict of arguments
  int status = 200;      // of success
  bool ignores_unknown = false;  // arguments it has no parameter for
};

struct Method {
  std::string name;               // "common.version"; for model methods the last part: "search"
  std::string doc;                // Markdown; first sentence is the summary
  std::vector<Parameter> parameters;
  Type returns = Type::any();
  Effect effect = Effect::read;
  Access access = Access::user;
  Binding binding = Binding::function;
  bool needs_database = true;
  bool takes_any_number = false;  // positional arguments beyond the parameters go to `rest`
  bool is_documented = true;      // listed in documents and as a tool; it can be called either way
  HttpOptions http = {};
  bool is_secret = false;         // arguments are never logged, whatever the level (passwords)
  Body body = {};
};

/// One running call of a method, seen from its body.
class Invocation {
 public:
  Context& context;
  std::string_view model;                // "" for functions
  std::span<const Value> arguments;      // by parameter; never unset for required ones
  std::span<const Value> rest;           // extra positional arguments
  std::span<const Method* const> chain;  // chain[0] runs; the others are what `super` may call

  Arena& arena() const { return context.arena; }
  Env& env() const { PARLEY_ASSERT(context.env != nullptr); return *context.env; }
  const Value& operator[](std::size_t i) const { return arguments[i]; }
  /// Runs the next implementation of the same method with these or other arguments.
  Result<Answer> super(std::span<const Value> with);
  Result<Answer> super() { return super(arguments); }
};

}  // namespace parley
