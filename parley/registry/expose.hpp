// SPDX-License-Identifier: Apache-2.0
// bind_function: a C++ function as a Method. Names, help, defaults and the effect are given as
// data; types come from the signature. Exposing happens at start-up, on one thread.
#pragma once
#include <algorithm>
#include <tuple>

#include "parley/registry/bounds.hpp"
#include "parley/registry/method.hpp"
#include "parley/registry/structure.hpp"
#include "parley/registry/typed.hpp"

namespace parley {

/// What a method does, in Markdown; the first sentence is its summary.
struct Doc {
  std::string_view text;
};
constexpr Doc doc(std::string_view text) { return {text}; }

struct NoDefault {};

/// Name, help, default and bounds of one argument, in the order of the function's own.
///
///   arg("age", "In years.", 18).between(0, 150)
template <class D = NoDefault>
class Arg : public Bounds<Arg<D>> {
 public:
  std::string_view name, help;
  D fallback;
  Arg(std::string_view its_name, std::string_view its_help, D its_fallback)
      : name(its_name), help(its_help), fallback(std::move(its_fallback)) {}
};
inline Arg<> arg(std::string_view name, std::string_view help) { return {name, help, {}}; }
/// An argument the caller may leave out.
template <class D>
Arg<D> arg(std::string_view name, std::string_view help, D fallback) {
  return {name, help, std::move(fallback)};
}

namespace effect {
inline constexpr Effect read = Effect::read;            // changes nothing
inline constexpr Effect write = Effect::write;          // one transaction
inline constexpr Effect exclusive = Effect::exclusive;  // alone on its database
}  // namespace effect

namespace expose {

template <class... T>
struct List {
  static constexpr std::size_t size = sizeof...(T);
};

/// Arguments that come from the server and not from the caller.
template <class T>
inline constexpr bool is_surrounding =
    std::is_same_v<T, Env&> || std::is_same_v<T, Context&> || std::is_same_v<T, Invocation&>;

enum class First { nothing, env, context, invocation };

template <class... A>
struct Split {
  static constexpr First first = First::nothing;
  using Arguments = List<std::remove_cvref_t<A>...>;
};
template <class A, class... Rest>
requires is_surrounding<A>
struct Split<A, Rest...> {
  static constexpr First first = std::is_same_v<A, Env&>       ? First::env
                                 : std::is_same_v<A, Context&> ? First::context
                                                               : First::invocation;
  using Arguments = List<std::remove_cvref_t<Rest>...>;
};

template <class F>
struct Signature : Signature<decltype(&F::operator())> {};  // lambdas and functors
template <class R, class... A>
struct Signature<R (*)(A...)> : Split<A...> {
  using Returned = R;
};
template <class R, class... A>
struct Signature<R (*)(A...) noexcept> : Signature<R (*)(A...)> {};
template <class F, class R, class... A>
struct Signature<R (F::*)(A...) const> : Signature<R (*)(A...)> {};
template <class F, class R, class... A>
struct Signature<R (F::*)(A...) const noexcept> : Signature<R (*)(A...)> {};

template <class R>
struct Unwrapped {
  using Type = R;
};
template <class R>
struct Unwrapped<Result<R>> {
  using Type = R;
};

template <class R>
inline constexpr bool can_return = CanCross<R> || std::is_void_v<R> || std::is_same_v<R, Answer>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_arg = false;
template <class D>
inline constexpr bool is_arg<Arg<D>> = true;

template <class R>
Type returned_type() {
  if constexpr (CanCross<R>)
    return Typed<R>::type();
  else
    return Type::any();
}

template <class R>
Result<Answer> answer_of(R&& returned, Arena& arena) {
  using Plain = std::remove_cvref_t<R>;
  if constexpr (std::is_same_v<Plain, Answer>)
    return std::forward<R>(returned);
  else
    return Answer(Typed<Plain>::to(returned, arena));
}
template <class R>
Result<Answer> answer_of(Result<R>&& returned, Arena& arena) {
  if (!returned) return std::move(returned).error();
  if constexpr (std::is_void_v<R>)
    return Answer(Value::null());
  else
    return answer_of(std::move(*returned), arena);
}

/// Calls `fn` with what the server gives first, then `arguments`.
template <First first, class F, class... A>
decltype(auto) call_with(const F& fn, Invocation& in, A&&... arguments) {
  if constexpr (first == First::env)
    return fn(in.env(), std::forward<A>(arguments)...);
  else if constexpr (first == First::context)
    return fn(in.context, std::forward<A>(arguments)...);
  else if constexpr (first == First::invocation)
    return fn(in, std::forward<A>(arguments)...);
  else
    return fn(std::forward<A>(arguments)...);
}

/// The error of an argument that its C++ type cannot hold, with the parameter's name.
Error argument_error(const Invocation& in, std::size_t index, Error error);

template <First first, class F, class... A, std::size_t... I>
Result<Answer> call(const F& fn, Invocation& in, List<A...>, std::index_sequence<I...>) {
  std::tuple<Result<A>...> read{Result<A>(Typed<A>::from(in.arguments[I]))...};
  std::size_t failed = sizeof...(A);
  Error* error = nullptr;
  ((error == nullptr && !std::get<I>(read) ? void((failed = I, error = &std::get<I>(read).error()))
                                           : void()),
   ...);
  if (error != nullptr) return argument_error(in, failed, std::move(*error));
  if constexpr (std::is_void_v<decltype(call_with<first>(fn, in,
                                                         std::move(*std::get<I>(read))...))>) {
    call_with<first>(fn, in, std::move(*std::get<I>(read))...);
    return Answer(Value::null());
  } else {
    return answer_of(call_with<first>(fn, in, std::move(*std::get<I>(read))...), in.arena());
  }
}

template <class A, class D>
Parameter parameter(const Arg<D>& given) {
  Parameter made{std::string(given.name), std::string(given.help), given.applied_to(Typed<A>::type())};
  if constexpr (!std::is_same_v<D, NoDefault>) {
    Arena arena(256);
    made.is_required = false;
    made.fallback = OwnedValue(Typed<A>::to(A(given.fallback), arena));
  } else {
    made.is_required = !is_optional<A>;
  }
  return made;
}

template <class... A, class Given, std::size_t... I>
std::vector<Parameter> parameters(List<A...>, const Given& given, std::index_sequence<I...>) {
  std::vector<Parameter> all;
  all.reserve(sizeof...(A));
  (all.push_back(parameter<A>(std::get<I>(given))), ...);
  return all;
}

template <class... A>
constexpr bool all_cross(List<A...>) {
  return (CanCross<A> && ...);
}

}  // namespace expose

/// Makes a Method of a function, or of a lambda.
///
///   bind_function("library.overdue_total", overdue_total, doc("Price of all overdue books."),
///                 arg("today", "Loans that end before this day are overdue."), effect::read);
///
/// takes:   a function of [Env&, Context& or Invocation&,] types with a Typed, in any const or reference form;
///          then doc, one arg per argument, the effect
/// gives:   a Method for logged-in users; it needs a database when the function takes Env&
template <class F, class... Options>
Method bind_function(std::string_view name, F fn, Doc help, Options... options) {
  using Signature = expose::Signature<std::decay_t<F>>;
  using Arguments = typename Signature::Arguments;
  using Returned =
      typename expose::Unwrapped<std::remove_cvref_t<typename Signature::Returned>>::Type;
  constexpr std::size_t named = (std::size_t{0} + ... + (expose::is_arg<Options> ? 1 : 0));
  constexpr std::size_t effects =
      (std::size_t{0} + ... + (std::is_same_v<Options, Effect> ? 1 : 0));
  constexpr bool is_named = named == Arguments::size;
  constexpr bool has_effect = effects == 1 && named + effects == sizeof...(Options);
  constexpr bool crosses = expose::all_cross(Arguments{});
  static_assert(is_named,
                "parley: name every argument of the exposed function with arg(\"name\", \"help\")");
  static_assert(crosses,
                "parley: an argument of the exposed function has a type that cannot cross the "
                "wire; use a type "
                "that has a parley::Typed, or specialise parley::Typed for yours "
                "(parley/registry/typed.hpp)");
  static_assert(
      expose::can_return<Returned>,
      "parley: the exposed function returns a type that cannot cross the wire; return a type that "
      "has "
      "a parley::Typed, or specialise parley::Typed for yours (parley/registry/typed.hpp)");
  static_assert(has_effect,
                "parley: after the args, end with what the exposed function does: effect::read, "
                "effect::write or "
                "effect::exclusive");
  Method method;
  if constexpr (is_named && has_effect && crosses && expose::can_return<Returned>) {
    using Indices = std::make_index_sequence<Arguments::size>;
    method.name = name;
    method.doc = help.text;
    const std::tuple<Options...> given{std::move(options)...};
    method.parameters = expose::parameters(Arguments{}, given, Indices{});
    method.returns = expose::returned_type<Returned>();
    method.effect = std::get<Effect>(given);
    method.needs_database = Signature::first == expose::First::env;
    method.body = [fn](Invocation& in) {
      return expose::call<Signature::first>(fn, in, Arguments{}, Indices{});
    };
  }
  return method;
}

/// What exposing gives back, to say more: `app.expose(...).open()`.
class Exposed {
 public:
  explicit Exposed(Method& method) : method_(method) {}
  /// Anybody may call it.
  Exposed& open() { return with(Access::open); }
  /// Only administrators may call it.
  Exposed& admin() { return with(Access::admin); }
  /// Its arguments are never logged nor repeated in errors.
  Exposed& secret() {
    method_.is_secret = true;
    return *this;
  }
  /// Positional arguments beyond its own are allowed; a function that takes Invocation& first
  /// finds them in `rest`.
  Exposed& any_number() {
    method_.takes_any_number = true;
    return *this;
  }
  /// REST: a request with this HTTP method may leave out the last part of the name.
  Exposed& verb(std::string_view http_method) {
    method_.http.verb = http_method;
    return *this;
  }
  /// REST: a request's body is this argument, whole.
  Exposed& body(std::string_view parameter) {
    auto is_it = [parameter](const Parameter& own) { return own.name == parameter; };
    PARLEY_ASSERT(std::ranges::any_of(method_.parameters, is_it));  // a misspelled name is a bug
    method_.http.body = parameter;
    return *this;
  }
  /// REST: the HTTP status of success.
  Exposed& status(int number) {
    method_.http.status = number;
    return *this;
  }
  /// REST: arguments it does not have are not refused.
  Exposed& ignore_unknown() {
    method_.http.ignores_unknown = true;
    return *this;
  }
  /// Callable, but in no document and no tool of MCP clients.
  Exposed& unlisted() {
    method_.is_documented = false;
    return *this;
  }

 private:
  Exposed& with(Access access) {
    method_.access = access;
    return *this;
  }
  Method& method_;
};

}  // namespace parley
