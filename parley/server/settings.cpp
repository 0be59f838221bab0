// SPDX-License-Identifier: Apache-2.0
#include "parley/server/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace parley::server {
namespace {

using S = Settings;

constexpr Setting table[] = {
    {"host", &S::host, "Address to listen on."},
    {"port", &S::port, "Port to listen on; 0 takes any free one."},
    {"admin-listen", &S::admin_listen, "Address and port of /metrics (Prometheus), as 127.0.0.1:9469; none: it is not served."},
    {"data", &S::data, "Folder of the databases; it is made when missing."},
    {"database", &S::databases, "Database to serve, made when missing; may repeat, the first is the default. None: all in the data folder."},
    {"modules", &S::modules, "Modules that the databases get."},
    {"modules-path", &S::modules_path, "Folders of module folders; none: those that came with the program."},
    {"demo", &S::demo, "Load demo records with modules that are installed."},
    {"store", &S::store, "Kind of store.", "sqlite"},
    {"log-bytes-max", &S::log_bytes_max, "Bytes of a database's write-ahead log; beyond, writers wait until it is emptied into the database."},
    {"snapshot-ms", &S::snapshot_ms, "A read older than this is ended when it keeps the log from being emptied, milliseconds."},
    {"master-password", &S::master_password, "Password, or its argon2id hash, of who may make, copy and drop databases over the wire; none: nobody. Flags can be seen by others on the machine: use the environment or a file."},
    {"master-password-file", &S::master_password_file, "File whose first line is the master password or its hash; db.change_admin_password and `parley master passwd` write it."},
    {"list-db", &S::list_db, "Tell the names of the databases, and let the db service change them; no: db.list and all changes are refused."},
    {"admin-password-file", &S::admin_password_file, "File whose first line becomes the administrator's password in databases that are made; none: admin."},
    {"value-file", &S::value_file, "For `user key add`: the key is the first line of this file instead of a random one; - is standard input."},
    {"announce-version", &S::announce_version, "Version told to Odoo clients."},
    {"config", &S::config, "File of settings: a line `name = value` each, # begins a comment."},
    {"tls-certificate", &S::tls_certificate, "PEM file of the certificate and those above it; with tls-key it makes the server speak HTTPS. Read again when it changes."},
    {"tls-key", &S::tls_key, "PEM file of the certificate's key."},
    {"trusted-proxies", &S::trusted_proxies, "Addresses and networks (10.0.0.0/8) whose X-Forwarded-For and X-Forwarded-Proto count."},
    {"threads", &S::threads, "Threads that serve; 0: one a core."},
    {"log-format", &S::log_format, "text or json.", "text, json"},
    {"log-level", &S::log_level, "debug, info (a line a call), warning or error.", "debug, info, warning, error"},
    {"audit-file", &S::audit_file, "File that log-ins and changes of keys, rights and databases are added to; none: they stand in the log."},
    {"slow-call-ms", &S::slow_call_ms, "Calls that take longer are told in the log with their statements, milliseconds; 0: none."},
    {"debug", &S::debug, "Tell error details to clients and the time of each stage in Server-Timing."},
    {"secure-cookie", &S::secure_cookie, "Mark session cookies Secure: TLS ends in front of the server."},
    {"odoo-prefix", &S::odoo_prefix, "Package of exception classes in JSON errors."},
    {"session-ms", &S::session_ms, "A web session ends this long after its last call, milliseconds."},
    {"remember-ms", &S::remember_ms, "A verified password or key is remembered this long, milliseconds."},
    {"login-failures-max", &S::login_failures_max, "Failed logins a minute by address and login before they are refused."},
    {"vcs-private-hosts", &S::vcs_private_hosts, "Hosts and addresses that repositories may be pulled from although they are not public."},
    {"vcs-pull-ms", &S::vcs_pull_ms, "Time of one pull of a repository, milliseconds; less than call-ms."},
    {"body-bytes-max", &Limits::body_bytes_max, "Bytes of a request's body."},
    {"bodies-bytes-max", &Limits::bodies_bytes_max, "Bytes of all large requests at once; beyond, the next one is answered 503."},
    {"head-bytes-max", &Limits::head_bytes_max, "Bytes of a request's head."},
    {"headers-max", &Limits::headers_max, "Headers of a request."},
    {"depth-max", &Limits::depth_max, "Nesting of lists and dicts in one document."},
    {"calls-max", &Limits::calls_max, "Calls in one request."},
    {"values-max", &Limits::values_max, "Values in one document."},
    {"path-levels-max", &Limits::path_levels_max, "Relations that a search condition may follow."},
    {"connections-max", &Limits::connections_max, "Connections at once."},
    {"gzip-bytes-min", &Limits::gzip_bytes_min, "Bytes from which on answers are compressed for clients that ask for it; 0: never."},
    {"ids-max", &Limits::ids_max, "Ids or records in one call."},
    {"domain-terms-max", &Limits::domain_terms_max, "Terms of one search domain."},
    {"expression-steps-max", &Limits::expression_steps_max, "Steps of one expression."},
    {"idle-ms", &Limits::idle_ms, "A connection without a request is closed after this, milliseconds."},
    {"head-ms", &Limits::head_ms, "From the first byte of a head to its last, milliseconds."},
    {"body-ms", &Limits::body_ms, "From the head to the last byte of the body, milliseconds."},
    {"call-ms", &Limits::call_ms, "Time of one call, milliseconds."},
    {"lease-ms", &Limits::lease_ms, "Time of one writing transaction, milliseconds."},
    {"drain-ms", &Limits::drain_ms, "Running calls are finished this long after SIGTERM, milliseconds."},
};
constexpr Setting help_row{"help", static_cast<bool Settings::*>(nullptr), "Print what there is to set."};

std::vector<Setting> all_rows() {
  std::vector<Setting> all(std::begin(table), std::end(table));
  for (const ProtocolEntry& entry : protocol_list())
    for (const ProtocolSetting& setting : entry.settings) all.push_back({setting.name, &setting, setting.help, setting.choices});
  return all;
}

const Setting* find(std::string_view name) {
  for (const Setting& setting : settings_table())
    if (setting.name == name) return &setting;
  if (name == help_row.name) return &help_row;
  return nullptr;
}

bool is_flag(const Setting& setting) {
  if (auto own = std::get_if<const ProtocolSetting*>(&setting.place)) return (*own)->kind == ProtocolSetting::Kind::yes_no;
  return std::holds_alternative<bool S::*>(setting.place);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

void append_list(std::vector<std::string>& list, std::string_view text) {
  while (!text.empty()) {
    std::size_t comma = text.find(',');
    std::string_view item = trim(text.substr(0, comma));
    if (!item.empty()) list.emplace_back(item);
    text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
  }
}

template <class Number>
Result<void> set_number(Number& number, std::string_view text, std::string_view where) {
  Number read{};
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (failed != std::errc{} || end != text.data() + text.size() || std::cmp_less(read, 0))
    return Error(Code::invalid_argument, std::string(where) + ": expected a whole number, not '" + std::string(text) + "'");
  number = read;
  return {};
}

Result<void> set_bool(bool& flag, std::string_view text, std::string_view where) {
  for (std::string_view yes : {"yes", "true", "1", "on"})
    if (text == yes) return flag = true, Result<void>();
  for (std::string_view no : {"no", "false", "0", "off", ""})
    if (text == no) return flag = false, Result<void>();
  return Error(Code::invalid_argument, std::string(where) + ": expected yes or no, not '" + std::string(text) + "'");
}

/// Whether `word` is one of "a, b, c".
bool is_among(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    std::string_view choice = choices.substr(0, choices.find(", "));
    if (choice == word) return true;
    choices.remove_prefix(std::min(choices.size(), choice.size() + 2));
  }
  return false;
}

// `is_first`: the first value of this source, which replaces the list of weaker sources.
struct Setter {
  Settings& to;
  std::string_view text, where;
  bool is_first;
  Result<void> operator()(std::string S::*place) const { return to.*place = text, Result<void>(); }
  Result<void> operator()(std::int64_t S::*place) const { return set_number(to.*place, text, where); }
  Result<void> operator()(bool S::*place) const { return set_bool(to.*place, text, where); }
  Result<void> operator()(std::vector<std::string> S::*place) const {
    if (is_first) (to.*place).clear();
    return append_list(to.*place, text), Result<void>();
  }
  Result<void> operator()(const ProtocolSetting* own) const {
    std::string& kept = to.protocols[std::string(own->name)];
    std::int64_t number = 0;
    bool flag = false;
    switch (own->kind) {
      case ProtocolSetting::Kind::number:
        PARLEY_CHECK(set_number(number, text, where));
        break;
      case ProtocolSetting::Kind::yes_no:
        PARLEY_CHECK(set_bool(flag, text, where));
        return kept = flag ? "yes" : "no", Result<void>();
      case ProtocolSetting::Kind::list:
        if (is_first) kept.clear();
        if (!kept.empty() && !text.empty()) kept += ',';
        return kept += text, Result<void>();
      case ProtocolSetting::Kind::text:
        break;
    }
    return kept = text, Result<void>();
  }
  Result<void> operator()(std::size_t Limits::*place) const { return set_number(to.limits.*place, text, where); }
  Result<void> operator()(std::int64_t Limits::*place) const { return set_number(to.limits.*place, text, where); }
};

struct Printer {
  const Settings& from;
  std::string operator()(std::string S::*place) const { return from.*place; }
  std::string operator()(std::int64_t S::*place) const { return std::to_string(from.*place); }
  std::string operator()(bool S::*place) const { return place != nullptr && from.*place ? "yes" : "no"; }
  std::string operator()(std::vector<std::string> S::*place) const {
    std::string out;
    for (const auto& item : from.*place) out += (out.empty() ? "" : ",") + item;
    return out;
  }
  std::string operator()(const ProtocolSetting* own) const { return std::string(own->fallback); }
  std::string operator()(std::size_t Limits::*place) const { return std::to_string(from.limits.*place); }
  std::string operator()(std::int64_t Limits::*place) const { return std::to_string(from.limits.*place); }
};

struct Given {
  const Setting* setting;
  std::string value;
};

Result<void> apply(std::span<const Given> given, std::string_view source, Settings& settings) {
  std::vector<const Setting*> seen;
  for (const Given& one : given) {
    bool is_first = std::find(seen.begin(), seen.end(), one.setting) == seen.end();
    seen.push_back(one.setting);
    std::string where = std::string(source) + std::string(one.setting->name);
    if (!one.setting->choices.empty() && !is_among(one.setting->choices, one.value))
      return Error(Code::invalid_argument, where + ": expected one of " + std::string(one.setting->choices) + ", not '" + one.value + "'");
    PARLEY_CHECK(std::visit(Setter{settings, one.value, where, is_first}, one.setting->place));
  }
  return {};
}

struct Split {
  std::vector<Given> given;
  std::vector<std::string> words;
  bool wants_help = false;
};

Result<Split> split_arguments(std::span<const std::string_view> arguments) {
  Split out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view word = arguments[i];
    if (word == "-h") word = "--help";
    if (!word.starts_with("--")) {
      out.words.emplace_back(word);
      continue;
    }
    std::string_view name = word.substr(2, word.find('=') - 2);
    const Setting* setting = find(name);
    if (setting == nullptr) return Error(Code::invalid_argument, "--" + std::string(name) + ": there is no such setting");
    if (name == "help") {
      out.wants_help = true;
    } else if (word.find('=') != word.npos) {
      out.given.push_back({setting, std::string(word.substr(word.find('=') + 1))});
    } else if (is_flag(*setting)) {
      out.given.push_back({setting, "yes"});
    } else if (i + 1 == arguments.size()) {
      return Error(Code::invalid_argument, std::string(word) + ": a value is missing");
    } else {
      out.given.push_back({setting, std::string(arguments[++i])});
    }
  }
  return out;
}

