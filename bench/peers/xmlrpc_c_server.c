// SPDX-License-Identifier: Apache-2.0
// The peer for XML-RPC in C: xmlrpc-c's Abyss server with two methods that answer from memory,
// `version` (the struct of common.version) and `search_read` (80 structs of eight members), and the
// two of protocols/own_server.cpp, `echo` and `person`.
//
//   xmlrpc_c_server PORT
#include <stdio.h>
#include <stdlib.h>
#include <xmlrpc-c/base.h>
#include <xmlrpc-c/server.h>
#include <xmlrpc-c/server_abyss.h>

enum { page_rows = 80 };

static xmlrpc_value* version(xmlrpc_env* env, xmlrpc_value* arguments, void* own, void* call) {
  (void)arguments;
  (void)own;
  (void)call;
  return xmlrpc_build_value(env, "{s:s,s:(iiisis),s:s,s:i}", "server_version", "17.0",
                            "server_version_info", 17, 0, 0, "final", 0, "", "server_serie", "17.0",
                            "protocol_version", 1);
}

static xmlrpc_value* search_read(xmlrpc_env* env, xmlrpc_value* arguments, void* own, void* call) {
  (void)arguments;
  (void)own;
  (void)call;
  xmlrpc_value* rows = xmlrpc_array_new(env);
  for (int i = 0; i < page_rows && !env->fault_occurred; ++i) {
    char name[32], reference[16], email[48];
    snprintf(name, sizeof name, "Partner %05d", i);
    snprintf(reference, sizeof reference, "P%05d", i);
    snprintf(email, sizeof email, "partner%d@example.test", i);
    xmlrpc_value* row = xmlrpc_build_value(
        env, "{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:(is),s:s}", "id", i + 1, "name", name, "ref",
        reference, "email", email, "phone", "+32 2 000000", "city", "City 42", "zip", "1000",
        "country_id", 1, "Andorra", "create_date", "2026-01-01 00:00:00");
    if (env->fault_occurred) break;
    xmlrpc_array_append_item(env, rows, row);
    xmlrpc_DECREF(row);
  }
  return rows;
}

static xmlrpc_value* echo(xmlrpc_env* env, xmlrpc_value* arguments, void* own, void* call) {
  (void)own;
  (void)call;
  const char* value = NULL;
  xmlrpc_decompose_value(env, arguments, "(s)", &value);
  if (env->fault_occurred) return NULL;
  xmlrpc_value* result = xmlrpc_string_new(env, value);
  free((void*)value);
  return result;
}

struct person {
  xmlrpc_int id;
  const char *name, *email, *city, *born;
  double height;
  xmlrpc_bool is_active;
  xmlrpc_value* tags;
};

static xmlrpc_value* person(xmlrpc_env* env, xmlrpc_value* arguments, void* own, void* call) {
  (void)own;
  (void)call;
  struct person p;
  xmlrpc_decompose_value(env, arguments, "({s:i,s:s,s:s,s:s,s:d,s:b,s:s,s:A,*})", "id", &p.id, "name",
                         &p.name, "email", &p.email, "city", &p.city, "height", &p.height,
                         "is_active", &p.is_active, "born", &p.born, "tags", &p.tags);
  if (env->fault_occurred) return NULL;
  xmlrpc_value* tags = xmlrpc_array_new(env);
  const unsigned int count = xmlrpc_array_size(env, p.tags);
  for (unsigned int i = 0; i < count && !env->fault_occurred; ++i) {
    xmlrpc_value* item = NULL;
    const char* tag = NULL;
    xmlrpc_array_read_item(env, p.tags, i, &item);
    if (env->fault_occurred) break;
    xmlrpc_read_string(env, item, &tag);
    xmlrpc_DECREF(item);
    if (env->fault_occurred) break;
    xmlrpc_value* copy = xmlrpc_string_new(env, tag);
    free((void*)tag);
    xmlrpc_array_append_item(env, tags, copy);
    xmlrpc_DECREF(copy);
  }
  xmlrpc_value* result = xmlrpc_build_value(
      env, "{s:i,s:s,s:s,s:s,s:d,s:b,s:s,s:V}", "id", p.id, "name", p.name, "email", p.email, "city",
      p.city, "height", p.height, "is_active", p.is_active, "born", p.born, "tags", tags);
  const char* texts[] = {p.name, p.email, p.city, p.born};
  for (int i = 0; i < 4; ++i) free((void*)texts[i]);
  xmlrpc_DECREF(p.tags);
  xmlrpc_DECREF(tags);
  return result;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: xmlrpc_c_server PORT\n");
    return 2;
  }
  xmlrpc_env env;
  xmlrpc_env_init(&env);
  xmlrpc_registry* registry = xmlrpc_registry_new(&env);
  struct xmlrpc_method_info3 const methods[] = {
      {.methodName = "version", .methodFunction = version},
      {.methodName = "search_read", .methodFunction = search_read},
      {.methodName = "echo", .methodFunction = echo},
      {.methodName = "person", .methodFunction = person},
  };
  for (size_t i = 0; i < sizeof methods / sizeof methods[0] && !env.fault_occurred; ++i)
    xmlrpc_registry_add_method3(&env, registry, &methods[i]);
  xmlrpc_server_abyss_parms parameters = {
      .config_file_name = NULL,
      .registryP = registry,
      .port_number = (unsigned int)atoi(argv[1]),
      .log_file_name = NULL,
      .keepalive_timeout = 60,
      .keepalive_max_conn = 1000000000,
      .timeout = 60,
  };
  if (!env.fault_occurred)
    xmlrpc_server_abyss(&env, &parameters, XMLRPC_APSIZE(keepalive_max_conn));
  fprintf(stderr, "xmlrpc_c_server: %s\n", env.fault_string ? env.fault_string : "it ended");
  return 1;
}
