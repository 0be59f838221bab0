// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/errors.hpp"

#include <sqlite3.h>

namespace parley::sqlite {
namespace {

// "UNIQUE constraint failed: book.title, book.author" -> "book.title,book.author"
std::string columns_in(std::string_view text) {
  auto colon = text.find(": ");
  std::string columns;
  if (colon == std::string_view::npos) return columns;
  for (char c : text.substr(colon + 2))
    if (c != ' ') columns += c;
  return columns;
}

Error constraint_error(int code, std::string_view text, std::string_view table) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: {
      auto columns = columns_in(text);
      return {Code::conflict, "another row has the same " + columns, "unique:" + columns};
    }
    case SQLITE_CONSTRAINT_NOTNULL: {
      auto columns = columns_in(text);
      return {Code::conflict, columns + " must have a value", "not_null:" + columns};
    }
    case SQLITE_CONSTRAINT_CHECK:
      return {Code::conflict, "a check of the table fails", "check:" + columns_in(text)};
    case SQLITE_CONSTRAINT_DATATYPE:
      return {Code::invalid_argument, "the value has another type than its column",
              "datatype:" + std::string(text.substr(std::min(text.size(), text.rfind(' ') + 1)))};
    default:  // FOREIGNKEY, and TRIGGER for ON DELETE RESTRICT
      return {Code::conflict, "a reference would point at no row",
              "foreign_key:" + std::string(table)};
  }
}

// Whether the operator has to look after a file: its path is part of the cause.
bool is_of_file(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return true;
    default:
      return false;
  }
}

}  // namespace

Error snapshot_over() {
  return {Code::timeout, "the read lasted too long while the database's log had to be emptied"};
}

Error error_of(sqlite3* db, int code, Stopped stopped, std::string_view table) {
  std::string text = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  auto cause = "sqlite " + std::to_string(code) + ": " + text;
  if (is_of_file(code) && db != nullptr && sqlite3_db_filename(db, "main") != nullptr)
    cause += std::string(" in ") + sqlite3_db_filename(db, "main");
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return constraint_error(code, text, table).with_cause(cause);
    case SQLITE_INTERRUPT:
      if (stopped == Stopped::cancelled)
        return Error(Code::cancelled, "the request was given up").with_cause(cause);
      if (stopped == Stopped::snapshot_over) return snapshot_over().with_cause(cause);
      if (stopped == Stopped::lease_over)
        return Error(Code::timeout, "the transaction kept other writers waiting for too long")
            .with_cause(cause);
      return Error(Code::timeout, "the time for this call is over").with_cause(cause);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(Code::unavailable, "another process is using the database").with_cause(cause);
    case SQLITE_FULL:
      return Error(Code::unavailable, "the database has no room left").with_cause(cause);
    case SQLITE_READONLY:
      return Error(Code::unavailable, "the database is read only").with_cause(cause);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_PERM:
      return Error(Code::unavailable, "the database's files cannot be used").with_cause(cause);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(Code::unavailable, "the database's file is damaged").with_cause(cause);
    case SQLITE_NOMEM:
      return Error(Code::unavailable, "there is no memory left").with_cause(cause);
    case SQLITE_TOOBIG:
      return Error(Code::too_large, "a value is larger than the database can keep")
          .with_cause(cause);
    default:
      break;
  }
  if (text.starts_with("LIKE or GLOB pattern too complex"))
    return Error(Code::too_large, "the pattern has more than 50,000 bytes").with_cause(cause);
  // SQLite's parser has room for about 30 levels of parentheses and 10 of subqueries.
  if (text.starts_with("parser stack overflow") || text.starts_with("Expression tree is too large"))
    return Error(Code::too_large, "the condition is nested too deeply").with_cause(cause);
  if (text == "integer overflow")
    return Error(Code::invalid_argument, "the sum does not fit 64 bits").with_cause(cause);
  return Error(Code::internal, "the database refused a statement").with_cause(cause);
}

}  // namespace parley::sqlite
