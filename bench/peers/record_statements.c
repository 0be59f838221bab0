// SPDX-License-Identifier: Apache-2.0
// Loaded in front of the server (LD_PRELOAD): appends the text of each SQLite statement that begins
// to run to the file PARLEY_BENCH_STATEMENTS, one a line. So the bench can tell whether sqlite_loop
// still runs what the server runs.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

typedef int (*Step)(sqlite3_stmt*);

int sqlite3_step(sqlite3_stmt* statement) {
  const char* path = getenv("PARLEY_BENCH_STATEMENTS");
  if (path != NULL && !sqlite3_stmt_busy(statement)) {
    FILE* file = fopen(path, "a");
    if (file != NULL) {
      fprintf(file, "%s\n", sqlite3_sql(statement));
      fclose(file);
    }
  }
  Step step;
  *(void**)&step = dlsym(RTLD_NEXT, "sqlite3_step");
  return step(statement);
}
