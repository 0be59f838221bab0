// SPDX-License-Identifier: Apache-2.0
// The limit of the store: the statements the server runs for one call, prepared once, in a loop on
// one thread, on a copy of the server's database. No requests, no rights, no values made of rows.
//
//   sqlite_loop DATABASE read_one|search_read|create|create_32|create_1000 CALLS
//   sqlite_loop DATABASE statements 1
//
// create commits each row with its own sync, create_32 32 rows with one, create_1000 is one call
// of 1,000 rows. Prints one JSON object; `statements` prints the texts, which run.py compares with
// those the server runs.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { page_rows = 80, bulk_rows = 1000, group_calls = 32 };

#define VISIBLE "(+t0.\"company_id\" IS NULL OR +t0.\"company_id\" = ?)"
#define COLUMNS                                                                      \
  "SELECT t0.\"id\", t0.\"name\", t0.\"ref\", t0.\"email\", t0.\"phone\", "          \
  "t0.\"city\", t0.\"zip\", t0.\"country_id\", t65535.\"name\", t0.\"create_date\" "
#define COUNTRY "LEFT JOIN \"res_country\" AS t65535 ON t65535.\"id\" = t0.\"country_id\" "

static const long company = 1, country = 1, user = 2;
static const long moment = 1767225600000000;  // 2026-01-01, microseconds

static sqlite3* db;
static long partners_count;

static void fail(const char* what) {
  fprintf(stderr, "sqlite_loop: %s: %s\n", what, db != NULL ? sqlite3_errmsg(db) : "no database");
  exit(1);
}

static sqlite3_stmt* prepare(const char* text) {
  sqlite3_stmt* statement = NULL;
  if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
    fail(text);
  return statement;
}

// Steps to the end, looks at every cell, gives the last integer of column 0.
static long finish(sqlite3_stmt* statement) {
  long last = 0;
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    last = (long)sqlite3_column_int64(statement, 0);
    for (int i = 0; i < sqlite3_column_count(statement); ++i)
      if (sqlite3_column_type(statement, i) == SQLITE_TEXT) (void)sqlite3_column_text(statement, i);
  }
  if (code != SQLITE_DONE) fail(sqlite3_sql(statement));
  sqlite3_reset(statement);
  return last;
}

static long number(const char* text) {
  sqlite3_stmt* statement = prepare(text);
  long found = finish(statement);
  sqlite3_finalize(statement);
  return found;
}

static void run(const char* text) {
  number(text);
}

static struct {
  sqlite3_stmt *begin, *commit, *version, *read_one, *search_read;
  sqlite3_stmt *begin_writing, *save, *release, *allocate, *insert, *check_one, *check_many;
} to;

