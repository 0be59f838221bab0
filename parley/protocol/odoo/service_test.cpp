// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/odoo/service.hpp"

#include <doctest/doctest.h>

#include "parley/codec/json/reader.hpp"
#include "parley/protocol/exchange_for_test.hpp"

namespace parley::odoo {
namespace {

struct Case {
  std::string_view service, method, params, expected;  // a call, or "Class: message"
};

std::string outcome_of(const Case& one) {
  Arena arena;
  std::string bytes(one.params);
  bytes.append(64, '\0');
  auto params =
      json::read_tree(std::string_view(bytes).substr(0, one.params.size()), Limits{}, arena);
  REQUIRE(params);
  auto call = service_call(one.service, one.method, params->items(), arena);
  if (!call) return std::string(odoo_class(call.error())) + ": " + call.error().message;
  CHECK(call->policy == Policy::odoo);
  return testing::to_text(*call);
}

void check(std::span<const Case> cases) {
  for (const Case& one : cases) {
    CAPTURE(one.method);
    CAPTURE(one.params);
    CHECK(outcome_of(one) == one.expected);
  }
}

TEST_CASE("odoo: execute and execute_kw become calls of model methods") {
  const Case cases[] = {
      {"object", "execute_kw",
       R"(["db",2,"pw","res.partner","search",[[["id","=",1]]],{"limit":5}])",
       R"(db|uid 2 pw|res.partner.search|[[["id","=",1]]]|{"limit":5})"},
      {"object", "execute_kw", R"(["db",2,"pw","res.partner","search",[[]]])",
       "db|uid 2 pw|res.partner.search|[[]]"},
      {"object", "execute_kw", R"(["db",2,"pw","res.partner","search",[],null])",
       "db|uid 2 pw|res.partner.search|[]"},
      {"object", "execute_kw", R"(["db",2,"pw","res.partner","search",[],false])",
       "db|uid 2 pw|res.partner.search|[]"},
      {"object", "execute_kw", R"(["db",2,"pw","res.partner","search",[],{}])",
       "db|uid 2 pw|res.partner.search|[]"},
      {"object", "execute", R"(["db",2,"pw","res.partner","read",[1],["name"]])",
       R"(db|uid 2 pw|res.partner.read|[[1],["name"]])"},
      {"object", "execute", R"(["db",2,"pw","res.partner","fields_get"])",
       "db|uid 2 pw|res.partner.fields_get|[]"},
      {"object", "execute", R"(["db"," +2 ","pw","m","f"])", "db|uid 2 pw|m.f|[]"},
      {"object", "execute", R"(["db",true,"pw","m","f"])", "db|uid 1 pw|m.f|[]"},
      {"object", "execute", R"(["db",2.0,"pw","m","f"])", "db|uid 2 pw|m.f|[]"},
  };
  check(cases);
}

TEST_CASE("odoo: what is wrong with an object call has the original's class and text") {
  const Case cases[] = {
      {"object", "execute_kw", R"(["db",2,"pw"])",
       "ValueError: not enough values to unpack (expected at least 5, got 3)"},
      {"object", "execute", "[]",
       "ValueError: not enough values to unpack (expected at least 5, got 0)"},
      {"object", "exec_workflow", R"(["db",2,"pw","m","f"])",
       "NameError: Method not available exec_workflow"},
      {"object", "execute", R"(["db","admin","pw","m","f"])",
       "ValueError: invalid literal for int() with base 10: 'admin'"},
      {"object", "execute", R"(["db","","pw","m","f"])",
       "ValueError: invalid literal for int() with base 10: ''"},
      {"object", "execute", R"(["db","1.5","pw","m","f"])",
       "ValueError: invalid literal for int() with base 10: '1.5'"},
      {"object", "execute", R"(["db",null,"pw","m","f"])",
       "TypeError: int() argument must be a string, a bytes-like object or a real number, not "
       "'NoneType'"},
      {"object", "execute", R"(["db",false,"pw","m","f"])", "AccessDenied: Access Denied"},
      {"object", "execute", R"(["db",-1,"pw","m","f"])", "AccessDenied: Access Denied"},
      {"object", "execute", R"(["db",123456789012345678901234567890,"pw","m","f"])",
       "AccessDenied: Access Denied"},
      {"object", "execute", R"(["db","123456789012345678901234567890","pw","m","f"])",
       "AccessDenied: Access Denied"},
      {"object", "execute", R"(["db",2,"","m","f"])", "AccessDenied: Access Denied"},
      {"object", "execute", R"(["db",2,false,"m","f"])", "AccessDenied: Access Denied"},
      {"object", "execute", R"([5,2,"pw","m","f"])",
       "TypeError: the database name must be str, not int"},
      {"object", "execute_kw", R"(["db",2,"pw","m","f"])",
       "TypeError: execute_kw() missing 1 required positional argument: 'args'"},
      {"object", "execute_kw", R"(["db",2,"pw","m","f",[],{},1])",
       "TypeError: execute_kw() takes from 6 to 7 positional arguments but 8 were given"},
      {"object", "execute_kw", R"(["db",2,"pw","m","f",null])",
       "TypeError: args: argument after * must be a list, not NoneType"},
      {"object", "execute_kw", R"(["db",2,"pw","m","f",[],[1]])",
       "TypeError: kwargs: argument after ** must be a mapping, not list"},
      {"object", "execute", R"(["db",2,"pw",1,"f"])",
       "TypeError: model and method must be str, not int"},
      {"object", "execute", R"(["db",2,"pw","res","partner.read"])",
       "AttributeError: The method 'res.partner.read' does not exist"},
  };
  check(cases);
}

TEST_CASE("odoo: the common and db services are functions of those names") {
  const Case cases[] = {
      {"common", "version", "[]", "|none|common.version|[]"},
      {"common", "login", R"(["db","admin","pw"])", R"(|none|common.login|["db","admin","pw"])"},
      {"common", "authenticate", R"(["db","admin","pw",null])",
       R"(|none|common.authenticate|["db","admin","pw",null])"},
      {"common", "about", "[true]", "|none|common.about|[true]"},
      {"common", "authenticate", R"(["db","admin","pw"])",
       "TypeError: exp_authenticate() missing 1 required positional argument: 'user_agent_env'"},
      {"common", "authenticate", R"(["db","admin"])",
       "TypeError: exp_authenticate() missing 2 required positional arguments: 'password' and "
       "'user_agent_env'"},
      {"common", "login", "[]",
       "TypeError: exp_login() missing 3 required positional arguments: 'db', 'login', and "
       "'password'"},
      {"common", "authenticate", R"(["db","admin","pw",{},1])",
       "TypeError: exp_authenticate() takes 4 positional arguments but 5 were given"},
      {"common", "about", "[1,2]",
       "TypeError: exp_about() takes from 0 to 1 positional arguments but 2 were given"},
      {"common", "xyz", "[]", "Exception: Method not found: xyz"},
      {"db", "list", "[]", "|none|db.list|[]"},
      {"db", "drop", R"(["master","x"])", R"(|none|db.drop|["master","x"])"},
      {"db", "no_such", "[]", "KeyError: Method not found: no_such"},
      {"svc", "version", "[]", "KeyError: svc"},
  };
  check(cases);
}

}  // namespace
}  // namespace parley::odoo