Result<std::vector<Given>> split_file(std::string_view text, const std::string& path) {
  std::vector<Given> out;
  for (int line_number = 1; !text.empty(); ++line_number) {
    std::size_t end = text.find('\n');
    std::string_view line = trim(text.substr(0, end));
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    std::string where = path + ":" + std::to_string(line_number) + ": ";
    std::size_t equals = line.find('=');
    if (equals == line.npos) return Error(Code::invalid_argument, where + "expected name = value");
    std::string_view name = trim(line.substr(0, equals));
    const Setting* setting = find(name);
    if (setting == nullptr || name == "help" || name == "config")
      return Error(Code::invalid_argument, where + "there is no setting '" + std::string(name) + "'");
    out.push_back({setting, std::string(trim(line.substr(equals + 1)))});
  }
  return out;
}

std::string environment_name(std::string_view name) {
  std::string out = "PARLEY_";
  for (char c : name) out += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return out;
}

constexpr std::int64_t threads_max = 1024;
constexpr std::size_t body_bytes_most = (std::size_t{1} << 32) - 256;  // a text's size has 32 bits

/// "17.0", "17.0+e": clients read the numbers in front.
bool is_version(std::string_view text) {
  std::size_t dot = text.find('.');
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return dot != text.npos && dot > 0 && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dot), is_digit) &&
         dot + 1 < text.size() && is_digit(text[dot + 1]);
}

