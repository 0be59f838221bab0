// SPDX-License-Identifier: Apache-2.0
// The table of commands, and reading the command line.
#include "parley/server/commands.hpp"

#include <sys/stat.h>

#include <cstdio>

namespace parley::server {
namespace {

Result<void> serve_command(const Command& command) { return serve(command.program); }
Result<void> version_command(const Command& command) {
  std::printf("parley %s (announces %s)\n", std::string(program_version).c_str(), command.program.settings().announce_version.c_str());
  return {};
}
Result<void> config_command(const Command&) {
  std::fputs(settings_markdown().c_str(), stdout);
  return {};
}

enum class Needs { nothing, folder, lock };  // lock: no other process may use the data folder

struct Row {
  std::string_view name;       // "user key add"
  std::string_view arguments;  // as --help shows them
  std::size_t least, most;     // words behind the name
  Needs needs;
  Result<void> (*run)(const Command&);
  std::string_view help;
};

constexpr std::size_t any_number = 1000;
constexpr Row rows[] = {
    {"serve", "", 0, 0, Needs::lock, serve_command, "Serve the databases; makes those that are missing."},
    {"db list", "", 0, 0, Needs::folder, db_list, "Names of the databases."},
    {"db init", "NAME...", 1, any_number, Needs::lock, db_init, "Make databases with the modules of --modules."},
    {"db drop", "NAME", 1, 1, Needs::lock, db_drop, "Delete a database."},
    {"db backup", "NAME FILE", 2, 2, Needs::folder, db_backup, "Copy a database to a new file and verify it; works while the server runs."},
    {"db restore", "NAME FILE", 2, 2, Needs::lock, db_restore, "Make a database from a backup."},
    {"user list", "", 0, 0, Needs::folder, user_list, "Users: id, login, name, active or not."},
    {"user passwd", "LOGIN", 1, 1, Needs::lock, user_passwd, "Set a password; it is read from standard input."},
    {"user key add", "LOGIN [DESCRIPTION [DAYS]]", 1, 3, Needs::lock, key_add, "Make an API key and print it, this once; with --value-file FILE a key that clients have already."},
    {"user key list", "[LOGIN]", 0, 1, Needs::folder, key_list, "API keys: id, login, first digits, description, expiry."},
    {"user key revoke", "ID", 1, 1, Needs::lock, key_revoke, "Delete an API key."},
    {"master passwd", "", 0, 0, Needs::nothing, master_passwd, "Set the master password in --master-password-file; it is read from standard input."},
    {"module list", "", 0, 0, Needs::folder, module_list, "Modules: name, installed or not, title."},
    {"module install", "NAME...", 1, any_number, Needs::lock, module_install, "Install modules and what they need."},
    {"version", "", 0, 0, Needs::nothing, version_command, "The version of the program."},
    {"config", "", 0, 0, Needs::nothing, config_command, "The settings as Markdown."},
};

/// The words of a command's name in front of `words`: how many, or 0.
std::size_t words_of(const Row& row, std::span<const std::string> words) {
  std::size_t count = 0;
  for (std::string_view rest = row.name; !rest.empty(); ++count) {
    std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (count == words.size() || words[count] != word) return 0;
  }
  return count;
}

void print_row(const Row& row) {
  std::string left = "  " + std::string(row.name) + (row.arguments.empty() ? "" : " ") + std::string(row.arguments);
  left.resize(std::max<std::size_t>(left.size() + 1, 44), ' ');
  std::printf("%s%s\n", left.c_str(), std::string(row.help).c_str());
}

void print_help(const Row* row) {
  if (row != nullptr) {
    std::printf("parley %s%s%s [SETTINGS]\n\n%s\n", std::string(row->name).c_str(), row->arguments.empty() ? "" : " ",
                std::string(row->arguments).c_str(), std::string(row->help).c_str());
  } else {
    std::printf("parley COMMAND [SETTINGS]\n\nA business-object server. Commands:\n");
    for (const Row& one : rows) print_row(one);
  }
  std::printf("\nSettings (also as PARLEY_NAME in the environment, and in the file of --config):\n%s",
              settings_help().c_str());
}

int usage(const std::string& text) {
  std::fprintf(stderr, "parley: %s; parley --help lists what there is\n", text.c_str());
  return exit_usage;
}

Result<void> run(const Row& row, std::span<const std::string> words, Settings settings, const Own& own) {
  PARLEY_TRY(auto program, Program::load(std::move(settings), own));
  if (row.needs == Needs::lock) PARLEY_CHECK(program->lock());
  return row.run({words, *program});
}

}  // namespace

int report(const Error& error) {
  std::string text = error.message;
  if (!error.cause.empty()) text += " (" + error.cause + ")";
  if (!error.hint.empty()) text += "; " + error.hint;
  std::fprintf(stderr, "parley: %s\n", text.c_str());
  return exit_failure;
}

void say_progress(const std::string& text) { std::fprintf(stderr, "parley: %s\n", text.c_str()); }

int run_command_line(std::span<const std::string_view> arguments, const Own& own) {
  // Databases, copies and logs are nothing for other users of the machine.
  ::umask(::umask(027) | 027);
  // `config --markdown` reads well and means `config`.
  std::vector<std::string_view> flags(arguments.begin(), arguments.end());
  std::erase(flags, "--markdown");
  if (flags.size() == 1 && flags.front() == "--version") flags.front() = "version";
  auto line = read_settings(flags, process_sources());
  if (!line) return usage(line.error().message);
  const Row* found = nullptr;
  std::size_t used = 0;
  for (const Row& row : rows) {
    std::size_t count = words_of(row, line->words);
    if (count > used) found = &row, used = count;
  }
  if (line->wants_help) return print_help(found), exit_ok;
  if (line->words.empty()) return usage("no command is given");
  if (found == nullptr) return usage("there is no command '" + line->words.front() + "'");
  auto words = std::span<const std::string>(line->words).subspan(used);
  if (words.size() < found->least || words.size() > found->most)
    return usage(std::string(found->name) + " takes " + (found->arguments.empty() ? "no words" : std::string(found->arguments)));
  auto done = run(*found, words, line->settings, own);
  if (!done) return report(done.error());
  return exit_ok;
}

}  // namespace parley::server
