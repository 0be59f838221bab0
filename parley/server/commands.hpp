// SPDX-License-Identifier: Apache-2.0
// The commands of the program. Exit codes: 0 ok, 1 failure, 2 wrong usage.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "parley/server/program.hpp"

namespace parley::server {

inline constexpr int exit_ok = 0, exit_failure = 1, exit_usage = 2;

/// Tells the error to the user on standard error; gives the exit code that goes with it.
int report(const Error& error);

int run_command_line(std::span<const std::string_view> arguments, const Own& own);

/// The words behind the command, and what it works with.
struct Command {
  std::span<const std::string> words;
  Program& program;
};

// One each; they write what was asked for to standard output.
Result<void> serve(Program& program);
Result<void> db_list(const Command& command);
Result<void> db_init(const Command& command);
Result<void> db_drop(const Command& command);
Result<void> db_backup(const Command& command);
Result<void> db_restore(const Command& command);
Result<void> user_list(const Command& command);
Result<void> user_passwd(const Command& command);
Result<void> key_add(const Command& command);
Result<void> key_list(const Command& command);
Result<void> key_revoke(const Command& command);
Result<void> master_passwd(const Command& command);
Result<void> module_list(const Command& command);
Result<void> module_install(const Command& command);

/// The database a tool works on: --database, else the only one there is.
Result<orm::Database*> database_of(Program& program);
void say_progress(const std::string& text);

}  // namespace parley::server