Result<void> check(const Settings& settings) {
  if (settings.threads > threads_max) return Error(Code::invalid_argument, "threads: at most 1024");
  if (settings.limits.body_bytes_max > body_bytes_most) return Error(Code::invalid_argument, "body-bytes-max: at most 4294967040");
  if (settings.tls_certificate.empty() != settings.tls_key.empty())
    return Error(Code::invalid_argument, "tls-certificate and tls-key: give both or none");
  if (settings.port > 65'535) return Error(Code::invalid_argument, "port: at most 65535");
  if (!is_version(settings.announce_version))
    return Error(Code::invalid_argument, "announce-version: expected numbers as 17.0, not '" + settings.announce_version + "'");
  return {};
}

}  // namespace

std::string_view Settings::protocol_text(std::string_view name) const {
  if (auto found = protocols.find(name); found != protocols.end()) return found->second;
  return ProtocolSettings{}.text(name);
}

std::span<const Setting> settings_table() {
  static const std::vector<Setting> rows = all_rows();
  return rows;
}

std::string_view type_name(const Setting& setting) {
  if (std::holds_alternative<std::string S::*>(setting.place)) return "text";
  if (is_flag(setting)) return "yes/no";
  if (std::holds_alternative<std::vector<std::string> S::*>(setting.place)) return "list";
  if (auto own = std::get_if<const ProtocolSetting*>(&setting.place)) {
    if ((*own)->kind == ProtocolSetting::Kind::text) return "text";
    if ((*own)->kind == ProtocolSetting::Kind::list) return "list";
  }
  return "number";
}

