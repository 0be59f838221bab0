// SPDX-License-Identifier: Apache-2.0
#include "parley/server/accounts.hpp"

#include <algorithm>

namespace parley::server {
namespace {

using orm::ColumnType;
using orm::Condition;

Condition equals(std::string_view column, ColumnType type, const Value& value) {
  Condition out;
  out.kind = Condition::Kind::compare;
  out.column = {0, column, type};
  out.value = value;
  return out;
}

orm::Query users_query(Condition where) {
  orm::Query query;
  query.table = "res_users";
  query.selected = {{{0, "id", ColumnType::integer}},
                    {{0, "login", ColumnType::text}},
                    {{0, "password", ColumnType::text}},
                    {{0, "active", ColumnType::boolean}}};
  query.where = where;
  query.order.push_back({{0, "id", ColumnType::integer}});
  return query;
}

Result<std::vector<Account>> read_accounts(orm::Transaction& transaction, const orm::Query& query) {
  std::vector<Account> out;
  PARLEY_TRY(auto rows, transaction.query(query));
  for (;;) {
    PARLEY_TRY(bool has_row, rows->step());
    if (!has_row) return out;
    out.push_back({rows->cell(0).integer, std::string(rows->cell(1).text), std::string(rows->cell(2).text),
                   rows->cell(3).integer != 0});
  }
}

Result<std::optional<Account>> first_account(orm::Transaction& transaction, Condition where) {
  PARLEY_TRY(std::int64_t epoch, transaction.epoch("access"));
  if (epoch == 0) return std::optional<Account>();
  PARLEY_TRY(auto found, read_accounts(transaction, users_query(where)));
  if (found.empty()) return std::optional<Account>();
  return std::optional<Account>(std::move(found.front()));
}

Result<std::vector<ApiKey>> read_keys(orm::Transaction& transaction, Condition where) {
  orm::Query query;
  query.table = "res_users_apikeys";
  query.selected = {{{0, "id", ColumnType::integer}},
                    {{0, "user_id", ColumnType::integer}},
                    {{0, "key", ColumnType::text}},
                    {{0, "scope", ColumnType::text}},
                    {{0, "expiration_date", ColumnType::datetime}}};
  query.where = where;
  std::vector<ApiKey> out;
  PARLEY_TRY(std::int64_t epoch, transaction.epoch("access"));
  if (epoch == 0) return out;
  PARLEY_TRY(auto rows, transaction.query(query));
  for (;;) {
    PARLEY_TRY(bool has_row, rows->step());
    if (!has_row) return out;
    ApiKey key{rows->cell(0).integer, rows->cell(1).integer, std::string(rows->cell(2).text),
               std::string(rows->cell(3).text), {}};
    orm::Cell expires = rows->cell(4);
    if (expires.kind != orm::Cell::Kind::null) key.expires_micros = expires.integer;
    out.push_back(std::move(key));
  }
}

}  // namespace

Result<std::optional<Account>> find_account(orm::Transaction& transaction, std::int64_t uid) {
  return first_account(transaction, equals("id", ColumnType::integer, Value::integer(uid)));
}

Result<std::optional<Account>> find_account(orm::Transaction& transaction, std::string_view login) {
  return first_account(transaction, equals("login", ColumnType::text, Value::string(login)));
}

Result<std::vector<Account>> accounts_with_password(orm::Transaction& transaction) {
  PARLEY_TRY(std::int64_t epoch, transaction.epoch("access"));
  if (epoch == 0) return std::vector<Account>();
  PARLEY_TRY(auto all, read_accounts(transaction, users_query(equals("active", ColumnType::boolean, Value::boolean(true)))));
  std::erase_if(all, [](const Account& account) { return account.password.empty(); });
  return all;
}

bool may_be_key(std::string_view secret) {
  auto is_of_key = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return secret.size() >= 32 && secret.size() <= 128 && std::all_of(secret.begin(), secret.end(), is_of_key);
}

Result<std::vector<ApiKey>> keys_by_index(orm::Transaction& transaction, std::string_view index) {
  return read_keys(transaction, equals("index", ColumnType::text, Value::string(index)));
}

Result<std::optional<ApiKey>> find_key(orm::Transaction& transaction, std::int64_t id) {
  PARLEY_TRY(auto found, read_keys(transaction, equals("id", ColumnType::integer, Value::integer(id))));
  if (found.empty()) return std::optional<ApiKey>();
  return std::optional<ApiKey>(std::move(found.front()));
}

}  // namespace parley::server
