// SPDX-License-Identifier: Apache-2.0
// DatabaseChanges: making, copying, renaming and dropping databases while the server runs. Who may
// is decided before (database_services).
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/server/auth.hpp"
#include "parley/server/databases.hpp"

namespace parley::server {

struct NewDatabase {
  std::string name;
  bool with_demo = false;
  std::string lang = "en_US";
  std::string password, login = "admin";  // of its administrator
  std::string country;                    // "be"; "" = none
  std::string phone;                      // of its company; "" = none
};

/// One thread (Apart's): each takes as long as it takes, and blocks.
class DatabaseChanges {
 public:
  struct With {
    const Settings& settings;
    Databases& databases;
    Authenticator& auth;
    std::function<std::vector<std::string>()> modules;  // that every database gets
    Admit admit;                                        // before one is served
    Progress say;
  };
  explicit DatabaseChanges(With with) : with_(std::move(with)) {}

  // All fail with: invalid_argument for what can be no name, conflict (DatabaseExists) for one that
  // is taken, not_found (OperationalError) for one that is not served.

  Result<void> create(const NewDatabase& wanted);
  Result<void> duplicate(const std::string& from, const std::string& to);
  /// gives:   whether there was one
  /// fails:   conflict when it is in use for longer than drain-ms
  Result<bool> drop(const std::string& name);
  /// fails:   as drop
  Result<void> rename(const std::string& from, const std::string& to);
  /// A consistent copy, as one SQLite file.
  /// limits:  what `restore` takes in one request: 3/4 of body-bytes-max, less 64 KiB
  Result<std::string> dump(const std::string& name);
  /// Makes `name` of what `dump` gave.
  /// fails:   rejected when the bytes are no whole copy
  Result<void> restore(const std::string& name, std::string_view bytes);
  /// Installs what modules of the settings a database lacks.
  Result<void> migrate(const std::string& name);

 private:
  Result<void> check_free(const std::string& name);
  Result<void> serve(const std::string& name, bool with_demo, std::string_view admin_password, const Admit& before);
  Result<void> take_in(const std::string& name, const std::string& path);
  Result<void> serve_copy(const std::string& name);
  Result<void> take_copy(const std::string& from, const std::string& to);

  With with_;
};

/// Removes what a change left in the data folder when its process ended in the middle of it. Only
/// under the lock of the folder.
void remove_left_changes(const std::string& data);

}  // namespace parley::server