std::string default_text(const Setting& setting) { return std::visit(Printer{Settings{}}, setting.place); }

Sources process_sources() {
  return {[](const std::string& name) {
            const char* text = std::getenv(name.c_str());
            return std::string(text == nullptr ? "" : text);
          },
          [](const std::string& path) -> Result<std::string> {
            std::ifstream file(path, std::ios::binary);
            if (!file) return Error(Code::not_found, "config: the file " + path + " cannot be read");
            std::ostringstream text;
            text << file.rdbuf();
            return std::move(text).str();
          }};
}

Result<CommandLine> read_settings(std::span<const std::string_view> arguments, const Sources& sources) {
  PARLEY_TRY(Split flags, split_arguments(arguments));
  std::vector<Given> environment;
  for (const Setting& setting : settings_table()) {
    std::string text = sources.environment(environment_name(setting.name));
    if (!text.empty()) environment.push_back({&setting, std::move(text)});
  }
  CommandLine out;
  out.words = std::move(flags.words);
  out.wants_help = flags.wants_help;
  Settings named;  // only to learn which file is meant
  PARLEY_CHECK(apply(environment, "environment: ", named));
  PARLEY_CHECK(apply(flags.given, "--", named));
  if (!named.config.empty()) {
    PARLEY_TRY(std::string text, sources.read_file(named.config));
    PARLEY_TRY(std::vector<Given> lines, split_file(text, named.config));
    PARLEY_CHECK(apply(lines, named.config + ": ", out.settings));
  }
  PARLEY_CHECK(apply(environment, "environment: ", out.settings));
  PARLEY_CHECK(apply(flags.given, "--", out.settings));
  PARLEY_CHECK(check(out.settings));
  return out;
}

std::string settings_help() {
  std::string out;
  for (const Setting& setting : settings_table()) {
    std::string left = "  --" + std::string(setting.name);
    if (!is_flag(setting)) left += " " + std::string(type_name(setting));
    left.resize(std::max<std::size_t>(left.size() + 1, 34), ' ');
    std::string fallback = default_text(setting);
    out += left + std::string(setting.help);
    if (!fallback.empty() && fallback != "no") out += " [" + fallback + "]";
    out += "\n";
  }
  return out;
}

std::string settings_markdown() {
  std::string out =
      "# Settings\n\n"
      "Printed by `parley config --markdown`. A setting is a flag (`--name value`), a variable of the\n"
      "environment (`PARLEY_NAME`, `-` as `_`) or a line `name = value` of the file that `--config`\n"
      "names; flags beat the environment, the environment beats the file. Lists are separated by\n"
      "commas; flags of lists may repeat.\n\n"
      "| setting | type | default | what |\n| --- | --- | --- | --- |\n";
  for (const Setting& setting : settings_table()) {
    std::string fallback = default_text(setting);
    out += "| " + std::string(setting.name) + " | " + std::string(type_name(setting)) + " | " +
           (fallback.empty() ? "" : "`" + fallback + "`") + " | " + std::string(setting.help) + " |\n";
  }
  return out;
}

}  // namespace parley::server
