// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/odoo/errors.hpp"

#include <doctest/doctest.h>

namespace parley::odoo {
namespace {

struct Case {
  Code code;
  std::string_view kind, name, word, fault, legacy_code, legacy_text;
};

TEST_CASE("odoo: every class has its qualified name, its word and its fault texts") {
  const Case cases[] = {
      {Code::unauthenticated, "", "odoo.exceptions.AccessDenied", "access_denied", "Access Denied",
       "AccessDenied", "Access Denied"},
      {Code::forbidden, "", "odoo.exceptions.AccessError", "access_error", "why",
       "warning -- AccessError\n\nwhy", ""},
      {Code::not_found, "", "odoo.exceptions.MissingError", "missing_error", "why",
       "warning -- MissingError\n\nwhy", ""},
      {Code::conflict, "", "odoo.exceptions.UserError", "user_error", "why",
       "warning -- UserError\n\nwhy", ""},
      {Code::rejected, "", "odoo.exceptions.ValidationError", "validation_error", "why",
       "warning -- UserError\n\nwhy", ""},
      {Code::rejected, "RedirectWarning", "odoo.exceptions.RedirectWarning", "warning", "why",
       "warning -- Warning\n\nwhy", ""},
      {Code::invalid_argument, "", "builtins.ValueError", "internal_error",
       "Traceback (hidden): \nValueError: why", "why", "Traceback (hidden): \nValueError: why"},
      {Code::invalid_argument, "KeyError", "builtins.KeyError", "internal_error",
       "Traceback (hidden): \nKeyError: 'why'", "why", "Traceback (hidden): \nKeyError: 'why'"},
      {Code::unauthenticated, "SessionExpiredException", "odoo.http.SessionExpiredException",
       "internal_error", "Traceback (hidden): \nSessionExpiredException: why", "why",
       "Traceback (hidden): \nSessionExpiredException: why"},
      {Code::not_found, "OperationalError", "psycopg2.OperationalError", "internal_error",
       "Traceback (hidden): \nOperationalError: why", "why", "Traceback (hidden): \nOperationalError: why"},
      {Code::not_found, "NotFound", "werkzeug.exceptions.NotFound", "internal_error",
       "Traceback (hidden): \nNotFound: why", "why", "Traceback (hidden): \nNotFound: why"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    Error error(one.code, "why", {}, std::string(one.kind));
    CHECK(qualified_class(error, "odoo") == one.name);
    CHECK(exception_type(error) == one.word);
    CHECK(fault_text(error) == one.fault);
    CHECK(legacy_fault(error).code == one.legacy_code);
    CHECK(legacy_fault(error).text == one.legacy_text);
  }
}

TEST_CASE("odoo: the product's prefix is of its own classes only") {
  CHECK(qualified_class(Error(Code::conflict, "x"), "flectra") == "flectra.exceptions.UserError");
  CHECK(qualified_class(Error(Code::malformed, "x"), "flectra") == "builtins.ValueError");
  CHECK(qualified_class(Error(Code::malformed, "x", {}, "a.b.C"), "flectra") == "a.b.C");
}

TEST_CASE("odoo: a refused log-in never says why") {
  CHECK(message(Error(Code::unauthenticated, "password of admin is wrong")) == "Access Denied");
}

}  // namespace
}  // namespace parley::odoo
