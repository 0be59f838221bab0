// SPDX-License-Identifier: Apache-2.0
// The one table of errors, and the Error value that expected failures travel in.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace parley {

/// Why a call failed, sorted by what the caller can do about it. Order carries no meaning.
enum class Code : std::uint8_t {
  malformed,
  invalid_call,
  unknown_method,
  invalid_argument,
  too_large,
  unsupported_media,
  not_acceptable,
  unauthenticated,
  forbidden,
  not_found,
  conflict,
  stale,
  rejected,
  throttled,
  overloaded,
  unavailable,
  timeout,
  cancelled,
  unimplemented,
  internal,
};

enum class Retry : std::uint8_t { no, now, later };

/// One row of the table in error.cpp.
struct ErrorRow {
  Code code;
  std::string_view name;        // "invalid_argument"
  Retry retry;
  int http_status;
  int json_rpc;                 // JSON-RPC 2.0 error code
  int xml_rpc;                  // interop fault code, served on /RPC2
  std::string_view odoo_class;  // default exception class on Odoo endpoints
  int odoo_fault;               // faultCode on /xmlrpc/2
};

/// All rows, indexed by Code.
std::span<const ErrorRow> error_table();
const ErrorRow& row(Code code);

/// What an argument or member broke, for protocols that have words of their own for it.
enum class Rule : std::uint8_t {
  none,
  missing,     // required, and neither given nor with a default
  unknown,     // no parameter or member has this name
  repeated,    // given in two places
  type,        // not of the expected type
  least,       // below `expected`
  most,        // above `expected`
  size_least,  // fewer characters or items than `expected`
  size_most,   // more than `expected`
  pattern,     // does not match `expected`
  format,      // no address, UUID ... (`expected` names it)
  choice,      // none of `expected` ("red, blue")
  read_only,   // may not be set from outside
  not_dict,    // a body that must be a dict of arguments is none
  check,       // its parts do not go together; `expected` says how
};

/// An expected failure. `cause` is for the log and never leaves the process.
struct Error {
  Code code = Code::internal;
  std::string message;  // one sentence that names the thing and the rule
  std::string where;    // path in the caller's data, "" when there is none
  std::string kind;     // Odoo class where the row's default does not fit: "KeyError", ""
  std::string hint;
  std::string cause;
  Rule rule = Rule::none;
  std::string value;    // what was refused, as a client would recognise it; "" when secret
  std::string expected; // what the rule asks for
  int status = 0;       // a method's own number (path RPC's status, interop faultCode); 0 = none

  Error(Code c, std::string m, std::string w = {}, std::string k = {})
      : code(c), message(std::move(m)), where(std::move(w)), kind(std::move(k)) {}

  Error&& with_cause(std::string text) && {
    cause = std::move(text);
    return std::move(*this);
  }
  Error&& with_status(int number) && {
    status = number;
    return std::move(*this);
  }
  Error&& breaking(Rule broken, std::string refused, std::string wanted) && {
    rule = broken;
    value = std::move(refused);
    expected = std::move(wanted);
    return std::move(*this);
  }
  Error&& with_hint(std::string text) && {
    hint = std::move(text);
    return std::move(*this);
  }
};

/// The class name an Odoo client sees: `kind`, else the row's default ("ValueError").
std::string_view odoo_class(const Error& error);
/// The faultCode of /xmlrpc/2 for the class above (1 other, 2 user, 3 denied, 4 access).
int odoo_fault(const Error& error);

/// A value or an Error. The error is kept on the heap so that success stays small.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::make_unique<Error>(std::move(error))) {}
  template <class U>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> && !std::is_same_v<std::remove_cvref_t<U>, T>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() & { return **std::get_if<1>(&state_); }
  const Error& error() const& { return **std::get_if<1>(&state_); }
  Error&& error() && { return std::move(**std::get_if<1>(&state_)); }

 private:
  std::variant<T, std::unique_ptr<Error>> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::make_unique<Error>(std::move(error))) {}
  bool has_value() const { return error_ == nullptr; }
  explicit operator bool() const { return has_value(); }
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::unique_ptr<Error> error_;
};

/// For what only a bug can break, never for input: logs and aborts.
[[noreturn]] void assertion_failed(const char* what, const char* file, int line);

}  // namespace parley

#define PARLEY_ASSERT(x) \
  ((x) ? void(0) : ::parley::assertion_failed(#x, __FILE__, __LINE__))

#define PARLEY_CONCAT_(a, b) a##b
#define PARLEY_CONCAT(a, b) PARLEY_CONCAT_(a, b)
/// PARLEY_TRY(auto rows, store.query(q)): the value, or return the error from this function.
#define PARLEY_TRY(declaration, ...) PARLEY_TRY_(PARLEY_CONCAT(try_, __LINE__), declaration, __VA_ARGS__)
#define PARLEY_TRY_(name, declaration, ...)        \
  auto name = (__VA_ARGS__);                       \
  if (!name) return std::move(name).error();       \
  declaration = std::move(name).value()
/// PARLEY_CHECK(do_it()): like PARLEY_TRY for Result<void> or when the value is not needed.
#define PARLEY_CHECK(...)                                                       \
  do {                                                                          \
    auto parley_checked = (__VA_ARGS__);                                        \
    if (!parley_checked) return std::move(parley_checked).error();              \
  } while (false)