static void prepare_all(void) {
  to.begin = prepare("BEGIN");
  to.commit = prepare("COMMIT");
  to.version = prepare("PRAGMA data_version");
  to.read_one = prepare(COLUMNS "FROM \"res_partner\" AS t0 " COUNTRY
                                "WHERE (t0.\"id\" = ? AND " VISIBLE ")");
  to.search_read = prepare(COLUMNS
                           "FROM (SELECT t0.\"id\" AS id FROM \"res_partner\" AS t0 " COUNTRY
                           "WHERE (+t0.\"active\" = ? AND " VISIBLE
                           ") ORDER BY t0.\"id\" LIMIT ? OFFSET ?) AS page "
                           "JOIN \"res_partner\" AS t0 ON t0.\"id\" = page.id " COUNTRY
                           "ORDER BY t0.\"id\"");
  to.begin_writing = prepare("BEGIN IMMEDIATE");
  to.save = prepare("SAVEPOINT member");
  to.release = prepare("RELEASE member");
  to.allocate = prepare("UPDATE parley_sequence SET next = ?2 WHERE name = ?1");
  to.insert = prepare(
      "INSERT INTO \"res_partner\" (\"id\", \"name\", \"active\", \"is_company\", \"type\", "
      "\"ref\", "
      "\"lang\", \"color\", \"email\", \"phone\", \"city\", \"zip\", \"country_id\", "
      "\"create_uid\", \"create_date\", \"write_uid\", \"write_date\") VALUES "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  to.check_one = prepare(
      "SELECT COUNT(*) FROM \"res_partner\" AS t0 "
      "WHERE (t0.\"id\" = ? AND " VISIBLE ")");
  to.check_many = prepare(
      "SELECT COUNT(*) FROM \"res_partner\" AS t0 WHERE (t0.\"id\" IN "
      "(SELECT value FROM json_each(?)) AND " VISIBLE ")");
}

static void read_one(void) {
  finish(to.begin);
  finish(to.version);
  sqlite3_bind_int64(to.read_one, 1, 1 + rand() % partners_count);
  sqlite3_bind_int64(to.read_one, 2, company);
  finish(to.read_one);
  finish(to.commit);
}

static void search_read(void) {
  finish(to.begin);
  finish(to.version);
  long offset_max = partners_count > page_rows ? partners_count - page_rows : 1;
  sqlite3_bind_int(to.search_read, 1, 1);
  sqlite3_bind_int64(to.search_read, 2, company);
  sqlite3_bind_int64(to.search_read, 3, page_rows);
  sqlite3_bind_int64(to.search_read, 4, rand() % offset_max);
  finish(to.search_read);
  finish(to.commit);
}

// The values that the clients of the bench send: numbers by chance, so that indexes are not only appended to.
static void insert(long id) {
  char name[32], reference[32], email[64], phone[32], city[32], zip[32];
  long number = rand() % 100000;
  snprintf(name, sizeof name, "Partner %05ld", number);
  snprintf(reference, sizeof reference, "P%05ld", number);
  snprintf(email, sizeof email, "partner%ld@example.test", number);
  snprintf(phone, sizeof phone, "+32 2 %06ld", number);
  snprintf(city, sizeof city, "City %ld", number % 97);
  snprintf(zip, sizeof zip, "%ld", 1000 + number % 9000);
  // The order of the columns in to.insert; NULL: the number stands.
  const struct {
    const char* text;
    long number;
  } cells[] = {{NULL, id},     {name, 0},     {NULL, 1},       {NULL, 0},    {"contact", 0},
               {reference, 0}, {"en_US", 0},  {NULL, 0},       {email, 0},   {phone, 0},
               {city, 0},      {zip, 0},      {NULL, country}, {NULL, user}, {NULL, moment},
               {NULL, user},   {NULL, moment}};
  for (int i = 0; i < (int)(sizeof cells / sizeof cells[0]); ++i)
    if (cells[i].text != NULL)
      sqlite3_bind_text(to.insert, i + 1, cells[i].text, -1, SQLITE_STATIC);
    else
      sqlite3_bind_int64(to.insert, i + 1, cells[i].number);
  finish(to.insert);
}

// One call that creates `rows` partners, inside the transaction that is open; the first of a group
// has no savepoint, as on the server.
static void create_rows(int rows, int is_first) {
  static char ids[bulk_rows * 12 + 2];
  if (!is_first) finish(to.save);
  finish(to.version);
  static long next = 0;  // kept, as the server keeps it
  if (next == 0) next = number("SELECT next FROM parley_sequence WHERE name = 'res_partner'");
  long first = next;
  next += rows;
  sqlite3_bind_text(to.allocate, 1, "res_partner", -1, SQLITE_STATIC);
  sqlite3_bind_int64(to.allocate, 2, next);
  finish(to.allocate);
  size_t used = 0;
  for (int i = 0; i < rows; ++i) {
    insert(first + i);
    used += (size_t)snprintf(ids + used, sizeof ids - used, "%c%ld", i == 0 ? '[' : ',', first + i);
  }
  snprintf(ids + used, sizeof ids - used, "]");
  sqlite3_stmt* check = rows == 1 ? to.check_one : to.check_many;
  sqlite3_bind_int64(check, 2, company);
  if (rows == 1) sqlite3_bind_int64(check, 1, first);
  if (rows > 1) sqlite3_bind_text(check, 1, ids, -1, SQLITE_STATIC);
  if (finish(check) != rows) fail("created rows are not visible");
  if (!is_first) finish(to.release);
}

// One transaction of `calls` calls.
static void create(int calls, int rows) {
  finish(to.begin_writing);
  for (int i = 0; i < calls; ++i) create_rows(rows, i == 0);
  finish(to.commit);
}

static double seconds_of(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare(const void* a, const void* b) {
  double left = *(const double*)a, right = *(const double*)b;
  return (left > right) - (left < right);
}

// Runs one round of an operation; the number of calls it was, 0 for an unknown operation.
static long round_of(const char* operation) {
  if (strcmp(operation, "read_one") == 0) return read_one(), 1;
  if (strcmp(operation, "search_read") == 0) return search_read(), 1;
  if (strcmp(operation, "create") == 0) return create(1, 1), 1;
  if (strcmp(operation, "create_32") == 0) return create(group_calls, 1), group_calls;
  if (strcmp(operation, "create_1000") == 0) return create(1, bulk_rows), 1;
  return 0;
}

static void open_database(const char* path) {
  static const char* const settings[] = {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                                         "PRAGMA foreign_keys = ON", "PRAGMA cache_size = -8000"};
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    fail(path);
  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; ++i) run(settings[i]);
  sqlite3_stmt* count = prepare("SELECT COUNT(*) FROM res_partner");
  partners_count = finish(count);
  sqlite3_finalize(count);
  if (partners_count == 0) fail("no partners");
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: sqlite_loop DATABASE OPERATION CALLS\n");
    return 2;
  }
  long wanted = atol(argv[3]), rounds = 0, calls = 0;
  if (wanted < 1) return 2;
  open_database(argv[1]);
  prepare_all();
  if (strcmp(argv[2], "statements") == 0) {
    for (sqlite3_stmt* at = NULL; (at = sqlite3_next_stmt(db, at)) != NULL;) puts(sqlite3_sql(at));
    return 0;
  }
  double* took = calloc((size_t)wanted, sizeof *took);  // seconds of a call, each round
  if (took == NULL) return 1;
  double began = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  while (calls < wanted) {
    double start = seconds_of(CLOCK_MONOTONIC);
    long done = round_of(argv[2]);
    if (done == 0) {
      fprintf(stderr, "sqlite_loop: no operation %s\n", argv[2]);
      return 2;
    }
    took[rounds++] = seconds_of(CLOCK_MONOTONIC) - start;
    calls += done;
  }
  double all = seconds_of(CLOCK_MONOTONIC) - began;
  cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  qsort(took, (size_t)rounds, sizeof *took, compare);
  printf(
      "{\"calls\": %ld, \"calls_a_second\": %.2f, \"p50_ms\": %.4f, \"p99_ms\": %.4f, "
      "\"cpu_us\": %.2f}\n",
      calls, (double)calls / all, took[rounds / 2] * 1e3, took[rounds * 99 / 100] * 1e3,
      cpu / (double)calls * 1e6);
  free(took);
  for (sqlite3_stmt* at; (at = sqlite3_next_stmt(db, NULL)) != NULL;) sqlite3_finalize(at);
  return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
