// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sqlite/dialect.hpp"

#include <sqlite3.h>

#include <charconv>

#include "parley/core/utf8.hpp"

namespace parley::sqlite {

using orm::ColumnType;

void SqliteDialect::placeholder(std::string& out, std::size_t) const { out += '?'; }

void SqliteDialect::constant(std::string& out, bool value) const { out += value ? '1' : '0'; }

void SqliteDialect::in_array(std::string& out, std::size_t from, ColumnType type,
                             std::size_t number) const {
  if (type == ColumnType::blob) {  // JSON has no octets: both sides in hexadecimal
    out.insert(from, "hex(");
    out += ')';
  }
  out += " IN (";
  select_array(out, number);
  out += ')';
}

void SqliteDialect::select_array(std::string& out, std::size_t) const {
  out += "SELECT value FROM json_each(?)";
}

void SqliteDialect::as_text(std::string& out, std::size_t from, ColumnType type) const {
  auto wrap = [&](std::string_view before, std::string_view after) {
    out.insert(from, before);
    out += after;
  };
  switch (type) {
    case ColumnType::text:
    case ColumnType::json:
    case ColumnType::blob:
      return;
    case ColumnType::date:
      return wrap("parley_date(", ")");
    case ColumnType::datetime:
      return wrap("parley_datetime(", ")");
    case ColumnType::boolean:
      return wrap("CASE ", " WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
    case ColumnType::integer:
    case ColumnType::real:
    case ColumnType::decimal:
      return wrap("CAST(", " AS TEXT)");
  }
}

void SqliteDialect::match(std::string& out, std::size_t from, std::size_t, bool is_folded) const {
  // Not SQLite's LIKE: that one calls itself for every '%' of the pattern.
  out.insert(from, is_folded ? "parley_ilike(" : "parley_like(");
  out += ", ?)";
}

std::string_view kept_as(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
    case ColumnType::integer:
    case ColumnType::date:
    case ColumnType::datetime:
    case ColumnType::decimal:
      return "INTEGER";
    case ColumnType::real:
      return "REAL";
    case ColumnType::text:
    case ColumnType::json:
      return "TEXT";
    case ColumnType::blob:
      return "BLOB";
  }
  return "BLOB";
}

namespace {

std::string_view text_of(sqlite3_value* value) {
  auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

bool is_null(sqlite3_value* value) { return sqlite3_value_type(value) == SQLITE_NULL; }

// One match cannot be interrupted: its cost, text times pattern at worst, is bounded instead.
constexpr std::size_t match_steps_max = 200'000'000;

template <Case letters>
void like_function(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (is_null(arguments[0]) || is_null(arguments[1])) return sqlite3_result_null(context);
  auto text = text_of(arguments[0]), pattern = text_of(arguments[1]);
  if (text.size() > match_steps_max / (pattern.size() + 1))
    return sqlite3_result_error_toobig(context);
  sqlite3_result_int(context, like(text, pattern, letters) ? 1 : 0);
}

void date_function(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (is_null(arguments[0])) return sqlite3_result_null(context);
  auto text = to_string(Date{sqlite3_value_int(arguments[0])});
  sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

void datetime_function(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (is_null(arguments[0])) return sqlite3_result_null(context);
  auto text = to_odoo_string(DateTime{.micros = sqlite3_value_int64(arguments[0])});
  sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

Result<std::int64_t> units_of(const Decimal& value) {
  if (value.units > INT64_MAX || value.units < INT64_MIN)
    return Error(Code::invalid_argument,
                 "the number " + to_string(value) + " has more digits than a column keeps");
  return static_cast<std::int64_t>(value.units);
}

Error not_kept(const Value& value) {
  return {Code::invalid_argument,
          "a value of kind " + std::string(name_of(value.kind())) + " does not fit a column"};
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      constexpr char digits[] = "0123456789abcdef";
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_hex(std::string& out, std::string_view octets) {
  constexpr char digits[] = "0123456789ABCDEF";
  out += '"';
  for (char c : octets) {
    auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  out += '"';
}

template <class Number>
void append_number(std::string& out, Number number) {
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

Result<void> append_item(std::string& out, const Value& item) {
  switch (item.kind()) {
    case Kind::boolean:
      out += item.as_boolean() ? '1' : '0';
      return {};
    case Kind::integer:
      append_number(out, item.as_integer());
      return {};
    case Kind::real:
      append_number(out, item.as_real());
      return {};
    case Kind::decimal: {
      PARLEY_TRY(auto units, units_of(item.as_decimal()));
      append_number(out, units);
      return {};
    }
    case Kind::string:
      append_json(out, item.text());
      return {};
    case Kind::bytes:
      append_hex(out, item.text());
      return {};
    case Kind::date:
      append_number(out, item.as_date().days);
      return {};
    case Kind::time:
      append_number(out, item.as_time().micros);
      return {};
    case Kind::datetime:
      append_number(out, item.as_datetime().micros);
      return {};
    case Kind::null:
    case Kind::unset:
    case Kind::bigint:
    case Kind::number:
    case Kind::uuid:
    case Kind::list:
    case Kind::dict:
      break;
  }
  return not_kept(item);
}

}  // namespace

int add_functions(sqlite3* db) {
  constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  auto add = [db](const char* name, int count, auto function) {
    return sqlite3_create_function_v2(db, name, count, flags, nullptr, function, nullptr, nullptr,
                                      nullptr);
  };
  int code = add("parley_like", 2, like_function<Case::kept>);
  if (code == SQLITE_OK) code = add("parley_ilike", 2, like_function<Case::folded>);
  if (code == SQLITE_OK) code = add("parley_date", 1, date_function);
  if (code == SQLITE_OK) code = add("parley_datetime", 1, datetime_function);
  return code;
}

Result<void> bind(sqlite3_stmt* statement, int number, const Value& value, Keep keep) {
  auto lifetime = keep == Keep::copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
  int code = SQLITE_OK;
  switch (value.kind()) {
    case Kind::null:
    case Kind::unset:
      code = sqlite3_bind_null(statement, number);
      break;
    case Kind::boolean:
      code = sqlite3_bind_int(statement, number, value.as_boolean());
      break;
    case Kind::integer:
      code = sqlite3_bind_int64(statement, number, value.as_integer());
      break;
    case Kind::real:
      code = sqlite3_bind_double(statement, number, value.as_real());
      break;
    case Kind::decimal: {
      PARLEY_TRY(auto units, units_of(value.as_decimal()));
      code = sqlite3_bind_int64(statement, number, units);
      break;
    }
    case Kind::string: {
      auto text = value.text();
      code = sqlite3_bind_text64(statement, number, text.data() == nullptr ? "" : text.data(),
                                 text.size(), lifetime, SQLITE_UTF8);
      break;
    }
    case Kind::bytes: {
      auto octets = value.text();
      code = sqlite3_bind_blob64(statement, number, octets.empty() ? "" : octets.data(),
                                 octets.size(), lifetime);
      break;
    }
    case Kind::date:
      code = sqlite3_bind_int64(statement, number, value.as_date().days);
      break;
    case Kind::time:
      code = sqlite3_bind_int64(statement, number, value.as_time().micros);
      break;
    case Kind::datetime:
      code = sqlite3_bind_int64(statement, number, value.as_datetime().micros);
      break;
    case Kind::bigint:
    case Kind::number:
    case Kind::uuid:
    case Kind::list:
    case Kind::dict:
      return not_kept(value);
  }
  if (code == SQLITE_OK) return {};
  return Error(Code::too_large, "a value is larger than the database can keep")
      .with_cause(sqlite3_errstr(code));
}

Result<void> bind_array(sqlite3_stmt* statement, int number, std::span<const Value> items) {
  std::string json = "[";
  json.reserve(items.size() * 8 + 2);
  for (const auto& item : items) {
    if (item.is_absent()) continue;
    if (json.size() > 1) json += ',';
    PARLEY_CHECK(append_item(json, item));
  }
  json += ']';
  return bind(statement, number, Value::string(json), Keep::copy);
}

}  // namespace parley::sqlite
