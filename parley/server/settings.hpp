// SPDX-License-Identifier: Apache-2.0
// Settings: everything that can be set from outside, and the one table that names it.
// Defaults are overridden by the file, that by the environment, that by flags.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::server {

/// Of this program; what Odoo clients are told is a setting.
inline constexpr std::string_view program_version = "0.1.0";

struct Settings {
  std::string host = "127.0.0.1";
  std::int64_t port = 8069;
  std::string admin_listen;                // address:port of /metrics; empty = nowhere
  std::string data = "parley-data";
  std::vector<std::string> databases;      // the first is the default; empty = all in `data`
  std::vector<std::string> modules = {"base"};
  std::vector<std::string> modules_path;   // empty = where the program was installed
  bool demo = false;
  std::string store = "sqlite";
  std::int64_t log_bytes_max = std::int64_t{1} << 30;
  std::int64_t snapshot_ms = 30'000;
  std::string master_password, master_password_file;  // at most one
  bool list_db = true;
  std::string admin_password_file;
  std::string value_file;                  // of `user key add`
  std::string announce_version = "17.0";
  std::string tls_certificate, tls_key;      // PEM files; both or none
  std::vector<std::string> trusted_proxies;  // addresses and networks
  std::string config;
  std::int64_t threads = 0;                // 0 = one a core
  std::string log_format = "text";
  std::string log_level = "info";
  std::string audit_file;                  // empty = the log
  std::int64_t slow_call_ms = 1'000;      // 0 = none is told
  bool debug = false;
  bool secure_cookie = false;
  std::string odoo_prefix = "odoo";
  std::int64_t session_ms = 7 * 24 * 3600 * 1000ll;   // since its last call
  std::int64_t remember_ms = 5 * 60 * 1000;           // a verified password or key
  std::int64_t login_failures_max = 10;               // a minute, by address and login
  std::vector<std::string> vcs_private_hosts;
  std::int64_t vcs_pull_ms = 50'000;
  std::map<std::string, std::string, std::less<>> protocols;  // what was given of the protocols' own settings
  Limits limits;

  /// The text of a protocol's own setting: what was given, else its fallback. Lives as long as this.
  std::string_view protocol_text(std::string_view name) const;
};

/// One row: where it is kept decides its type.
struct Setting {
  std::string_view name;  // "admin-password-file": the flag, without dashes in front
  std::variant<std::string Settings::*, std::int64_t Settings::*, bool Settings::*,
               std::vector<std::string> Settings::*, std::size_t Limits::*, std::int64_t Limits::*, const ProtocolSetting*>
      place;
  std::string_view help;
  std::string_view choices = {};  // "text, json": the only words it takes; empty = any
};

/// The rows of this program, then those that the protocols bring.
std::span<const Setting> settings_table();
std::string_view type_name(const Setting& setting);  // "text", "number", "yes/no", "list"
std::string default_text(const Setting& setting);

/// The settings of this run and the words of the command line that are no flags.
struct CommandLine {
  Settings settings;
  std::vector<std::string> words;
  bool wants_help = false;
};

/// Where settings come from besides the flags; tests give their own.
struct Sources {
  std::string (*environment)(const std::string& name) = nullptr;      // "" = not set
  Result<std::string> (*read_file)(const std::string& path) = nullptr;
};
Sources process_sources();

/// takes:   the arguments behind the program's name
/// fails:   invalid_argument, naming the setting and its source
Result<CommandLine> read_settings(std::span<const std::string_view> arguments, const Sources& sources);

/// The rows for `--help`, and the table of docs/reference/config.md.
std::string settings_help();
std::string settings_markdown();

}  // namespace parley::server
