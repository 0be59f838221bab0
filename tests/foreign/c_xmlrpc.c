/* SPDX-License-Identifier: Apache-2.0
 * xmlrpc-c's client: one round through create, read, write, search, unlink.
 * It insists on types: an answer of another type than its format says ends the program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xmlrpc-c/base.h>
#include <xmlrpc-c/client.h>

static xmlrpc_env env;
static char common[256], object[256];
static const char *const db = "v8dev", *const user = "admin", *const password = "admin";
static const char *const name = "xmlrpc-c & <\xc3\xbd" "cz>";
static xmlrpc_int32 uid, id;

static void check(const char *step) {
  if (!env.fault_occurred) return;
  fprintf(stderr, "%s: %s (%d)\n", step, env.fault_string, env.fault_code);
  exit(1);
}

static void expect(int holds, const char *step) {
  if (holds) return;
  fprintf(stderr, "%s: unexpected answer\n", step);
  exit(1);
}

/* Calls a model's method with a list of arguments, which it releases. */
static xmlrpc_value *ask(const char *model, const char *method, xmlrpc_value *arguments) {
  check(method);
  xmlrpc_value *answer = xmlrpc_client_call(&env, object, "execute_kw", "(sisssA)", db, uid, password,
                                            model, method, arguments);
  xmlrpc_DECREF(arguments);
  return answer;
}

static void log_in(void) {
  xmlrpc_int32 protocol = 0;
  xmlrpc_value *answer = xmlrpc_client_call(&env, common, "version", "()");
  check("version");
  xmlrpc_decompose_value(&env, answer, "{s:i,*}", "protocol_version", &protocol);
  check("version");
  expect(protocol == 1, "version");
  xmlrpc_DECREF(answer);

  xmlrpc_bool granted = 1;
  answer = xmlrpc_client_call(&env, common, "authenticate", "(sss{})", db, user, "wrong");
  check("wrong password");
  xmlrpc_read_bool(&env, answer, &granted);
  check("wrong password");
  expect(!granted, "wrong password");
  xmlrpc_DECREF(answer);

  answer = xmlrpc_client_call(&env, common, "authenticate", "(sss{})", db, user, password);
  check("authenticate");
  xmlrpc_read_int(&env, answer, &uid);
  check("authenticate");
  xmlrpc_DECREF(answer);
}

static void create_and_read(void) {
  xmlrpc_value *answer = ask("res.partner", "create",
                             xmlrpc_build_value(&env, "({s:s,s:s,s:b})", "name", name, "ref", "c-1",
                                                "is_company", (xmlrpc_bool)1));
  check("create");
  xmlrpc_read_int(&env, answer, &id);
  check("create");
  xmlrpc_DECREF(answer);

  answer = ask("res.partner", "read", xmlrpc_build_value(&env, "((i)(sss))", id, "name", "is_company", "partner_latitude"));
  check("read");
  const char *text = NULL;
  xmlrpc_bool company = 0;
  double latitude = 1;
  xmlrpc_decompose_value(&env, answer, "({s:s,s:b,s:d,*})", "name", &text, "is_company", &company,
                         "partner_latitude", &latitude);
  check("read");
  expect(strcmp(text, name) == 0 && company && latitude == 0, "read");
  free((void *)text);
  xmlrpc_DECREF(answer);
}

static void write_search_unlink(void) {
  xmlrpc_bool done = 0;
  xmlrpc_value *answer = ask("res.partner", "write", xmlrpc_build_value(&env, "((i){s:s,s:d})", id, "city", "Telc",
                                                                       "partner_latitude", 49.25));
  check("write");
  xmlrpc_read_bool(&env, answer, &done);
  check("write");
  expect(done, "write");
  xmlrpc_DECREF(answer);

  xmlrpc_int32 found = 0;
  answer = ask("res.partner", "search", xmlrpc_build_value(&env, "(((sss)))", "ref", "=", "c-1"));
  check("search");
  xmlrpc_decompose_value(&env, answer, "(i)", &found);
  check("search");
  expect(found == id, "search");
  xmlrpc_DECREF(answer);

  done = 0;
  answer = ask("res.partner", "unlink", xmlrpc_build_value(&env, "((i))", id));
  check("unlink");
  xmlrpc_read_bool(&env, answer, &done);
  check("unlink");
  expect(done, "unlink");
  xmlrpc_DECREF(answer);

  xmlrpc_int32 left = 1;
  answer = ask("res.partner", "search_count", xmlrpc_build_value(&env, "(((ssi)))", "id", "=", id));
  check("search_count");
  xmlrpc_read_int(&env, answer, &left);
  check("search_count");
  expect(left == 0, "search_count");
  xmlrpc_DECREF(answer);
}

int main(void) {
  const char *server = getenv("PARLEY_SERVER");
  if (server == NULL) server = "localhost:8069";
  snprintf(common, sizeof common, "http://%s/xmlrpc/2/common", server);
  snprintf(object, sizeof object, "http://%s/xmlrpc/2/object", server);
  xmlrpc_env_init(&env);
  xmlrpc_client_init2(&env, XMLRPC_CLIENT_NO_FLAGS, "parley foreign test", "1", NULL, 0);
  check("init");
  log_in();
  create_and_read();
  write_search_unlink();
  ask("no.such.model", "search", xmlrpc_build_value(&env, "(())"));
  expect(env.fault_occurred && env.fault_code == 2, "unknown model");
  xmlrpc_client_cleanup();
  return 0;
}
