// SPDX-License-Identifier: Apache-2.0
// /ws/witherrors/: every way to fail. An Error is a value like any other: its code says whose fault
// it is (Client or Server), its text reaches the caller.
#include "controllers.hpp"

namespace persons {
namespace {

using namespace parley;

constexpr std::string_view client_fault = "Client";

Error client_error(std::string text) { return {Code::rejected, std::move(text)}; }
Error server_error(std::string text) { return {Code::internal, std::move(text)}; }

/// The error of a function that says its own status and its own word for the faultcode.
Error coded(std::string text, int status, std::string_view faultcode) {
  return Error(Code::rejected, std::move(text), "", std::string(faultcode)).with_status(status);
}

Result<int> divide(int dividend, int divisor) {
  if (divisor == 0) return server_error("division by zero");
  return dividend / divisor;
}

template <class F>
void expose_failure(App& app, const char* name, F function) {
  app.expose(std::string("witherrors.") + name, function, doc("Fails as its name says."), effect::read).open();
}

void by_the_caller(App& app) {
  expose_failure(app, "client_error", []() -> Result<void> { return client_error("custom message"); });
  expose_failure(app, "client_error_nomsg", []() -> Result<void> { return client_error(""); });
  expose_failure(app, "client_error_unicode", []() -> Result<void> { return client_error("\u30d5 <&>"); });
  expose_failure(app, "client_error_object", []() -> Result<void> { return client_error("i am an object"); });
  expose_failure(app, "client_error_faultcode", []() -> Result<void> { return coded("m", 409, "Conflict"); });
  app.expose("witherrors.client_error_code", [](int code) -> Result<void> { return client_error("custom message").with_status(code); },
             doc("Fails with a status."), arg("code", "The HTTP status."), effect::read)
      .open();
}

// The errors that arguments cause can be a function's own as well.
void about_arguments(App& app) {
  expose_failure(app, "invalid_input", []() -> Result<void> {
    return client_error("Invalid input for field/attribute afield. Value: 'avalue'. amessage");
  });
  expose_failure(app, "missing_argument", []() -> Result<void> { return client_error("Missing argument: \"anarg\": amessage"); });
  expose_failure(app, "unknown_argument", []() -> Result<void> { return client_error("Unknown argument: \"anarg\""); });
}

void by_the_server(App& app) {
  expose_failure(app, "divide_by_zero", [] { return divide(1, 0); });
  expose_failure(app, "key_error", []() -> Result<void> { return server_error("'missing'"); });
  expose_failure(app, "empty_error", []() -> Result<void> { return server_error(""); });
  expose_failure(app, "coded", []() -> Result<void> { return coded("boom", 500, client_fault); });
  expose_failure(app, "coded_fault", []() -> Result<void> { return coded("from faultstring", 500, "Custom"); });
}

}  // namespace

void add_witherrors(App& app) {
  by_the_caller(app);
  about_arguments(app);
  by_the_server(app);
}

}  // namespace persons
