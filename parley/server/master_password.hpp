// SPDX-License-Identifier: Apache-2.0
// MasterPassword: what makes, copies and drops databases over the wire. Kept hashed, in memory and
// in its file.
#pragma once
#include <mutex>
#include <string>
#include <string_view>

#include "parley/server/hashing.hpp"
#include "parley/server/settings.hpp"

namespace parley::server {

/// Any thread once it is loaded.
class MasterPassword {
 public:
  explicit MasterPassword(HashPool& pool) : pool_(pool) {}

  /// Takes it from `settings`, which forgets it: a file whose first line is the
  /// password or its hash, or a text that is either.
  /// fails:   not_found, naming the file; invalid_argument when both are given
  Result<void> load(Settings& settings);
  /// The argon2id text; "" = none was given: databases then stay as they are.
  std::string stored() const;
  /// Makes `password` the one that counts, and writes its hash into the file.
  /// fails:   rejected when it does not come from a file, or is empty
  Result<void> change(std::string_view password);

 private:
  HashPool& pool_;
  std::string file_;  // "" = given as text, or not at all
  mutable std::mutex mutex_;
  std::string stored_;
};

/// Writes the hash of `password` as the one line of `path`, which only its owner may then read. The
/// file is replaced as a whole.
/// gives:   the hash
Result<std::string> write_password_file(HashPool& pool, const std::string& path, std::string_view password);

}  // namespace parley::server
