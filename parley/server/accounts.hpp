// SPDX-License-Identifier: Apache-2.0
// Accounts: the rows of users and API keys as logging in needs them, read below access rights.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/orm/store.hpp"

namespace parley::server {

struct Account {
  std::int64_t uid = 0;
  std::string login;
  std::string password;  // argon2id text, "" = cannot log in by password
  bool is_active = false;
};

/// Nothing when there is no such user, or no users at all (a database without modules).
Result<std::optional<Account>> find_account(orm::Transaction& transaction, std::int64_t uid);
Result<std::optional<Account>> find_account(orm::Transaction& transaction, std::string_view login);
/// Active users that have a password, by id.
Result<std::vector<Account>> accounts_with_password(orm::Transaction& transaction);

struct ApiKey {
  std::int64_t id = 0, uid = 0;
  std::string hash;
  std::string scope;  // what the key is for; "" = everything
  std::optional<std::int64_t> expires_micros;  // UTC
};

/// Characters of a key that are kept readable, to find it by.
inline constexpr std::size_t key_index_chars = 8;
/// Whether a secret has the form of a key, ours or one brought from elsewhere: 32 to 128 letters,
/// digits, '-' and '_'.
bool may_be_key(std::string_view secret);
/// Digits of a key: 160 bit.
inline constexpr std::size_t key_chars = 40;

Result<std::vector<ApiKey>> keys_by_index(orm::Transaction& transaction, std::string_view index);
Result<std::optional<ApiKey>> find_key(orm::Transaction& transaction, std::int64_t id);

}  // namespace parley::server
